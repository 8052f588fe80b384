"""``pressframe newsletter``: look at mails, send them, see what became of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pressframe.errors import StoreError
from pressframe.model import Host

if TYPE_CHECKING:
    from pressframe_newsletter._campaigns import Campaign
    from pressframe_newsletter._office import Office
    from pressframe_newsletter._plugin import Newsletters


def make_newsletter_command(host: Host) -> click.Group:
    """Return the command ``newsletter`` for one site."""
    from pressframe_newsletter._commands_sending import make_digest, make_run, make_send, make_test

    group = click.Group("newsletter", help="Mail posts to members, and see what becomes of the mails.")
    for command in (
        make_send(host),
        make_digest(host),
        make_test(host),
        _make_preview(host),
        make_run(host),
        _make_status(host),
        _make_act(host, "cancel", "Send nothing more of CAMPAIGN.", "nothing more is sent", "it is over already"),
        _make_act(
            host, "resume", "Send CAMPAIGN, which is held or planned for later, from now on.",
            "it is sent from now on", "it is neither held nor planned",
        ),
        _make_resend(host),
        _make_bounces(host),
    ):  # fmt: skip
        group.add_command(command)
    return group


def open_office(host: Host) -> tuple[Office, Newsletters, Host]:
    """Build the site, and return what is done with it."""
    from pressframe import Site
    from pressframe_newsletter._office import Office
    from pressframe_newsletter._plugin import Newsletters

    site = Site.open(host.folder)
    plugin = site.plugin(Newsletters)
    plugin.held.release = site.build()
    return Office(site, plugin), plugin, site


def _make_preview(host: Host) -> click.Command:
    @click.command("preview", help="Print the mail about ENTRY, an id or an address, as HTML or as plain text.")
    @click.argument("entry")
    @click.option("--newsletter", help="Whose mail; the first newsletter's if left out.")
    @click.option("--as", "audiences", multiple=True, help="Audience of the reader, besides the newsletter's own.")
    @click.option("--text", is_flag=True, help="Print the plain text.")
    @click.option("--output", "-o", type=click.Path(path_type=Path), help="Write it to a file.")
    def preview(
        entry: str, newsletter: str | None, audiences: tuple[str, ...], output: Path | None, *, text: bool
    ) -> None:
        from pressframe_newsletter._settings import check_audience

        for audience in audiences:
            check_audience(host, audience)
        office, _, _ = open_office(host)
        name = office.newsletter(newsletter)
        id = office.entry(entry)
        mail = office.preview(name, [id], office.audiences(name, id)[0] | frozenset(audiences))
        plain, html = mail.shown(f"{host.settings.url}/")
        shown = plain if text else html
        if output is None:
            click.echo(shown)
        else:
            try:
                output.write_text(shown, encoding="utf-8")
            except OSError as error:
                message = f"{output} cannot be written: {error.strerror}"
                raise StoreError(message, fix="name a file in a folder that is there") from error
            click.echo(f"{mail.subject} → {output}")

    return preview


def _make_status(host: Host) -> click.Command:
    @click.command("status", help="Print what became of CAMPAIGN, or of the newest ones.")
    @click.argument("campaign", required=False)
    @click.option("--count", type=click.IntRange(1, 1000), default=20, show_default=True, help="So many at most.")
    @click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
    def status(campaign: str | None, count: int, *, as_json: bool) -> None:
        from pressframe_newsletter._campaigns import Campaigns
        from pressframe_newsletter._held import utc_now

        campaigns = Campaigns(host)
        found = campaigns.all(count=count) if campaign is None else (_find(host, campaign),)
        counts = campaigns.counts([one.id for one in found])
        if as_json:
            click.echo(json.dumps([_fact(one, counts[one.id]) for one in found], ensure_ascii=False))
            return
        for one in found:
            click.echo(_line(one, counts[one.id]))
        if not found:
            click.echo("nothing was mailed yet")
        if trouble := campaigns.trouble(utc_now()):
            click.echo(f"{trouble[0]}; tried again at {trouble[1]:%Y-%m-%d %H:%M} UTC")

    return status


def _find(host: Host, id: str) -> Campaign:
    from pressframe_newsletter._campaigns import Campaigns

    found = Campaigns(host).find(id)
    if found is None:
        raise StoreError(f"there is no campaign {id}", fix="see pressframe newsletter status")
    return found


def _fact(one: Campaign, counts: Mapping[str, int]) -> Mapping[str, object]:
    return {
        "id": one.id, "newsletter": one.newsletter, "kind": one.kind, "subject": one.subject, "audience": one.audience,
        "state": one.state, "reason": one.reason, "due": one.due.isoformat(timespec="seconds"), "again": one.again,
        **counts,
    }  # fmt: skip


def _line(one: Campaign, counts: Mapping[str, int]) -> str:
    from pressframe_newsletter._campaigns import WAITING

    waiting = sum(counts[fate] for fate in WAITING)
    told = [f"{counts['sent']} sent", *([f"{waiting} waiting"] if waiting else [])]
    told += [f"{counts[fate]} {fate}" for fate in ("unknown", "bounced", "failed", "left") if counts[fate]]
    told += [f"{one.again} perhaps twice"] if one.again else []
    state = f"{one.state} ({one.reason})" if one.reason else one.state
    return f"{one.id}  {one.due:%Y-%m-%d %H:%M} UTC  {state:<10}  {', '.join(told)}  {one.subject}"


def _make_act(host: Host, name: str, text: str, done: str, refused: str) -> click.Command:
    @click.command(name, help=text)
    @click.argument("campaign")
    def act(campaign: str) -> None:
        from pressframe_newsletter._campaigns import Campaigns
        from pressframe_newsletter._held import utc_now

        _find(host, campaign)
        campaigns, now = Campaigns(host), utc_now()
        acts: Mapping[str, Callable[[], bool]] = {
            "cancel": lambda: campaigns.cancel(campaign, now),
            "resume": lambda: campaigns.go_on(campaign, now),
        }
        _tell(campaign, done if acts[name]() else None, refused)

    return act


def _make_resend(host: Host) -> click.Command:
    @click.command("resend", help="Send CAMPAIGN, which is over, to those who did not get it.")
    @click.argument("campaign")
    @click.option("--audience", help="Also to members with this audience, if it went to others; nobody gets it twice.")
    def resend(campaign: str, audience: str | None) -> None:
        from pressframe_newsletter._campaigns import Campaigns
        from pressframe_newsletter._held import utc_now
        from pressframe_newsletter._settings import check_audience

        if audience is not None:
            check_audience(host, audience)
        _find(host, campaign)
        is_done = Campaigns(host).resend(campaign, utc_now(), audience=audience)
        _tell(campaign, "it is sent to those who did not get it" if is_done else None, "it is not over, or never began")

    return resend


def _tell(campaign: str, done: str | None, refused: str) -> None:
    if done is None:
        raise StoreError(f"{campaign}: {refused}", fix=f"see pressframe newsletter status {campaign}")
    click.echo(f"{campaign}: {done}")


def _make_bounces(host: Host) -> click.Command:
    @click.command(
        "bounces",
        help="Read reports on mails that came back or were complained about: FILES are mails, mailboxes (mbox) or "
        "Maildir folders, and - is the standard input. An address is left alone after one hard bounce, five soft ones "
        "within 14 days, or a complaint. The same report counts once.",
    )
    @click.argument("files", nargs=-1, required=True)
    def bounces(files: tuple[str, ...]) -> None:
        from pressframe_newsletter._bounces import read_reports
        from pressframe_newsletter._held import utc_now
        from pressframe_newsletter._people import People

        people, told = People(host), dict.fromkeys(("stopped", "counted", "known", "foreign", "none"), 0)
        for report in read_reports(files):
            if report.kind == "none":
                told["none"] += 1
                continue
            outcome = people.give_back(report.digest, report.message, report.kind, utc_now())
            told[outcome or "foreign"] += 1
        click.echo(
            f"{told['stopped']} addresses get no more mail, {told['counted']} bounces counted, "
            f"{told['known']} reports known already, {told['foreign']} about mails that were not sent from here, "
            f"{told['none']} mails are no such reports"
        )

    return bounces
