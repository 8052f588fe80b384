"""How an address came about: read from what the last build remembers, without building."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import attrs

from pressframe.errors import BuildError, did_you_mean
from pressframe.files import digest_of, stamp
from pressframe.model import Host, Json
from pressframe.press import Explanation, Wish
from pressframe_press._json import Damaged, parse
from pressframe_press._memory import Past
from pressframe_press._output import path_of, state_of
from pressframe_press._page import Line, PageExplaining, eyes, facts_of_gate, told_of
from pressframe_press._plan import files_in
from pressframe_press._rows import Row, read_gate
from pressframe_press._run import Build
from pressframe_press._seal import DRAFTS
from pressframe_press._trace import Scratch
from pressframe_press._winners import shown
from pressframe_press._words import moment_in


def explain(wish: Wish, asked: str) -> Explanation:
    """Return how an address came about in the last build.

    Raises:
        BuildError: Nothing was built yet, or there is no such address.
    """
    state = state_of(wish.site.folder, wish.folder)
    if not (state / "memory").is_dir():
        raise BuildError("nothing was built here yet, so there is nothing to explain", fix="pressframe build, then ask")
    build = Build(wish)
    past = build.memory.past()
    try:
        if not past:
            raise BuildError("what the last build remembered is lost", fix="pressframe build, then ask again")
        return _explained(build, past, asked)
    except Damaged as error:
        message = "what the last build remembered cannot be read, or a build is at work"
        raise BuildError(message, fix="pressframe build, then ask again") from error
    finally:
        past.close()
        build.memory.close()


def _explained(build: Build, past: Past, asked: str) -> Explanation:
    drafts = parse(past.fact("epoch")).get(DRAFTS) == digest_of(str(True))
    build.wish = attrs.evolve(build.wish, drafts=drafts, jobs=1)
    build.memory.shelf = Scratch(state_of(build.site.folder, build.wish.folder) / "memory")
    files = {one.address: one for one in _brought(build, past)}
    pages = dict.fromkeys(address for (address,) in past.done.read("address", "audiences = ''"))
    address = _find(build.wish, asked, [*pages, *files], _by_source(past))
    if address not in pages:
        return _of_file(build, past, files[address])
    return PageExplaining(build, past, address).explanation()


# -------------------------------------------------------------------------------------------------- addresses


class Brought(NamedTuple):
    """A file that is published as it is, and who brought it."""

    address: str
    file: Path
    owner: str
    row: Row | None = None


def _brought(build: Build, past: Past) -> Iterator[Brought]:
    """Yield every file of entries, of plugins and of the site; of those at one address the last wins."""
    for row in past.rows.all().values():
        for address, file in parse(row.assets):
            yield Brought(address, Path(file), f"the entry {row.id}, {row.file}", row)
    for plugin, asset in reversed(build.site.hooks.all("register_assets")):
        yield Brought(asset.address, asset.file, f"the plugin {plugin}")
    for asset in files_in(build.site.folder / "static"):
        yield Brought(asset.address, asset.file, "the site's folder static")


def _by_source(past: Past) -> dict[str, str]:
    return {row.file: row.address for row in past.rows.all().values()}


def _find(wish: Wish, asked: str, known: Sequence[str], sources: Mapping[str, str]) -> str:
    """Return the address of *known* that is meant.

    Raises:
        BuildError: None is.
    """
    if sources.get(asked.removeprefix("./")) == "":
        raise BuildError(f"{asked} is not published: a draft, private, or of a date to come", fix="look at its status")
    inside = sources.get(asked.removeprefix("./")) or _inside(wish, asked)
    paths = {path_of(address): address for address in known}
    found = inside if inside in known else paths.get(path_of(inside))
    if found is None:
        owner = next((plugin for plugin, path in _routes(wish.site) if path.fullmatch(inside)), None)
        if owner:
            raise BuildError(f"{inside} is answered by the plugin {owner} while the site is served; no build makes it")
        near = f"Did you mean {inside}/?" if f"{inside}/" in known else did_you_mean(inside, known)
        fix = near or "if it is new, build the site first: pressframe build"
        raise BuildError(f"the last build made no page and no file {inside}", fix=fix)
    return found


def _routes(site: Host) -> Iterator[tuple[str, re.Pattern[str]]]:
    """Yield the paths that plugins answer live."""
    for plugin, route in site.hooks.all("register_routes", site):
        parts = re.split(r"(\{\w+(?::path)?\})", route.path)
        kinds = {"{": "[^/]+", ":path}": ".+"}
        yield plugin, re.compile("".join(kinds.get(part[-6:], kinds.get(part[:1], re.escape(part))) for part in parts))


def _inside(wish: Wish, asked: str) -> str:
    """Return the address on the site that a URL names; served on this machine it is the same."""
    whole, own = urlsplit(asked), urlsplit(wish.site.settings.url)
    if whole.netloc and whole.netloc != own.netloc and whole.hostname not in ("localhost", "127.0.0.1", "::1"):
        raise BuildError(f"{asked} is not on this site", fix=f"which is {wish.site.settings.url}")
    return f"/{whole.path.lstrip('/')}"


# -------------------------------------------------------------------------------------------------- files


def _of_file(build: Build, past: Past, brought: Brought) -> Explanation:
    zone, row, file = build.site.settings.timezone, brought.row, shown(build.site.folder, brought.file)
    is_closed = row is not None and brought.address in row.withheld
    gate = read_gate(row.gate) if row and row.gate and is_closed else None
    readers = [[*sorted(one)] for one in row.showing(brought.address)] if row and is_closed else []
    copied = past.copied.get(str(brought.file))
    next_one = _next(brought, copied.stamp if copied else "")
    parts: dict[str, list[Line]] = {"File": [("file", file), ("brought by", brought.owner)]}
    if gate:
        parts["Gate"] = [*told_of(gate, zone), ("", "closed with its entry, whose public part does not show it")]
    elif is_closed:
        parts["Sections"] = [("", f"shown in a section alone; for {' and for '.join(map(eyes, readers))}")]
    parts["Last build"] = [("at", moment_in(zone, past.fact("now")))]
    parts["Next build"] = [("", next_one)]
    parts["Copied again when"] = [("", "its bytes change, or another file takes its address")]
    facts: dict[str, Json] = {
        "kind": "file", "file": file, "brought_by": brought.owner, "bytes": copied.size if copied else None,
        "gate": facts_of_gate(gate), "readers": [*readers], "last_build": past.fact("now"), "next": next_one,
    }  # fmt: skip
    whom = "readers whom its gate lets in" if gate else "readers of a section" if is_closed else "strangers"
    summary = f"a file that {brought.owner} brought, for {whom}"
    return Explanation(address=brought.address, summary=summary, parts=parts, facts=facts)


def _next(brought: Brought, known: str) -> str:
    try:
        return "leaves it as it is" if stamp(brought.file) == known else "copies it again: it has changed"
    except OSError:
        return "fails or removes it: the file is there no more"
