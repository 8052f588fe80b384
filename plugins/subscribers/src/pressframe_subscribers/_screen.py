"""The screen: its list of members, what is done with many at once, its card on the dashboard."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta

import attrs
import sqlalchemy as sa

from pressframe.model import Host, Json, Live
from pressframe_admin import Account, Action, Done, Flash, Role, Screen, Tile
from pressframe_members import audience_name
from pressframe_members.care import count_audiences, count_confirmed
from pressframe_members.model import SUBSCRIBERS
from pressframe_sql import database
from pressframe_subscribers._acts import Change
from pressframe_subscribers._desk import LIST, UNDO, Desk, nothing_typed, page_of, problem, shown, typed_in, undo_of
from pressframe_subscribers._figures import Figures
from pressframe_subscribers._single import Single
from pressframe_subscribers._taking import Taking
from pressframe_subscribers._wanted import Wanted
from pressframe_web import Request, Response
from pressframe_web.addresses import own_path

PER_PAGE = 50

_ID = re.compile(r"[\w-]{1,80}", re.ASCII)
_LATELY = timedelta(days=30)


def _(text: str) -> str:
    return text  # marks what is translated when shown


def make_screen(host: Host) -> Screen:
    """Return the screen; only owners see it: addresses of readers are nobody else's business."""
    people = People(Desk(host))
    routes = [
        Action(path=LIST, endpoint=people.show),
        Action(methods=("POST",), path=f"{LIST}bulk", endpoint=people.change),
        Action(path=f"{LIST}bulk", endpoint=people.lead),
        Action(methods=("POST",), path=UNDO, endpoint=people.undo),
        *Single(Desk(host)).actions(),
        *Taking(Desk(host)).actions(),
        *Figures(Desk(host)).actions(),
    ]
    return Screen(path=LIST, title=_("Members"), roles={Role.OWNER}, routes=routes, tile=people.tile)


@attrs.frozen
class People:
    """The list."""

    _desk: Desk

    def show(self, request: Request, site: Live, account: Account) -> Response:
        """Show a page of the list."""
        return self._page(Wanted.read(request.query), request.now, nothing_typed())

    def lead(self, request: Request, site: Live, account: Account) -> Done:
        """Lead to the list: the address of a form that was sent back, typed or gone to again."""
        return Done(location=LIST)

    def _page(
        self, wanted: Wanted, now: datetime, typed: Mapping[str, Json], *, picked: Collection[str] = ()
    ) -> Response:
        """Show a page of the list; where what was typed gives a problem, with it in the form."""
        members = self._desk.members
        narrow = {"text": wanted.text, "audience": wanted.audience or None, "now": now}
        found = members.search(
            wanted.text, audience=wanted.audience or None, state=wanted.state, now=now, after=wanted.after or None,
            limit=PER_PAGE, oldest_first=wanted.is_oldest_first,
        )  # fmt: skip
        counts = {state: members.count(**narrow, state=state) for state in ("confirmed", "pending")}  # type: ignore[arg-type] # as search
        tabs: list[Json] = [
            {
                "name": state or "all",
                "count": counts[state] if state else sum(counts.values()),
                "query": attrs.evolve(wanted, state=state, after="", select=False).query,
                "is_current": state == wanted.state,
            }
            for state in (None, "confirmed", "pending")
        ]
        audiences = [SUBSCRIBERS, *(str(one) for one in self._desk.givable)]
        rights = members.audiences([one.id for one in found.members], now=now)
        people: list[Json] = [
            {
                **shown(one),
                "audiences": [*sorted(rights[one.id])],
                "is_picked": wanted.select or one.id in picked,
            }
            for one in found.members
        ]
        data: dict[str, Json] = {
            "people": people, "typed": typed, "tabs": tabs, "audiences": [*audiences], "givable": self._desk.givable,
            "wanted": {**attrs.asdict(wanted), "query": wanted.query, "is_narrowed": wanted.is_narrowed},
            "kept": attrs.evolve(wanted, select=False).query,
            "first": attrs.evolve(wanted, after="").query,
            "all": attrs.evolve(wanted, select=not wanted.select).query,
            "next": attrs.evolve(wanted, after=found.more, select=False).query if found.more else None,
        }  # fmt: skip
        return page_of("list", data, status=422 if typed["problem"] else 200)

    def change(self, request: Request, site: Live, account: Account) -> Response | Done:
        """Give all that are chosen an audience, or take it back."""
        form, now, desk = request.form, request.now, self._desk
        wanted = attrs.evolve(Wanted.read_text(form.get("query", "")), select=False)
        back = wanted.behind(LIST)
        ids = [name.removeprefix("pick.") for name in form if name.startswith("pick.")]
        ids = [id for id in ids if _ID.fullmatch(id)][:PER_PAGE]
        audience, do = form.get("audience", ""), form.get("do")
        if not ids or do not in ("grant", "revoke"):
            return self._page(wanted, now, typed_in(form, "nobody"), picked=ids)
        if audience not in desk.givable:
            return self._page(wanted, now, typed_in(form, "audience"), picked=ids)
        try:
            until = desk.end_of(form, now) if do == "grant" else None
        except ValueError:
            return self._page(wanted, now, typed_in(form, "until"), picked=ids)

        def work(connection: sa.Connection) -> tuple[list[Change], str]:
            changes: list[Change] = []
            for id in ids:
                if do == "grant":
                    changes += desk.acts.grant(connection, id, audience, until, now)
                else:
                    changes += desk.acts.revoke(connection, id, audience, None, now)
            return changes, desk.acts.keep(connection, account.id, changes, now) if changes else ""

        changes, act = database(desk.host).write(work)
        if not changes:
            return problem(_("Nothing was changed: it was so already."), back)
        said = (
            (_("%(num)s member got “%(audience)s”."), _("%(num)s members got “%(audience)s”."))
            if do == "grant"
            else (
                _("“%(audience)s” was taken back from %(num)s member."),
                _("“%(audience)s” was taken back from %(num)s members."),
            )
        )
        count = len({one.id for one in changes})
        values = {"audience": audience_name(desk.host, audience)}
        flash = Flash(text=said[0], plural=said[1], count=count, values=values, undo=undo_of(act, back))
        return Done(location=back, flash=flash)

    def undo(self, request: Request, site: Live, account: Account) -> Done:
        """Take back what this account has just done."""
        back = own_path(request.form.get("back", ""), under=LIST) or LIST
        done = self._desk.acts.undo(request.form.get("act", ""), account.id, request.now)
        if done is None:
            return problem(_("That cannot be taken back any more."), back)
        if done[1]:
            return problem(_("Somebody changed more since then; that was left as it is."), back)
        return Done(location=back, flash=Flash(text=_("It is as it was before.")))

    def tile(self, account: Account, site: Live) -> Tile:
        """Return how many there are, and how many came lately."""
        now, host = datetime.now(UTC), self._desk.host
        new = sum(count_confirmed(host, since=now - _LATELY).values())
        number = count_audiences(host, now).get(SUBSCRIBERS, 0)
        return Tile(
            title=_("Members"),
            value=number,
            text=_("New in the last 30 days: %(new)s"),
            values={"new": new},
            location=LIST,
        )
