"""Comments as lines for a terminal."""

from __future__ import annotations

import json
import re
import shutil
import sys
import unicodedata
from collections.abc import Iterator, Sequence

import click

from pressframe_comments._store import Filed, State, Step

_OBEYED = re.compile("[\x80-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def table(found: Sequence[Filed]) -> Iterator[str]:
    """Yield one line for each comment, cut to the terminal, and its reasons under it."""
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 100_000
    longest = max((6, *(len(filed.comment.id) for filed in found)))  # imported ones: wordpress-1015
    for filed in found:
        comment = filed.comment
        date = comment.received.strftime("%Y-%m-%d %H:%M")
        what = f"{comment.author} on {comment.entry}: {comment.body}"
        line = f"{comment.id:<{longest}} {filed.state.value:<8} {date}  {what}"
        yield _cut(printable(line), width)
        # From the moment when it came, or was edited by its sender, whatever its owner has decided since.
        yield from (_cut(f"       {line}", width) for line in _why(filed))


def whole(filed: Filed, history: Sequence[Step]) -> Iterator[str]:
    """Yield everything that is known of one comment."""
    comment = filed.comment
    rows = {
        "state": f"{filed.state.value}, version {filed.version}",
        "entry": comment.entry,
        "kind": comment.kind,
        "answers": comment.parent or "",
        "author": comment.author,
        "email": filed.email,
        "url": comment.url or "",
        "received": comment.received.isoformat(),
        "edited": filed.edited.isoformat() if filed.edited else "",
        "client": filed.client,
        "agent": filed.agent,
        "referrer": filed.referrer,
    }
    yield comment.id
    yield from (f"  {name:<9} {printable(value)}" for name, value in rows.items() if value)
    yield from (f"  {'because':<9} {printable(reason)}" for reason in filed.reasons)
    for step in history:
        what = "edited" if step.texts else f"{step.before.value} → {step.after.value}"
        yield f"  {'history':<9} {step.at.isoformat()} {printable(step.by) or 'pressframe'}: {what} ({step.act})"
    yield from (f"  | {printable(line)}" for line in comment.body.splitlines())


def printable(text: str) -> str:
    """Return *text* in one line and without what a terminal would obey, or cannot print."""
    return "".join(" " if unicodedata.category(one) in ("Cc", "Cf", "Cs", "Zl", "Zp") else one for one in text)


def json_text(value: object, *, indent: int | None = 2) -> str:
    """Return *value* as JSON in which letters are as they are, and what a terminal would obey is escaped."""
    said = json.dumps(value, ensure_ascii=False, indent=indent)
    return _OBEYED.sub(lambda found: json.dumps(found[0])[1:-1], said)


def _why(filed: Filed) -> Iterator[str]:
    """Yield a line for each reason, which may have any mark in it that could part them."""
    what = "pending" if filed.state is State.PENDING else "not approved at once"
    for number, reason in enumerate(filed.reasons):
        yield printable(f"{'and' if number else what} because {reason}")


def _cut(line: str, width: int) -> str:
    return line if len(line) <= width else line[: width - 1] + "…"


def comments(number: int) -> str:
    """Return how many comments *number* is."""
    return f"{number} {'comment' if number == 1 else 'comments'}"


def make_sure(question: str) -> None:
    """Return if the answer is yes; where standard output goes on to another program, it is not asked there.

    Raises:
        click.UsageError: Nobody is there to be asked.
    """
    try:
        is_sure = click.confirm(question, err=True)
    except click.Abort as error:
        if isinstance(error.__context__, EOFError):
            raise click.UsageError("there is nobody to ask; --yes does it without asking") from None
        raise
    if not is_sure:
        click.echo("nothing was changed", err=True)
        raise click.exceptions.Exit(1)
