"""Find what a build lets pass: links that lead nowhere, slots that a theme lacks."""

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from pressframe._build._release import Release
from pressframe._site import Site
from pressframe.errors import Place
from pressframe.model import Entry, Problem

_LINK = re.compile(
    r"""<(?:a|img|link|script|source|form|audio|video)\b[^>]*?\s(?:href|src|action)=["']([^"'#][^"']*)"""
)


def check(site: Site) -> list[Problem]:
    """Return what the owner should mend; what stops a build is raised as by ``Site.build``."""
    with tempfile.TemporaryDirectory() as folder:
        release = site.build(output=Path(folder) / "public", drafts=True)
        routes = [_pattern(route.path) for _, route in site.hooks.all("register_routes", site)]
        return [Problem(message=note) for note in release.report.notes] + list(_dead_links(site, release, routes))


def _dead_links(site: Site, release: Release, routes: list[re.Pattern[str]]) -> Iterator[Problem]:
    """Yield each internal link that no page, file or route answers, once, with the first page that has it."""
    view, seen = release.view(), set()
    for page in view.pages():
        if page.media_type != "text/html":
            continue
        text = release.files[page.address].file.read_text(encoding="utf-8")
        for link in dict.fromkeys(_LINK.findall(text)):
            target = _inside(link, page.address, site.settings.url)
            if target is None or target in seen or target in release.files or unquote(target) in release.files:
                continue
            if any(route.fullmatch(unquote(target)) for route in routes):
                continue
            seen.add(target)
            entry = view.entry(page.subject) if page.subject else None
            near = f"{target}/ is there" if f"{target}/" in release.files else None
            yield Problem(
                message=f"{page.address} links to {target}, which is not there",
                at=_place(entry, link, site.folder),
                fix=near,
            )


def _inside(link: str, page: str, url: str) -> str | None:
    """Return the address on this site that *link* leads to, None if it leads elsewhere."""
    whole = urlsplit(urljoin(f"{url}{page}", link.replace("&amp;", "&")))
    return whole.path or "/" if f"{whole.scheme}://{whole.netloc}" == url else None


def _place(entry: Entry | None, link: str, folder: Path) -> Place | None:
    """Return the line of the entry's file that holds *link*; None if the link comes from a template."""
    place = entry.source.place if entry else None
    file = folder / place.file if place else None
    if place is None or file is None or not file.is_file():
        return None
    for number, line in enumerate(file.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
        if link in line:
            return Place(place.file, number)
    return None


def _pattern(path: str) -> re.Pattern[str]:
    parts = re.split(r"(\{\w+(?::path)?\})", path)
    return re.compile(
        "".join((".+" if ":path" in part else "[^/]+") if part.startswith("{") else re.escape(part) for part in parts)
    )
