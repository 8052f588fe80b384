"""Loads and gates what shelf.json holds, and lists it by category."""

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import attrs

from pressframe import (
    Author,
    Body,
    Engine,
    Entry,
    Gate,
    Host,
    Loader,
    Manuscript,
    Page,
    Source,
    Term,
    View,
    hookimpl,
)


@attrs.frozen
class Shelf:
    """Entries as a test wrote them; their numbers are their ids."""

    file: Path
    name: str = "shelf"

    def scan(self) -> Iterable[Source]:
        for number, entry in enumerate(json.loads(self.file.read_text("utf-8")), 1):
            yield Source(loader=self.name, key=str(number), fingerprint=json.dumps(entry))

    def load(self, source: Source) -> Manuscript:
        given = json.loads(source.fingerprint)
        entry = Entry(
            id=given.get("id", source.key),
            kind=given.get("kind", "post"),
            source=source,
            title=given.get("title", f"Billet {source.key}"),
            body=Body(html=""),
            published=datetime.fromisoformat(given.get("published", "2012-05-01T10:00:00+00:00")),
            updated=datetime.fromisoformat(given["updated"]) if "updated" in given else None,
            address=given.get("address", f"/{source.key}/"),
            language=given.get("language"),
            summary=given.get("summary"),
            image=given.get("image"),
            authors=tuple(Author(slug=name.lower(), name=name, url=url) for name, url in given.get("authors", [])),
            terms=tuple(
                Term(taxonomy=taxonomy, slug=slug, name=name) for taxonomy, slug, name in given.get("terms", [])
            ),
            status=given.get("status", "published"),
            data={"shelf": {"gate": given.get("gate")}},
        )
        return Manuscript(entry=entry, format="html", text=given.get("html", "<p>Un texte.</p>"))


class Html:
    """Takes a text as the HTML that it is; an author's ``<!--more-->`` ends the public part."""

    version = "1"

    def render(self, text: str) -> Body:
        more = text.find("<!--more-->")
        return Body(html=text, more=more if more >= 0 else None)


@attrs.frozen(eq=False)
class ShelfPlugin:
    """What a loader, a gate and a theme do, in little."""

    @hookimpl
    def register_loaders(self, host: Host) -> Iterable[Loader]:
        return [Shelf(host.folder / "shelf.json")]

    @hookimpl
    def find_markup(self, format: str) -> Engine | None:
        return Html()

    @hookimpl
    def judge_gate(self, entry: Entry) -> Gate | None:
        conversation = entry.data["shelf"]["gate"]
        if conversation is None:
            return None
        return Gate(requires=frozenset({"subscribers"}), reason="asked for", conversation=conversation)

    @hookimpl
    def register_pages(self, site: View) -> Iterable[Page]:
        for group in site.groups("category"):
            data = {"within": ("category", group.slug)}
            yield Page(address=f"/category/{group.slug}/", template="list.html", title=group.name, data=data)
        yield Page(address="/perdue.html", template="list.html", indexed=False)
