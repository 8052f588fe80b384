"""Loads the posts and pages of shelf.json, for the barest of templates."""

from collections.abc import Iterable

import attrs

from pressframe import Engine, Host, Loader, hookimpl
from pressframe_testing.shelf import Html, Shelf


@attrs.frozen(eq=False)
class ShelfPlugin:
    @hookimpl
    def register_loaders(self, host: Host) -> Iterable[Loader]:
        return [Shelf(host.folder / "shelf.json")]

    @hookimpl
    def find_markup(self, format: str) -> Engine | None:
        return Html()
