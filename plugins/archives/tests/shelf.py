"""Loads the posts and pages of shelf.json, and gives them the barest of templates."""

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import attrs

from pressframe import Author, Body, Engine, Entry, Host, Loader, Manuscript, Source, Term, hookimpl


@attrs.frozen
class Shelf:
    """Entries as a test wrote them, in the order of their numbers."""

    file: Path
    name: str = "shelf"

    def scan(self) -> Iterable[Source]:
        for number, entry in enumerate(json.loads(self.file.read_text("utf-8")), 1):
            yield Source(loader=self.name, key=str(number), fingerprint=json.dumps(entry))

    def load(self, source: Source) -> Manuscript:
        given = json.loads(source.fingerprint)
        entry = Entry(
            id=source.key,
            kind=given.get("kind", "post"),
            source=source,
            title=given.get("title", f"Billet {source.key}"),
            body=Body(html=""),
            published=datetime.fromisoformat(given.get("published", "2012-05-01T10:00:00+00:00")),
            address=given.get("address", f"/{source.key}/"),
            authors=tuple(Author(slug=slug, name=name) for slug, name in given.get("authors", [])),
            terms=tuple(
                Term(taxonomy=taxonomy, slug=slug, name=name, parent=parent[0] if parent else None)
                for taxonomy, slug, name, *parent in given.get("terms", [])
            ),
        )
        return Manuscript(entry=entry, format="html", text=given.get("html", "<p>Un texte.</p>"))


class Html:
    """Takes a text as the HTML that it is."""

    version = "1"

    def render(self, text: str) -> Body:
        return Body(html=text)


@attrs.frozen(eq=False)
class ShelfPlugin:
    """What a loader and a theme do, in little."""

    @hookimpl
    def register_loaders(self, host: Host) -> Iterable[Loader]:
        return [Shelf(host.folder / "shelf.json")]

    @hookimpl
    def find_markup(self, format: str) -> Engine | None:
        return Html()
