"""Comments as lines for a terminal."""

from __future__ import annotations

import json
import re
import shutil
import sys
import unicodedata
from collections.abc import Iterator, Sequence

from pressframe_comments._store import Filed, State, Step

_OBEYED = re.compile("[\x80-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def table(found: Sequence[Filed]) -> Iterator[str]:
    """Yield one line for each comment, cut to the terminal, and its reasons under it."""
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 100_000
    for filed in found:
        comment = filed.comment
        date = comment.received.strftime("%Y-%m-%d %H:%M")
        line = f"{comment.id:<6} {filed.state.value:<8} {date}  {comment.author} on {comment.entry}: {comment.body}"
        yield _cut(printable(line), width)
        if filed.reasons:  # from the moment when it came, whatever its owner has decided since
            yield _cut(printable(f"       {_why(filed)}"), width)


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
        "because": "; ".join(filed.reasons),
    }
    yield comment.id
    yield from (f"  {name:<9} {printable(value)}" for name, value in rows.items() if value)
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


def _why(filed: Filed) -> str:
    what = "pending" if filed.state is State.PENDING else "not approved at once"
    return f"{what} because {'; '.join(filed.reasons)}"


def _cut(line: str, width: int) -> str:
    return line if len(line) <= width else line[: width - 1] + "…"
