"""One build from end to end: what has changed since the last one is made again, and only that."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

import attrs

from pressframe.model import Report
from pressframe.press import Stored, Wish
from pressframe.templates import Templates
from pressframe_press._changes import Changes
from pressframe_press._json import Damaged, encode, moment
from pressframe_press._load import Found, Reading, load, notes, scan
from pressframe_press._memory import Answer, Done, Fact, Key, Memory, Snapshot
from pressframe_press._output import Output, open_output, state_of
from pressframe_press._plan import Files, Plan, Task, plan, plan_pages
from pressframe_press._pool import spread
from pressframe_press._release import Contents, Release
from pressframe_press._render import Rendering
from pressframe_press._seal import epoch_of, is_fresh, seal_of
from pressframe_press._talk import fingerprints, hear
from pressframe_press._view import Notebook, Pages, Press
from pressframe_press._world import Said, World

if TYPE_CHECKING:
    from pressframe_press._rows import Row

OUTER = ("template", "asset", "pages")
"""Questions that neither entries nor comments answer; their answers are remembered."""


_ROOM = 16_000_000
"""Bytes of texts that nobody needs any more before all are written anew."""


def build(wish: Wish) -> Release:
    """Return the release made of a site's content, with strangers' files in its folder."""
    attempt = _Build(wish)
    try:
        return attempt.run()
    except Damaged:  # found out half way, before anything was switched
        attempt.memory.forget()
        return attempt.run()
    except BaseException:
        attempt.memory.shelf.close()
        raise


class _Build:
    """One attempt."""

    def __init__(self, wish: Wish) -> None:
        self._wish, self._site = wish, wish.site
        self._state = state_of(wish.site.folder, wish.folder)
        self._start = time.perf_counter()
        self._stages: dict[str, float] = {}
        self._notebook = Notebook()
        self.memory = Memory(self._state / "memory")

    def run(self) -> Release:
        comments = fingerprints(self._site)  # before they are read: what comes in between makes the release stale
        with open_output(self._wish.folder, self._state) as output:
            with self._timed("scan"):
                found = scan(self._site)
                epoch = epoch_of(self._site, drafts=self._wish.drafts)
                seal = seal_of(self._site, epoch, found, comments)
            before, now = self.memory.facts(), moment(self._wish.now)
            if is_fresh(before, seal, now) and before.fact("version") == output.version() != "":
                return self._release(before, comments, lambda: self._again(found, output))
            is_usable = before.fact("epoch") == epoch and before.fact("now") <= now
            before = self.memory.everything() if is_usable and output.version() else Snapshot()
            size = int(before.fact("size") or 0)
            if not before.facts or self.memory.shelf.size() > 2 * size + _ROOM:
                self.memory.forget()
                before = Snapshot()
            output.look(closely=not before.facts)
            after, contents = self._make(found, before, comments, output)
            size = size or self.memory.shelf.size()
            facts = {"epoch": epoch, "seal": seal, "now": now, "version": output.version(), "size": size}
            after = attrs.evolve(after, facts={**after.facts, **_facts(facts)})
            with self._timed("remember"):
                self.memory.keep(before, after)
        return self._release(after, comments, lambda: contents)

    @contextmanager
    def _timed(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self._stages[name] = round(time.perf_counter() - start, 4)

    def _spread(self, stage: str, work: Callable[[range], Sequence[Any]], size: int) -> Iterator[Any]:
        told = self._wish.told
        batches = spread(work, size, jobs=self._wish.jobs, told=lambda done: told(stage, done, size))
        return itertools.chain.from_iterable(batches)

    # ------------------------------------------------------------------------------------------ the stages

    def _make(
        self, found: Sequence[Found], before: Snapshot, comments: Sequence[str], output: Output
    ) -> tuple[Snapshot, Contents]:
        """Make everything that is not as it was; return what to remember, and what the release holds."""
        with self._timed("load"):
            reading = Reading(self._site, found, self.memory.shelf, self._wish.now, self._wish.drafts)
            rows = load(reading, before, self._spread)
            said = self._hear(_by_id(rows), before, comments)
        with self._timed("plan"):
            files = Files(self._site, before.copied)
            press = self._press(rows, said, files.published)
            said_before = {id: one for (id,), one in before.said.items()}
            old = World(_by_id(before.rows), said_before, self.memory.shelf, before.fact("now"))
            changes = Changes(old, press.world, before.answers, press.outer)
            planned = plan_pages(press.view(), before.planned, changes.same, self._notebook)
            made = plan(press.world.rows, tuple(planned.values()), files, known=before.fact("addresses"))
            press.pages = Pages(made.pages)
        with self._timed("render"):
            done, rendered = self._render(press, made, changes, before, output)
        with self._timed("write"):
            written, removed = self._switch(made, done, output)
        texts = {one.questions for one in done.values()} | {one.questions for one in planned.values()}
        asked = {question for text in texts for question in json.loads(text)}
        facts = {
            "entries": len(press.world.rows), "pages": len(made.pages), "rendered": rendered, "written": written,
            "removed": removed, "addresses": made.addresses, "comments": encode(comments),
            "until": self._until(rows, asked), "notes": self._notes(rows, before),
        }  # fmt: skip
        after = Snapshot(
            rows=rows, said={(id,): one for id, one in said.items()}, done=done, planned=planned, copied=files.copied,
            answers={(one,): Answer(one, press.outer(one)) for one in asked if one.partition("\t")[0] in OUTER},
            facts=_facts(facts),
        )  # fmt: skip
        return after, Contents(press, made, done, output)

    def _again(self, found: Sequence[Found], output: Output) -> Contents:
        """Return what the last build's release holds, nothing having changed since."""
        last = self.memory.everything()
        try:
            rows: dict[Key, Row] = {
                (one.source.loader, one.source.key): last.rows[one.source.loader, one.source.key] for one in found
            }
            files = Files(self._site, last.copied)
            press = self._press(rows, {id: one for (id,), one in last.said.items()}, files.published)
            order = self._site.hooks.implementers("register_pages")
            planned = [last.planned[plugin,] for plugin in order if (plugin,) in last.planned]
            made = plan(press.world.rows, planned, files, known=last.fact("addresses"))
            press.pages = Pages(made.pages)
            return Contents(press, made, last.done, output)
        except LookupError:  # somebody deleted the memory, or another process has built meanwhile
            return build(self._wish).contents

    def _hear(self, rows: Mapping[str, Row], before: Snapshot, comments: Sequence[str]) -> dict[str, Said]:
        known = {row.id for row in before.rows.values()} if before.fact("comments") == encode(comments) else set()
        said = {id: one for (id,), one in before.said.items() if id in known and id in rows}
        unheard = [id for id in rows if id not in known]
        return said | (hear(self._site, unheard, before.said, self.memory.shelf) if unheard else {})

    def _world(self, rows: Mapping[Key, Row], said: Mapping[str, Said]) -> World:
        return World(_by_id(rows), said, self.memory.shelf, moment(self._wish.now))

    def _press(self, rows: Mapping[Key, Row], said: Mapping[str, Said], published: Mapping[str, Stored]) -> Press:
        def versioned(address: str) -> str:
            self._notebook.note(f"asset\t{address}")
            if address in published:
                return f"{address}?v={published[address].tag[:8]}"
            if press.pages.get(address):
                return address
            raise LookupError(f"there is no asset {address}")

        templates = Templates(self._site, self._state, asset=versioned, note=self._notebook.note)
        tags = {address: stored.tag for address, stored in published.items()}
        press = Press(self._site, self._world(rows, said), templates, self._notebook, tags)
        return press

    def _render(
        self, press: Press, made: Plan, changes: Changes, before: Snapshot, output: Output
    ) -> tuple[dict[Key, Done], int]:
        """Render what is not as it was; return how every page was made, and how many were now."""
        reasons = changes.reasons(made, before.done, output)
        tasks = list(reasons)
        results = self._spread("render", Rendering(press, output, tasks), len(tasks))
        fresh = {
            _key(task): Done(
                *_key(task), made.pages[task[0]], stored.media_type, stored.tag, stored.size, asked, reasons[task]
            )
            for task, (stored, asked) in zip(tasks, results, strict=True)
        }
        keys: list[Key] = [_key(task) for task in made.tasks()]
        return {key: fresh[key] if key in fresh else before.done[key] for key in keys}, len(fresh)

    def _switch(self, made: Plan, done: Mapping[Key, Done], output: Output) -> tuple[int, int]:
        tags = {one.address: one.tag for one in done.values() if not one.audiences}
        for address, source in made.files.items():
            if address not in made.gated:
                output.stage_copy(address, source)
                tags[address] = source.tag
        return output.switch(tags, [one.tag for one in done.values() if one.audiences])

    def _until(self, rows: Mapping[Key, Row], asked: set[str]) -> str:
        now = moment(self._wish.now)
        moments = [row.until for row in rows.values()]
        moments += [question.partition("\t")[2] for question in asked if question.startswith("past\t")]
        return min((one for one in moments if one > now), default="")

    def _notes(self, rows: Mapping[Key, Row], before: Snapshot) -> str:
        """Return what loaders could not carry; as remembered where none of them had anything to do."""
        is_same = rows.keys() == before.rows.keys() and all(rows[key] is before.rows[key] for key in rows)
        return before.fact("notes") if is_same and before.facts else encode(notes(self._site))

    def _release(self, snapshot: Snapshot, comments: tuple[str, ...], make: Callable[[], Contents]) -> Release:
        until, is_new = snapshot.fact("until"), "write" in self._stages
        report = Report(
            entries=int(snapshot.fact("entries")), pages=int(snapshot.fact("pages")),
            rendered=int(snapshot.fact("rendered")) if is_new else 0,
            written=int(snapshot.fact("written")) if is_new else 0,
            removed=int(snapshot.fact("removed")) if is_new else 0,
            seconds=round(time.perf_counter() - self._start, 4), stages=self._stages,
            notes=tuple(json.loads(snapshot.fact("notes"))),
        )  # fmt: skip
        return Release(
            report=report, now=self._wish.now, until=datetime.fromisoformat(until) if until else None,
            host=self._site, comments=comments, contents=make,
        )  # fmt: skip


def _by_id(rows: Mapping[Key, Row]) -> dict[str, Row]:
    return {row.id: row for row in rows.values() if row.id}


def _key(task: Task) -> tuple[str, str]:
    return task[0], ",".join(sorted(task[1]))


def _facts(facts: Mapping[str, object]) -> dict[Key, Fact]:
    return {(name,): Fact(name, str(value)) for name, value in facts.items()}
