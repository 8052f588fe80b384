"""Loads and gates what shelf.json holds, and lists it by category."""

from collections.abc import Iterable

import attrs

from pressframe import Engine, Entry, Gate, Host, Loader, Page, View, hookimpl
from pressframe_testing.shelf import Html, Shelf


@attrs.frozen(eq=False)
class ShelfPlugin:
    """What a loader, a gate and a theme do, in little."""

    @hookimpl
    def register_loaders(self, host: Host) -> Iterable[Loader]:
        return [Shelf(host.folder / "shelf.json", {"html": "<p>Un texte.</p>"})]

    @hookimpl
    def find_markup(self, format: str) -> Engine | None:
        return Html()

    @hookimpl
    def judge_gate(self, entry: Entry) -> Gate | None:
        conversation = entry.data["shelf"].get("gate")
        if conversation is None:
            return None
        return Gate(requires=frozenset({"subscribers"}), reason="asked for", conversation=conversation)

    @hookimpl
    def register_pages(self, site: View) -> Iterable[Page]:
        for group in site.groups("category"):
            data = {"within": ("category", group.slug)}
            yield Page(address=f"/category/{group.slug}/", template="list.html", title=group.name, data=data)
        yield Page(address="/perdue.html", template="list.html", indexed=False)
