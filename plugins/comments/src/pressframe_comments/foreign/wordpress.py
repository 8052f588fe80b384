"""WordPress: an export file (WXR) of any version. The plugin `wordpress` reads the same file as a site's content."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from xml.etree.ElementTree import Element

from pressframe.model import Kind
from pressframe_comments._store import State
from pressframe_comments.foreign._model import Foreign, Loss
from pressframe_comments.foreign._xml import elements, local, text

_STATES = {"1": State.APPROVED, "0": State.PENDING, "spam": State.SPAM, "trash": State.TRASH}
_KINDS: dict[str, Kind] = {"": "comment", "comment": "comment", "pingback": "pingback", "trackback": "pingback"}

_PRE = re.compile(r"(<pre\b.*?</pre>)", re.DOTALL)
_BLOCK = r"</?(?:blockquote|hr|li|ol|p|pre|ul)\b[^<>]*>"
_BLOCK_FIRST = re.compile(_BLOCK, re.IGNORECASE)
_BLOCK_LAST = re.compile(f"{_BLOCK}$", re.IGNORECASE)
# Of what comments cannot hold, the lines are kept: a row of a table, a heading, a term and what it means.
_LINE = re.compile(r"</(?:address|caption|dd|div|dt|h[1-6]|tr)>\n?", re.IGNORECASE)
_CELL = re.compile(r"</t[dh]>[ \t\n]*", re.IGNORECASE)
_DROPPED = re.compile(
    r"</?(?:address|caption|d[dlt]|div|h[1-6]|table|tbody|td|tfoot|th|thead|tr)\b[^<>]*>[ \t\n]*", re.IGNORECASE
)


def read(file: Path, label: str) -> Iterator[Foreign | Loss]:
    """Yield the comments of an export."""
    accounts: dict[str, tuple[str, str]] = {}
    for item in elements(file, label, ("author", "item"), depth=2):
        if local(item) == "author":
            accounts[text(item, "author_login")] = text(item, "author_id"), text(item, "author_email")
            continue
        page = text(item, "link"), accounts.get(text(item, "creator"), ("", ""))
        for one in item:
            if local(one) == "comment":
                yield _comment(one, *page)


def _comment(comment: Element, address: str, writer: tuple[str, str]) -> Foreign | Loss:
    id, parent = text(comment, "comment_id"), text(comment, "comment_parent").removeprefix("0") or None
    kind = _KINDS.get(text(comment, "comment_type"))
    if kind is None:
        return Loss(id, "no comment, but what a plugin keeps as one", parent)
    state = _STATES.get(text(comment, "comment_approved"))
    if state is None:
        return Loss(id, "in a state that only WordPress knows", parent)
    received = _moment(text(comment, "comment_date_gmt")) or _moment(text(comment, "comment_date"))
    if received is None:
        return Loss(id, "no date", parent)
    typed, email = text(comment, "comment_content"), text(comment, "comment_author_email")
    user = text(comment, "comment_user_id").removeprefix("0")  # 0 is a stranger
    return Foreign(
        id=id,
        address=address,
        parent=parent,
        kind=kind,
        author=html.unescape(text(comment, "comment_author")),  # which WordPress keeps as HTML
        email=email,
        url=text(comment, "comment_author_url") or None,
        body=_with_breaks(typed) if "<" in typed else typed,
        format="html" if "<" in typed else "text",
        received=received,
        state=state,
        client=text(comment, "comment_author_IP"),
        by_author=bool(user) and (user == writer[0] if writer[0] else email == writer[1] != ""),
        signs=(user, email) if user else (),
    )


def _with_breaks(typed: str) -> str:
    """Return HTML with the paragraphs and line breaks that WordPress makes of line ends when it shows a comment."""
    typed = _DROPPED.sub("", _LINE.sub("\n", _CELL.sub(" ", typed.replace("\r\n", "\n"))))
    before, end, rest = typed.rpartition("</pre>")  # so that each <pre> in the first part ends: one pass
    made: list[str] = []
    for number, part in enumerate(_PRE.split(before + end)):
        made += [part] if number % 2 else _paragraphs(part)
    made += _paragraphs(rest)
    return "\n".join(made)


def _paragraphs(typed: str) -> Iterator[str]:
    for part in re.split("\n[ \t]*\n", typed):
        lines = [line.strip() for line in part.split("\n") if line.strip()]
        if lines:
            text = lines[0]
            for before, line in pairwise(lines):
                is_between_blocks = _BLOCK_LAST.search(before) or _BLOCK_FIRST.match(line)
                text += f"\n{line}" if is_between_blocks else f"<br>\n{line}"
            yield text if _BLOCK_FIRST.match(text) else f"<p>{text}</p>"


def _moment(text: str) -> datetime | None:
    """Return a moment as WordPress writes it; None for its "0000-00-00 00:00:00"."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        return None
