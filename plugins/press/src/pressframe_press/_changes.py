"""Which questions have other answers than when they were asked last."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pressframe_press._json import parse
from pressframe_press._memory import Answer, Done, Key
from pressframe_press._output import Output
from pressframe_press._plan import Plan, Task
from pressframe_press._world import OF_ENTRIES, OF_LISTS, World

_LISTED = ("kind", "address", "title", "published", "groups", "closed", "open", "gate")
"""What lists show of an entry, or order it by."""


class Changes:
    """What is different between what is remembered and what is there now.

    Args:
        outer: Answers questions that neither entries nor comments do.
    """

    def __init__(self, before: World, after: World, answers: Mapping[Key, Answer], outer: Callable[[str], str]) -> None:
        self._before, self._after, self._answers, self._outer = before, after, answers, outer
        ids = {*before.rows, *after.rows}
        rows = {id for id in ids if before.rows.get(id) is not after.rows.get(id) and not self._same_row(id)}
        said = {id for id in {*before.said, *after.said} if before.said.get(id) != after.said.get(id)}
        self._touched = rows | said
        self._lists = bool(said) or any(not self._listed_alike(id) for id in rows)
        self._known: dict[tuple[str, frozenset[str]], bool] = {}

    def _same_row(self, id: str) -> bool:
        one, other = self._before.rows.get(id), self._after.rows.get(id)
        return one is not None and other is not None and one.same(other)

    def _listed_alike(self, id: str) -> bool:
        one, other = self._before.rows.get(id), self._after.rows.get(id)
        return bool(one and other) and all(getattr(one, name) == getattr(other, name) for name in _LISTED)

    def same(self, question: str, audiences: frozenset[str] = frozenset()) -> bool:
        """Say whether readers with *audiences* get the same answer."""
        name, _, rest = question.partition("\t")
        if name in OF_ENTRIES and rest not in self._touched:
            return True
        if name in OF_LISTS and not self._lists:
            return True
        key = (question, audiences)
        if key not in self._known:
            self._known[key] = self._compare(question, name, audiences)
        return self._known[key]

    def _compare(self, question: str, name: str, audiences: frozenset[str]) -> bool:
        if name in OF_ENTRIES or name in OF_LISTS or name == "past":
            return self._before.answer(question, audiences) == self._after.answer(question, audiences)
        known = self._answers.get((question,))
        return known is not None and known.answer == self._outer(question)

    def reasons(self, plan: Plan, done: Mapping[Key, Done], output: Output) -> dict[Task, str]:
        """Return every page that must be rendered, and why."""
        found = {}
        for task in plan.tasks():
            address, audiences = task
            known = done.get((address, ",".join(sorted(audiences))))
            reason = self._reason(plan.pages[address], known, audiences, output)
            if reason:
                found[task] = reason
        return found

    def _reason(self, page: str, done: Done | None, audiences: frozenset[str], output: Output) -> str:
        if done is None:
            return "it is new"
        if done.page != page:
            return "it was planned otherwise"
        if not output.has(done.address, done.tag, is_open=bool(audiences)):
            return "it was missing"
        for question in parse(done.questions):
            if not self.same(question, audiences):
                return f"{' '.join(question.split(chr(9)))} has changed"
        return ""
