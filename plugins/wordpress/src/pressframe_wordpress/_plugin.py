"""The plugin: its settings and its hooks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path

import attrs

from pressframe.hookspecs import hookimpl
from pressframe.model import Comments, Engine, Host, Loader
from pressframe_wordpress._addresses import path_of
from pressframe_wordpress._export import Export, Shelf, stamp_of


def _check_addresses(_: object, field: attrs.Attribute[Mapping[str, str]], addresses: Mapping[str, str]) -> None:
    for id, address in addresses.items():
        if not id.isdigit():
            raise ValueError(f"{field.name} go by the numbers of entries, not {id}")
        if not address.startswith("/") or (address != "/" and path_of(address) != address):
            raise ValueError(f'{field.name} must look like "/about/", got "{address}"')


@attrs.frozen(eq=False)
class Wordpress:
    """Read entries and comments from a WordPress export file.

    Attributes:
        export: The file, as Tools, Export, All content gives it.
        addresses: Other addresses for some entries, by their numbers in the export.
    """

    export: Path = Path("site.xml")
    addresses: Mapping[str, str] = attrs.field(factory=dict, validator=_check_addresses)
    _shelf: Shelf = attrs.field(factory=Shelf, init=False, repr=False)

    @hookimpl
    def register_loaders(self, host: Host) -> Iterable[Loader]:
        from pressframe_wordpress._loader import WordpressLoader

        return [WordpressLoader(self._exporter(host), host.settings.timezone)]

    @hookimpl
    def find_markup(self, format: str) -> Engine | None:
        if format != "wordpress":
            return None
        from pressframe_wordpress._engine import WordpressEngine

        return WordpressEngine()

    @hookimpl
    def register_comments(self, host: Host) -> Iterable[Comments]:
        from pressframe_wordpress._comments import WordpressComments

        anonymous = "Anonyme" if host.settings.language.partition("-")[0] == "fr" else "Anonymous"
        stamp = partial(stamp_of, *self._file(host))
        return [WordpressComments(self._exporter(host), stamp, host.settings.timezone, anonymous)]

    def _exporter(self, host: Host) -> Callable[[], Export]:
        return partial(self._shelf.export, *self._file(host), self.addresses)

    def _file(self, host: Host) -> tuple[Path, str]:
        """Return the export and what messages call it."""
        file = host.folder / self.export
        is_inside = file.is_relative_to(host.folder)
        return file, (file.relative_to(host.folder) if is_inside else file).as_posix()
