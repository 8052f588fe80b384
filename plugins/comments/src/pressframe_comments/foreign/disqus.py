"""Disqus: the XML that *Community, Export* mails, unpacked. Its addresses of pages are those of its threads."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from xml.etree.ElementTree import Element

from pressframe_comments._store import State
from pressframe_comments.foreign._model import Foreign, Loss
from pressframe_comments.foreign._xml import attribute, child, elements, text


def read(file: Path, label: str) -> Iterator[Foreign | Loss]:
    """Yield the posts of an export."""
    threads: dict[str, tuple[str, str]] = {}
    for element in elements(file, label, ("thread", "post"), depth=1):
        if element.tag.endswith("thread"):
            threads[attribute(element, "id")] = text(element, "link"), _account(child(element, "author"))
        else:
            yield _post(element, threads)


def _post(post: Element, threads: dict[str, tuple[str, str]]) -> Foreign | Loss:
    id = attribute(post, "id")
    parent = attribute(child(post, "parent"), "id") or None
    if text(post, "isDeleted") == "true":
        return Loss(id, "deleted there", parent)
    address, owner = threads.get(attribute(child(post, "thread"), "id"), ("", ""))
    if not address:
        return Loss(id, "no thread in the export, or one without an address", parent)
    received = _moment(text(post, "createdAt"))
    if received is None:
        return Loss(id, "no date", parent)
    author = child(post, "author")
    account = _account(author)
    return Foreign(
        id=id,
        address=address,
        parent=parent,
        author=text(author, "name"),
        email=text(author, "email"),
        body=text(post, "message"),
        format="html",
        received=received,
        state=State.SPAM if text(post, "isSpam") == "true" else State.APPROVED,
        client=text(post, "ipAddress"),
        by_author=account == owner != "",
        signs=(account, text(author, "email")) if account else (),
    )


def _account(author: Element | None) -> str:
    """Return the one account of that name; empty for who only typed a name."""
    return text(author, "username") if text(author, "isAnonymous") == "false" else ""


def _moment(text: str) -> datetime | None:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    return time if time.utcoffset() is not None else time.replace(tzinfo=UTC)
