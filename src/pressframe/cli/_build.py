"""``pressframe build``: the site as static files."""

import atexit
import gc
import itertools
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from operator import itemgetter
from pathlib import Path
from typing import Any

import attrs
import click

from pressframe._site import Site
from pressframe.model import Report
from pressframe.press import Profile, Reason, witnessed


@click.command("build")
@click.argument("site", default=".", type=click.Path(path_type=Path))
@click.option("--output", "-o", type=click.Path(path_type=Path), help="Where to write; SITE/public if left out.")
@click.option("--drafts", is_flag=True, help="Also build drafts and scheduled entries.")
@click.option("--jobs", type=click.IntRange(1), metavar="N", help="How many processes; as many as pay if left out.")
@click.option("--explain", is_flag=True, help="List the pages that were rendered, each with the reason.")
@click.option("--profile", is_flag=True, help="Show where the time went, by stage, plugin and hook.")
@click.option("--json", "as_json", is_flag=True, help="End with one JSON object that tells what was done.")
def command(site: Path, output: Path | None, explain: bool, profile: bool, as_json: bool, **options: Any) -> None:
    """Build the site into static files that any host can serve.

    What was published before stays until the new site is whole.
    """
    atexit.register(gc.freeze)  # at the end there is no use in looking for what nobody needs any more
    clock = Profile() if profile else None
    with witnessed(clock):
        release = Site.open(site).build(output=output, progress=_progress, **options)
    report, reasons = release.report, release.reasons if explain else ()
    for note in report.notes:
        click.echo(f"note: {note}", err=True)
    if as_json:
        more: dict[str, object] = {"reasons": [one._asdict() for one in reasons]} if explain else {}
        more |= {"profile": _rows(clock, report.stages)} if clock else {}
        click.echo(json.dumps(attrs.asdict(report) | more))
        return
    told = [*(_explained(reasons) if explain else ()), *(_profiled(clock, report) if clock else ()), _summary(report)]
    click.echo("\n".join(told))


def _summary(report: Report) -> str:
    changes = f"{report.written} written, {report.removed} removed"
    changed = changes if report.written or report.removed else "nothing changed"
    return f"{report.entries} entries, {report.pages} pages: {changed}, in {report.seconds:.2f} s"


def _explained(reasons: Sequence[Reason]) -> Iterator[str]:
    """Yield a line for each page, by address."""
    wide = min(max((len(one.address) for one in reasons), default=0), 60)
    for one in reasons:
        whom = f"for {', '.join(one.audiences)}: " if one.audiences else ""
        yield f"{click.style(f'{one.address:{wide}}', bold=True)}  {whom}{one.why}"
    yield (
        f"{len(reasons)} rendered." if reasons else "Nothing was rendered: nothing that any page asked for has changed."
    )


def _rows(profile: Profile, stages: Mapping[str, float]) -> list[dict[str, Any]]:
    """Return what was spent by stage, plugin and hook, the longest first; without a plugin by templates and the press.

    Several processes' times are added up.
    """
    rows = []
    for stage in ("start", *stages):
        spent = {key: one for key, one in profile.spent.items() if key[0] == stage}
        whole = spent.pop((stage, "", ""), (stages.get(stage, 0.0), 0))[0]
        if stage in stages:
            spent[stage, "", ""] = max(whole - sum(seconds for seconds, _ in spent.values()), 0.0), 0
        for (_, plugin, hook), (seconds, calls) in sorted(spent.items(), key=lambda one: -one[1][0]):
            told = {"stage": stage, "plugin": plugin, "hook": hook, "calls": calls, "seconds": round(seconds, 6)}
            rows.append(told)
    return rows


def _profiled(profile: Profile, report: Report) -> Iterator[str]:
    """Yield the table of stages with the plugins and hooks in each, then the sums of plugins and of hooks."""
    rows = _rows(profile, report.stages)
    yield click.style(f"{'stage':10}{'plugin':26}{'hook':24}{'calls':>9}{'seconds':>10}", bold=True)
    for stage, group in itertools.groupby(rows, key=itemgetter("stage")):
        wall = report.stages.get(stage)
        yield stage if wall is None else f"{stage:69}{wall:10.3f}"
        for one in group:
            plugin, calls = one["plugin"] or "templates and the press", f"{one['calls']:,}" if one["calls"] else ""
            if one["seconds"] >= 0.0005:
                yield f"{'':10}{plugin:26}{one['hook']:24}{calls:>9}{one['seconds']:10.3f}"
    for column in ("plugin", "hook"):
        yield click.style(f"\n{'by ' + column:60}{'calls':>8}{'seconds':>11}", bold=True)
        for name, count, seconds in _sums(rows, column):
            if seconds >= 0.0005:
                yield f"{name:60}{count:8,}{seconds:11.3f}"
    yield ""


def _sums(rows: Sequence[Mapping[str, Any]], name: str) -> Iterator[tuple[str, int, float]]:
    """Yield each plugin, or each hook, with its calls and seconds in all stages, the longest first."""
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for one in rows:
        groups.setdefault(one[name], []).append(one)
    sums = [(key, sum(one["calls"] for one in of), sum(one["seconds"] for one in of)) for key, of in groups.items()]
    yield from sorted((one for one in sums if one[0]), key=lambda one: -one[2])


def _progress(stage: str, done: int, of: int) -> None:
    """Write over one line, on a terminal, while a build takes long; clear it at the end of the stage."""
    if of >= 1000 and sys.stderr.isatty():
        click.echo(f"\r{stage} {done:,}/{of:,}" if done < of else "\r\033[K", nl=False, err=True)
