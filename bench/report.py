"""Results as a table of plain text."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator, Sequence
from statistics import fmean

from bench.builds import COLD, Result
from bench.edits import EDITS
from bench.live import Served

_BASE = "Hugo"
_DISTURBED = 0.15
_COLUMNS = ("", "wall s", "× Hugo", "CPU s", "× Hugo", "peak MB", "× Hugo", "pages", "MB")
_WIDTHS = (26, 9, 8, 9, 8, 9, 8, 9, 8)


def machine() -> str:
    """Return what the figures hold for: processors, system, Python."""
    system = f"{platform.machine()}, {platform.system()} {platform.release()}"
    return f"{os.cpu_count()} processors, {system}, Python {platform.python_version()}"


def builds(results: Sequence[Result], *, count: int, runs: int) -> str:
    """Return the table of builds of *count* posts."""
    versions = dict.fromkeys(f"{result.generator.name} {result.generator.version}" for result in results)
    lines = [f"{count:,} posts, medians of {runs} runs (Pelican: 1 from 5,000 posts on)", ", ".join(versions), ""]
    lines.append(_row(_COLUMNS))
    base = next((result for result in results if result.generator.name == _BASE), None)
    for step in (COLD, *(edit.name for edit in EDITS)):
        lines += ["", step]
        lines += [_row(_cells(result, base, step)) for result in results if step in result.runs]
    costs = [cost for result in results for costs in result.runs.values() for cost in costs]
    others = fmean(cost.others for cost in costs) if costs else 0.0
    warning = ": too many to trust the figures" if others > _DISTURBED else ""
    lines += ["", f"other programs kept {others:.2f} processors busy meanwhile{warning}"]
    return "\n".join([*lines, *_compared(results)])


def live(served: Served, *, runs: int) -> str:
    """Return the table of requests a second."""
    limit, opened = served.rates[0].requests, served.rates[1].requests
    what = (
        f"requests a second, an article of {served.size / 1000:.0f} kB, one server process, 16 connections kept alive"
    )
    lines = [f"{what}, medians of {runs} runs of 5 s", "", _row(("", "a second", "× bare", "× open", "spread"))]
    for rate in served.rates:
        cells = (rate.requests / limit, rate.requests / opened, rate.spread)
        lines.append(_row((f"  {rate.name}", f"{rate.requests:.0f}", *(f"{cell:.2f}" for cell in cells))))
    return "\n".join(lines)


def _cells(result: Result, base: Result | None, step: str) -> Iterator[str]:
    yield f"  {result.generator.name}"
    cost, other = result.typical(step), base.typical(step) if base else None
    if cost:
        yield from (f"{cost.wall:.2f}", _ratio(cost.wall, other.wall if other else None))
        yield from (f"{cost.cpu:.2f}", _ratio(cost.cpu, other.cpu if other else None))
    if step == COLD and result.size:
        yield f"{result.memory / 1e6:.0f}" if result.memory else "–"
        yield _ratio(result.memory, base.memory if base else None)
        yield f"{len(result.size.pages)}"
        yield f"{result.size.bytes / 1e6:.0f}"


def _ratio(value: float | None, base: float | None) -> str:
    return f"{value / base:.2f}" if value is not None and base else "–"


def _row(cells: Sequence[str] | Iterator[str]) -> str:
    first, *others = cells
    aligned = (cell.rjust(width) for cell, width in zip(others, _WIDTHS[1:], strict=False))
    return f"{first:<{_WIDTHS[0]}}{''.join(aligned)}".rstrip()


def _compared(results: Sequence[Result]) -> Iterator[str]:
    """Yield whether all have the same pages as the first, and who failed."""
    measured = [result for result in results if result.size]
    for first, other in zip(measured[:1] * len(measured), measured[1:], strict=False):
        if first.size and other.size:
            missing, more = len(first.size.pages - other.size.pages), len(other.size.pages - first.size.pages)
            said = "the same" if not missing and not more else f"{missing} missing, {more} more"
            yield f"pages of {other.generator.name} against those of {first.generator.name}: {said}"
    for result in results:
        if result.failure:
            yield f"{result.generator.name} FAILED, and was left out after that: {result.failure}"
