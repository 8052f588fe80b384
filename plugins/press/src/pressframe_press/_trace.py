"""What each plugin did for one page, found out by making it once more in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import attrs

from pressframe.errors import PressframeError
from pressframe.model import Entry, Page
from pressframe.press import Wish, witnessed
from pressframe_press._load import Reading
from pressframe_press._rows import Row, Shelf
from pressframe_press._scan import Found
from pressframe_press._view import Press
from pressframe_press._words import several


class Scratch(Shelf):
    """The shelf as a build left it; what is put there since is kept in memory alone."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._put: list[bytes] = []

    def put(self, content: bytes, kind: str = "") -> str:
        """Return the place of *content* in memory."""
        self._put.append(content)
        return f"memory {len(self._put) - 1} {len(content)}"

    def get(self, place: str) -> bytes:
        """Return the content at *place*."""
        name, start, _ = place.split(" ")
        return self._put[int(start)] if name == "memory" else super().get(place)


class Contribution(NamedTuple):
    """What a plugin did in one of its hooks, or a part that it brought in one of its methods."""

    hook: str
    plugin: str
    what: str


class Trace:
    """A witness that remembers every answer."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str, tuple[Any, ...], Any]] = []
        self.error: PressframeError | None = None

    def __call__(self, plugin: str, hook: str, arguments: tuple[object, ...], ask: Callable[[], Any]) -> Any:
        """Have a plugin answer."""
        answer = ask()
        if answer is not None:
            self.calls.append((hook, plugin, arguments, answer))
        return answer

    def load(self, wish: Wish, found: Found, shelf: Shelf) -> None:
        """Load an entry once more."""
        with witnessed(self):
            (row,) = Reading(wish.site, [found], shelf, wish.now, wish.drafts)([0])
        self.error = None if isinstance(row, Row) else row

    def render(self, press: Press, page: Page, audiences: frozenset[str]) -> None:
        """Render a page once more."""
        try:
            with witnessed(self):
                press.view(audiences).render(page)
        except PressframeError as error:
            self.error = error

    def contributions(self, wish: Wish) -> list[Contribution]:
        """Return what plugins did, in the order in which they were first asked."""
        found: dict[tuple[str, str], list[str]] = {}
        for hook, plugin, arguments, answer in self.calls:
            kind = _KINDS.get(hook)
            if kind is not None:
                if hook == "render":
                    plugin = self._owner_of_engine(wish, plugin)
                done = found.setdefault((hook, plugin), [])
                done += [one for one in kind(arguments, answer) if one not in done]
        return [Contribution(*key, _told(key[0], done)) for key, done in found.items() if done]

    def _owner_of_engine(self, wish: Wish, named: str) -> str:
        formats = [answer.format for hook, _, _, answer in self.calls if hook == "load"]
        return next((owner for one in formats for owner, _ in wish.site.hooks.ask("find_markup", one)), named)


def _told(hook: str, done: Sequence[str]) -> str:
    return f"changed {several(done)}" if hook == "filter_entry" else "; ".join(done)


def _loaded(arguments: Sequence[Any], answer: Any) -> Iterator[str]:
    source = arguments[0]
    yield f"read {source.place.file if source.place else source.key}"


def _typeset(arguments: Sequence[Any], answer: Any) -> Iterator[str]:
    yield "made HTML of its text"


def _filtered(arguments: Sequence[Any], answer: Any) -> Iterator[str]:
    before: Entry = arguments[0]
    fields = [one.name for one in attrs.fields(Entry) if one.name != "data"]
    yield from (name for name in fields if getattr(before, name) != getattr(answer, name))
    yield from (f"data.{name}" for name in answer.data if before.data.get(name) != answer.data[name])


def _judged(arguments: Sequence[Any], answer: Any) -> Iterator[str]:
    until = f", until {_moment(answer.until)}" if answer.until else ""
    wanted = f"requires {several(sorted(map(str, answer.requires)))}" if answer.requires else "requires nothing"
    yield f"{wanted}{until}: {answer.reason}"


def _moment(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M:%S %Z}".strip()


def _sectioned(arguments: Sequence[Any], answer: Any) -> Iterator[str]:
    if answer:
        yield f"found parts for {several(sorted({name for section in answer for name in section.requires}))}"


def _teased(arguments: Sequence[Any], answer: Any) -> Iterator[str]:
    yield "said what strangers see of it"


def _blocks(arguments: Sequence[Any], answer: Any) -> Iterator[str]:
    if answer:
        yield f"{', '.join(block.template for block in answer)} in the slot {arguments[0]}"


_KINDS: Mapping[str, Callable[[Sequence[Any], Any], Iterator[str]]] = {
    "load": _loaded, "render": _typeset, "filter_entry": _filtered, "judge_gate": _judged, "find_teaser": _teased,
    "register_sections": _sectioned,
    "register_blocks": _blocks,
}  # fmt: skip
"""How an answer is told, by hook or method; others tell nothing of one page."""
