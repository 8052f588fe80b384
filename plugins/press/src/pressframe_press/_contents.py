"""What a release holds: every page and file, and where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import attrs

from pressframe.press import Stored
from pressframe_press._sections import eyes_of

if TYPE_CHECKING:
    from pressframe_press._memory import Done, Key
    from pressframe_press._output import Output
    from pressframe_press._plan import Plan, Task
    from pressframe_press._rows import Row
    from pressframe_press._view import Press


@attrs.frozen(eq=False, kw_only=True)
class Contents:
    """What a release holds.

    Attributes:
        files: What every stranger may get, by address.
        gated: Addresses whose answer depends on the reader, with the audiences that count for it.
        levels: The sets of audiences each of which opens something there.
        opened: What readers get there, by address and those of their audiences that count.
        rows: What was loaded from each source.
        done: What was rendered.
        tags: Of the files in the output, by path; None where only the output knows.
    """

    press: Press
    files: Mapping[str, Stored]
    gated: Mapping[str, frozenset[str]]
    levels: Mapping[str, tuple[frozenset[str], ...]]
    opened: Mapping[Task, Stored]
    rows: Mapping[Key, Row]
    done: Mapping[Key, Done]
    tags: Mapping[str, str] | None = None

    @classmethod
    def of(
        cls, press: Press, plan: Plan, done: Mapping[Key, Done], places: Places, *, rows: Mapping[Key, Row]
    ) -> Contents:
        """Return what was planned and rendered."""
        files, opened = dict[str, Stored](), dict(plan.opened_files)
        for one in done.values():
            if one.audiences:
                opened[one.address, frozenset(one.readers)] = places.page(one)
            else:
                files[one.address] = places.page(one)
        for address, source in plan.files.items():
            if address not in plan.gated:
                files[address] = places.file(address, source)
        tags = places.output.before if places.last else None
        return cls(
            press=press, files=files, gated=plan.gated, levels=plan.levels, opened=opened, rows=rows, done=done,
            tags=tags,
        )  # fmt: skip

    def after(
        self, press: Press, plan: Plan, changed: Mapping[Key, Done | None], places: Places, *, rows: Mapping[Key, Row]
    ) -> Contents:
        """Return what the next release holds, which has the same plan but for a few pages.

        Args:
            changed: What was rendered since; None for what is there no more.
        """
        files, opened, done = dict(self.files), dict(self.opened), dict(self.done)
        for key, one in changed.items():
            address, eyes = key[0], frozenset(key[1].split(",")) if key[1] else None
            if one:
                done[key] = one
                if eyes is None:
                    files[address] = places.page(one)
                else:
                    opened[address, eyes] = places.page(one)
            elif done.pop(key, None):
                if eyes is None:
                    del files[address]
                else:
                    del opened[address, eyes]
        is_same, tags = plan.known is not None and plan.known.is_same, places.output.before
        gated, levels = (self.gated, self.levels) if is_same else (plan.gated, plan.levels)
        return Contents(
            press=press, files=files, gated=gated, levels=levels, opened=opened, rows=rows, done=done, tags=tags
        )

    def find(self, address: str, audiences: frozenset[str]) -> Stored | None:
        """Return what readers with *audiences* get at *address*."""
        levels = self.levels.get(address)
        if levels is None:
            return self.files.get(address)
        eyes = eyes_of(levels, audiences)
        return self.opened.get((address, eyes)) if eyes else self.files.get(address)


@attrs.frozen
class Places:
    """Where files stand in an output; what stood there in the *last* release is that release's very object."""

    output: Output
    last: Contents | None = None

    def page(self, done: Done) -> Stored:
        """Return where a page stands."""
        last = self.last
        if last is None:
            return self.output.stored(done)
        eyes = frozenset(done.readers)
        known = last.opened.get((done.address, eyes)) if eyes else last.files.get(done.address)
        return known if known and _is_same(known, done) else self.output.stored(done)

    def file(self, address: str, source: Stored) -> Stored:
        """Return where the copy of a file stands."""
        known = self.last and self.last.files.get(address)
        return known if known and _is_same(known, source) else attrs.evolve(source, file=self.output.file(address))


def _is_same(one: Stored, other: Stored | Done) -> bool:
    return one.tag == other.tag and one.media_type == other.media_type
