"""The theme: templates, one style sheet, fonts, an icon, reading times.

Hooks: filter_entry, register_templates, register_translations, register_assets, register_filters, register_pages,
register_blocks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

import attrs

from pressframe import hookimpl, model
from pressframe_journal._palette import is_colour, schemes

if TYPE_CHECKING:
    from pressframe import Asset, Block, Entry, Page, View

_HERE = Path(__file__).parent
_TAG = re.compile(r"<[^<>]*>")


def _check_colour(_: object, __: object, value: str) -> None:
    if not is_colour(value):
        raise ValueError(f'must be a colour such as "#b3123f", got "{value}"')


def _check_links(_: object, __: object, value: Mapping[str, str]) -> None:
    for label, address in value.items():
        if not re.match(r"https?://|mailto:|/", address):
            raise ValueError(f"{label} must start with https://, mailto: or /, got {address}")


def _check_speed(_: object, __: object, value: int) -> None:
    if value < 0:
        raise ValueError(f"must be 0 (no reading time is shown) or more, got {value}")


@attrs.frozen(eq=False)
class Journal:
    """The theme ``journal``.

    Attributes:
        accent: The site's colour, ``#rgb`` or ``#rrggbb``. Blocks are filled with it; links and labels are in the
            nearest shade that can be read on the page, light and dark.
        fonts: ``"own"``: the two families that come with the theme, 93 kB in all, from the site itself.
            ``"system"``: those of the reader's machine, nothing to load.
        links: The author's other places, shown at the foot of each page as theirs (``rel="me"``), by label.
        reading_speed: Words a minute, from which the reading time of a post is told; 0 tells none.
    """

    after: ClassVar[tuple[str, ...]] = (
        "archives",
        "comments",
        "feeds",
        "gates",
        "members",
        "passes",
    )  # it may restyle them

    accent: str = attrs.field(default="#b3123f", validator=_check_colour)
    fonts: Literal["own", "system"] = "own"
    links: dict[str, str] = attrs.field(factory=dict, validator=_check_links)
    reading_speed: int = attrs.field(default=220, validator=_check_speed)

    @hookimpl
    def filter_entry(self, entry: Entry) -> Entry | None:
        # The public part of a gated entry comes here on its own, so that its time tells nothing of the rest.
        words = sum(len(text.split()) for text in _TAG.split(entry.body.html))
        if not self.reading_speed or entry.kind != "post" or not words:
            return None
        kept = {"minutes": max(1, round(words / self.reading_speed))}
        return attrs.evolve(entry, data={**entry.data, "journal": kept})

    @hookimpl
    def register_templates(self) -> Iterable[Path]:
        return [_HERE / "templates"]

    @hookimpl
    def register_translations(self) -> Iterable[Path]:
        return [_HERE / "locale"]

    @hookimpl
    def register_assets(self) -> Iterable[Asset]:
        static = _HERE / "static"
        files = (file for file in sorted(static.rglob("*")) if file.suffix in (".css", ".woff2"))
        return [model.Asset(address=f"/{file.relative_to(static).as_posix()}", file=file) for file in files]

    @hookimpl
    def register_filters(self) -> Mapping[str, Callable[..., object]]:
        return {"initial": initial}

    @hookimpl
    def register_pages(self, site: View) -> Iterable[Page]:
        light, dark = (attrs.asdict(scheme) for scheme in schemes(self.accent))
        look = {"light": light, "dark": dark, "fonts": self.fonts}
        return [
            model.Page(
                address=self._sheet, template="journal/look.css", media_type="text/css", data=look, indexed=False
            ),
            model.Page(
                address="/icon.svg", template="journal/icon.svg", media_type="image/svg+xml", data=look, indexed=False
            ),
            model.Page(address="/404.html", template="404.html", indexed=False),
        ]

    @hookimpl
    def register_blocks(self, slot: str, page: Page, site: View) -> Iterable[Block]:
        if slot == "head":
            papers = [scheme.paper for scheme in schemes(self.accent)]
            return [
                model.Block(
                    template="journal/head.html", data={"sheet": self._sheet, "fonts": self.fonts, "papers": papers}
                )
            ]
        if slot == "footer" and self.links:
            return [model.Block(template="journal/links.html", data={"links": self.links})]
        return []

    @property
    def _sheet(self) -> str:
        # Named after what is in it, so that no browser keeps yesterday's colour.
        return f"/journal/{self.accent.removeprefix('#').lower()}-{self.fonts}.css"


def initial(name: str) -> str:
    """Return the first letter or digit of *name* as a capital, for a monogram; "?" where it has none."""
    return next((character.upper()[:1] for character in name if character.isalnum()), "?")
