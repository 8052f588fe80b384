"""The owner's screen: campaigns with their progress, one of them, and the form for a new one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import attrs

from pressframe.model import Host, Json, Live
from pressframe_admin import Account, Action, Role, Screen, Tile
from pressframe_members import audience_name
from pressframe_members.store import Members
from pressframe_newsletter._campaigns import FATES, WAITING, Campaign, Campaigns
from pressframe_newsletter._office import Office
from pressframe_newsletter._publishing import Publishing
from pressframe_newsletter._screen_acts import LIST, Acts
from pressframe_newsletter._screen_pages import missing, page_of
from pressframe_sql.texts import is_storable
from pressframe_web import Request, Response

if TYPE_CHECKING:
    from pressframe_newsletter._plugin import Newsletters

_PER_PAGE = 20
_POSTS = 30


def _(text: str) -> str:
    return text  # marks what is translated when shown


def make_screen(host: Host, plugin: Newsletters) -> Screen:
    """Return the screen."""
    desk = Desk(host, plugin)
    routes = [
        Action(path=LIST, endpoint=desk.show_list),
        Action(path=f"{LIST}new", endpoint=desk.show_new),
        Action(path=f"{LIST}campaign/{{id}}", endpoint=desk.show_one),
        *Acts(host, plugin, Office(host, plugin)).actions(),
    ]
    return Screen(
        path=LIST, title=_("Newsletter"), roles=frozenset({Role.OWNER}), routes=routes, badge=desk.count,
        tile=desk.tile,
    )  # fmt: skip


@attrs.frozen
class Desk:
    """What is shown."""

    _host: Host
    _plugin: Newsletters

    @property
    def _campaigns(self) -> Campaigns:
        return Campaigns(self._host)

    def count(self, account: Account, site: Live) -> int:
        """Return how many campaigns wait for the owner's word."""
        return self._campaigns.held()

    def tile(self, account: Account, site: Live) -> Tile:
        """Return how many readers there are, and the campaign that began last."""
        begun = [(one.begun, one.subject or "…") for one in self._campaigns.all() if one.begun is not None]
        text = _("The newest mail: %(title)s") if begun else _("Nothing was mailed yet.")
        values = {"title": max(begun)[1]} if begun else {}
        names = {one.audience for one in self._plugin.newsletters.values()}
        readers = max(Office(self._host, self._plugin).reach(name) for name in names)
        return Tile(title=_("Readers by mail"), value=readers, text=text, values=values, location=LIST)

    def show_list(self, request: Request, site: Live, account: Account) -> Response:
        """Show the newest campaigns; older ones by ``?before=``."""
        before = _read_place(request.query.get("before", ""))
        found = self._campaigns.all(count=_PER_PAGE + 1, before=before)
        shown, more = found[:_PER_PAGE], len(found) > _PER_PAGE
        counts = self._campaigns.counts([one.id for one in shown])
        trouble = self._campaigns.trouble(request.now)
        data: dict[str, Json] = {
            "campaigns": [self._told(one, counts[one.id]) for one in shown],
            "is_first": before is None,
            "older": f"{shown[-1].made.isoformat()}~{shown[-1].id}" if more else None,
            "trouble": trouble[1].isoformat() if trouble else None,
            "is_automatic": self._plugin.automatic,
        }
        return page_of("list", data)

    def show_one(self, request: Request, site: Live, account: Account) -> Response:
        """Show one campaign, with who did not get it."""
        found = self._campaigns.find(request.parameters["id"])
        if found is None:
            return missing()
        counts = self._campaigns.counts([found.id])[found.id]
        members = Members(self._host)
        problems: list[Json] = [
            {"id": id, "address": member.address if (member := members.find(id)) else "", "fate": fate, "error": error}
            for id, fate, error in self._campaigns.problems(found.id)
        ]
        told = self._told(found, counts)
        has_members = "subscribers" in self._host.settings.plugins  # whose screen shows one
        posts: list[Json] = [{"id": id, "title": card.title if (card := site.card(id)) else id} for id in found.entries]
        more = sum(counts[fate] for fate in ("bounced", "failed", "unknown")) - len(problems)
        data: dict[str, Json] = {
            "one": told, "problems": problems, "more": max(more, 0), "posts": posts, "has_members": has_members,
        }  # fmt: skip
        return page_of("campaign", data)

    def show_new(self, request: Request, site: Live, account: Account) -> Response:
        """Show the form: which post, to whom, when."""
        cards = site.latest(kind="post", count=_POSTS)
        sent = Publishing(self._host, self._plugin).sent([card.id for card in cards])
        wanted = request.query.get("entry", "")
        posts: list[Json] = [
            {
                "id": card.id, "title": card.title,
                "sent": sent[card.id].isoformat() if card.id in sent else None, "is_chosen": card.id == wanted,
            }
            for card in cards
        ]  # fmt: skip
        return page_of("new", {"posts": posts, "newsletters": self._newsletters(), "address": account.address})

    def _newsletters(self) -> list[Json]:
        office = Office(self._host, self._plugin)
        return [
            {"name": name, "title": self._plugin.title_of(name, self._host), "members": office.reach(one.audience)}
            for name, one in self._plugin.newsletters.items()
        ]

    def _told(self, one: Campaign, counts: Mapping[str, int]) -> dict[str, Json]:
        total = sum(counts.values())
        waiting = sum(counts[fate] for fate in WAITING)
        never = counts["left"] if one.state == "cancelled" else 0
        is_moving = one.state == "sending" or (one.state == "planned" and one.due <= self._plugin.held.clock())
        usual = self._plugin.newsletters.get(one.newsletter)
        is_part = usual is not None and usual.audience != one.audience
        return {
            "id": one.id,
            "subject": one.subject,
            "newsletter": self._plugin.title_of(one.newsletter, self._host),
            "kind": one.kind,
            "state": one.state,
            "reason": one.reason,
            "is_moving": is_moving,
            "due": one.due.isoformat(),
            "ended": one.ended.isoformat() if one.ended else None,
            "by": one.by,
            "again": one.again,
            "total": total,
            "waiting": waiting,
            "done": total - waiting - never,
            "counts": {fate: counts[fate] for fate in FATES},
            "only": audience_name(self._host, one.audience) if is_part else "",
            "can": list(_can(one, is_moving=is_moving, is_part=is_part)),
        }


def _can(one: Campaign, *, is_moving: bool, is_part: bool) -> Sequence[str]:
    """Return what can be done with a campaign; *is_part*: it goes to others than its newsletter does."""
    if is_moving:
        return ("cancel", "rest") if is_part and one.begun is not None and one.reached is None else ("cancel",)
    acts = {"planned": ("go", "cancel"), "held": ("go", "cancel")}
    again = ("resend", "rest") if is_part else ("resend",)
    return acts.get(one.state, again if one.begun is not None else ())


def _read_place(typed: str) -> tuple[datetime, str] | None:
    """Return when the last campaign of a list was made, and its id; None for what names none."""
    made, _, id = typed.partition("~")
    try:
        moment = datetime.fromisoformat(made)
    except ValueError:
        return None
    return (moment, id) if moment.tzinfo and is_storable(id) else None
