"""Plan, render and switch: what a build does when something has changed, once that is loaded."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pressframe.files import digest_of
from pressframe.press import Reason
from pressframe_press._changes import Changes
from pressframe_press._contents import Contents, Places
from pressframe_press._json import encode, parse
from pressframe_press._known import Item, Known, Marks, Moved, find_moved
from pressframe_press._load import AT_ONCE, Loaded, notes
from pressframe_press._memory import (
    Answer,
    Asked,
    Done,
    Key,
    Long,
    News,
    Past,
    Shared,
    asked_of,
    facts_of,
)
from pressframe_press._output import Output, path_of
from pressframe_press._overlay import Part, Said
from pressframe_press._parts import by_address, make_press, rows_of, said_of, stand_alone
from pressframe_press._plan import Files, Plan, Task, key_of, plan_pages, task_of
from pressframe_press._pool import pays
from pressframe_press._release import Release, kept
from pressframe_press._render import Rendered, Rendering
from pressframe_press._rows import Row
from pressframe_press._seal import are_files_as_before
from pressframe_press._view import Notebook, Press
from pressframe_press._words import reason_of
from pressframe_press._world import World

if TYPE_CHECKING:
    from pressframe_press._run import Build

OUTER = ("template", "asset", "pages", "listed")
"""Questions that neither entries nor comments answer; their answers are remembered."""


class Making:
    """One build that has something to do.

    Args:
        loaded: What became of the sources.
        last: The last release, if the server has it.

    Attributes:
        facts: What is to be remembered of the whole.
        number: Which build this is: a count since all was made anew, and the moment.
    """

    def __init__(
        self, build: Build, loaded: Loaded, past: Past, output: Output, *, last: Release | None = None
    ) -> None:
        self._build, self._loaded, self._past, self._output = build, loaded, past, output
        self._last = last
        self._is_whole = past.fact("version") == output.version()
        self._notebook = Notebook()
        self.facts: dict[str, str] = {}
        self.number = f"{int(past.fact('build').partition(' ')[0] or 0) + 1} {build.now}"

    def run(self, comments: str) -> None:
        """Make everything that is not as it was, and switch."""
        build = self._build
        press, plan, changes = self.plan(comments)
        with build.timed("render"):
            self._render(press, plan, changes)
        with build.timed("write"):
            written, removed = self._switch(plan)
        self._note(press, plan, written, removed)

    def plan(self, comments: str) -> tuple[Press, Plan, Changes]:
        """Plan what is not as it was."""
        build, past = self._build, self._past
        with build.timed("load"):
            rows = rows_of(past, self._loaded, self._last.contents.press.world.rows.all if self._last else None)
            world = World(rows, self._hear(rows, comments), build.memory.shelf, build.now)
        with build.timed("plan"):
            self._files = Files(build.site, past.copied)
            press = make_press(build.wish, world, self._files, self._notebook)
            changes = self._changes(press)
            self._planned, made = plan_pages(press.view(), past.planned, changes.same, self._notebook)
            plan = self._plan(press, made)
            press.pages = plan
        return press, plan, changes

    # ------------------------------------------------------------------------------------------- loading

    @functools.cached_property
    def _before(self) -> Mapping[str, Row]:
        """Rows that were loaded again, or are gone, as they were, by their ids."""
        keys = [*self._loaded.put, *self._loaded.gone]
        found = (self._past.rows.get(*key) for key in keys) if self._past else ()
        return {row.id: row for row in found if row and row.id}

    def _hear(self, rows: Part[Row], comments: str) -> Part[Said]:
        """Return all that is said; asked for again where a source has changed, or an entry has come or gone."""
        past, after = self._past, {row.id for row in self._loaded.put.values() if row.id}
        heard: dict[str, Said] = {}
        gone: set[str] = set()
        have_entries_changed, known = after != self._before.keys(), past.fact("comments")
        if known != comments or have_entries_changed:
            from pressframe_press._talk import Wanted, changed_since, hear

            build = self._build
            before = parse(known) if known and not have_entries_changed else ()
            now = parse(comments)
            only = changed_since(build.site, before, now) if len(before) == len(now) else None
            spread = functools.partial(build.spread, "load", is_portable=False)
            heard = hear(build.site, Wanted(rows.all.keys(), only), past.said, build.memory.shelf, spread=spread)
            gone = {id for (id,) in past.said.all() if id not in heard and (only is None or id in only)}
        self._heard = {id: one for id, one in heard.items() if past.said.get(id) != one}
        self._unsaid = gone
        return said_of(past, self._heard, self._unsaid)

    def _world_before(self) -> World:
        past, shelf, now = self._past, self._build.memory.shelf, self._past.fact("now")
        if self._last is None:
            return World(rows_of(past, Loaded()), said_of(past, {}, ()), shelf, now, past.long)
        last = self._last.contents.press.world
        before = World(last.rows, last.said, shelf, now, past.long)
        before.take_lists(last)
        return before

    def _changes(self, press: Press) -> Changes:
        past = self._past
        after = {row.id: row for row in self._loaded.put.values() if row.id}
        rows = {id: (self._before.get(id), after.get(id)) for id in {*self._before, *after}} if past else {}
        said = {id: (past.said.get(id), self._heard.get(id)) for id in {*self._heard, *self._unsaid}} if past else {}
        return Changes(self._world_before(), press, past, rows=rows, said=said)

    # ------------------------------------------------------------------------------------------ planning

    def _plan(self, press: Press, made: Mapping[str, Sequence[Item]]) -> Plan:
        rows = press.world.rows
        plan = Plan(rows, list(self._planned.values()), self._files, at=self._at)
        last = self._last.contents.press.pages if self._last else None
        at_hand = last.at_hand(plan.planned) if isinstance(last, Plan) else {}
        plan.made, plan.stayed = {**at_hand, **made}, self._stayed
        plan.known = self._known(plan)
        if plan.known is None:
            plan.find = by_address(rows)
            plan.check(self._past.fact("addresses"))
        return plan

    def _stayed(self, row: Row) -> str:
        """Return the digest of the page of an entry that was not loaded again."""
        is_new = (row.loader, row.key) in self._loaded.put
        done = None if is_new else self._past.done.all().get((row.address, ""))
        return done.page if done else ""

    def _at(self, address: str) -> Row | None:
        """Return the row of the entry at *address*, where only texts and titles have changed."""
        found = self._past.rows.find("address = ?", address)
        return next((self._loaded.put.get((row.loader, row.key), row) for row in found), None)

    def _known(self, plan: Plan) -> Known | None:
        """Return what is remembered of the plan if it is the same still, but for titles and some pages of plugins."""
        past, loaded = self._past, self._loaded
        before: dict[Key, Row] = {(row.loader, row.key): row for row in self._before.values()}
        changed = [(before.get(key), row) for key, row in loaded.put.items()]
        pairs = [(one, row) for one, row in changed if one is not None and row.planned_as(one)]
        if not (
            past
            and self._is_whole
            and loaded.is_ordered_as_before
            and len(pairs) == len(changed)
            and past.fact("published") == self._files.digest
            and are_files_as_before(past)
        ):
            return None
        renamed = [(one, row) for one, row in pairs if one.title != row.title]
        is_same = self._is_planned_as_before
        moved = Moved({}, {}) if is_same else find_moved(past, plan.brought, self._output.before)
        dated = functools.partial(past.long, "dated")
        return Known(Marks.of(past.fact), renamed, is_same, moved, dated) if moved else None

    @functools.cached_property
    def _is_planned_as_before(self) -> bool:
        """Say whether every plugin plans the same pages: equal texts are found equal in a tenth of a digest's time."""
        planned, past = self._planned, self._past.planned
        if past.keys() != planned.keys():
            return False
        known = ((past.get(*key), one) for key, one in planned.items())
        return all(before is not None and before.pages == one.pages for before, one in known)

    # ----------------------------------------------------------------------------------------- rendering

    def _render(self, press: Press, plan: Plan, changes: Changes) -> None:
        """Render what is not as it was."""
        reasons = self.tasks(plan, changes)
        tasks, wish = list(reasons), self._build.wish
        if pays(len(tasks), of=self._build.entries) or wish.jobs is not None:  # processes share what is read before
            press.world.settle(self._past.longs())
            press.templates.settle()
            self._past.done.all()
            plan.find = by_address(press.world.rows)
        self._fresh: dict[Key, Done] = {}
        self._gone: list[Key] = []
        self._shared: dict[Key, Shared] = {}
        self._asked: dict[Key, Asked] = {}
        first = self._urgent(press, plan, reasons)
        if first and wish.early:
            self._take(plan, reasons, Rendering(press, self._output, first)(range(len(first))), first)
            wish.early({one.address: self._output.staged(one) for one in self._fresh.values()})
        tasks = [task for task in tasks if key_of(task) not in self._fresh]
        rendering = Rendering(press, self._output, tasks)
        results = self._build.spread("render", rendering, len(tasks), meanwhile=self._begin_to_remember)
        self._take(plan, reasons, results, tasks)

    def _begin_to_remember(self) -> None:
        if not self._past:
            self._build.memory.begin({"rows": self._loaded.put})

    def _urgent(self, press: Press, plan: Plan, reasons: Mapping[Task, str]) -> list[Task]:
        """Return the pages, open to all, of entries that are talked about otherwise, if others wait for them."""
        rows = [row for id in (*self._heard, *self._unsaid) if (row := press.world.rows.get(id)) and not row.levels]
        found = [task for row in rows if (task := (row.address, frozenset[str]())) in reasons]
        return found if len(found) < min(len(reasons), AT_ONCE) else []

    def _take(
        self, plan: Plan, reasons: Mapping[Task, str], results: Iterable[Rendered], tasks: Sequence[Task]
    ) -> None:
        """Note what became of *tasks*."""
        ids: dict[str, str] = {}
        for task, one in zip(tasks, results, strict=True):
            if one.shared not in ids:
                ids[one.shared] = id = digest_of(one.shared)
                self._shared[id,] = Shared(id, one.shared)
            self._fresh[key_of(task)] = done = self._done(task, plan, one, ids[one.shared], reasons[task])
            self._asked |= {tuple(asked): asked for asked in asked_of(done)}

    @property
    def reasons(self) -> list[Reason]:
        """Why each page was rendered, by address."""
        return sorted(Reason(one.address, one.readers, one.reason) for one in self._fresh.values())

    def _done(self, task: Task, plan: Plan, one: Rendered, shared: str, reason: str) -> Done:
        address, audiences = key_of(task)
        known = None if plan.known is None or plan.is_new(address) else self._past.done.get(address, audiences)
        page = known.page if known else plan.digest(address) if plan.known else plan.digests[address]
        return Done(address, audiences, page, one.media_type, one.tag, one.size, shared, one.own, reason, self.number)

    def tasks(self, plan: Plan, changes: Changes) -> dict[Task, str]:
        """Return every page that must be rendered, and why."""
        build, past = self._build, self._past
        found = {task_of(key): reason_of(question) for key, question in changes.pages.items()} if past else {}
        if plan.known:
            again = (done for address in plan.renamed for done in past.done.find("address = ?", address))
            found |= {task_of((done.address, done.audiences)): "its title has changed" for done in again}
            gone, come = plan.known.moved.gone, plan.known.moved.come
            found = {task: why for task, why in found.items() if task[0] not in gone} | {
                task: "it is planned otherwise" if address in gone else "it is new"
                for address in come for task in plan.tasks_at(address)
            }  # fmt: skip
            return plan.in_order(found, self._loaded.order or ()) if len(found) > 1 else found
        known, digests = past.done.all(), plan.digests
        reasons = {}
        for task in plan.tasks():
            address, audiences = task
            done = known.get(key_of(task))
            if done is None:
                reasons[task] = "it is new" if past else build.anew
            elif done.page != digests[address]:
                reasons[task] = "it is planned otherwise"
            elif not self._output.has(address, done.tag, is_open=bool(audiences)):
                reasons[task] = "its file was missing, or somebody had changed it"
            elif task in found:
                reasons[task] = found[task]
        return reasons

    def _switch(self, plan: Plan) -> tuple[int, int]:
        fresh = {path_of(one.address): one.tag for one in self._fresh.values() if not one.audiences}
        if plan.known:
            had = [one for address in plan.known.moved.gone for one in self._past.done.find("address = ?", address)]
            self._gone += [key for one in had if (key := (one.address, one.audiences)) not in self._fresh]
            after = dict(self._output.before)
            for address in (address for address, audiences in self._gone if not audiences):
                after.pop(path_of(address), None)
            after |= fresh
            moved = {*self._fresh, *self._gone}
            paths = {path_of(address): None for address, audiences in moved if not audiences}
            is_opened = any(audiences for _, audiences in moved)
            return self._output.switch(after, self._opened() if is_opened else None, changed=paths)
        keys: list[Key] = [key_of(task) for task in plan.tasks()]
        every = set(keys)
        self._gone = [key for key in self._past.done.all() if key not in every]
        after = {path_of(address): self._tag_of(address) for address in plan.digests}
        for address, source in plan.files.items():
            if address not in plan.gated:
                after[path_of(address)] = self._output.stage_copy(address, source).tag
        return self._output.switch(after, self._opened())

    def _tag_of(self, address: str) -> str:
        key: Key = (address, "")
        return (self._fresh.get(key) or self._past.done.all()[key]).tag

    def _opened(self) -> Iterable[str]:
        """Return the tags of the open renderings that are still needed."""
        gone = {*self._gone, *self._fresh}
        kept = [tag for address, audiences, tag in self._past.done.read("address, audiences, tag", "audiences != ''")
                if (address, audiences) not in gone]  # fmt: skip
        return [*kept, *(one.tag for one in self._fresh.values() if one.audiences)]

    # --------------------------------------------------------------------------------------- remembering

    def _note(self, press: Press, plan: Plan, written: int, removed: int) -> None:
        past, known = self._past, plan.known
        is_same = bool(past) and not self._loaded.put and not self._loaded.gone
        self.facts = {
            "entries": past.fact("entries") if known else str(len(press.world.rows.all)),
            "pages": str(int(past.fact("pages")) + known.moved.count) if known else str(len(plan.digests)),
            "rendered": str(len(self._fresh)), "written": str(written), "removed": str(removed),
            "addresses": (past.fact("addresses") if known.is_same else "") if known else plan.addresses,
            "hidden": past.fact("hidden") if known else plan.hidden,
            "notes": past.fact("notes") if is_same else encode(notes(self._build.site)),
            "published": self._files.digest,
            "failed": str(self._loaded.has_failed or ""),
            **plan.marks.facts(),
        }  # fmt: skip
        self._press, self._plan_made = press, plan

    def contents(self) -> Callable[[], Contents] | None:
        """Return what gives the contents of the release; None where they are to be recalled."""
        if self._last:
            return kept(self._after(self._last.contents))
        press, plan, output, put = self._press, self._plan_made, self._output, self._loaded.put

        def first() -> Contents:
            stand_alone(press, plan, self._build.memory.held())
            return Contents.of(press, plan, self._fresh, Places(output), rows=put)

        return None if self._past else first

    def _after(self, last: Contents) -> Contents:
        press, plan, fresh = self._press, self._plan_made, self._fresh
        rows = {**last.rows, **self._loaded.put}
        for key in self._loaded.gone:
            del rows[key]
        stand_alone(press, plan, self._build.memory.held(last.press.world.shelf))
        places, gone = Places(self._output, last), set(self._gone)
        if plan.known:
            return last.after(press, plan, {**fresh, **dict.fromkeys(gone)}, places, rows=rows)
        done = {key: one for key, one in {**self._past.done.all(), **fresh}.items() if key not in gone}
        return Contents.of(press, plan, done, places, rows=rows)

    def news(self, facts: Mapping[str, str]) -> News:
        """Return what is to be remembered; *facts*, too."""
        past, fresh = self._past, self._fresh
        before = [done for key in (*fresh, *self._gone) if (done := past.done.get(*key))] if past else []
        asked = self._asked
        unasked = [tuple(one) for done in before for one in asked_of(done) if tuple(one) not in asked]
        self.facts["until"] = self._until(asked)
        answers, world = self._answers(), self._press.world
        dated = {} if self._plan_made.known else {"dated": self._plan_made.dated}
        longs = {"sources": self._loaded.sources, **dated, **world.standing()}
        put: dict[str, Mapping[Key, tuple[Any, ...]]] = {
            "rows": self._loaded.put, "said": {(id,): one for id, one in self._heard.items()},
            "done": fresh, "asked": asked, "shared": self._shared, "answers": answers,
            "planned": {key: one for key, one in self._planned.items() if past.planned.get(*key) != one},
            "copied": self._files.copied, "facts": facts_of({**self.facts, **facts}),
            "longs": {(name,): Long(name, text) for name, text in longs.items()},
        }  # fmt: skip
        gone: dict[str, Iterable[Key]] = {
            "rows": self._loaded.gone, "said": [(id,) for id in self._unsaid], "done": self._gone, "asked": unasked,
            "longs": [(name,) for name in past.longs() if not world.is_standing(name) and name not in longs],
            "planned": past.planned.keys() - self._planned.keys(),
            "copied": [] if self._plan_made.known else self._uncopied(),
        }  # fmt: skip
        return News(put=put, gone=gone)

    def _uncopied(self) -> list[Key]:
        return [key for key in self._past.copied.all() if key not in self._files.copied]

    def _answers(self) -> dict[Key, Answer]:
        asked = {question for one in self._shared.values() for question in parse(one.questions)}
        asked |= {question for one in self._planned.values() for question in parse(one.questions)}
        asked |= {question for (question,) in self._past.answers.all()}
        outer = [question for question in asked if question.partition("\t")[0] in OUTER]
        return {(one,): Answer(one, self._press.outer(one)) for one in outer}

    def _until(self, asked: Iterable[Key]) -> str:
        """Return the next moment at which something must be made again."""
        now = self._build.now
        planned = (question for one in self._planned.values() for question in parse(one.questions))
        told = [*(key[0] for key in asked), *planned]
        moments = [one.partition("\t")[2] for one in told if one.startswith("past\t")]
        later = self._past.asked.read("topic, address, audiences", "topic > ? AND topic < 'past~'", f"past\t{now}")
        again = {*self._fresh, *self._gone}
        moments += [one.partition("\t")[2] for one, *key in later if tuple(key) not in again]
        return min((one for one in (self._loaded.until, *moments) if one > now), default="")
