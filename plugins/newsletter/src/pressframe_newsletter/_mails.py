"""What a campaign's mails say: rendered once for each set of audiences, then made out to each member."""

from __future__ import annotations

import re
import secrets
import threading
import weakref
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import attrs

from pressframe.errors import ContentError
from pressframe.model import Card, Host, Json, Page, View
from pressframe.press import Release
from pressframe_newsletter._campaigns import Kind
from pressframe_newsletter._leaving import LEAVE, PREFERENCES, make_id, way_out
from pressframe_newsletter._text import to_text
from pressframe_web import Message
from pressframe_web.leaving import WayOut
from pressframe_web.letters import host_of, one_line

if TYPE_CHECKING:
    from pressframe_newsletter._plugin import Newsletters

_TEXT_ALONE = re.compile(r"<!-- text -->.*?<!-- /text -->", re.DOTALL)
_LEFT_OUT = ' data-text="no"'
_KEPT = 32
"""Renderings of one release that are kept: campaigns under way at once, times sets of audiences."""


@attrs.frozen(kw_only=True)
class Subject:
    """What a mail is about."""

    newsletter: str
    kind: Kind
    entries: tuple[str, ...]


@attrs.frozen(kw_only=True)
class Mail:
    """A mail as those with certain audiences get it, with marks where each one's own links belong.

    Attributes:
        leave: Mark of the link that ends the newsletter.
        preferences: Mark of the link to what a member can choose.
    """

    subject: str
    html: str
    text: str
    leave: str
    preferences: str

    def made_out(self, links: Mapping[str, str]) -> tuple[str, str]:
        """Return text and HTML with the links for one member: ``leave`` and ``preferences``."""
        text, html = self.text, self.html
        for mark, link in ((self.leave, links["leave"]), (self.preferences, links["preferences"])):
            text, html = text.replace(mark, link), html.replace(mark, link)
        return text, html

    def shown(self, home: str) -> tuple[str, str]:
        """Return text and HTML for nobody: what would end or change something leads to *home*, the site."""
        return self.made_out({"leave": home, "preferences": home})


@attrs.define(eq=False)
class Mails:
    """Writes the mails of one site."""

    _host: Host
    _plugin: Newsletters
    _made: dict[tuple[Subject, frozenset[str]], Mail] = attrs.field(factory=dict)
    _release: weakref.ref[Release] | None = None
    _lock: threading.Lock = attrs.field(factory=threading.Lock)
    _out: WayOut | None = None

    def of(self, subject: Subject, audiences: frozenset[str], release: Release) -> Mail:
        """Return the mail for members with *audiences*: what gates withhold from these is not in it.

        Raises:
            ContentError: The post is not there, or not published.
        """
        key = (subject, audiences)
        with self._lock:
            if self._release is None or self._release() is not release:
                self._made.clear()
                self._release = weakref.ref(release)
            if key not in self._made:
                if len(self._made) >= _KEPT:
                    self._made.clear()
                self._made[key] = self._write(subject, audiences, release)
            return self._made[key]

    def message(self, mail: Mail, *, key: str, member: str, newsletter: str, to: str) -> Message:
        """Return *mail* made out to a member."""
        if self._out is None:
            self._out = way_out(self._host)
        headers = self._out.headers(make_id(member, newsletter))
        leave = headers["List-Unsubscribe"].strip("<>")
        text, html = mail.made_out({"leave": leave, "preferences": leave.replace(LEAVE, PREFERENCES, 1)})
        headers = {**headers, "List-ID": self._list_id(newsletter), "Precedence": "bulk"}
        return Message(key=key, to=to, subject=mail.subject, text=text, html=html, headers=headers)

    def test(self, subject: Subject, audiences: frozenset[str], release: Release, to: str) -> Message:
        """Return a test mail; its links that end something lead to the site, and end nothing."""
        mail = self.of(subject, audiences, release)
        text, html = mail.shown(f"{self._host.settings.url}/")
        key = f"newsletter.test.{secrets.token_hex(8)}"
        return Message(key=key, to=to, subject=f"[Test] {mail.subject}", text=text, html=html)

    def _list_id(self, newsletter: str) -> str:
        return f"<{newsletter}.{host_of(self._host.settings.url)}>"

    # ------------------------------------------------------------------------------------------- writing

    def _write(self, subject: Subject, audiences: frozenset[str], release: Release) -> Mail:
        site = release.view(audiences)
        cards = self.cards(subject.entries, site)
        leave, preferences = (f"{self._host.settings.url}/mark-{secrets.token_hex(12)}" for _ in range(2))
        title = self._plugin.title_of(subject.newsletter, self._host)
        data: dict[str, Json] = {
            "newsletter": title,
            "kind": subject.kind,
            "first": cards[0].title,
            "leave": leave,
            "preferences": preferences,
            "accent": self._plugin.accent,
            "imprint": self._plugin.imprint,
            "entries": list(subject.entries),
        }
        about = subject.entries[0] if subject.kind == "post" else None
        page = Page(
            address="/newsletter/mail/", template=f"newsletter/mail/{subject.kind}.html", subject=about, data=data,
            indexed=False,
        )  # fmt: skip
        said = attrs.evolve(page, template="newsletter/mail/subject.txt", media_type="text/plain")
        line = one_line(site.render(said).body.decode())
        page = attrs.evolve(page, title=line)
        html = site.render(page).body.decode()
        return Mail(subject=line, html=_inlined(html), text=to_text(html), leave=leave, preferences=preferences)

    def cards(self, entries: Sequence[str], site: View) -> tuple[Card, ...]:
        """Return the cards of posts that are published.

        Raises:
            ContentError: One is not there, or not published.
        """
        found = []
        for id in entries:
            entry, card = site.entry(id), site.card(id)
            if entry is None or card is None or entry.status != "published" or not site.is_past(entry.published):
                raise ContentError(
                    f'there is no published post "{id}"', fix="name its address, /2026/11/walk/, or its id"
                )
            found.append(card)
        return tuple(found)


def _inlined(html: str) -> str:
    """Return *html* with its style at each element, where mail programs look for it, and without the text's own end."""
    import css_inline

    inliner = css_inline.CSSInliner(
        keep_style_tags=False, load_remote_stylesheets=False, inline_style_tags=True, keep_at_rules=True
    )
    return inliner.inline(_TEXT_ALONE.sub("", html).replace(_LEFT_OUT, ""))
