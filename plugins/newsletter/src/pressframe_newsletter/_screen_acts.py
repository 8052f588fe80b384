"""What the owner does on the screen: look at a mail, have a test sent, plan a sending, let it go on, stop it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote

import attrs

from pressframe.errors import ConfigError, ContentError
from pressframe.model import Host, Json, Live
from pressframe_admin import Account, Action, Done, Flash, accounts
from pressframe_members import audience_name, known_audiences
from pressframe_members.model import SUBSCRIBERS
from pressframe_newsletter._campaigns import Campaigns
from pressframe_newsletter._office import Office, read_moment
from pressframe_newsletter._screen_pages import missing, page_of
from pressframe_web import MailError, Request, Response

if TYPE_CHECKING:
    from pressframe_newsletter._plugin import Newsletters

log = logging.getLogger("pressframe")

LIST = "/admin/newsletter/"
_LONGEST = 300
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src * data:; sandbox; frame-ancestors 'self'; base-uri 'none'"
)
"""The mail alone is shown under it: nothing runs, and nothing but pictures is fetched."""


def _(text: str) -> str:
    return text  # marks what is translated when shown


@attrs.frozen
class Acts:
    """The endpoints that are no lists."""

    _host: Host
    _plugin: Newsletters
    _office: Office

    def actions(self) -> Iterable[Action]:
        """Return the actions."""
        yield Action(path=f"{LIST}preview", endpoint=self.preview)
        yield Action(path=f"{LIST}mail", endpoint=self.mail)
        yield Action(methods=("POST",), path=f"{LIST}test", endpoint=self.test)
        yield Action(methods=("POST",), path=f"{LIST}send", endpoint=self.send)
        yield Action(methods=("POST",), path=f"{LIST}digest", endpoint=self.digest)
        yield Action(path=f"{LIST}digest", endpoint=self.show_digest)
        for name in ("test", "send"):
            yield Action(path=f"{LIST}{name}", endpoint=self.lead)
        yield Action(methods=("POST",), path=f"{LIST}campaign/{{id}}", endpoint=self.change)

    # ------------------------------------------------------------------------------------------- looking

    def _asked(self, fields: Mapping[str, str]) -> tuple[str, str, frozenset[str], bool]:
        """Return newsletter, post and audiences that are asked for, and whether these open all of the post.

        Raises:
            ContentError, ConfigError: There is no such post, or newsletter.
        """
        name = self._office.newsletter(fields.get("newsletter") or None)
        entry = self._office.entry(fields.get("entry", ""))
        fewest, all_of_it = self._office.audiences(name, entry)
        is_whole = fields.get("as") == "whole"
        return name, entry, all_of_it if is_whole else fewest, is_whole

    def preview(self, request: Request, site: Live, account: Account) -> Response:
        """Show a mail about a post, in a frame or as plain text, with the forms that test and send it."""
        return self._page(request.query, account)

    def lead(self, request: Request, site: Live, account: Account) -> Done:
        """Lead to the list: the address of a form that was sent back, typed or gone to again."""
        return Done(location=LIST)

    def _page(self, asked: Mapping[str, str], account: Account, problem: str = "") -> Response:
        """Show a mail; with a *problem*, what was typed stands in the form that has it."""
        try:
            name, entry, audiences, is_whole = self._asked(asked)
            mail = self._office.preview(name, [entry], audiences)
        except (ContentError, ConfigError):
            return missing()
        fewest, all_of_it = self._office.audiences(name, entry)
        before = self._office.mailed(name, entry)
        data: dict[str, Json] = {
            "newsletter": name,
            "title": self._plugin.title_of(name, self._host),
            "post": entry,
            "subject": mail.subject,
            "is_whole": is_whole,
            "has_two": fewest != all_of_it,
            "as": "whole" if is_whole else "",
            "is_text": "text" in asked,
            "text": mail.shown(self._home)[0],
            "members": self._office.reach(self._plugin.newsletters[name].audience),
            "to": asked.get("to", account.address)[:_LONGEST],
            "at": asked.get("at", "")[:_LONGEST] if problem else "",
            "audiences": self._narrower(name),
            "audience": asked.get("audience", "") if problem else "",
            "zone": str(self._host.settings.timezone),
            "problem": problem,
            "before": before.isoformat() if before else None,
            "is_sent": before is not None and before <= self._plugin.held.clock(),
        }
        return page_of("preview", data, status=422 if problem else 200)

    def _narrower(self, newsletter: str) -> list[Json]:
        """Return the audiences that a mail may be for instead of all of a newsletter's members."""
        wide = {SUBSCRIBERS, self._plugin.newsletters[newsletter].audience}
        names = sorted(known_audiences(self._host) - wide)
        return [{"name": name, "title": audience_name(self._host, name)} for name in names]

    def mail(self, request: Request, site: Live, account: Account) -> Response:
        """Give the HTML of a mail, for the frame."""
        try:
            if "digest" in request.query:
                mail = self._office.preview_digest(self._office.newsletter(request.query.get("newsletter") or None))
            else:
                name, entry, audiences, *_rest = self._asked(request.query)
                mail = self._office.preview(name, [entry], audiences)
        except (ContentError, ConfigError):
            return missing()
        html = mail.shown(self._home)[1]
        headers = {"Content-Security-Policy": _POLICY, "Referrer-Policy": "no-referrer"}
        return Response(body=html.encode(), media_type="text/html", headers=headers)

    @property
    def _home(self) -> str:
        return f"{self._host.settings.url}/"

    # ------------------------------------------------------------------------------------------- doing

    def test(self, request: Request, site: Live, account: Account) -> Response | Done:
        """Mail it to one of the accounts of the owner's side; to nobody else."""
        try:
            name, entry, audiences, *_rest = self._asked(request.form)
        except (ContentError, ConfigError):
            return missing()
        to = request.form.get("to", account.address).strip()
        back = _preview(name, entry, request.form.get("as", ""))
        if to not in {one.address for one in accounts(self._host)}:
            return self._page(request.form, account, "to")
        try:
            self._office.test(name, [entry], audiences, to)
        except MailError as error:
            log.warning("a test mail was not taken: %s", error)
            return self._page(request.form, account, "server")
        return _said(back, _("A test mail is on its way to %(address)s."), address=to)

    def send(self, request: Request, site: Live, account: Account) -> Response | Done:
        """Plan to mail a post."""
        try:
            name, entry, *_rest = self._asked(request.form)
            due, audience = self._due(request), request.form.get("audience") or None
            made = self._office.plan(name, entry, due=due, by=account.name, audience=audience)
        except (ContentError, ConfigError):
            return missing()
        except ValueError:
            return self._page(request.form, account, "at")
        is_now = due <= request.now
        return _said(f"{LIST}campaign/{made.id}", _("The sending has begun.") if is_now else _("It is planned."))

    def _due(self, request: Request) -> datetime:
        typed = request.form.get("at", "")
        if not typed:
            return request.now
        moment = read_moment(typed, self._host.settings.timezone)
        if moment < request.now:
            raise ValueError("the moment is over")
        return moment

    def show_digest(self, request: Request, site: Live, account: Account) -> Response | Done:
        """Show a digest of the last seven days, with the button that sends it."""
        try:
            name = self._office.newsletter(request.query.get("newsletter") or None)
            mail, before = self._office.preview_digest(name), self._office.mailed_digest(name)
        except ConfigError:
            return missing()
        except ContentError:
            return _said(LIST, _("Nothing was published in the last seven days."), problem=True)
        data: dict[str, Json] = {
            "newsletter": name,
            "title": self._plugin.title_of(name, self._host),
            "subject": mail.subject,
            "is_text": "text" in request.query,
            "text": mail.shown(self._home)[0],
            "members": self._office.reach(self._plugin.newsletters[name].audience),
            "before": before.isoformat() if before else None,
        }
        return page_of("digest", data)

    def digest(self, request: Request, site: Live, account: Account) -> Response | Done:
        """Plan a digest of the last seven days."""
        try:
            name = self._office.newsletter(request.form.get("newsletter") or None)
            made = self._office.plan_digest(name, due=request.now, by=account.name)
        except ConfigError:
            return missing()
        except ContentError:
            return _said(LIST, _("Nothing was published in the last seven days."), problem=True)
        return _said(f"{LIST}campaign/{made.id}", _("The sending has begun."))

    def change(self, request: Request, site: Live, account: Account) -> Response | Done:
        """Let a campaign go on, cancel it, or send it to those who did not get it."""
        id, campaigns, now = request.parameters["id"], Campaigns(self._host), request.now
        found = campaigns.find(id)
        usual = self._plugin.newsletters.get(found.newsletter) if found else None
        acts: dict[str, tuple[Callable[[], bool], str]] = {
            "go": (lambda: campaigns.go_on(id, now), _("The sending has begun.")),
            "cancel": (lambda: campaigns.cancel(id, now), _("Nothing more of it is sent.")),
            "resend": (lambda: campaigns.resend(id, now), _("It is sent to those who did not get it.")),
        }
        if usual is not None:
            widened = partial(campaigns.resend, id, now, audience=usual.audience)
            acts["rest"] = (widened, _("It is sent to those who did not get it."))
        asked = acts.get(request.form.get("do", ""))
        if asked is None or found is None:
            return missing()
        act, said = asked
        if not act():
            return _said(f"{LIST}campaign/{id}", _("That can’t be done any more."), problem=True)
        return _said(f"{LIST}campaign/{id}", said)


def _preview(newsletter: str, entry: str, kind: str) -> str:
    return f"{LIST}preview?newsletter={quote(newsletter)}&entry={quote(entry)}&as={quote(kind)}"


def _said(location: str, text: str, *, problem: bool = False, **values: str) -> Done:
    return Done(location=location, flash=Flash(text=text, values=values, problem=problem))
