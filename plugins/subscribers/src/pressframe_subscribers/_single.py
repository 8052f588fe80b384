"""One member: who they are, what they may read, and what the owner does for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

import attrs
import sqlalchemy as sa

from pressframe.model import Json, Live
from pressframe_admin import Account, Action, Done, Flash
from pressframe_members import audience_name
from pressframe_members.care import ask_to_confirm, count_sessions, end_sessions
from pressframe_members.model import Member
from pressframe_sql import database
from pressframe_subscribers._acts import Change
from pressframe_subscribers._desk import (
    LIST,
    ONE,
    Desk,
    given,
    missing,
    nothing_typed,
    page_of,
    problem,
    shown,
    typed_in,
    undo_of,
)
from pressframe_subscribers._wanted import Wanted
from pressframe_web import Request, Response

_Do: TypeAlias = Callable[[sa.Connection], list[Change]]


def _(text: str) -> str:
    return text  # marks what is translated when shown


@attrs.frozen
class Single:
    """The page of a member, and its forms."""

    _desk: Desk

    def actions(self) -> Iterable[Action]:
        """Return them."""
        yield Action(path=f"{ONE}{{id}}", endpoint=self.show)
        yield Action(path=f"{ONE}{{id}}/remove", endpoint=self.ask_removal)
        posts = {
            "grant": self.grant, "revoke": self.revoke, "sessions": self.sign_out, "ask": self.ask,
            "remove": self.remove,
        }  # fmt: skip
        for name, endpoint in posts.items():
            yield Action(methods=("POST",), path=f"{ONE}{{id}}/{name}", endpoint=endpoint)
        yield Action(path=f"{ONE}{{id}}/grant", endpoint=self.lead)

    def _find(self, request: Request) -> Member | None:
        return self._desk.members.find(request.parameters.get("id", ""))

    def show(self, request: Request, site: Live, account: Account) -> Response:
        """Show a member."""
        return self._page(request, nothing_typed())

    def lead(self, request: Request, site: Live, account: Account) -> Done:
        """Lead to the member: the address of a form that was sent back, typed or gone to again."""
        return Done(location=_at(request))

    def _page(self, request: Request, typed: Mapping[str, Json]) -> Response:
        """Show a member; where what was typed gives a problem, with it in the form."""
        member, desk = self._find(request), self._desk
        if member is None:
            return missing(_list(request))
        return page_of(
            "member",
            {
                "one": shown(member),
                "given": given(desk.members.memberships(member.id), request.now, desk.host.settings.timezone),
                "sessions": count_sessions(desk.host, member.id, request.now),
                "givable": desk.givable,
                "version": desk.version(member.id),
                "typed": typed,
                "query": _kept(request).query,
                "list": _list(request),
            },
            status=422 if typed["problem"] else 200,
        )

    def grant(self, request: Request, site: Live, account: Account) -> Response | Done:
        """Give them an audience, until a day or for good."""
        audience, back = request.form.get("audience", ""), _at(request)
        if audience not in self._desk.givable:
            return problem(_("Choose an audience first."), back)
        try:
            until = self._desk.end_of(request.form, request.now)
        except ValueError:
            return self._page(request, typed_in(request.form, "until"))
        id, acts = request.parameters.get("id", ""), self._desk.acts
        return self._change(
            request,
            account,
            lambda connection: acts.grant(connection, id, audience, until, request.now),
            lambda one: (one.id, one.audience, one.has, one.until) == (id, audience, True, until),
            self._said(_("They have “%(audience)s” now."), audience),
        )

    def revoke(self, request: Request, site: Live, account: Account) -> Response | Done:
        """Take back what one source gave."""
        audience, _space, source = request.form.get("what", "").partition(" ")
        id, acts = request.parameters.get("id", ""), self._desk.acts
        return self._change(
            request,
            account,
            lambda connection: acts.revoke(connection, id, audience, source, request.now),
            lambda one: (one.id, one.audience, one.source, one.has) == (id, audience, source, False),
            self._said(_("“%(audience)s” is taken back."), audience),
        )

    def _said(self, text: str, audience: str) -> Flash:
        return Flash(text=text, values={"audience": audience_name(self._desk.host, audience)})

    def _change(
        self, request: Request, account: Account, do: _Do, is_same: Callable[[Change], bool], flash: Flash
    ) -> Response | Done:
        """Change what a member has, unless they are not as the page showed them; a second press does nothing more."""
        id, desk, back = request.parameters.get("id", ""), self._desk, _at(request)

        def work(connection: sa.Connection) -> str | None:
            version = desk.version(id, connection)
            if version is None or version != request.form.get("version"):
                return version and (desk.acts.lately(connection, account.id, is_same, request.now) or "other")
            changes = do(connection)
            return desk.acts.keep(connection, account.id, changes, request.now) if changes else ""

        act = database(desk.host).write(work)
        if act is None:
            return missing(_list(request))
        if act == "other":
            return problem(
                _("Nothing was changed: something else was in the meantime. This is how it stands now."), back
            )
        if not act:
            return problem(_("Nothing was changed: it was so already."), back)
        return Done(location=back, flash=attrs.evolve(flash, undo=undo_of(act, back)))

    def sign_out(self, request: Request, site: Live, account: Account) -> Response | Done:
        """End all their sessions."""
        member = self._find(request)
        if member is None:
            return missing(_list(request))
        end_sessions(self._desk.host, member.id)
        return Done(location=_at(request), flash=Flash(text=_("They are signed out everywhere.")))

    def ask(self, request: Request, site: Live, account: Account) -> Response | Done:
        """Mail the question once more."""
        member = self._find(request)
        if member is None:
            return missing(_list(request))
        if not ask_to_confirm(self._desk.host, member.id, request.now):
            return problem(
                _("No mail was sent: they have confirmed, or were mailed within the last hour."), _at(request)
            )
        return Done(location=_at(request), flash=Flash(text=_("The confirmation mail is on its way.")))

    def ask_removal(self, request: Request, site: Live, account: Account) -> Response:
        """Ask once more before a member is forgotten."""
        member = self._find(request)
        if member is None:
            return missing(_list(request))
        return page_of("remove", {"one": shown(member), "query": _kept(request).query})

    def remove(self, request: Request, site: Live, account: Account) -> Response | Done:
        """Forget a member."""
        member = self._find(request)
        if member is None or not self._desk.members.remove(member.id, now=request.now):
            return missing(_list(request))
        flash = Flash(text=_("%(address)s was removed."), values={"address": member.address})
        return Done(location=_list(request), flash=flash)


def _kept(request: Request) -> Wanted:
    """Return the part of the list from which somebody came: the address of the page tells it, or its form."""
    form = request.form
    wanted = Wanted.read_text(form["query"]) if "query" in form else Wanted.read(request.query)
    return attrs.evolve(wanted, select=False)


def _list(request: Request) -> str:
    return _kept(request).behind(LIST)


def _at(request: Request) -> str:
    return _kept(request).behind(f"{ONE}{request.parameters.get('id', '')}")
