"""``pressframe newsletter send``, ``digest``, ``test`` and ``run``."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from pressframe.errors import ContentError
from pressframe.model import Host

if TYPE_CHECKING:
    from pressframe_newsletter._campaigns import Campaign
    from pressframe_newsletter._office import Office

_NEWSLETTER = click.option("--newsletter", help="The newsletter; the first one if left out.")
_AT = click.option("--at", help='When, in the site\'s time zone: "2026-11-27 08:00"; at once if left out.')
_SECONDS = 2.0


def make_send(host: Host) -> click.Command:
    """Return the command that plans to mail a post."""

    @click.command("send", help="Mail ENTRY, an id or an address of a published post, to the members of a newsletter.")
    @click.argument("entry")
    @_NEWSLETTER
    @click.option("--audience", help="Only members with this audience; the newsletter's if left out.")
    @_AT
    @click.option("--again", is_flag=True, help="Mail it though the newsletter has mailed it before.")
    def send(entry: str, newsletter: str | None, audience: str | None, at: str | None, *, again: bool) -> None:
        from pressframe_newsletter._commands import open_office

        office, plugin, site = open_office(host)
        name, id = office.newsletter(newsletter), office.entry(entry)
        before = office.mailed(name, id)
        if before is not None and not again:
            fix = (
                "to who did not get it: pressframe newsletter resend, with --audience if it went to few; "
                "to everybody once more: add --again"
            )
            raise ContentError(f'"{name}" has mailed it, or is to: {before:%Y-%m-%d %H:%M} UTC', fix=fix)
        due = _moment(at, site.settings.timezone) or plugin.held.clock()
        _tell(office, office.plan(name, id, due=due, by="command line", audience=audience))

    return send


def make_digest(host: Host) -> click.Command:
    """Return the command that plans a digest."""

    @click.command("digest", help="Mail a digest of the last seven days to members who want one a week.")
    @_NEWSLETTER
    @_AT
    @click.option("--again", is_flag=True, help="Mail it though the newsletter has mailed one of the same posts.")
    def digest(newsletter: str | None, at: str | None, *, again: bool) -> None:
        from pressframe_newsletter._commands import open_office

        office, plugin, site = open_office(host)
        name = office.newsletter(newsletter)
        before = office.mailed_digest(name)
        if before is not None and not again:
            said = f'"{name}" has mailed a digest of the same posts, or is to: {before:%Y-%m-%d %H:%M} UTC'
            raise ContentError(said, fix="to mail it to everybody once more, add --again")
        due = _moment(at, site.settings.timezone) or plugin.held.clock()
        _tell(office, office.plan_digest(name, due=due, by="command line"))

    return digest


def make_test(host: Host) -> click.Command:
    """Return the command that mails a post to one address."""

    @click.command("test", help="Mail ENTRY to one address, as members get it; nobody else gets anything.")
    @click.argument("entry")
    @click.option("--to", required=True, help="The address.")
    @_NEWSLETTER
    @click.option("--as", "audiences", multiple=True, help="Audience of the reader, besides the newsletter's own.")
    def test(entry: str, to: str, newsletter: str | None, audiences: tuple[str, ...]) -> None:
        from pressframe_newsletter._commands import open_office
        from pressframe_newsletter._settings import check_audience
        from pressframe_web.addresses import read_address

        office, _, _ = open_office(host)
        address = read_address(to)
        if address is None:
            raise ContentError(f'"{to}" is no mail address', fix="write one such as me@example.org")
        name, id = office.newsletter(newsletter), office.entry(entry)
        for audience in audiences:
            check_audience(host, audience)
        office.test(name, [id], office.audiences(name, id)[0] | frozenset(audiences), address.shown)
        click.echo(f"handed over to {address.shown}")

    return test


def make_run(host: Host) -> click.Command:
    """Return the command that sends in its own process."""

    @click.command(
        "run",
        help="Send what is due, in this process, and end when nothing is: for sites that are not served here. Beside a "
        "server, which does it by itself, this does nothing.",
    )
    def run() -> None:
        from pressframe_newsletter._commands import open_office
        from pressframe_newsletter._publishing import Publishing
        from pressframe_newsletter._sending import Sending

        _, plugin, site = open_office(host)
        release = plugin.held.release
        assert release is not None
        Publishing(site, plugin).hear(release, plugin.held.clock())
        sending = Sending(site, plugin)
        while sending.is_alone():
            next = sending.work(_SECONDS)
            if next is None or next > plugin.held.clock() + timedelta(seconds=1):
                click.echo("nothing more is due" + (f" before {next:%Y-%m-%d %H:%M} UTC" if next else ""))
                return
        click.echo("another process sends for this site")

    return run


def _moment(typed: str | None, zone: ZoneInfo) -> datetime | None:
    from pressframe_newsletter._office import read_moment

    if typed is None:
        return None
    try:
        return read_moment(typed, zone)
    except ValueError as error:
        raise ContentError(f'"{typed}" is no moment', fix='write one such as "2026-11-27 08:00"') from error


def _tell(office: Office, campaign: Campaign) -> None:
    reach = office.reach(campaign.audience)
    click.echo(
        f"{campaign.id}: planned for {campaign.due:%Y-%m-%d %H:%M} UTC, {reach} member{'s' * (reach != 1)} at most"
    )
    click.echo("the server sends it; without one: pressframe newsletter run")
