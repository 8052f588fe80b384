"""Builds of the same posts by every generator, in turn: cold, and after edits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import attrs

from bench import posts
from bench.edits import EDITS, Edit
from bench.generators import Generator, Site
from bench.measure import Cost, peak_memory, run

COLD = "cold build"


@attrs.frozen(kw_only=True)
class Size:
    """What a cold build wrote."""

    pages: frozenset[str]
    files: int
    bytes: int


@attrs.define
class Result:
    """What was measured of one generator.

    Attributes:
        memory: Peak of a cold build in bytes; None where the system does not tell.
        runs: By the name of the step.
        failure: What went wrong; it was not run again after that.
    """

    generator: Generator
    size: Size | None = None
    memory: int | None = None
    runs: dict[str, list[Cost]] = attrs.field(factory=dict)
    failure: str | None = None

    def typical(self, step: str) -> Cost | None:
        """Return the medians of a step; None for one that the generator's site does not have."""
        if step not in self.runs:
            return None
        return Cost(median(cost.wall for cost in self.runs[step]), median(cost.cpu for cost in self.runs[step]))


def compare(
    generators: Sequence[Generator], *, count: int, runs: int, folder: Path, told: Callable[[str], None]
) -> list[Result]:
    """Return what each generator took that can do with *count* posts; sites are made in *folder*."""
    content = posts.generate(count)
    able = [generator for generator in generators if generator.runs(runs, posts=count)]
    sites = [generator.site(folder / f"{count}-{generator.skeleton.name}", content) for generator in able]
    pairs = [(site, Result(site.generator)) for site in sites]
    for site, result in pairs:
        told(f"{count:,} posts: writing the site of {site.generator.name}")
        site.create()
        told(f"{count:,} posts: {site.generator.name}, peak memory")
        with _failing(result):
            _build_watched(site, result)
    for number, site, result in _in_turn(pairs, runs):
        told(f"{count:,} posts: {site.generator.name}, {COLD} {number}")
        site.forget()
        with _failing(result):
            _measure(site, result, COLD)
    for edit in EDITS:
        for number, site, result in _in_turn(pairs, runs):
            told(f"{count:,} posts: {site.generator.name}, {edit.name} {number}")
            with _failing(result):
                _edit_and_measure(site, result, edit, number)
    return [result for _, result in pairs]


def _in_turn(pairs: Sequence[tuple[Site, Result]], runs: int) -> Iterable[tuple[int, Site, Result]]:
    """Yield run 1 of every generator, then run 2 of every: what slows the machine for a while slows all."""
    for number in range(1, runs + 1):
        for site, result in pairs:
            if number <= site.generator.runs(runs, posts=len(site.posts)) and result.failure is None:
                yield number, site, result


@contextmanager
def _failing(result: Result) -> Iterator[None]:
    """Note that a generator failed, and let the others go on."""
    try:
        yield
    except (RuntimeError, OSError) as error:
        result.failure = str(error)


def _build_watched(site: Site, result: Result) -> None:
    """Note peak memory; also warms up: compiled Python modules, and the files in the system's cache."""
    result.memory = peak_memory(site.generator.command(site.output), folder=site.folder)
    result.size = _size(site.output)
    site.check()


def _edit_and_measure(site: Site, result: Result, edit: Edit, number: int) -> None:
    proofs = edit.make(site, number)
    if proofs:
        _measure(site, result, edit.name)
    for proof in proofs:
        proof.check(site)


def _measure(site: Site, result: Result, step: str) -> None:
    cost = run(site.generator.command(site.output), folder=site.folder)
    result.runs.setdefault(step, []).append(cost)


def _size(output: Path) -> Size:
    files = [path for path in output.rglob("*") if path.is_file()]
    pages = frozenset(str(path.relative_to(output)) for path in files if path.suffix == ".html")
    return Size(pages=pages, files=len(files), bytes=sum(path.stat().st_size for path in files))
