"""Results as a table of plain text."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator, Sequence
from statistics import fmean, median

from bench import pages
from bench.accepting import Accepted
from bench.builds import COLD, Result
from bench.edits import EDITS
from bench.goals import Finding
from bench.live import Served
from bench.mails import Killed, Sent
from bench.saves import Delay
from bench.talk import PageTime

LONGEST_WAIT = 5
"""Milliseconds within which 99 of 100 readers are to be answered while comments come in."""

_BASE = "Hugo"
_DISTURBED = 0.15
_COLUMNS = ("", "wall s", "× Hugo", "CPU s", "× Hugo", "peak MB", "× Hugo", "pages", "MB")
_WIDTHS = (34, 10, 8, 9, 12, 9, 9, 9, 8)


def machine() -> str:
    """Return what the figures hold for: processors, system, Python."""
    system = f"{platform.machine()}, {platform.system()} {platform.release()}"
    return f"{os.cpu_count()} processors, {system}, Python {platform.python_version()}"


def builds(results: Sequence[Result], *, count: int, runs: int) -> str:
    """Return the table of builds of *count* posts."""
    versions = dict.fromkeys(_with_version(result) for result in results)
    once = [result.generator.name for result in results if result.generator.runs(runs, posts=count) < runs]
    fewer = f" ({', '.join(once)}: 1)" if once else ""
    lines = [f"{count:,} posts, medians of {runs} runs{fewer}", ", ".join(versions), ""]
    lines.append(_row(_COLUMNS))
    base = next((result for result in results if result.generator.name == _BASE), None)
    for step in (COLD, *(edit.name for edit in EDITS)):
        rows = [_row(_cells(result, base, step)) for result in results if step in result.runs]
        lines += ["", step, *rows] if rows else []
    costs = [cost for result in results for costs in result.runs.values() for cost in costs]
    others = fmean(cost.others for cost in costs) if costs else 0.0
    warning = ": too many to trust the figures" if others > _DISTURBED else ""
    lines += ["", f"other programs kept {others:.2f} processors busy meanwhile{warning}"]
    failed = [f"{one.generator.name} FAILED, and was left out then: {one.failure}" for one in results if one.failure]
    return "\n".join([*lines, "", *_pages(results), *differences(results), *failed])


def differences(results: Sequence[Result]) -> list[str]:
    """Return who makes other pages than the first of those that are to make the same."""
    same = [result for result in results if result.generator.makes_same_pages and result.size]
    counted = [pages.count(result.size.pages) for result in same if result.size]
    return [
        f"PAGES DIFFER, which is no comparison: {other.generator.name} made {difference}"
        for other, found in zip(same[1:], counted[1:], strict=True)
        for difference in pages.differences(counted[0], found)
    ]


def goals(findings: Sequence[Finding]) -> str:
    """Return the table of goals."""
    lines = ["goals of the build engine", "", _goal_row(("", "at most", "measured", ""))]
    lines += [_goal_row(tuple(_goal_cells(finding))) for finding in findings]
    return "\n".join(lines)


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
    held = "held" if served.waited < LONGEST_WAIT else "missed"
    told = f"while {served.written:.0f} comments a second come in, 99 of 100 readers of the open article wait"
    return "\n".join([*lines, "", f"{told} {served.waited:.1f} ms at most (goal: {LONGEST_WAIT}, {held})"])


def saves(delays: Sequence[Delay], *, count: int, runs: int) -> str:
    """Return the table of what it takes until a change is shown."""
    lines = [f"{count:,} posts served, from a change to the page that shows it, {runs} runs", ""]
    lines.append(_row(("", "median ms", "worst ms", "CPU ms")))
    figures = ((one.name, (one.typical, one.worst, one.cpu)) for one in delays)
    rows = [_row((f"  {name}", *(f"{value:.0f}" for value in values))) for name, values in figures]
    return "\n".join([*lines, *rows])


def accepted(found: Sequence[Accepted], *, runs: int) -> str:
    """Return the table of comments accepted a second."""
    peer = next((one.a_second for one in found if one.name.startswith("Isso")), None)
    lines = [f"comments stored a second, one a request, 50 connections, medians of {runs} runs of 5 s", ""]
    lines.append(_row(("", "a second", "× Isso", "p99 ms")))
    for one in found:
        waited = f"{one.waited:.1f}" if one.waited is not None else "–"
        lines.append(_row((f"  {one.name}", f"{one.a_second:.0f}", _ratio(one.a_second, peer), waited)))
    lines += [f"{one.name} refused {one.refused} comments, which are not counted" for one in found if one.refused]
    return "\n".join(lines)


def page_times(found: Sequence[PageTime], *, requests: int) -> str:
    """Return the table of how long pages take."""
    lines = [f"5,000 comments under a post, 100,000 wait: {requests} requests for each page, one after the other", ""]
    lines.append(_row(("", "median ms", "p99 ms", "goal ms", "")))
    for one in found:
        held = "held" if one.typical < one.goal else "missed"
        lines.append(_row((f"  {one.name}", f"{one.typical:.1f}", f"{one.p99:.1f}", f"< {one.goal:.0f}", held)))
    return "\n".join(lines)


def mailed(found: Sequence[Sent]) -> str:
    """Return the table of newsletter mails a second."""
    lines = [f"{found[0].mails:,} mails through a mail server of this machine, median of {len(found)} runs", ""]
    lines.append(_row(("", "a second", "p99 ms", "worst ms")))
    rate, waited = median(one.a_second for one in found), median(one.waited for one in found)
    longest = max(one.longest for one in found)
    lines.append(_row(("  pressframe, four connections", f"{rate:.0f}", f"{waited:.1f}", f"{longest:.0f}")))
    return "\n".join(lines)


def killed(found: Killed) -> str:
    """Return what a sending left that was cut off again and again."""
    repeated = ", ".join(map(str, found.repeated))
    return (
        f"{found.mails:,} mails, the server killed {found.kills} times meanwhile: {found.skipped} skipped; "
        f"came twice, by kill: {repeated}"
    )


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


def _pages(results: Sequence[Result]) -> Iterator[str]:
    """Yield the table of pages by kind."""
    yield _row(("pages", *pages.KINDS))
    for result in results:
        if result.size:
            counted = pages.count(result.size.pages)
            yield _row((f"  {result.generator.name}", *(f"{counted[kind]}" for kind in pages.KINDS)))


def _goal_cells(finding: Finding) -> Iterator[str]:
    yield f"  {finding.goal.name}"
    yield f"{finding.goal.limit:.2f}"
    if finding.value is None:
        yield from ("–", "not measured")
    else:
        yield from (f"{finding.value:.2f}", "held" if finding.is_held else "missed")


def _goal_row(cells: Sequence[str]) -> str:
    name, limit, measured, held = cells
    return f"{name:<60}{limit:>9}{measured:>10}  {held}".rstrip()


def _with_version(result: Result) -> str:
    name = result.generator.name.partition(",")[0]  # all of ours have one
    return f"{name} {result.generator.version}"
