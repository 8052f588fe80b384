"""``pressframe admin``: who may sign in on the owner's side, and as what."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

import click

from pressframe.errors import StoreError
from pressframe.model import Host
from pressframe_admin._passwords import LONGEST, SHORTEST, Passwords, flaw
from pressframe_admin.model import Role

if TYPE_CHECKING:
    from pressframe_admin._accounts import Filed

_ROLES = click.Choice([role.value for role in Role])
_HELP = """Make and change the accounts of the owner and those who help; they sign in at /admin/.

An owner may do everything, a moderator what concerns the comments of all, an author what concerns their own posts.
"""
_FLAWS = {
    "short": f"a password needs at least {SHORTEST} characters",
    "long": f"a password may have {LONGEST} characters at most",
    "address": "the address itself is no password",
}
_from_stdin = click.option(
    "--password-stdin", "from_stdin", is_flag=True, help="Read the password from the first line of standard input."
)
_author = click.option(
    "--author", metavar="SLUG", default="", help="As whom they sign posts: the last part of /author/SLUG/."
)


def make_admin_command(host: Host) -> click.Group:
    """Return the command ``admin`` for one site."""
    group = click.Group("admin", help=_HELP)
    makers = (
        _make_create, _make_list, _make_password, _make_role, _make_disable, _make_enable, _make_remove,
        _make_sessions, _make_sign_out,
    )  # fmt: skip
    for make in makers:
        group.add_command(make(host))
    return group


def _make_create(host: Host) -> click.Command:
    @click.command("create", help="Make an account for ADDRESS. Its password is asked for twice.")
    @click.argument("address")
    @click.option("--role", type=_ROLES, required=True, help="What they may do.")
    @click.option("--name", default="", help="What they are called; what stands before the @ if left out.")
    @_author
    @_from_stdin
    @click.option("--mail-link", is_flag=True, help="Set no password: mail them a link to sign in by.")
    def create(  # noqa: PLR0913 - one for each option
        address: str, role: str, name: str, author: str, *, from_stdin: bool, mail_link: bool
    ) -> None:
        from pressframe_admin._accounts import AccountStore, Wanted
        from pressframe_web.addresses import read_address

        found = read_address(address)
        if found is None:
            raise click.BadParameter(f"{address} is no mail address", param_hint="ADDRESS")
        if mail_link and from_stdin:
            raise click.UsageError("--mail-link and --password-stdin exclude each other")
        _check_author(role, author)
        store = AccountStore(host)
        if store.find(found.folded) is not None:
            raise StoreError(f"there is an account for {found.shown} already", fix="see pressframe admin list")
        hash = None if mail_link else Passwords().hash(_ask_password(found.shown, from_stdin=from_stdin))
        wanted = Wanted(address=found, name=name.strip()[:80], role=Role(role), author=author, hash=hash)
        account = store.create(wanted, _now())
        click.echo(f"{found.shown} is {_article(role)} {role}; sign in at {host.settings.url}/admin/")
        if mail_link:
            _mail(host, account.id, found.shown)

    return create


def _make_list(host: Host) -> click.Command:
    @click.command("list", help="Print all accounts. One a line, oldest first: role, how they sign in, address.")
    @click.option("--json", "as_json", is_flag=True, help="Print one JSON list.")
    def show(*, as_json: bool) -> None:
        from pressframe_admin._accounts import AccountStore

        rows = [_row(filed) for filed in AccountStore(host).all()]
        if as_json:
            click.echo(json.dumps(rows, ensure_ascii=False))
            return
        for row in rows:
            author = f" (author {row['author']})" if row["author"] else ""
            click.echo(f"{row['role']:<9}  {row['state']:<9}  {row['address']}{author}")
        if not rows:
            click.echo("there are no accounts yet; make one: pressframe admin create ADDRESS --role owner")

    return show


def _row(filed: Filed) -> dict[str, object]:
    state = "disabled" if filed.disabled else "password" if filed.hash else "link only"
    return {
        "address": filed.account.address,
        "name": filed.account.name,
        "role": filed.account.role.value,
        "author": filed.account.author or None,
        "state": state,
        "made": filed.made.isoformat(timespec="seconds"),
    }


def _make_password(host: Host) -> click.Command:
    @click.command("password", help="Give ADDRESS a new password. It is asked for twice; all sessions end.")
    @click.argument("address")
    @_from_stdin
    @click.option("--mail-link", is_flag=True, help="Mail them a link to sign in by, and change nothing.")
    def password(address: str, *, from_stdin: bool, mail_link: bool) -> None:
        from pressframe_admin._accounts import AccountStore

        filed = _find(host, address)
        if mail_link and from_stdin:
            raise click.UsageError("--mail-link and --password-stdin exclude each other")
        if mail_link:
            _mail(host, filed.account.id, filed.account.address)
            return
        hash = Passwords().hash(_ask_password(filed.account.address, from_stdin=from_stdin))
        AccountStore(host).change_password(filed.account.id, hash, _now())
        click.echo(f"{filed.account.address} has a new password; all sessions have ended")

    return password


def _make_role(host: Host) -> click.Command:
    @click.command("role", help="Give ADDRESS another role. All sessions end.")
    @click.argument("address")
    @click.argument("role", type=_ROLES)
    @_author
    def change(address: str, role: str, author: str) -> None:
        from pressframe_admin._accounts import AccountStore

        filed = _find(host, address)
        author = author or filed.account.author
        _check_author(role, author)
        AccountStore(host).set_role(filed, Role(role), author, _now())
        click.echo(f"{filed.account.address} is {_article(role)} {role} now; all sessions have ended")

    return change


def _make_disable(host: Host) -> click.Command:
    text = "Let ADDRESS sign in no more. All sessions end; the account is kept."
    return _make_switch(host, "disable", text, done="cannot sign in any more; all sessions have ended")


def _make_enable(host: Host) -> click.Command:
    return _make_switch(host, "enable", "Let ADDRESS sign in again.", done="can sign in again")


def _make_switch(host: Host, name: Literal["disable", "enable"], text: str, *, done: str) -> click.Command:
    @click.command(name, help=text)
    @click.argument("address")
    def switch(address: str) -> None:
        from pressframe_admin._accounts import AccountStore

        filed = _find(host, address)
        AccountStore(host).set_disabled(filed, name == "disable", _now())
        click.echo(f"{filed.account.address} {done}")

    return switch


def _make_remove(host: Host) -> click.Command:
    @click.command("remove", help="Forget the account of ADDRESS. Its password, links and sessions go with it.")
    @click.argument("address")
    def remove(address: str) -> None:
        from pressframe_admin._accounts import AccountStore

        filed = _find(host, address)
        AccountStore(host).remove(filed)
        click.echo(f"{filed.account.address} is forgotten")

    return remove


def _make_sessions(host: Host) -> click.Command:
    @click.command("sessions", help="Print where ADDRESS is signed in. When last seen, how, network and browser.")
    @click.argument("address")
    @click.option("--json", "as_json", is_flag=True, help="Print one JSON list.")
    def sessions(address: str, *, as_json: bool) -> None:
        from pressframe_admin._sessions import SessionStore

        rows = [
            {
                "since": one.made.isoformat(timespec="seconds"),
                "seen": one.seen.isoformat(timespec="seconds"),
                "way": one.way,
                "network": one.network,
                "browser": one.browser or "unknown",
            }
            for one in SessionStore(host).open(_find(host, address).account.id, _now())
        ]
        if as_json:
            click.echo(json.dumps(rows, ensure_ascii=False))
            return
        for row in rows:
            click.echo(f"{row['seen']}  {row['way']:<8}  {row['network']}  {row['browser']}")
        if not rows:
            click.echo(f"{address} is signed in nowhere")

    return sessions


def _make_sign_out(host: Host) -> click.Command:
    @click.command("sign-out", help="End all sessions of ADDRESS.")
    @click.argument("address")
    def sign_out(address: str) -> None:
        from pressframe_admin._sessions import SessionStore

        filed = _find(host, address)
        count = SessionStore(host).end(filed.account.id)
        click.echo(f"{count} {'session' if count == 1 else 'sessions'} of {filed.account.address} ended")

    return sign_out


# ------------------------------------------------------------------------------------------------ shared by them


def _find(host: Host, address: str) -> Filed:
    from pressframe_admin._accounts import AccountStore
    from pressframe_web.addresses import read_address

    found = read_address(address)
    filed = AccountStore(host).find(found.folded) if found else None
    if filed is None:
        raise StoreError(f"there is no account for {address}", fix="see pressframe admin list")
    return filed


def _check_author(role: str, author: str) -> None:
    if role == Role.AUTHOR.value and not author:
        raise click.UsageError("an author needs --author SLUG: the posts that are theirs")
    if author.strip("/") != author or any(letter.isspace() or letter == "/" for letter in author):
        raise click.BadParameter(f'"{author}" is no slug: write the last part of /author/SLUG/', param_hint="--author")


def _ask_password(address: str, *, from_stdin: bool) -> str:
    """Return a password that was typed twice, or came on standard input."""
    if from_stdin:
        password = sys.stdin.readline(LONGEST + 3).rstrip("\r\n")
        wrong = flaw(password, address)
        if wrong:
            raise click.UsageError(_FLAWS[wrong])
        return password
    if not sys.stdin.isatty():
        raise click.UsageError("there is no terminal to ask for a password: give --password-stdin or --mail-link")
    while True:
        typed: str = click.prompt("Password", hide_input=True, confirmation_prompt="Once more")
        wrong = flaw(typed, address)
        if not wrong:
            return typed
        click.echo(f"{_FLAWS[wrong]}; try another.", err=True)


def _mail(host: Host, account: int, address: str) -> None:
    """Send a link to sign in by, now: whoever waits for it need not wait for the server."""
    from pressframe_admin._links import LinkStore
    from pressframe_admin._mail import LinkMail

    LinkMail(host).send({"link": LinkStore(host).make(account, _now())})
    click.echo(f"a link to sign in by was mailed to {address}; it works once, within three days")


def _article(role: str) -> str:
    return "an" if role[0] in "ao" else "a"


def _now() -> datetime:
    return datetime.now(UTC)
