"""Loads and gates the posts of desk.json, and puts one block into every slot."""

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import attrs

from pressframe import (
    Author,
    Block,
    Body,
    Comment,
    Comments,
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
class Desk:
    """The posts of a file; number 1 is the newest where no date says otherwise."""

    file: Path
    name: str = "desk"

    def scan(self) -> Iterable[Source]:
        for number, post in enumerate(self.posts(), 1):
            yield Source(loader=self.name, key=str(number), fingerprint=json.dumps(post))

    def load(self, source: Source) -> Manuscript:
        number = int(source.key)
        post = self.posts()[number - 1]
        entry = Entry(
            id=source.key,
            kind=post.get("kind", "post"),
            source=source,
            title=post["title"],
            body=Body(html=""),
            published=datetime.fromisoformat(post.get("published", f"2012-05-{29 - number:02}T10:00:00+02:00")),
            address=post.get("address", f"/{number}/"),
            language=post.get("language"),
            summary=post.get("summary"),
            image=post.get("image"),
            authors=tuple(Author(slug=name.lower(), name=name) for name in post.get("authors", ["Odile"])),
            terms=tuple(Term(taxonomy="tag", slug=name.lower(), name=name) for name in post.get("tags", [])),
        )
        return Manuscript(entry=entry, format="html", text=post.get("html", "<p>Un texte.</p>"))

    def posts(self) -> list[dict]:
        return json.loads(self.file.read_text("utf-8"))

    def fingerprint(self) -> str:
        return self.file.read_text("utf-8")

    def of(self, entries: frozenset[str]) -> dict[str, list[Comment]]:
        posts = self.posts()
        return {id: [_comment(id, number) for number in range(posts[int(id) - 1].get("comments", 0))] for id in entries}


class Html:
    """Takes a text as the HTML it is; an author's ``<!--more-->`` ends the public part."""

    version = "1"

    def render(self, text: str) -> Body:
        more = text.find("<!--more-->")
        return Body(html=text, more=more if more >= 0 else None)


def _comment(entry: str, number: int) -> Comment:
    received = datetime.fromisoformat(f"2012-06-01T10:{number:02}:00+02:00")
    return Comment(id=f"{entry}-{number}", entry=entry, author="Zoé", body="Oui.", received=received)


@attrs.frozen(eq=False)
class DeskPlugin:
    """What markdown, comments and members do, in little."""

    @hookimpl
    def register_loaders(self, host: Host) -> Iterable[Loader]:
        return [Desk(host.folder / "desk.json")]

    @hookimpl
    def register_comments(self, host: Host) -> Iterable[Comments]:
        return [Desk(host.folder / "desk.json")]

    @hookimpl
    def find_markup(self, format: str) -> Engine | None:
        return Html() if format == "html" else None

    @hookimpl
    def judge_gate(self, entry: Entry) -> Gate | None:
        if "<!--more-->" not in entry.body.html:
            return None
        return Gate(requires=frozenset({"subscribers"}), reason="of its mark", conversation="shown")

    @hookimpl
    def register_pages(self, site: View) -> Iterable[Page]:
        message = {"heading": "Merci !", "text": "Consultez vos e-mails.", "link": "/", "label": "Accueil"}
        return [Page(address="/merci/", template="message.html", title="Merci", data=message, indexed=False)]

    @hookimpl
    def register_blocks(self, slot: str, page: Page, site: View) -> Iterable[Block]:
        return [Block(template="slot.html", data={"slot_name": slot})] if page.media_type == "text/html" else []
