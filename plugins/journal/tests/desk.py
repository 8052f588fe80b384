"""Loads and gates the posts of desk.json, and puts one block into every slot."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import attrs

from pressframe import Block, Comment, Comments, Engine, Entry, Gate, Host, Loader, Page, View, hookimpl
from pressframe_testing.shelf import Html, Shelf


@attrs.frozen
class Talk:
    """As many comments on each post as it says."""

    file: Path
    name: str = "talk"

    def fingerprint(self) -> str:
        return self.file.read_text("utf-8")

    def of(self, entries: frozenset[str]) -> dict[str, list[Comment]]:
        posts = Shelf(self.file).read()
        return {id: [_comment(id, number) for number in range(posts[id].get("comments", 0))] for id in entries}


def _comment(entry: str, number: int) -> Comment:
    received = datetime.fromisoformat(f"2012-06-01T10:{number:02}:00+02:00")
    return Comment(id=f"{entry}-{number}", entry=entry, author="Zoé", body="Oui.", received=received)


@attrs.frozen(eq=False)
class DeskPlugin:
    """What markdown, comments and members do, in little."""

    @hookimpl
    def register_loaders(self, host: Host) -> Iterable[Loader]:
        return [Shelf(host.folder / "desk.json")]

    @hookimpl
    def register_comments(self, host: Host) -> Iterable[Comments]:
        return [Talk(host.folder / "desk.json")]

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
