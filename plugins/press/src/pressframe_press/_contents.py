"""What a release holds: every page and file, and where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import attrs

from pressframe.press import Stored

if TYPE_CHECKING:
    from pressframe_press._memory import Done, Key
    from pressframe_press._output import Output
    from pressframe_press._plan import Plan
    from pressframe_press._rows import Row
    from pressframe_press._view import Press


@attrs.frozen(eq=False, kw_only=True)
class Contents:
    """What a release holds.

    Attributes:
        files: What every stranger may get, by address.
        gated: Addresses whose answer depends on the reader, with the audiences that open them.
        opened: What those readers get there.
        rows: What was loaded from each source.
        done: What was rendered.
        tags: Of the files in the output, by path; None where only the output knows.
    """

    press: Press
    files: Mapping[str, Stored]
    gated: Mapping[str, frozenset[str]]
    opened: Mapping[str, Stored]
    rows: Mapping[Key, Row]
    done: Mapping[Key, Done]
    tags: Mapping[str, str] | None = None

    @classmethod
    def of(
        cls, press: Press, plan: Plan, done: Mapping[Key, Done], places: Places, *, rows: Mapping[Key, Row]
    ) -> Contents:
        """Return what was planned and rendered."""
        files, opened = dict[str, Stored](), dict[str, Stored]()
        for one in done.values():
            (opened if one.audiences else files)[one.address] = places.page(one)
        for address, source in plan.files.items():
            if address in plan.gated:
                opened[address] = source
            else:
                files[address] = places.file(address, source)
        tags = places.output.before if places.last else None
        return cls(press=press, files=files, gated=plan.gated, opened=opened, rows=rows, done=done, tags=tags)

    def after(
        self, press: Press, plan: Plan, changed: Mapping[Key, Done | None], places: Places, *, rows: Mapping[Key, Row]
    ) -> Contents:
        """Return what the next release holds, which has the same plan but for a few pages.

        Args:
            changed: What was rendered since; None for what is there no more.
        """
        files, opened, done = dict(self.files), dict(self.opened), dict(self.done)
        for key, one in changed.items():
            if one:
                done[key] = one
                (opened if one.audiences else files)[one.address] = places.page(one)
            elif done.pop(key, None):
                del (opened if key[1] else files)[key[0]]
        gated = self.gated if plan.known and plan.known.is_same else plan.gated
        tags = places.output.before
        return Contents(press=press, files=files, gated=gated, opened=opened, rows=rows, done=done, tags=tags)


@attrs.frozen
class Places:
    """Where files stand in an output; what stood there in the *last* release is that release's very object."""

    output: Output
    last: Contents | None = None

    def page(self, done: Done) -> Stored:
        """Return where a page stands."""
        known = self.last and (self.last.opened if done.audiences else self.last.files).get(done.address)
        return known if known and _is_same(known, done) else self.output.stored(done)

    def file(self, address: str, source: Stored) -> Stored:
        """Return where the copy of a file stands."""
        known = self.last and self.last.files.get(address)
        return known if known and _is_same(known, source) else attrs.evolve(source, file=self.output.file(address))


def _is_same(one: Stored, other: Stored | Done) -> bool:
    return one.tag == other.tag and one.media_type == other.media_type
