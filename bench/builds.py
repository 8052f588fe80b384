"""Builds of the same posts by every generator, in turn: cold, and after edits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
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
    """What was measured of one generator: peak memory of a cold build in bytes, and runs by the name of the step."""

    generator: Generator
    size: Size | None = None
    memory: int | None = None
    runs: dict[str, list[Cost]] = attrs.field(factory=dict)

    def typical(self, step: str) -> Cost | None:
        """Return the medians of a step; None for one that the generator's site does not have."""
        if step not in self.runs:
            return None
        return Cost(median(cost.wall for cost in self.runs[step]), median(cost.cpu for cost in self.runs[step]))


def compare(
    generators: Sequence[Generator], *, count: int, runs: int, folder: Path, told: Callable[[str], None]
) -> list[Result]:
    """Return what each generator took for *count* posts; sites are made in *folder*."""
    told(f"{count:,} posts: writing the sites")
    content = posts.generate(count)
    sites = [Site(generator, folder / f"{count}-{generator.skeleton}", content) for generator in generators]
    results = [Result(generator) for generator in generators]
    pairs = list(zip(sites, results, strict=True))
    for site, result in pairs:
        site.create()
        told(f"{count:,} posts: {site.generator.name}, peak memory")
        # Also warms up: the compiled Python modules and the files in the system's cache.
        result.memory = peak_memory(site.generator.command(site.output), folder=site.folder)
        result.size = _size(site.output)
    for number, site, result in _in_turn(pairs, count, runs):
        told(f"{count:,} posts: {site.generator.name}, {COLD} {number}")
        site.forget()
        _measure(site, result, COLD)
    for edit in EDITS:
        for number, site, result in _in_turn(pairs, count, runs):
            told(f"{count:,} posts: {site.generator.name}, {edit.name} {number}")
            _edit_and_measure(site, result, edit, number)
    return results


def _in_turn(pairs: Sequence[tuple[Site, Result]], count: int, runs: int) -> Iterable[tuple[int, Site, Result]]:
    """Yield run 1 of every generator, then run 2 of every: what slows the machine for a while slows all."""
    for number in range(1, runs + 1):
        for site, result in pairs:
            if number <= site.generator.runs_at_most(count):
                yield number, site, result


def _edit_and_measure(site: Site, result: Result, edit: Edit, number: int) -> None:
    proof = edit.make(site, number)
    if proof is not None:
        _measure(site, result, edit.name)
        proof.check(site)


def _measure(site: Site, result: Result, step: str) -> None:
    cost = run(site.generator.command(site.output), folder=site.folder)
    result.runs.setdefault(step, []).append(cost)


def _size(output: Path) -> Size:
    files = [path for path in output.rglob("*") if path.is_file()]
    pages = frozenset(str(path.relative_to(output)) for path in files if path.suffix == ".html")
    return Size(pages=pages, files=len(files), bytes=sum(path.stat().st_size for path in files))
