"""Brings the comments that shelf.json holds beside its entries."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import attrs

from pressframe import Comment, Comments, Host, hookimpl
from pressframe_testing.shelf import Shelf


@attrs.frozen
class Chat:
    """Comments as a test wrote them, one a minute where they don't say when."""

    file: Path
    name: str = "chat"

    def fingerprint(self) -> str:
        return self.file.read_text("utf-8")

    def of(self, entries: frozenset[str]) -> dict[str, list[Comment]]:
        given = {entry.get("id", key): entry.get("comments", []) for key, entry in Shelf(self.file).read().items()}
        return {id: [_comment(id, *one) for one in enumerate(given[id], 1)] for id in entries}


def _comment(entry: str, number: int, given: dict) -> Comment:
    hour, minute = divmod(number, 60)
    return Comment(
        id=given.get("id", f"{entry}-{number}"),
        entry=entry,
        author=given.get("author", "Zoé"),
        url=given.get("url"),
        body=given.get("body", "Oui."),
        received=datetime.fromisoformat(given.get("received", f"2012-06-01T{10 + hour}:{minute:02}:00+00:00")),
        parent=given.get("parent"),
    )


@attrs.frozen(eq=False)
class ChatPlugin:
    """What brings comments, in little."""

    @hookimpl
    def register_comments(self, host: Host) -> Iterable[Comments]:
        return [Chat(host.folder / "shelf.json")]
