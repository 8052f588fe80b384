"""The sitemap: every page that search engines may list, in as many files as the protocol wants."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from pressframe import Page, View

# sitemaps.org, "Using Sitemap index files": 50,000 addresses and 52,428,800 bytes a file. Half as many addresses of
# the longest that it allows (2,048 characters) always fit.
_MOST = 50_000
_WANTED = 25_000


class Url(NamedTuple):
    """An absolute address, and when what is there last changed (RFC 3339), if that is known.

    A tuple, with its time as text: templates unpack it, tens of thousands of times.
    """

    address: str
    changed: str | None


def sitemap_pages(site: View) -> Iterator[Page]:
    """Yield ``/sitemap.xml``, and its parts where one file can't hold all.

    How many pages there will be is not known while they are being planned: reckoned are two for each entry, itself and
    one page of a list. Parts have room for twice as many.
    """
    entries = site.size() + site.size(kind="page")
    of = max(1, -(-2 * entries // _WANTED))
    if of == 1:
        yield _page("/sitemap.xml", "feeds/sitemap.xml", number=1, of=1)
        return
    yield _page("/sitemap.xml", "feeds/sitemap-index.xml", of=of)
    for number in range(1, of + 1):
        yield _page(f"/sitemap-{number}.xml", "feeds/sitemap.xml", number=number, of=of)


def _page(address: str, template: str, **data: int) -> Page:
    return Page(address=address, template=template, media_type="application/xml", data=data, indexed=False)


def urls(site: View, number: int, of: int) -> tuple[Url, ...]:
    """Return part *number* (from 1) of *of* equal parts of the sitemap: the template filter ``sitemap``."""
    pages = site.listed()
    size = min(-(-len(pages) // of), _MOST)
    url, zone = site.settings.url, site.settings.timezone
    return tuple(
        Url(url + address, changed.astimezone(zone).isoformat(timespec="seconds") if changed else None)
        for address, changed in pages[size * (number - 1) : size * number]
    )
