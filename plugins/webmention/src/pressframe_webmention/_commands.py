"""``pressframe webmention``: see what was sent and received, and send."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import attrs
import click

from pressframe.errors import ContentError, PluginError
from pressframe.model import Host

if TYPE_CHECKING:
    from pressframe import Site
    from pressframe.model import Live
    from pressframe_webmention._outbox import Link, Outbox
    from pressframe_webmention._received import Mention
    from pressframe_webmention._sending import Scout


def make_webmention_command(host: Host) -> click.Group:
    """Return the command ``webmention`` for one site."""
    group = click.Group("webmention", help="See which mentions were sent and received, and send them.")
    group.add_command(_make_list(host))
    group.add_command(
        _make_send(
            host, "send", "Tell other sites of ENTRY's links, or of all that is new; what was told is not again."
        )
    )
    group.add_command(_make_send(host, "resend", "Tell of all of ENTRY's links once more, or of all that failed."))
    return group


def _make_list(host: Host) -> click.Command:
    @click.command("list", help="List mentions of others, newest first, with what came back.")
    @click.option("--received", is_flag=True, help="List those that others sent, and what became of them.")
    @click.option("--count", type=click.IntRange(1), default=100, show_default=True, help="List so many at most.")
    @click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
    def list_mentions(count: int, *, received: bool, as_json: bool) -> None:
        from pressframe_webmention._outbox import Outbox
        from pressframe_webmention._received import Received

        if received:
            _print([_received_line(mention) for mention in Received(host).all(count)], as_json, "received")
        else:
            _print([_sent_line(link) for link in Outbox(host).all(count)], as_json, "sent")

    return list_mentions


def _make_send(host: Host, name: str, text: str) -> click.Command:
    @click.command(
        name,
        help=f"{text} ENTRY is an id or an address. The site is built first, so that others find what they are told.",
    )
    @click.argument("entry", required=False)
    @click.option("--json", "as_json", is_flag=True, help="Print one JSON array of what was sent, with what came back.")
    def send(entry: str | None, *, as_json: bool) -> None:
        sent = _Dispatch.open(host).send(entry, again=name == "resend")
        _print([_sent_line(link) for link in sent], as_json, "to be sent")

    return send


@attrs.frozen
class _Dispatch:
    """Sends by hand: leaves for later what is to be sent, and does it at once."""

    site: Site
    outbox: Outbox

    @classmethod
    def open(cls, host: Host) -> _Dispatch:
        """Return one for *host*'s site.

        Raises:
            PluginError: Others could not look at the site.
        """
        from pressframe import Site
        from pressframe_webmention._outbox import Outbox
        from pressframe_webmention._plugin import Webmention
        from pressframe_webmention._sending import is_reachable

        site = Site.open(host.folder)
        if not is_reachable(site.settings.url, site.plugin(Webmention).allow):
            raise PluginError(
                f"nobody else could look at {site.settings.url}, so nobody is told of it",
                fix="set [site] url to the address at which the site is published",
            )
        return cls(site, Outbox(site))

    def send(self, entry: str | None, *, again: bool) -> Sequence[Link]:
        """Send, and return what was sent."""
        from pressframe_sql import Worker
        from pressframe_webmention._plugin import Webmention
        from pressframe_webmention._sending import Scout as Looking

        start = now = datetime.now(UTC)
        plugin = self.site.plugin(Webmention)
        if entry is None and again:
            self.outbox.retry(now)
        else:
            view = self.site.build(now=now).view()
            scout = Looking(self.site, self.outbox, plugin.told)
            if entry is None:
                scout.look(view, None, now)
            else:
                self._note(scout, view, _find(entry, view), again=again)
        Worker(self.site, [plugin.sending(self.site)]).run_due()
        return [link for link in self.outbox.all(1_000) if link.at >= start]

    def _note(self, scout: Scout, view: Live, id: str, *, again: bool) -> None:
        now = datetime.now(UTC)
        links = scout.links(id, view, now)
        if links is None:
            raise ContentError(f'"{id}" is not public, so nobody is told what it links to')
        self.outbox.note(links, now, again=again)


def _find(entry: str, site: Live) -> str:
    if site.card(entry) is not None:
        return entry
    page = site.page(entry.removeprefix(site.settings.url))
    if page is None or page.subject is None:
        raise ContentError(f'there is no entry "{entry}"', fix="name its id or its address, such as /2012/05/mutation/")
    return page.subject


def _sent_line(link: Link) -> dict[str, object]:
    from pressframe_webmention._outbox import WAITING

    return {
        "entry": link.entry,
        "target": link.target,
        "state": link.state if link.is_linked or link.state == WAITING else f"{link.state} (link removed)",
        "kind": link.kind,
        "answer": link.answer,
        "at": link.at.isoformat(),
    }


def _received_line(mention: Mention) -> dict[str, object]:
    return {
        "entry": mention.entry,
        "source": mention.source,
        "state": mention.state,
        "kind": mention.kind,
        "comment": mention.comment,
        "reason": mention.reason,
        "at": mention.received.isoformat(),
    }


def _print(lines: Iterable[dict[str, object]], as_json: bool, what: str) -> None:
    found = list(lines)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
    elif not found:
        click.echo(f"no mentions {what}")
    for line in () if as_json else found:
        date = str(line["at"])[:16].replace("T", " ")
        other, detail = line.get("target") or line.get("source"), line.get("answer") or line.get("reason")
        click.echo(f"{date}  {line['state']:<8} {other}  ({line['entry']}){f': {detail}' if detail else ''}")
