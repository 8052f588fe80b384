"""PRland with members, a newsletter and posts to mail: some open, one closed after its beginning."""

import asyncio
import email
import email.policy
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import attrs
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from pressframe_members.store import Members
from pressframe_newsletter import Newsletters
from pressframe_newsletter._campaigns import Campaign, Campaigns, Draft
from pressframe_newsletter._office import Office
from pressframe_newsletter._people import People
from pressframe_testing import Served, TestSite

SETTINGS = """
== pressframe.toml ==
[site]
title = "PRland"
url = "{url}"
language = "{language}"
timezone = "Europe/Paris"
plugins = ["markdown", "sql", "web", "admin", "gates", "members", "newsletter", "vault", "archives", "feeds", "journal"]
[plugins.web]
sender = "PRland <bonjour@prland.example>"
{web}
[plugins.gates.audiences.paid]
[plugins.newsletter]
automatic = {automatic}
{newsletter}
"""
CONTENT = '''
== plugins/vault.py ==
"""Entries that say so are for who paid. Hooks: judge_gate."""
import attrs
from pressframe import hookimpl
from pressframe.model import Entry, Gate


@attrs.frozen(eq=False)
class Vault:
    @hookimpl
    def judge_gate(self, entry: Entry) -> Gate | None:
        closed = entry.data.get(entry.source.loader, {{}}).get("extra", {{}}).get("vault")
        return Gate(requires=frozenset({{"paid"}}), reason="vault") if closed else None
== content/posts/crise.md ==
---
title: La crise, vue d’ici
date: 2026-11-20
authors: [Odile]
---
Un *texte* avec [un lien](/a-propos/).

<!--more-->

Et sa suite.
== content/posts/ferme.md ==
---
title: Réservé
date: 2026-11-21
vault: true
---
Le début public.

<!--more-->

Texte canari-body et `canari-inline`, ![canari-alt](/canari-src.png "canari-title").[^n]

## Titre canari-heading

| canari-table | b |
|---|---|
| canari-cell | d |

```
canari-block
```

- canari-item

> canari-quotation

[lien](/canari-link/)

[^n]: canari-footnote
'''
POST, CLOSED = "posts/crise", "posts/ferme"
TIMES = ("2 minutes", "3 minutes", "5 minutes", "10 minutes", "1 hour")


@attrs.define
class Desk:
    """The blog being served, and its newsletters."""

    site: TestSite
    served: Served

    def __getattr__(self, name):
        return getattr(self.served, name)

    @property
    def host(self):
        return self.served.app.site

    @property
    def plugin(self) -> Newsletters:
        return self.host.plugin(Newsletters)

    @property
    def members(self) -> Members:
        return Members(self.host)

    @property
    def people(self) -> People:
        return People(self.host)

    @property
    def campaigns(self) -> Campaigns:
        return Campaigns(self.host)

    @property
    def office(self) -> Office:
        return Office(self.host, self.plugin)

    def add(self, *addresses: str, audience: str | None = None):
        """Add confirmed members; return the last one."""
        for address in addresses:
            member = self.members.add(address, now=self.site.clock.now, confirmed_at=self.site.clock.now)
            if audience is not None:
                self.members.grant(member.id, audience, source="complimentary", now=self.site.clock.now)
        return member

    def send(self, entry: str = POST, *, newsletter="posts", kind="post", audience="subscribers", due=None) -> Campaign:
        """Plan a campaign for now."""
        now = self.site.clock.now
        draft = Draft(
            newsletter=newsletter, kind=kind, entries=(entry,), subject="Sujet", audience=audience, due=due or now
        )
        return self.campaigns.make(draft, now)

    def counts(self, campaign: Campaign) -> dict[str, int]:
        """Return how many messages there are of each fate, but for those of which there are none."""
        counts = self.campaigns.counts([campaign.id])[campaign.id]
        return {fate: number for fate, number in counts.items() if number}

    def state(self, campaign: Campaign) -> str:
        found = self.campaigns.find(campaign.id)
        assert found is not None
        return found.state

    def move(self, by: str) -> None:
        """Let time pass, and do the work that waits."""
        self.site.clock.move(by)
        self.run_jobs()

    def restart(self) -> "Desk":
        """Serve the site anew, as after its process ended."""
        self.served.close()
        return _served(self.site)


def addresses(count: int) -> list[str]:
    """Return so many addresses."""
    return [f"m{number}@example.org" for number in range(count)]


def finish(desk: Desk) -> None:
    """Do the work that waits, and what is to be tried again in the next hour."""
    desk.run_jobs()
    for time in TIMES:
        desk.move(time)


def parts(mail) -> tuple[str, str]:
    """Return the plain text and the HTML of a mail."""
    return mail.get_body(("plain",)).get_content(), mail.get_body(("html",)).get_content()


def _served(site: TestSite) -> Desk:
    desk = Desk(site, site.serve())
    desk.plugin.held.clock = site.clock
    return desk


@pytest.fixture
def blog(site) -> Callable[..., TestSite]:
    """Return a function that makes the blog."""

    def make(
        *, language="fr", newsletter="", web="", url="https://prland.example", automatic="false", more=""
    ) -> TestSite:  # fmt: skip
        settings = SETTINGS.format(language=language, newsletter=newsletter, web=web, url=url, automatic=automatic)
        return site(settings + CONTENT.format() + more)

    return make


@pytest.fixture
def serve(blog) -> Callable[..., Desk]:
    """Return a function that serves it."""
    return lambda **how: _served(blog(**how))


@pytest.fixture
def desk(serve) -> Desk:
    return serve()


class Sink:
    """A mail server that keeps what it takes, and fails as it is told.

    Attributes:
        taken: Recipient, Message-ID and bytes of each mail that was taken.
        fails: Says what to answer to the mail of a number, counted from 1, at a stage: ``"MAIL"``, ``"RCPT"``,
            ``"DATA"``; an answer, ``"drop"`` to end the connection instead, ``"mute"`` to end it after taking the mail,
            ``"slow"`` or ``"hang"`` to take it and wait, or None.
    """

    def __init__(self) -> None:
        self.taken: list[tuple[str, str, bytes]] = []
        self.fails: Callable[[str, int, str], str | None] = lambda stage, number, to: None
        self.connections = 0
        self.number = 0

    async def handle_EHLO(self, server, session: Session, envelope: Envelope, hostname, responses):  # noqa: N802 - aiosmtpd's name
        session.host_name = hostname
        self.connections += 1
        return responses

    async def handle_MAIL(self, server: SMTP, session, envelope: Envelope, address, options):  # noqa: N802 - aiosmtpd's name
        self.number += 1
        envelope.number = self.number
        envelope.mail_from = address
        return self._answer("MAIL", server, envelope) or "250 OK"

    async def handle_RCPT(self, server: SMTP, session, envelope: Envelope, address, options):  # noqa: N802 - aiosmtpd's name
        envelope.rcpt_tos.append(address)
        return self._answer("RCPT", server, envelope) or "250 OK"

    async def handle_DATA(self, server: SMTP, session, envelope: Envelope):  # noqa: N802 - aiosmtpd's name
        said = self.fails("DATA", envelope.number, envelope.rcpt_tos[0])
        if said in (None, "mute", "slow", "hang"):
            head = envelope.content.partition(b"\r\n\r\n")[0].decode()
            id = next(line[12:] for line in head.split("\r\n") if line.lower().startswith("message-id: "))
            self.taken.append((envelope.rcpt_tos[0], id, envelope.content))
        if said in ("slow", "hang"):
            await asyncio.sleep(0.5 if said == "slow" else 3)
            return "250 OK"
        if said in ("drop", "mute"):
            server.transport.abort()
            return "250 nobody hears this"
        return said or "250 OK"

    def _answer(self, stage: str, server: SMTP, envelope: Envelope) -> str | None:
        to = envelope.rcpt_tos[0] if envelope.rcpt_tos else ""
        said = self.fails(stage, envelope.number, to)
        if said == "drop":
            server.transport.abort()
        return said

    def read(self, to: str):
        """Return the newest mail that came to an address."""
        raw = [raw for address, _, raw in self.taken if address == to][-1]
        return email.message_from_bytes(raw, policy=email.policy.default)

    @property
    def addresses(self) -> list[str]:
        return [to for to, _, _ in self.taken]


@contextmanager
def listening(sink: Sink) -> Iterator[int]:
    """Run a mail server on a free port while the block runs."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(sink, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


@pytest.fixture
def sink() -> Sink:
    return Sink()


@pytest.fixture
def port(sink) -> Iterator[int]:
    with listening(sink) as port:
        yield port


@pytest.fixture
def mailed(serve, port) -> Callable[..., Desk]:
    """Return a function that serves the blog with the mail server in its settings."""

    def make(timeout: str = "2 seconds", **how) -> Desk:
        smtp = f'smtp = {{ host = "127.0.0.1", port = {port}, security = "none", timeout = "{timeout}" }}'
        return serve(**{"web": smtp, **how})

    return make
