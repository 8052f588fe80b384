"""One build from end to end."""

import mimetypes
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import attrs

from pressframe._build._catalogue import Catalogue, comment_fingerprints
from pressframe._build._load import Kept, load
from pressframe._build._output import Output, Stored, state_of, unwritable
from pressframe._build._plan import File, Plan, path_of, plan, plan_files
from pressframe._build._release import Release
from pressframe._build._render import Task, render_all
from pressframe._build._view import Press
from pressframe._templates import Templates
from pressframe.model import Host, Report


@attrs.frozen(kw_only=True)
class Options:
    """What a build is asked for; see ``Site.build``."""

    output: Path
    drafts: bool
    now: datetime
    progress: Callable[[str, int, int], None]


@attrs.define
class _Result:
    """What rendering and copying gave so far."""

    files: dict[str, Stored] = attrs.field(factory=dict)
    opened: dict[str, Stored] = attrs.field(factory=dict)
    gated: dict[str, frozenset[str]] = attrs.field(factory=dict)
    rendered: int = 0
    written: int = 0


def build(host: Host, options: Options) -> Release:
    """Return the release made of *host*'s content; see ``Site.build``."""
    start, stages = time.perf_counter(), dict[str, float]()
    state = state_of(host.folder, options.output)
    comments = comment_fingerprints(host)  # before they are read: what comes in between makes the release stale
    with Output(options.output, state) as output:
        with _timed(stages, "load"):
            loaded = load(host, now=options.now, drafts=options.drafts)
        with _timed(stages, "plan"):
            press, planned = _prepare(host, loaded.entries, state)
        with _timed(stages, "render"):
            result = _render(press, planned, output, options)
        with _timed(stages, "write"):
            tags = {path_of(address): stored.tag for address, stored in result.files.items()}
            removed = output.switch(tags, [stored.file for stored in result.opened.values()])
    report = Report(
        entries=len(loaded.entries), pages=len(planned.pages), rendered=result.rendered, written=result.written,
        removed=removed, seconds=round(time.perf_counter() - start, 4), stages=stages, notes=loaded.notes,
    )  # fmt: skip
    return Release(
        report=report, now=options.now, until=loaded.until, files=result.files, gated=result.gated,
        opened=result.opened, press=press, comments=comments,
    )  # fmt: skip


@contextmanager
def _timed(stages: dict[str, float], name: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    stages[name] = round(time.perf_counter() - start, 4)


def _prepare(host: Host, entries: tuple[Kept, ...], state: Path) -> tuple[Press, Plan]:
    files = plan_files(host)

    def versioned(address: str) -> str:
        return f"{address}?v={files[address].tag[:8]}" if address in files else press.pages[address].address

    catalogue = Catalogue(host, entries)
    try:
        templates = Templates(host, state, versioned)
    except OSError as error:
        raise unwritable(error, state) from error
    press = Press(catalogue, templates)
    planned = plan(catalogue, press.view(), files)
    press.pages = planned.pages
    return press, planned


def _render(press: Press, planned: Plan, output: Output, options: Options) -> _Result:
    result = _Result()
    kept = press.catalogue.kept
    tasks = [Task(page) for page in planned.pages.values()]
    for page in planned.pages.values():
        gate = kept[page.subject].gate if page.subject in kept else None
        if gate:
            result.gated[page.address] = gate.requires
            tasks.append(Task(page, gate.requires))
    for one in render_all(press, tasks, output, lambda done: options.progress("render", done, len(tasks))):
        where = result.opened if one.audiences else result.files
        where[one.address] = one.stored
        result.rendered += 1
        result.written += one.written
    for file in planned.files.values():
        _copy(file, output, result)
    for id, files in planned.entry_files.items():
        _copy_entry_files(kept[id], files, output, result)
    return result


def _copy(file: File, output: Output, result: _Result) -> None:
    path = path_of(file.address)
    try:
        result.written += output.stage_copy(path, file.source, file.tag)
    except OSError as error:
        raise unwritable(error, output.folder) from error
    result.files[file.address] = Stored(output.folder / path, _media_type(path), file.tag, file.size)


def _copy_entry_files(kept: Kept, files: tuple[File, ...], output: Output, result: _Result) -> None:
    """Copy what belongs to an entry; what only its withheld part shows stays out of the public folder."""
    public = {asset.address for asset in kept.public.assets}
    for file in files:
        if file.address in public or kept.gate is None:
            _copy(file, output, result)
        else:
            result.gated[file.address] = kept.gate.requires
            result.opened[file.address] = Stored(file.source, _media_type(file.address), file.tag, file.size)


def _media_type(path: str) -> str:
    return mimetypes.guess_type(path)[0] or "application/octet-stream"
