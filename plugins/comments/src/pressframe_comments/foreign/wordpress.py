"""WordPress: an export file (WXR) of any version. The plugin `wordpress` reads the same file as a site's content."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from xml.etree.ElementTree import Element

from pressframe.model import Kind
from pressframe_comments._store import State
from pressframe_comments.foreign._model import Foreign, Loss
from pressframe_comments.foreign._xml import elements, local, text

_STATES = {"1": State.APPROVED, "0": State.PENDING, "spam": State.SPAM, "trash": State.TRASH}
_KINDS: dict[str, Kind] = {"": "comment", "comment": "comment", "pingback": "pingback", "trackback": "pingback"}


def read(file: Path, label: str) -> Iterator[Foreign | Loss]:
    """Yield the comments of an export."""
    for item in elements(file, label, ("item",), depth=2):
        address = text(item, "link")
        for one in item:
            if local(one) == "comment":
                yield _comment(one, address)


def _comment(comment: Element, address: str) -> Foreign | Loss:
    id, parent = text(comment, "comment_id"), text(comment, "comment_parent").removeprefix("0") or None
    kind = _KINDS.get(text(comment, "comment_type"))
    if kind is None:
        return Loss(id, "it is no comment but what a plugin keeps as one", parent)
    state = _STATES.get(text(comment, "comment_approved"))
    if state is None:
        return Loss(id, "it is in a state that only WordPress knows", parent)
    received = _moment(text(comment, "comment_date_gmt")) or _moment(text(comment, "comment_date"))
    if received is None:
        return Loss(id, "it has no date", parent)
    typed = text(comment, "comment_content")
    return Foreign(
        id=id,
        address=address,
        parent=parent,
        kind=kind,
        author=text(comment, "comment_author"),
        email=text(comment, "comment_author_email"),
        url=text(comment, "comment_author_url") or None,
        body=_with_breaks(typed) if "<" in typed else typed,
        format="html" if "<" in typed else "text",
        received=received,
        state=state,
        client=text(comment, "comment_author_IP"),
    )


def _with_breaks(typed: str) -> str:
    """Return HTML with the paragraphs and line breaks that WordPress makes of line ends when it shows a comment."""
    paragraphs = (part.strip("\n").replace("\n", "<br>\n") for part in typed.replace("\r\n", "\n").split("\n\n"))
    return "\n".join(f"<p>{part}</p>" for part in paragraphs if part.strip())


def _moment(text: str) -> datetime | None:
    """Return a moment as WordPress writes it; None for its "0000-00-00 00:00:00"."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        return None
