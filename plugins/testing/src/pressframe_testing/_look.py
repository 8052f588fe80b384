"""All that can be seen of a build, as plain values: two builds of one site are right if they look alike."""

import contextlib
import difflib
import functools
import importlib.util
import itertools
import logging
import multiprocessing
import pkgutil
import traceback
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from importlib.metadata import entry_points
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TypeAlias

import attrs

from pressframe import PluginError, PressframeError, Release, Site
from pressframe.press import NOBODY

Look: TypeAlias = Mapping[str, bytes]
"""Everything by what it is called: files of the public folder, what each audience gets, what the release says."""

_SHOWN_LINES = 12


@attrs.frozen(kw_only=True)
class Order:
    """One build that is wanted.

    Attributes:
        folder: Of the site.
        output: Where strangers' files go.
    """

    folder: Path
    output: Path
    now: datetime
    drafts: bool = False
    jobs: int | None = None


def build(order: Order) -> Look:
    """Build in this process and return what there is to be seen; of a build that failed, its error."""
    site = None
    try:
        site = Site.open(order.folder)
        release = site.build(output=order.output, drafts=order.drafts, now=order.now, jobs=order.jobs)
        return look_at(release, order)
    except PressframeError as error:
        return {"error": str(error).encode()}
    finally:
        if site is not None:
            close(site)


def look_at(release: Release, order: Order) -> Look:
    """Return what there is to be seen of a release."""
    return {name: text if isinstance(text, bytes) else repr(text).encode() for name, text in _seen(release, order)}


def explain(order: Order, address: str) -> bool:
    """Have what is built explained; say whether it could be."""
    site = None
    try:
        site = Site.open(order.folder)
        site.explain(address, output=order.output, now=order.now)
        return True
    except PressframeError:  # as edits have left it
        return False
    finally:
        if site is not None:
            close(site)


@contextlib.contextmanager
def building_apart(order: Order) -> Iterator[Callable[[], Look]]:
    """Build in a process that has never built anything, so that nothing can be left over in it, while the block runs.

    What is yielded waits for the build, and returns what there is to be seen.

    Raises:
        RuntimeError: When it is asked; the build failed in a way that is not told of as an error of the site.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_modules())
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_send, args=(order, there))
    process.start()
    there.close()
    try:
        yield lambda: _received(here)
    finally:
        here.close()  # so that it can't wait for who takes its answer
        process.join()


def _received(connection: Connection) -> Look:
    try:
        look = connection.recv()
    except EOFError:
        raise RuntimeError("the process that built was ended") from None
    if isinstance(look, str):
        raise RuntimeError(f"a build failed:\n{look}")
    assert isinstance(look, dict)
    return look


@functools.cache
def _modules() -> list[str]:
    """Return what builds import, so that it is imported once: modules of everything that brings plugins, or builds."""
    tops = {point.value.partition(":")[0].partition(".")[0] for point in entry_points(group="pressframe")}
    found = ["__main__", __name__, "jinja2", "pressframe", "pressframe_press", *sorted(tops)]
    for top in found[2:]:
        spec = importlib.util.find_spec(top)
        inside = spec.submodule_search_locations if spec else None
        found += [one.name for one in pkgutil.iter_modules(inside or (), f"{top}.")]
    return found


def differences(one: Look, other: Look) -> str:
    """Return what is different in two builds, for people to read; an empty text if nothing is."""
    different = (name for name in {*one, *other} if one.get(name) != other.get(name))
    names = sorted(different, key=lambda name: (name != "error", name))  # which explains all others
    if not names:
        return ""
    shown = [_difference(name, one.get(name), other.get(name)) for name in names[:3]]
    return f"{len(names)} differ: {', '.join(names[:10])}\n" + "\n".join(shown)


def _difference(name: str, one: bytes | None, other: bytes | None) -> str:
    if one is None or other is None:
        which, found = ("incremental", one) if other is None else ("clean", other)
        return f"{name}: only in the {which} build\n{(found or b'').decode(errors='replace')[:800]}"
    before, after = (text.decode(errors="replace").splitlines() for text in (one, other))
    lines = [line[:400] for line in difflib.unified_diff(before, after, "incremental", "clean", n=0, lineterm="")]
    return "\n".join([f"{name}:", *lines[:_SHOWN_LINES]])


def _send(order: Order, connection: Connection) -> None:
    logging.disable()  # what fails shut is told in the process that waits, too
    with contextlib.suppress(BrokenPipeError):  # nobody waits any more
        try:
            connection.send(dict(build(order)))
        except Exception:  # noqa: BLE001 - told in the process that waits
            connection.send(traceback.format_exc())


def close(site: Site) -> None:
    """Let go of the site's database, if it has one."""
    from pressframe_sql import database

    with contextlib.suppress(PluginError):  # it has none
        database(site).close()


def _seen(release: Release, order: Order) -> Iterator[tuple[str, object]]:
    for file in order.output.rglob("*"):
        if file.is_file():
            yield f"public/{file.relative_to(order.output)}", file.read_bytes()
    report = release.report
    yield "until", release.until and release.until.isoformat()
    yield "entries, pages, notes", (report.entries, report.pages, report.notes)
    for address, required in release.gated.items():
        yield f"gate of {address}", sorted(required)
    groups = _groups(release)
    for audiences in groups:
        for address in {*release.files, *release.gated}:
            stored = release.find(address, audiences)
            if stored is None:
                yield f"{address} for {sorted(audiences)}", None
            elif not audiences or release.gated.get(address):
                content = stored.file.read_bytes()
                yield f"{address} for {sorted(audiences)}", content
                yield f"kind of {address} for {sorted(audiences)}", (stored.media_type, stored.tag, stored.size)
        yield from _live(release, audiences)


def _groups(release: Release) -> list[frozenset[str]]:
    """Return every set of audiences that a reader may have."""
    names = sorted({name for required in release.gated.values() for name in required if name is not NOBODY})
    return [frozenset(some) for size in range(len(names) + 1) for some in itertools.combinations(names, size)]


def _live(release: Release, audiences: frozenset[str]) -> Iterator[tuple[str, object]]:
    """Yield what a page that is made for one request may show."""
    view, whose = release.view(audiences), sorted(audiences)
    taxonomies = {"author", "year", "month"}
    for kind in ("post", "page"):
        cards = view.latest(kind=kind, count=10_000)
        yield f"{kind}s for {whose}", cards
        for card in cards:
            gate = view.gate(card.id)
            yield f"entry {card.id} for {whose}", view.entry(card.id)
            yield f"comments of {card.id} for {whose}", (view.comments(card.id), view.comment_count(card.id))
            yield f"card of {card.id} for {whose}", view.card(card.id)
            yield f"gate of {card.id} for {whose}", gate and (sorted(gate.requires), gate.until, gate.conversation)
            yield f"neighbours of {card.id} for {whose}", view.neighbours(card.id)
            taxonomies |= {term.taxonomy for term in card.terms}
    for taxonomy in taxonomies:
        groups = view.groups(taxonomy)
        posts = [[card.id for card in view.latest(within=(taxonomy, one.slug), count=one.size)] for one in groups]
        yield f"every {taxonomy} for {whose}", (groups, posts)
    yield f"newest comments for {whose}", (view.latest_comments(10_000), view.conversations())
    yield f"pages for {whose}", (view.pages(), view.listed())
