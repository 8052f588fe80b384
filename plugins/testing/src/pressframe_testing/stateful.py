"""The proof of a build: any edits, in any order, and what is made again is what a clean build makes, byte for byte.

Needs Hypothesis: ``pressframe-testing[stateful]``.
"""

import contextlib
import math
import os
import re
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import ClassVar

import attrs
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from pressframe_testing._clock import Clock
from pressframe_testing._files import damage_file, edited_in, is_kept, kind_of, tree_of
from pressframe_testing._kill import killed_at
from pressframe_testing._look import Look, Order, build, building_apart, differences, explain
from pressframe_testing._prove import prove
from pressframe_testing._server import Server
from pressframe_testing._site import TestSite

__all__ = ["BuildMachine", "hows", "prove"]

_MEMORY = "/dev/shm"
"""A folder that no disk slows down, where there is one."""
_PLUGINS = re.compile(r"^plugins = \[(.*)\]$", re.MULTILINE)
_MARK = re.compile(rb"mark(\d{4})")

hows = st.sampled_from(("written", "replaced", "unseen"))
"""How a file is changed: in place, by another one as editors do, or in place with its times set back."""
_places = st.integers(0, 999)
"""Stand for one of the things that there are, in a thousand."""


class BuildMachine(RuleBasedStateMachine):
    """Changes a site in any way, builds it, and compares what there is with what a clean build makes.

    Say in a subclass what the site is and what may happen to it; add rules for what else your plugin learns from.

    Attributes:
        text: The files of the site, as the fixture ``site`` takes them. Settings have ``plugins = [...]`` on one line.
        variants: Further texts that a file may have, by its path, beside its first one; None where it may be missing.
        settings: Further values of lines of ``pressframe.toml``, by their key, as TOML.
        optional: Plugins that may be disabled, enabled and listed elsewhere; enabled at first if *text* lists them.
        entries: Paths of entries that may come and go, also those in *text*.
        contents: Texts of such entries, a Hypothesis strategy.
        moves: How the clock may move; also back.
        tally: How often what happened; ``count`` counts.
        end: When no build is to begin any more, by ``time.monotonic``; ``prove`` says it.
        is_first: Whether the next example is the first of a round, which is the dullest there is: no build begins.
    """

    text: ClassVar[str] = ""
    variants: ClassVar[Mapping[str, Sequence[str | bytes | None]]] = {}
    settings: ClassVar[Mapping[str, Sequence[str]]] = {}
    optional: ClassVar[Sequence[str]] = ()
    entries: ClassVar[Sequence[str]] = ()
    contents: ClassVar[st.SearchStrategy[str]] = st.nothing()
    moves: ClassVar[Sequence[timedelta]] = (timedelta(hours=1), timedelta(days=1), timedelta(days=30), timedelta(-1))
    tally: ClassVar[Counter[str]] = Counter()
    end: ClassVar[float] = math.inf
    is_first: ClassVar[bool] = False

    def __init__(self) -> None:
        super().__init__()
        self._server = Server()
        self._closing = contextlib.ExitStack()
        room = tempfile.TemporaryDirectory(prefix="pressframe-proof-", dir=_MEMORY if Path(_MEMORY).is_dir() else None)
        top = Path(self._closing.enter_context(room))
        self.clock = Clock()
        self.site = TestSite.of_text(self.text, top / "site", clock=self.clock, closing=self._closing)
        self.folder = self.site.folder
        self._clean, self._code = top / "clean", dict[str, bytes]()
        self._drafts, self._jobs, self._held, self._apart = False, 1, 0, False
        self._until: datetime | None = None
        self._first = {path: _content(self.folder / path) for path in self.variants}
        self._right, self._failures = dict[str, bytes](), 0
        self._is_dull, self._is_idle, type(self).is_first = self.is_first, False, False

    def teardown(self) -> None:
        self._server.close()
        self._closing.close()

    @property
    def is_over(self) -> bool:
        """Say whether no build is to begin: examples are gone through to their end, else Hypothesis takes it amiss."""
        return self._is_dull or time.monotonic() > self.end

    def count(self, what: str) -> None:
        """Count *what* has really happened."""
        self.tally[what] += 1

    def idle(self) -> None:
        """Say that nothing has happened that a build could be wrong about: none is made at the end of this step."""
        self._is_idle = True

    @rule(is_heard=st.booleans())
    def serve(self, is_heard: bool) -> None:
        """Let a server build from now on, or commands again; or let it build without a look at content."""
        if is_heard and not self.is_over:
            self._server.hear(self._order)
        self._server.is_at_work ^= not is_heard

    # ----------------------------------------------------------------------------------------------- edits

    def put(self, path: str, content: str | bytes | None, how: str = "written") -> None:
        """Give the file *path* this content; None removes it. See ``hows``."""
        if self.is_over:
            return
        file = self.folder / path
        before = file.stat() if file.exists() else None
        if content is None:
            file.unlink(missing_ok=True)
            self.count(f"{kind_of(path)}: removed") if before else self.idle()
            return
        file.parent.mkdir(parents=True, exist_ok=True)
        raw = content.encode() if isinstance(content, str) else content
        if before and file.read_bytes() == raw:
            self.idle()
            return
        done = "added" if before is None else "changed"
        target = file.with_name(f".{file.name}.new") if how == "replaced" else file
        target.write_bytes(raw)
        target.replace(file)
        if how == "unseen" and before:
            os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
        is_unseen = how == "unseen" and before and before.st_size == len(raw)
        self.count(f"{kind_of(path)}: {done}{', size and time kept' if is_unseen else ''}")

    def _texts(self, path: str) -> list[bytes | None]:
        return [one.encode() if isinstance(one, str) else one for one in self.variants[path]]

    @precondition(lambda self: self.variants)
    @rule(data=st.data(), how=hows)
    def change_file(self, data: st.DataObject, how: str) -> None:
        """Give a file another of its texts."""
        path = data.draw(st.sampled_from(sorted(self.variants)), "path")
        file = self.folder / path
        others = [one for one in dict.fromkeys([self._first[path], *self._texts(path)]) if one != _content(file)]
        self.put(path, data.draw(st.sampled_from(others), "content"), how)

    @rule(place=_places, number=st.integers(0, 9999))
    def change_mark(self, place: int, number: int) -> None:
        """Change a word such as ``mark0000`` in a file, in place, its size and its times as they were."""
        if self.is_over:
            return
        ours = [file for file in sorted(self.folder.rglob("*")) if not is_kept(file.relative_to(self.folder))]
        marked = [file for file in ours if file.is_file() and _MARK.search(file.read_bytes())]
        if marked:
            file = marked[place % len(marked)]
            content = _MARK.sub(b"mark%04d" % number, file.read_bytes())
            self.put(str(file.relative_to(self.folder)), content, "unseen")

    @precondition(lambda self: self.entries)
    @rule(data=st.data(), how=hows)
    def write_entry(self, data: st.DataObject, how: str) -> None:
        """Add an entry, or change one in every way."""
        path = data.draw(st.sampled_from(self.entries), "path")
        self.put(path, data.draw(self.contents, "content"), how)

    @precondition(lambda self: self.entries)
    @rule(data=st.data())
    def delete_entry(self, data: st.DataObject) -> None:
        present = [path for path in self.entries if (self.folder / path).exists()]
        if not present:
            self.idle()
        else:
            self.put(data.draw(st.sampled_from(present), "path"), None)

    @precondition(lambda self: self.entries)
    @rule(data=st.data())
    def rename_entry(self, data: st.DataObject) -> None:
        one, other = (self.folder / data.draw(st.sampled_from(self.entries), name) for name in ("old", "new"))
        if not one.exists() or one == other:
            self.idle()
            return
        other.parent.mkdir(parents=True, exist_ok=True)
        one.replace(other)
        self.count("entry: renamed")

    @precondition(lambda self: self.settings)
    @rule(data=st.data(), how=hows)
    def change_setting(self, data: st.DataObject, how: str) -> None:
        key = data.draw(st.sampled_from(sorted(self.settings)), "key")
        text = self.site.read("pressframe.toml")
        others = [one for one in self.settings[key] if f"\n{key} = {one}\n" not in text]
        value = data.draw(st.sampled_from(others), "value")
        changed = re.sub(rf"^{re.escape(key)} = .*$", lambda _: f"{key} = {value}", text, flags=re.MULTILINE)
        self.put("pressframe.toml", changed, how)

    @precondition(lambda self: self.optional)
    @rule(data=st.data(), at=_places)
    def change_plugins(self, data: st.DataObject, at: int) -> None:
        """Disable a plugin and its settings if it is enabled, else enable it at some place of the list."""
        name = data.draw(st.sampled_from(self.optional), "plugin")
        text = self.site.read("pressframe.toml")
        found = _PLUGINS.search(text)
        assert found, "the settings need a line: plugins = [...]"
        listed = [one.strip().strip('"') for one in found[1].split(",")]
        self.count(f"plugin: {'disabled' if name in listed else 'enabled'}")
        if name in listed:
            listed.remove(name)
        else:
            listed.insert(at % (len(listed) + 1), name)
        line = ", ".join(f'"{one}"' for one in listed)
        text = _PLUGINS.sub(f"plugins = [{line}]", text, count=1)
        off = f"#{name}# "
        table = re.compile(rf"^\[plugins\.{re.escape(name)}\]\n(?:[^\[#\n].*\n?)*", re.MULTILINE)
        hidden = table.sub(lambda found: "".join(off + line for line in found[0].splitlines(keepends=True)), text)
        self.put("pressframe.toml", text.replace(off, "") if name in listed else hidden)

    # ------------------------------------------------------------------------------------ what else happens

    @rule(data=st.data())
    def move_clock(self, data: st.DataObject) -> None:
        by = data.draw(st.sampled_from(self.moves), "by")
        self.clock.move(by)
        has_come = self._until is not None and self.clock.now >= self._until
        self.count(f"clock: moved {'back' if by < timedelta() else 'over a moment that counts' if has_come else 'on'}")

    @precondition(lambda self: self._until and self._until > self.clock.now)
    @rule()
    def await_moment(self) -> None:
        """Go to the next moment that makes the release out of date, to the second."""
        assert self._until is not None
        self.clock.now = self._until
        self.count("clock: moved to the moment that counts")

    @rule()
    def change_drafts(self) -> None:
        self._drafts = not self._drafts

    @rule(jobs=st.sampled_from((1, 2)))
    def change_jobs(self, jobs: int) -> None:
        self._jobs = jobs
        self.idle()

    @rule()
    def build_apart(self) -> None:
        """Let the next build be another process's, as after a restart."""
        self._apart = True
        self.idle()

    @rule(step=st.one_of(st.integers(1, 40), st.integers(1, 400)))
    def kill(self, step: int) -> None:
        """Kill a build half way."""
        if self.is_over:
            return
        was_killed = killed_at(step, lambda: build(self._order))
        is_switching = (self.folder / ".pressframe" / "journal.json").exists()
        self.count(f"kill: {('in the switch' if is_switching else 'half way') if was_killed else 'too late'}")

    @rule(place=_places)
    def explain(self, place: int) -> None:
        """Have a page explained, which must change nothing."""
        found = [file for file in sorted(self._public.rglob("*.html")) if file.is_file()]
        if found and not self.is_over:
            address = f"/{found[place % len(found)].relative_to(self._public)}".removesuffix("index.html")
            self.count(f"explain: {'told' if explain(self._order, address) else 'refused'}")

    @rule()
    def forget(self) -> None:
        """Delete all that is remembered, which is safe."""
        shutil.rmtree(self.folder / ".pressframe", ignore_errors=True)

    @rule(place=_places, at=_places, damage=st.sampled_from(("cut", "flip", "empty", "odd", "gone")))
    def damage_memory(self, place: int, at: int, damage: str) -> None:
        self._damage(sorted((self.folder / ".pressframe" / "memory").glob("*")), place, at, damage)

    @rule(place=_places, at=_places, damage=st.sampled_from(("cut", "flip", "empty", "odd", "gone")))
    def damage_state(self, place: int, at: int, damage: str) -> None:
        """Damage what says what was published, or was to be, or an open rendering."""
        state = self.folder / ".pressframe"
        told = [state / "release.json", state / "journal.json"]
        self._damage([*sorted((state / "open").glob("*")), *told], place, at, damage)

    @rule(place=_places, at=_places, damage=st.sampled_from(("cut", "flip", "empty", "gone")))
    def damage_public(self, place: int, at: int, damage: str) -> None:
        """Change what was built; the mark that makes the folder ours is left alone."""
        found = [file for file in sorted(self._public.rglob("*")) if file.name != ".pressframe"]
        self._damage(found, place, at, damage)

    def _damage(self, found: Sequence[Path], place: int, at: int, damage: str) -> None:
        files = [file for file in found if file.is_file()]
        if files:
            file = files[place % len(files)]
            damage_file(file, at, damage)
            inside = file.relative_to(self.folder).parts
            self.count(f"damage: {'/'.join(inside[: 2 if inside[0] == '.pressframe' else 1])}")

    @rule(name=st.sampled_from(("strange.txt", "strange/index.html")))
    def add_public(self, name: str) -> None:
        """Put a file there that no page is."""
        if self._public.is_dir():
            self.put(f"public/{name}", "strange")

    @rule(edits=st.integers(1, 3))
    def wait(self, edits: int) -> None:
        """Let some edits come together before the next build."""
        self._held = edits + 1
        self.idle()

    # ------------------------------------------------------------------------------------------ the claim

    @invariant()
    def looks_like_a_clean_build(self) -> None:
        is_idle, self._is_idle = self._is_idle, False
        if is_idle or self.is_over:
            return
        self._held -= self._held > 0
        if self._held:
            return
        before, order = tree_of(self._public), self._order
        with building_apart(self._clean_order()) as clean:  # beside the other, on another processor
            if self._apart:
                with building_apart(order) as apart:
                    incremental = apart()
            else:
                incremental = self._server.build(order)
            wrong = differences(incremental, clean())
        self.count(f"builder: {'another process' if self._apart else self._server.named(self._jobs)}")
        self._apart = False
        if wrong:
            print(wrong)  # noqa: T201 - Hypothesis would say no more than "flaky" of what it cannot repeat
        assert not wrong, wrong
        is_as_before = tree_of(self._public) == before
        assert "error" not in incremental or is_as_before, "a build that failed changed the output"
        self.count(f"build: {'failed' if 'error' in incremental else 'changed nothing' if is_as_before else 'right'}")
        self._mend(incremental)
        until = incremental.get("until", b"None").decode().strip("'")
        self._until = None if until == "None" else datetime.fromisoformat(until)

    def _mend(self, look: Look) -> None:
        """Undo what has kept builds from succeeding twice: what fails and fails again proves little."""
        self._failures = self._failures + 1 if "error" in look else 0
        if not self._failures:
            self._right = edited_in(self.folder)
        elif self._failures > 1:
            self.count(f"failed: {look['error'].decode()[:100]}")
            for path in sorted(edited_in(self.folder).keys() | self._right.keys()):
                self.put(path, self._right.get(path))
            self.count("mended")
            self._is_idle = False

    @property
    def _public(self) -> Path:
        return self.folder / "public"

    @property
    def _order(self) -> Order:
        return Order(folder=self.folder, output=self._public, now=self.clock.now, drafts=self._drafts, jobs=self._jobs)

    def _clean_order(self) -> Order:
        """Return the order of a build where there was none before, of the same files at the same moment."""
        shutil.rmtree(self._clean, ignore_errors=True)
        code = tree_of(self.folder / "plugins") | {"": (self.folder / "pressframe.toml").read_bytes()}
        for kept in (self.folder / ".pressframe").glob("output-*/*"):
            if kept.name != "templates" or code != self._code:  # compiled templates hold nothing else
                shutil.rmtree(kept) if kept.is_dir() else kept.unlink()
        self._code = code
        return attrs.evolve(self._order, output=self._clean, jobs=1)


def _content(file: Path) -> bytes | None:
    return file.read_bytes() if file.exists() else None
