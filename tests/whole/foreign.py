"""A site's plugin: comments that another system kept, for each post the hostile texts that payloads.json has for it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import attrs

from pressframe import Comment, Comments, Host, hookimpl

START = datetime(2026, 11, 1, tzinfo=UTC)


@attrs.frozen
class Foreign:
    file: Path
    name: str = "foreign"

    def fingerprint(self) -> str:
        return "one"

    def of(self, entries: frozenset[str]) -> dict[str, list[Comment]]:
        texts = json.loads(self.file.read_text("utf-8"))
        return {entry: list(_comments(entry, texts[entry])) for entry in entries}


def _comments(entry: str, texts: list[str]) -> Iterator[Comment]:
    for number, text in enumerate(texts):
        for kind, format in (("comment", "text"), ("pingback" if number % 2 else "comment", "html")):
            yield Comment(
                id=f"{entry}-{number}-{kind}-{format}",
                entry=entry,
                kind=kind,
                format=format,
                author=text,
                url=text,
                body=text,
                parent=f"{entry}-{number - 1}-comment-text" if number % 2 else text,
                received=START + timedelta(seconds=number),
            )


@attrs.frozen(eq=False)
class Foreigners:
    @hookimpl
    def register_comments(self, host: Host) -> list[Comments]:
        return [Foreign(host.folder / "payloads.json")]
