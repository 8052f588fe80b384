"""One build from end to end."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from pressframe._build._catalogue import Catalogue, comment_fingerprints
from pressframe._build._load import Loaded, load
from pressframe._build._output import Output, Stored, open_output, state_of
from pressframe._build._plan import Plan, Task, plan, plan_files
from pressframe._build._release import Release
from pressframe._build._render import render_all
from pressframe._build._view import Press
from pressframe._templates import Templates
from pressframe.model import Host, Report


def build(
    host: Host, folder: Path, *, drafts: bool, now: datetime, progress: Callable[[str, int, int], None]
) -> Release:
    """Return the release made of *host*'s content, with strangers' files in *folder*; see ``Site.build``."""
    start, stages = time.perf_counter(), dict[str, float]()
    state = state_of(host.folder, folder)
    comments = comment_fingerprints(host)  # before they are read: what comes in between makes the release stale
    with open_output(folder, state) as output:
        with _timed(stages, "load"):
            loaded = load(host, now=now, drafts=drafts)
        with _timed(stages, "plan"):
            press, planned = _prepare(host, loaded, now, state)
        with _timed(stages, "render"):
            tasks = planned.tasks()
            stored = render_all(press, output, tasks, lambda done: progress("render", done, len(tasks)))
            files, opened = _sorted(planned, zip(tasks, stored, strict=True), output)
        with _timed(stages, "write"):
            written, removed = output.switch(files, opened.values())
    report = Report(
        entries=len(loaded.entries), pages=len(planned.pages), rendered=len(tasks), written=written, removed=removed,
        seconds=round(time.perf_counter() - start, 4), stages=stages, notes=loaded.notes,
    )  # fmt: skip
    return Release(
        report=report, now=now, until=press.until, files=files, gated=planned.gated,
        opened=opened, press=press, comments=comments,
    )  # fmt: skip


@contextmanager
def _timed(stages: dict[str, float], name: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    stages[name] = round(time.perf_counter() - start, 4)


def _prepare(host: Host, loaded: Loaded, now: datetime, state: Path) -> tuple[Press, Plan]:
    files = plan_files(host)

    def versioned(address: str) -> str:
        if address in files:
            return f"{address}?v={files[address].tag[:8]}"
        if address in press.pages:
            return address
        raise LookupError(f"there is no asset {address}")

    catalogue = Catalogue(host, loaded.entries)
    press = Press(catalogue, Templates(host, state, versioned), now, loaded.until)
    planned = plan(catalogue, press.view(), files)
    press.pages = planned.pages
    return press, planned


def _sorted(
    planned: Plan, rendered: Iterable[tuple[Task, Stored]], output: Output
) -> tuple[dict[str, Stored], dict[str, Stored]]:
    """Return what strangers get and what gates withhold from them, by address; copy the files among the former."""
    files, opened = dict[str, Stored](), dict[str, Stored]()
    for (page, audiences), stored in rendered:
        (opened if audiences else files)[page.address] = stored
    for address, source in planned.files.items():
        if address in planned.gated:
            opened[address] = source
        else:
            files[address] = output.stage_copy(address, source)
    return files, opened
