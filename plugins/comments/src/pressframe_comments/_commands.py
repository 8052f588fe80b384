"""``pressframe comments``: list and moderate what readers sent."""

from __future__ import annotations

import json
import shutil
import sys
import unicodedata
from collections.abc import Sequence

import click

from pressframe.model import Host
from pressframe_comments._store import Filed, Search, State, comment_store

_STATES = [*(state.value for state in State), "all"]
_DONE = {State.APPROVED: "approved", State.SPAM: "marked as spam", State.TRASH: "put into the trash"}


def make_comments_command(host: Host) -> click.Group:
    """Return the command ``comments`` for one site."""
    group = click.Group("comments", help="List and moderate comments.")
    group.add_command(_make_list(host))
    group.add_command(_make_move(host, "approve", State.APPROVED, "Show comments to everybody."))
    group.add_command(_make_move(host, "spam", State.SPAM, "Mark comments as spam."))
    group.add_command(_make_move(host, "trash", State.TRASH, "Put comments into the trash."))
    return group


def _make_list(host: Host) -> click.Command:
    @click.command("list", help="List comments, newest first: those that wait, or those in another state.")
    @click.option("--state", type=click.Choice(_STATES), default="pending", show_default=True)
    @click.option("--count", type=click.IntRange(1), default=100, show_default=True, help="List so many at most.")
    @click.option("--json", "as_json", is_flag=True, help="Print one JSON array, with addresses and whole texts.")
    def list_comments(state: str, count: int, *, as_json: bool) -> None:
        wanted = None if state == "all" else State(state)
        found = comment_store(host).search(Search(state=wanted), count=count).comments
        if as_json:
            click.echo(json.dumps([_as_json(filed) for filed in found], ensure_ascii=False, indent=2))
        elif found:
            for line in _table(found):
                click.echo(line)
        else:
            click.echo("no comments" if wanted is None else f"no comments are {state}")

    return list_comments


def _make_move(host: Host, name: str, state: State, text: str) -> click.Command:
    @click.command(name, help=f"{text} ID is a number as `list` shows it: 17 or c17; several may be given.")
    @click.argument("ids", metavar="ID...", nargs=-1, required=True)
    def move(ids: tuple[str, ...]) -> None:
        names = list(dict.fromkeys(ids))
        changed = len(comment_store(host).move(names, state).changed)
        before = f", {len(names) - changed} of them before" if changed < len(names) else ""
        click.echo(f"{len(names)} {'comment' if len(names) == 1 else 'comments'} {_DONE[state]}{before}")

    return move


def _as_json(filed: Filed) -> dict[str, object]:
    comment = filed.comment
    return {
        "id": comment.id,
        "state": filed.state.value,
        "reasons": list(filed.reasons),
        "received": comment.received.isoformat(),
        "entry": comment.entry,
        "parent": comment.parent,
        "author": comment.author,
        "email": filed.email,
        "url": comment.url,
        "client": filed.client,
        "body": comment.body,
    }


def _table(found: Sequence[Filed]) -> list[str]:
    """Return one line for each comment, cut to the terminal, and its reasons under it."""
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 100_000
    lines = []
    for filed in found:
        comment = filed.comment
        date = comment.received.strftime("%Y-%m-%d %H:%M")
        line = f"{comment.id:<6} {filed.state.value:<8} {date}  {comment.author} on {comment.entry}: {comment.body}"
        lines.append(_cut(_printable(line), width))
        if filed.reasons:  # from the moment when it came, whatever its owner has decided since
            what = "pending" if filed.state is State.PENDING else "not approved at once"
            lines.append(_cut(_printable(f"       {what} because {'; '.join(filed.reasons)}"), width))
    return lines


def _printable(text: str) -> str:
    """Return *text* in one line and without what a terminal would obey."""
    return " ".join(
        "".join(" " if unicodedata.category(one) in ("Cc", "Cf", "Zl", "Zp") else one for one in text).split(" ")
    )


def _cut(line: str, width: int) -> str:
    return line if len(line) <= width else line[: width - 1] + "…"
