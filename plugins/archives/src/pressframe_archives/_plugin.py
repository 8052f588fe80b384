"""The site's lists: all posts, terms, authors, years and months, page by page.

Hooks: register_templates, register_translations, register_filters, register_pages.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import attrs

from pressframe import hookimpl, model

if TYPE_CHECKING:
    from pressframe import Author, Group, Page, Term, View

_HERE = Path(__file__).parent
_PERIODS = ("year", "month")
_OVERVIEW = "/archives/"
_SEGMENT = "!$&'()*+,;=:@~%/"
"""What a slug may hold as it is; its ``%`` belongs to bytes that are quoted already."""


def _check_address(_: object, __: object, value: str) -> None:
    if not re.fullmatch(r"/([^\s?#\\/]+/)*", value):
        raise ValueError(f'must be an address such as "/" or "/blog/", got "{value}"')


def _check_bases(_: object, __: object, value: Mapping[str, str]) -> None:
    for taxonomy, base in value.items():
        if base and not re.fullmatch(r"[^\s?#\\/]+(/[^\s?#\\/]+)*", base):
            raise ValueError(f'{taxonomy} must be the start of addresses such as "{taxonomy}", got "{base}"')


@attrs.frozen(eq=False)
class Archives:
    """Lists of posts, ``[site] per_page`` on a page.

    Attributes:
        home: Address of the list of all posts. A page of yours at that address takes its place.
        lists: What has lists of its own: ``"category"``, ``"tag"``, ``"author"``, ``"year"``, ``"month"``, or a
            taxonomy of the site's own.
        bases: First part of the addresses of a taxonomy's lists, where it is not the taxonomy's name; empty for none.
    """

    home: str = attrs.field(default="/", validator=_check_address)
    lists: tuple[str, ...] = ("category", "tag", "author", "year", "month")
    bases: dict[str, str] = attrs.field(factory=dict, validator=_check_bases)

    @hookimpl
    def register_templates(self) -> Iterable[Path]:
        return [_HERE / "templates"]

    @hookimpl
    def register_translations(self) -> Iterable[Path]:
        return [_HERE / "locale"]

    @hookimpl
    def register_filters(self) -> Mapping[str, Callable[..., object]]:
        return {"group_address": self.address}

    @hookimpl
    def register_pages(self, site: View) -> Iterable[Page]:
        written = {card.address for card in site.latest(kind="page", count=site.size(kind="page"))}
        singles = [*self._indexes(site), *self._overview()]
        yield from (page for page in singles if page.address not in written)
        if self.home not in written:
            yield from _pages_of_list(self.home, None, size=site.size(), count=site.settings.per_page)
        for taxonomy in dict.fromkeys(self.lists):
            for group in site.groups(taxonomy):
                address = self._place(taxonomy, group.slug)
                yield from _pages_of_list(address, group, size=group.size, count=site.settings.per_page)

    def address(self, group: Group | Term | Author) -> str | None:
        """Return the address of a group's list, None if it has none: the template filter ``group_address``."""
        taxonomy = "author" if isinstance(group, model.Author) else group.taxonomy
        return self._place(taxonomy, group.slug) if taxonomy in self.lists else None

    def _place(self, taxonomy: str, slug: str) -> str:
        base = self.bases.get(taxonomy, "" if taxonomy in _PERIODS else taxonomy)
        return _quoted(f"/{base}/{slug}/" if base else f"/{slug}/")

    def _indexes(self, site: View) -> Iterator[Page]:
        """Yield a page for each taxonomy, which lists its groups: ``/tag/``."""
        for taxonomy in dict.fromkeys(self.lists):
            base = self.bases.get(taxonomy, taxonomy)
            if taxonomy not in _PERIODS and base and site.groups(taxonomy):
                data = {"heading": taxonomy, "taxonomy": taxonomy}
                yield model.Page(address=f"/{base}/", template="groups.html", title=taxonomy, data=data)

    def _overview(self) -> Iterator[Page]:
        if any(period in self.lists for period in _PERIODS):
            yield model.Page(address=_OVERVIEW, template="archive.html", title="Archives", data={"heading": "Archives"})


@functools.lru_cache(maxsize=10_000)
def _quoted(path: str) -> str:
    return quote(path, safe=_SEGMENT)


def _pages_of_list(first: str, group: Group | None, *, size: int, count: int) -> Iterator[Page]:
    """Yield the pages of one list; there is always a first.

    Titles are names, which no language changes; the words around them are the templates' to say.
    """
    of = max(1, -(-size // count))
    addresses = [first, *(f"{first}page/{number}/" for number in range(2, of + 1))]
    name = group.name if group else ""
    within = (group.taxonomy, group.slug) if group else None
    for number, address in enumerate(addresses, start=1):
        yield model.Page(
            address=address,
            template="list.html",
            title=name,
            data={
                "heading": name,
                "within": within,
                "number": number,
                "of": of,
                "newer": addresses[number - 2] if number > 1 else None,
                "older": addresses[number] if number < of else None,
                "start": (number - 1) * count,
                "count": count,
            },
        )
