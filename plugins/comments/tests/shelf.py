"""Entries, gates and foreign comments as shelf.json has them: a loader, a gate and another store in little."""

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import attrs

from pressframe import Card, Comment, Comments, Engine, Entry, Gate, Host, Loader, hookimpl
from pressframe_comments import Change
from pressframe_testing.shelf import Html, Shelf

DEFAULTS = {"title": "Un billet", "published": "2026-05-01T10:00:00+02:00", "html": "<p>Un texte.</p>"}


@attrs.define
class Foreign:
    """Comments that another system kept: each like the arguments of Comment, one a minute where they don't say when."""

    file: Path
    name: str = "foreign"

    def fingerprint(self) -> str:
        return self.file.read_text("utf-8")

    def of(self, entries: frozenset[str]) -> dict[str, list[Comment]]:
        return {
            entry: [_comment(entry, *one) for one in enumerate(given.get("comments", []))]
            for entry, given in json.loads(self.fingerprint()).items()
        }


def _comment(entry: str, number: int, given: dict) -> Comment:
    day, minute = divmod(number, 1440)
    received = f"2020-01-{day + 1:02}T{minute // 60:02}:{minute % 60:02}:00+00:00"
    known = {"id": str(number), "author": "Zoé", "body": "Oui.", "received": received, **given}
    return Comment(entry=entry, **{**known, "received": datetime.fromisoformat(known["received"])})


@attrs.frozen(eq=False)
class ShelfPlugin:
    @hookimpl
    def register_loaders(self, host: Host) -> Iterable[Loader]:
        return [Shelf(host.folder / "shelf.json", DEFAULTS)]

    @hookimpl
    def find_markup(self, format: str) -> Engine | None:
        return Html()

    @hookimpl
    def register_comments(self, host: Host) -> Iterable[Comments]:
        return [Foreign(host.folder / "shelf.json")]

    @hookimpl
    def judge_gate(self, entry: Entry, now: datetime) -> Gate | None:
        conversation = entry.data["shelf"].get("gate")
        if conversation is None:
            return None
        return Gate(requires=frozenset({"subscribers"}), reason="a test", conversation=conversation)

    @hookimpl
    def on_comment(self, comment: Comment, entry: Card | None, change: Change, host: Host, by: str) -> None:
        if (host.folder / "deaf").exists():
            raise RuntimeError("deaf")
        with (host.folder / "told.txt").open("a", encoding="utf-8") as told:
            told.write(f"{comment.id} {change.value} {entry.address if entry else '-'} {by or '-'}\n")
