"""Find what a build lets pass: links that lead nowhere."""

from __future__ import annotations

import logging
import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin, urlsplit

import pressframe
from pressframe.errors import ContentError, Place

if TYPE_CHECKING:
    from pressframe import Entry, Release, Site, View

log = logging.getLogger("pressframe")

_WORDS = Path(pressframe.__file__).parent / "locale"
_LINK = re.compile(
    r"""<(?:a|img|link|script|source|form|audio|video)\b[^>]*?\s(?:href|src|action)=["']([^"'#][^"']*)"""
)


def check(site: Site) -> list[ContentError]:
    """Return what the owner should mend; what stops a build is raised as by ``Site.build``."""
    release = site.build(output=site.folder / ".pressframe" / "check", drafts=True)
    _look_at_language(site)
    return list(_dead_links(site, release))


def _look_at_language(site: Site) -> None:
    """Tell where nobody has any words in the site's language; one may well write in it all the same."""
    language = site.settings.language.replace("-", "_").partition("_")[0]
    folders = [_WORDS, site.folder / "locale", *(folder for _, folder in site.hooks.all("register_translations"))]
    catalogues = [file for folder in folders for file in folder.glob("*/LC_MESSAGES/*.mo")]
    known = sorted({"en", *(file.parts[-3].partition("_")[0] for file in catalogues)})
    if language not in known:
        log.warning(
            '[site] language is "%s", and themes and plugins know but %s: they speak English; your own words go into '
            "locale/%s/LC_MESSAGES",
            site.settings.language, " and ".join(known), language,
        )  # fmt: skip


def _dead_links(site: Site, release: Release) -> Iterator[ContentError]:
    """Yield each internal link that no page, file or route answers, once, with the first page that has it."""
    routes = [_pattern(route.path) for _, route in site.hooks.all("register_routes", site)]
    view, known = release.view(), {unquote(address) for address in (*release.files, *release.gated)}
    for page in view.pages():
        if page.media_type != "text/html":
            continue
        text = release.files[page.address].file.read_text(encoding="utf-8")
        for link in dict.fromkeys(_LINK.findall(text)):
            target = _inside(link, page.address, site.settings.url)
            if target is None or unquote(target) in known or any(route.fullmatch(unquote(target)) for route in routes):
                continue
            entry = view.entry(page.subject) if page.subject else None
            near = f"{target}/ is there" if unquote(f"{target}/") in known else _address_of(view, entry, link)
            known.add(unquote(target))  # told once
            what = "is not there" if target.startswith("/") else "is no address"
            message = f"{page.address} links to {target}, which {what}"
            yield ContentError(message, at=_place(entry, link, site.folder) or _in_menu(site, link), fix=near)


def _inside(link: str, page: str, url: str) -> str | None:
    """Return the address on this site that *link* leads to, None if it leads elsewhere; *link* if it is none."""
    try:
        whole = urlsplit(urljoin(f"{url}{page}", link.replace("&amp;", "&")))
    except ValueError:
        return link
    return whole.path or "/" if f"{whole.scheme}://{whole.netloc}" == url else None


def _address_of(view: View, entry: Entry | None, link: str) -> str | None:
    """Return where the entry is whose file *link* names, as seen from the file of *entry*; None if it names none."""
    if entry is None or entry.source.place is None:
        return None
    file = posixpath.normpath(
        posixpath.join(posixpath.dirname(entry.source.place.file), unquote(link.partition("#")[0]))
    )
    linked = (view.entry(page.subject) for page in view.pages() if page.subject)
    found = (one.address for one in linked if one and one.source.place and one.source.place.file == file)
    return next((f"link to the address of that file: {address}" for address in found), None)


def _place(entry: Entry | None, link: str, folder: Path) -> Place | None:
    """Return the line of the entry's file that holds *link*; None if the link comes from a template."""
    place = entry.source.place if entry else None
    if place is None or not (folder / place.file).is_file():
        return None
    lines = (folder / place.file).read_text(encoding="utf-8", errors="replace").splitlines()
    return next((Place(place.file, number) for number, line in enumerate(lines, 1) if link in line), None)


def _in_menu(site: Site, link: str) -> Place | None:
    """Return the setting that puts *link* on every page; None if the menu has none such."""
    label = next((label for label, address in site.settings.menu.items() if address == link), None)
    return None if label is None else Place("pressframe.toml", key=f"site.menu.{label}")


def _pattern(path: str) -> re.Pattern[str]:
    parts = re.split(r"(\{\w+(?::path)?\})", path)
    return re.compile(
        "".join((".+" if ":path" in part else "[^/]+") if part.startswith("{") else re.escape(part) for part in parts)
    )
