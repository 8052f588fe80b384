"""What all judges together say of a comment: in threads of their own, so that none can keep readers waiting."""

from __future__ import annotations

import contextvars
import logging
import queue
import threading
from collections import Counter
from collections.abc import Callable, Container, Sequence
from datetime import datetime, timedelta
from time import monotonic

import attrs

from pressframe.errors import PressframeError
from pressframe.model import Card, Comment, Host, Judgement, Sender, Verdict
from pressframe_comments._reasons import Reason

log = logging.getLogger("pressframe")

_PATIENCE = 4
"""A judge that still has so many comments in hand beyond its time is not asked before it is through with one."""
_IDLE = 30.0
"""Seconds after which a thread that has nothing to do ends."""


def _(text: str) -> str:
    return text  # marks what is translated when shown


_FAILED = _("%(plugin)s failed")
_BUSY = _("%(plugin)s is still busy with earlier comments")
_LATE = _("%(plugin)s said nothing within %(seconds)s s")


@attrs.frozen(kw_only=True)
class Case:
    """A comment that is to be judged, with all that judges get to know."""

    comment: Comment
    entry: Card
    now: datetime
    sender: Sender


class _Hearing:
    """Judges at work on one case, one after the other.

    Attributes:
        plugin: Whose turn it is.
        late: Who was not waited for any longer.
    """

    def __init__(self, plugins: Sequence[str], ask: Callable[[str], list[Judgement]]) -> None:
        self.plugin = plugins[0]
        self.late: str | None = None
        self.said: list[Judgement] = []
        self.done = threading.Event()
        self._plugins, self._ask = plugins, (contextvars.copy_context().run, ask)

    def run(self) -> None:
        run, ask = self._ask
        for plugin in self._plugins:
            if self.late:  # nobody waits for the others any more
                return
            self.plugin = plugin
            try:
                self.said += run(ask, plugin)
            except BaseException:  # what the hooks' front passes on purpose; the thread is for others, too
                log.exception("%s ended its judging", plugin)
                self.said.append(_held(_FAILED, plugin))


class Panel:
    """The judges of one site.

    Their threads are daemons: one that never ends keeps no server from stopping. What holds Python's own lock, as a
    regular expression that runs wild does, stops everything: no deadline can help against that.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._late: Counter[str] = Counter()
        self._waiting: queue.SimpleQueue[_Hearing] = queue.SimpleQueue()
        self._idle = threading.Semaphore(0)

    def judge(self, host: Host, case: Case, *, deadline: timedelta) -> tuple[Judgement, ...]:
        """Return what every plugin says, the strictest first; a hold for who fails or says nothing within *deadline*.

        Those that have promised to be quick share a thread; one that is still busy with an earlier comment does not.

        Args:
            deadline: For all of them, as they work side by side.
        """
        names = host.hooks.implementers("judge_comment")
        promised = {plugin for plugin, _ in host.hooks.all("register_quick_judges")}
        quick = [name for name in names if name in promised and not self._late[name]]
        parts = [*([quick] if quick else []), *([name] for name in names if name not in quick)]
        hearings = [self._begin(host, part, case) for part in parts]
        said: list[Judgement] = []
        end = monotonic() + deadline.total_seconds()
        for hearing in hearings:
            said += self._end(hearing, case, deadline, max(end - monotonic(), 0))
        nobody = Judgement(verdict=Verdict.HOLD, reason=Reason(_("no rule spoke for it")))
        return tuple(sorted(said or [nobody], key=lambda judgement: -judgement.verdict))

    def _begin(self, host: Host, plugins: Sequence[str], case: Case) -> _Hearing:
        hearing = _Hearing(plugins, lambda plugin: _ask(host, case, but=_all_but(host, plugin)))
        plugin = hearing.plugin
        with self._lock:
            is_stuck = len(plugins) == 1 and self._late[plugin] >= _PATIENCE
        if is_stuck:
            log.error("%s is not asked to judge: it still works on earlier comments", plugin, extra=_named(plugin))
            hearing.said = [_held(_BUSY, plugin)]
            hearing.done.set()
            return hearing
        self._waiting.put(hearing)
        if not self._idle.acquire(blocking=False):
            threading.Thread(target=self._work, name="judge", daemon=True).start()
        return hearing

    def _end(self, hearing: _Hearing, case: Case, deadline: timedelta, seconds: float) -> Sequence[Judgement]:
        if hearing.done.wait(seconds):
            return hearing.said
        with self._lock:
            if hearing.done.is_set():
                return hearing.said
            plugin = hearing.late = hearing.plugin
            self._late[plugin] += 1
        limit = f"{deadline.total_seconds():g}"
        message = "%s took more than %s seconds to judge a comment on %r, which is held"
        log.error(message, plugin, limit, case.entry.id, extra=_named(plugin))
        return [*hearing.said, _held(_LATE, plugin, seconds=limit)]

    def _work(self) -> None:
        while True:
            try:
                hearing = self._waiting.get(timeout=_IDLE)
            except queue.Empty:
                if self._idle.acquire(blocking=False):
                    return
                continue  # somebody counts on this thread
            hearing.run()
            with self._lock:
                hearing.done.set()
                if hearing.late:
                    self._late[hearing.late] -= 1
            del hearing
            self._idle.release()


def _ask(host: Host, case: Case, *, but: Container[str]) -> list[Judgement]:
    """Return what plugins answer: one judgement each at most; a hold from who failed, which the front has logged."""
    asked = host.hooks.ask("judge_comment", case.comment, case.entry, case.now, case.sender, host, but=but)
    return [_held(_FAILED, plugin) if isinstance(answer, PressframeError) else answer for plugin, answer in asked]


def _all_but(host: Host, plugin: str) -> frozenset[str]:
    return frozenset(host.hooks.implementers("judge_comment")) - {plugin}


def _held(message: str, plugin: str, **values: str) -> Judgement:
    return Judgement(verdict=Verdict.HOLD, reason=Reason(message, plugin=plugin, **values))


def _named(plugin: str) -> dict[str, str]:
    return {"hook": "judge_comment", "plugin": plugin}
