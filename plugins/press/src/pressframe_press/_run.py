"""One build from end to end: what has changed since the last one is made again, and only that."""

from __future__ import annotations

import functools
import gc
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

import attrs

from pressframe.errors import BuildError, Place
from pressframe.model import Report
from pressframe.press import Wish, find_witness
from pressframe_press._json import Damaged, encode, learn_to_read, moment, parse
from pressframe_press._memory import Memory, Past
from pressframe_press._output import Output, open_output, state_of
from pressframe_press._release import Release, Seen, kept
from pressframe_press._scan import Scanned, fingerprints, scan
from pressframe_press._seal import epoch_of, is_fresh, is_with_drafts, seal_of, why_anew

if TYPE_CHECKING:
    from pressframe.model import Host
    from pressframe_press._clock import Profile
    from pressframe_press._contents import Contents
    from pressframe_press._load import Loaded
    from pressframe_press._remote import Elsewhere

WORTH_SHARING = 2000
"""Sources from which processes that look at them, too, save more than they cost."""

_ROOM = 16_000_000
"""Bytes of texts that nobody needs any more before all are written anew."""


def build(wish: Wish) -> Release:
    """Return the release made of a site's content, with strangers' files in its folder."""
    attempt = Build(wish)
    with _undisturbed():
        try:
            return attempt.run()
        except Damaged:  # found out half way, before anything was switched
            attempt.leave()
            attempt.memory.forget()
            return _again(attempt)
        finally:
            attempt.memory.close()
            attempt.leave()


def _again(attempt: Build) -> Release:
    try:
        return attempt.run()
    except Damaged as error:
        at, fix = Place(str(attempt.state)), "see whether the disk, or what workers have of it, is whole"
        raise BuildError("holds other texts than were just written", at=at, fix=fix) from error


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Look for no cycles of objects meanwhile: a build makes hardly any, and looking took a fifth of its time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _get_ready(site: Host) -> None:
    """Import what plans and renders: this process alone needs it, and others load meanwhile."""
    import pressframe_press._make
    import pressframe_press._talk  # noqa: F401
    from pressframe.model import Card, Entry

    site.hooks.all("register_filters")  # plugins import what they need for it
    learn_to_read(Entry, Card)


def _clock_of(witness: object) -> Profile | None:
    if witness is None:
        return None  # as most often
    from pressframe_press._clock import Profile

    return witness if isinstance(witness, Profile) else None


class Build:
    """One attempt.

    Attributes:
        entries: How many there were at the last build; 0 if nothing of it is of use.
        anew: Why all is made anew.
    """

    def __init__(self, wish: Wish) -> None:
        self.wish, self.site, self.now = wish, wish.site, moment(wish.now)
        self.state = state_of(wish.site.folder, wish.folder)
        self.memory = Memory(self.state / "memory")
        self.stages: dict[str, float] = {}
        self.anew, self.entries = "", 0
        self._profile = _clock_of(find_witness())
        self._end_helpers: Callable[[], None] = lambda: None
        self._start = time.perf_counter()

    def run(self) -> Release:
        if isinstance(self.wish.last, Release):
            _ = self.wish.last.contents  # while nothing is locked: what cannot be recalled is built
        comments = fingerprints(self.site)  # before they are read: what comes in between makes the release stale
        with open_output(self.wish.folder, self.state) as output, closing(self.memory.past()) as past:
            last = self._last(past)
            with self.timed("scan"):
                seen = (
                    attrs.evolve(last.seen, comments=comments)
                    if last and not self.wish.scan
                    else Seen(scanned=scan(self.site, self._share), comments=comments)
                )
                epoch = self._epoch(past, last)
                seal = seal_of(self.site, epoch, seen.scanned.digest, comments)
            return self._release_of(seen, past, output, {"epoch": epoch, "seal": seal}, last)

    def _epoch(self, past: Past, last: Release | None) -> str:
        """Return what changes when all must be made anew; where nothing is scanned, what a server began with is."""
        known = past.fact("epoch") if last and not self.wish.scan else ""
        is_wanted = known and is_with_drafts(known) is self.wish.drafts
        return known if is_wanted else epoch_of(self.site, drafts=self.wish.drafts)

    def _share(self, work: Callable[[range], Sequence[str]], size: int) -> Iterable[str]:
        """Return what *work* gives: much of it from other processes, where so little of each thing is worth that."""
        if self._profile or size < WORTH_SHARING:
            return work(range(size))
        from pressframe_press._pool import several, shared, wait_for_the_rest

        self._end_helpers = wait_for_the_rest
        return shared(work, size, several(size, self.wish.jobs))

    def _last(self, past: Past) -> Release | None:
        """Return the last release if it is the one that is remembered: nobody else has built since."""
        last = self.wish.last
        if isinstance(last, Release) and last.host is self.site and last.mark == past.fact("mark") != "":
            return last
        return None

    def _release_of(
        self, seen: Seen, past: Past, output: Output, facts: dict[str, str], last: Release | None
    ) -> Release:
        """Return the release as it is remembered if nothing has changed, else a new one."""
        version = output.version()
        if is_fresh(past, facts["seal"], self.now) and past.fact("version") == version != "":
            contents = kept(last.contents) if last else Recalled(self.wish, seen.scanned, version)
            names = ("entries", "pages", "notes", "until", "mark")
            seen = attrs.evolve(seen, loaded=last.seen.loaded if last else None)
            return self._release({name: past.fact(name) for name in names}, seen, contents)
        usable = self._usable(past, facts["epoch"], version)
        return self._make(seen, usable, output, facts, last if usable else None)

    def _usable(self, past: Past, epoch: str, version: str) -> Past:
        """Return what is remembered as far as it is of use; forget what is not."""
        if self.can_use(past, epoch, version):
            return past
        self.anew = why_anew(past, epoch, version, self.now)
        past.close()
        self.memory.forget()
        return Past()

    def can_use(self, past: Past, epoch: str, version: str) -> bool:
        """Say whether what is remembered is of use: of this site, this output, and not mostly of texts long gone."""
        is_of_use = version != "" and past.fact("epoch") == epoch and past.fact("now") <= self.now
        return is_of_use and self.memory.shelf.size() <= 2 * int(past.fact("size")) + _ROOM

    def _make(self, seen: Seen, past: Past, output: Output, facts: dict[str, str], last: Release | None) -> Release:
        is_left = last and past.fact("version") == output.version()
        self.entries = int(past.fact("entries") or 0)
        output.look(closely=not past, left=last.contents.tags if last and is_left else None)
        if last:
            past.rows.take(dict(last.contents.rows))
            past.done.take(dict(last.contents.done))
            past.said.take({(id,): one for id, one in last.contents.press.world.said.all.items()})
        loaded = self.load(seen.scanned, past, last)
        from pressframe_press._make import Making

        making = Making(self, loaded, past, output, last=last)
        comments = encode(seen.comments)
        making.run(comments)
        with self.timed("remember"):
            facts = facts | {
                "comments": comments,
                "build": making.number, "now": self.now, "version": output.version(), "mark": os.urandom(8).hex(),
                "size": past.fact("size") or str(self.memory.shelf.size()),
            }  # fmt: skip
            news = making.news(facts)
            contents = making.contents() or Recalled(self.wish, seen.scanned, output.version())
            self.memory.keep(news, anew=not past)
            past.close()
        release = self._release(making.facts | facts, attrs.evolve(seen, loaded=loaded), contents)
        release.reasons = making.reasons
        return release

    def load(self, scanned: Scanned, past: Past, last: Release | None = None) -> Loaded:
        """Return what became of the sources: nothing, if they are the *last* release's and none is due."""
        from pressframe_press._load import Reading, load

        with self.timed("load"):
            known = last.seen.loaded if last and last.seen.scanned is scanned else None
            if known and not "" < known.until <= self.now:
                return attrs.evolve(known, put={}, gone=frozenset(), is_ordered_as_before=True)
            reading = Reading(self.site, (), self.memory.shelf, self.wish.now, self.wish.drafts)
            spread = functools.partial(self.spread, meanwhile=functools.partial(_get_ready, self.site))
            return load(reading, scanned, past, spread)

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Note how long a stage takes."""
        start = time.perf_counter()
        if self._profile:
            self._profile.stage = name
        yield
        self.stages[name] = round(self.stages.get(name, 0) + time.perf_counter() - start, 4)

    def spread(
        self, stage: str, work: Callable[[range], Sequence[Any]], size: int, *,
        is_portable: bool = True, meanwhile: Callable[[], object] = lambda: None,
    ) -> Iterator[Any]:  # fmt: skip
        """Yield the results of *work*, done by as many processes as pay, or where a plugin says if it *is_portable*.

        While other processes work, this one does something *meanwhile*.
        """
        from pressframe_press._pool import pays_elsewhere, several, spread, wait_for_the_rest

        self._end_helpers = wait_for_the_rest
        processes = several(size, self.wish.jobs, of=self.entries)

        def where() -> Elsewhere | None:
            return self._elsewhere if is_portable and pays_elsewhere(size, self.wish.jobs) else None

        profile = self._profile
        if profile is None:
            batches = spread(work, size, processes=processes, elsewhere=where, meanwhile=meanwhile)
            return self._told(stage, batches, size)
        from pressframe_press._clock import Clocked, collected

        # Workers elsewhere keep no time: what is measured is done here.
        clocked = spread(Clocked(stage, work), size, processes=processes, elsewhere=lambda: None)
        return self._told(stage, collected(clocked, profile), size)

    def _told(self, stage: str, batches: Iterable[Sequence[Any]], size: int) -> Iterator[Any]:
        """Yield what is in the batches, and tell who wished for the build how much of it is done."""
        done = 0
        for batch in batches:
            done += len(batch)
            if self.wish.told:
                self.wish.told(stage, done, size)
            yield from batch

    @functools.cached_property
    def _elsewhere(self) -> Elsewhere | None:
        if not self.site.hooks.implementers("find_executor"):
            return None
        from pressframe_press._remote import find_elsewhere

        return find_elsewhere(self.wish, self.state)

    def leave(self) -> None:
        """Let go of the executor that a plugin handed in, if one did, and of processes that are about to end."""
        found = self.__dict__.pop("_elsewhere", None)
        if found:
            found.leave()
        self._end_helpers()

    def _report(self, facts: Mapping[str, str]) -> Report:
        return Report(
            entries=int(facts["entries"]), pages=int(facts["pages"]), rendered=int(facts.get("rendered", 0)),
            written=int(facts.get("written", 0)), removed=int(facts.get("removed", 0)),
            seconds=round(time.perf_counter() - self._start, 4), stages=self.stages,
            notes=tuple(parse(facts["notes"])),
        )  # fmt: skip

    def _release(self, facts: Mapping[str, str], seen: Seen, contents: Callable[[], Contents]) -> Release:
        until = facts["until"]
        return Release(
            report=self._report(facts), now=self.wish.now, until=datetime.fromisoformat(until) if until else None,
            host=self.site, mark=facts["mark"], seen=seen, contents=contents,
        )  # fmt: skip


class Recalled:
    """What a release holds, as it is remembered; read when first asked for."""

    def __init__(self, wish: Wish, scanned: Scanned, version: str) -> None:
        self._wish, self._scanned, self._version = wish, scanned, version

    def __call__(self) -> Contents:
        from pressframe_press._parts import recall

        try:
            return recall(self._wish, self._scanned, self._version)
        except (LookupError, Damaged):  # somebody deleted the memory, or another process has built meanwhile
            return build(self._wish).contents
