"""What the build knows of entries without their texts, and the shelf that the texts stand on until somebody asks."""

from __future__ import annotations

import functools
import os
import time
from collections import OrderedDict, defaultdict
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import attrs

from pressframe import model
from pressframe.files import digest_of_bytes
from pressframe.press import NOBODY
from pressframe_press._json import Damaged, decode, encode, pack, parse

if TYPE_CHECKING:
    from pressframe.model import Card, Entry, Gate
    from pressframe_press._sections import Parts

_ENDING = "texts"
TALK = "talk"
"""What the files of conversations are called before that: in them what nobody needs any more is overwritten."""

_AT_HAND, _AT_HAND_FORKED = 1000, 50
"""Texts kept in memory: enough for small sites to read none again; and in a process that renders a part of them."""


class Row(NamedTuple):
    """One source, and what was loaded from it: plain values, which cross processes and files cheaply.

    Moments are texts as ``isoformat`` makes them in UTC; they sort as moments do.

    Attributes:
        until: From when it must be loaded again, changed or not; empty for never.
        id: Empty for what is not to be built: drafts, and what is scheduled.
        groups: JSON: taxonomy, slug, name and parent of its terms, authors, year and month.
        closed: The card that strangers see, as JSON; ``open`` that of readers of the whole, empty without a gate.
        gate: As ``write_gate`` makes it; empty for none.
        assets: JSON: address and file of all; ``public`` of those that strangers see.
        seen: Digest of what strangers see; ``whole`` of the whole entry.
        parts: What there is of sections for some audiences, as ``Parts`` reads it; empty for none.
        others: JSON: card and digest of each rendering in between.
        text: Where on the shelf the entry stands, whole and then, if that is another, as strangers see it; and then as
            readers of some sections see it.
    """

    loader: str
    key: str
    fingerprint: str
    until: str = ""
    file: str = ""
    id: str = ""
    kind: str = ""
    address: str = ""
    title: str = ""
    published: str = ""
    updated: str = ""
    groups: str = "[]"
    closed: str = ""
    open: str = ""
    gate: str = ""
    assets: str = "[]"
    public: str = "[]"
    seen: str = ""
    whole: str = ""
    parts: str = ""
    others: str = ""
    text: str = ""

    @property
    def requires(self) -> frozenset[str] | None:
        """What its gate requires; None without one."""
        return read_gate(self.gate).requires if self.gate else None

    @property
    def sections(self) -> Parts | None:
        """What there is of sections."""
        return _read_parts(self.parts, self.requires) if self.parts else None

    @property
    def levels(self) -> tuple[frozenset[str], ...]:
        """The sets of audiences each of which opens something of it; none for what is the same for all."""
        if self.parts:
            return _read_parts(self.parts, self.requires).levels
        return (read_gate(self.gate).requires,) if self.gate else ()

    def is_open(self, audiences: frozenset[str]) -> bool:
        """Say whether its gate lets readers with *audiences* in: this is where the core decides."""
        return not self.gate or read_gate(self.gate).requires <= audiences

    def place(self, audiences: frozenset[str]) -> int:
        """Return which of its texts is for readers with *audiences*: 0 the whole one, 1 strangers', others after."""
        if self.parts:
            return _read_parts(self.parts, self.requires).place(audiences)
        return 0 if self.is_open(audiences) else 1

    def card(self, audiences: frozenset[str]) -> str:
        """Return the card for readers with *audiences*, as JSON."""
        if not self.open:
            return self.closed  # as most often
        place = self.place(audiences)
        return str(parse(self.others)[place - 2][0]) if place > 1 else self.closed if place else self.open

    def digest(self, place: int) -> str:
        """Return the digest of one of its texts."""
        return str(parse(self.others)[place - 2][1]) if place > 1 else self.seen if place else self.whole

    @property
    def withheld(self) -> list[str]:
        """The addresses of its files that strangers do not get."""
        if self.assets == "[]":
            return []
        public = {address for address, _ in parse(self.public)}
        return [address for address, _ in parse(self.assets) if address not in public]

    def showing(self, address: str) -> list[frozenset[str]]:
        """Return the renderings, by the audiences that count for them, that show a file which strangers do not get."""
        from pressframe_press._sections import renderings

        between = self.sections.between if self.sections else {}
        return [eyes for eyes in renderings(self.levels) if eyes not in between or address in between[eyes]]

    def same(self, other: Row | None) -> bool:
        """Say whether *other* shows the same to everybody."""
        return other is not None and self[_SHOWN:-1] == other[_SHOWN:-1]

    def listed_as(self, other: Row | None) -> bool:
        """Say whether lists show the same of *other*, in the same places."""
        return other is not None and _LISTED(self) == _LISTED(other)

    def dated_as(self, other: Row | None) -> bool:
        """Say whether *other* is of the same kind and moment: lists are ordered by that."""
        return other is not None and _DATED(self) == _DATED(other)

    def planned_as(self, other: Row | None) -> bool:
        """Say whether *other* has the same page and files; but for its title."""
        return other is not None and _PLANNED(self) == _PLANNED(other)


_SHOWN = Row._fields.index("id")
_LISTED = attrgetter("kind", "address", "title", "published", "groups", "closed", "open", "gate", "parts", "others")
_DATED = attrgetter("id", "kind", "published")
_PLANNED = attrgetter("file", "id", "kind", "address", "published", "updated", "assets", "public", "gate", "parts")


def _read_parts(text: str, gate: frozenset[str] | None) -> Parts:
    from pressframe_press._sections import read_parts  # few sites have any

    return read_parts(text, gate)


def write_gate(gate: Gate) -> str:
    """Return a gate as JSON. NOBODY is no name that could be given to anybody, so it has none."""
    requires = [None if one is NOBODY else str(one) for one in sorted(gate.requires)]
    return encode([requires, gate.until, gate.reason, gate.conversation])


@functools.lru_cache(maxsize=1000)
def read_gate(text: str) -> Gate:
    """Return the gate that ``write_gate`` made *text* of."""
    requires, until, reason, conversation = parse(text)
    return model.Gate(
        requires=frozenset(NOBODY if one is None else one for one in requires),
        until=datetime.fromisoformat(until) if until else None,
        reason=reason,
        conversation=conversation,
    )


@functools.lru_cache(maxsize=10_000)
def read_card(text: str, comments: int) -> Card:
    """Return the card in a row, with its count of comments."""
    card = decode(model.Card, text)
    return attrs.evolve(card, comments=comments) if comments else card


class Shelf:
    """Texts in files that only grow; each process writes its own. What was put there never changes, until wiped."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process = os.getpid()
        self._own: dict[tuple[int, str], tuple[str, int, int]] = {}
        self._opened: dict[str, int] = {}
        self._at_hand: OrderedDict[str, Entry] = OrderedDict()

    def __del__(self) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the files; a text that is asked for later is looked for anew."""
        for file in (*self._opened.values(), *(file for _, file, _ in self._own.values())):
            os.close(file)
        self._opened, self._own = {}, {}

    def hold(self) -> None:
        """Keep every file within reach, whoever deletes it; write no more."""
        self.close()
        for file in self._folder.glob(f"*{_ENDING}"):
            self._open(file.name)

    def holds_what(self, other: Shelf) -> bool:
        """Say whether both hold the same files, which may have grown."""
        one, two = ({name: os.fstat(file).st_ino for name, file in each._opened.items()} for each in (self, other))
        return one == two

    def size(self) -> int:
        """Return how many bytes there are, those that nobody needs any more included."""
        return sum(file.stat().st_size for file in self._folder.glob(f"*{_ENDING}"))

    def put(self, content: bytes, kind: str = "") -> str:
        """Return the place where *content* is from now on: the file, where in it, and how long."""
        process = os.getpid()
        if (process, kind) not in self._own:
            name = f"{'' if process == self._process else f'{time.time_ns():x}-{process}'}{kind}{_ENDING}"
            flags = os.O_RDWR | os.O_CREAT | os.O_APPEND
            file = os.open(f"{self._folder}/{name}", flags, 0o600)
            self._own[process, kind] = name, file, os.lseek(file, 0, os.SEEK_END)
        name, file, start = self._own[process, kind]
        self._own[process, kind] = name, file, start + len(content)
        rest = memoryview(content)
        while rest:  # what did not fit is tried again, to be told why
            rest = rest[os.write(file, rest) :]
        return f"{name} {start} {len(content)}"

    def wipe(self, needed: Iterable[str]) -> None:
        """Overwrite every conversation that is at none of the places *needed*."""
        kept = defaultdict[str, list[tuple[int, int]]](list)
        for name, start, length in (place.split(" ") for place in needed):
            kept[name].append((int(start), int(length)))
        for file in self._folder.glob(f"*{TALK}{_ENDING}"):
            with file.open("r+b") as opened:
                end = 0
                for begin, size in [*sorted(kept[file.name]), (file.stat().st_size, 0)]:
                    opened.seek(end)
                    opened.write(bytes(begin - end))
                    end = begin + size

    def _open(self, name: str) -> int:
        if name not in self._opened:
            self._opened[name] = os.open(self._folder / name, os.O_RDONLY)
        return self._opened[name]

    def get(self, place: str) -> bytes:
        """Return the content at *place*.

        Raises:
            Damaged: It is there no more.
        """
        try:
            name, start, length = place.split(" ")
            content = os.pread(self._open(name), int(length), int(start))
        except (OSError, ValueError) as error:
            raise Damaged from error
        return content

    def put_entry(self, whole: Entry, seen: Entry, *others: Entry) -> tuple[str, list[str]]:
        """Put an entry there, whole, as strangers see it, and as others do; return where, and digests.

        Only one if it is the same for all.
        """
        one = pack(whole)
        places, digests = [self.put(one)], [digest_of_bytes(one)]
        is_forked = os.getpid() != self._process  # nobody will ask there for what was put
        if not is_forked:
            self._remember(digests[0], whole)
        for entry in () if seen is whole else (seen, *others):
            content = pack(entry)
            places.append(self.put(content))
            digests.append(digest_of_bytes(content))
            if not is_forked:
                self._remember(digests[-1], entry)
        return ",".join(places), digests

    def entry(self, row: Row, place: int) -> Entry:
        """Return the entry of *row*, as ``Row.place`` tells.

        Raises:
            Damaged: It is there no more.
        """
        digest = row.digest(place)
        found = self._at_hand.get(digest)
        if found is None:
            places = row.text.split(",")
            found = decode(model.Entry, self.get(places[place if places[place:] else 0]))
            self._remember(digest, found)
        return found

    def _remember(self, digest: str, entry: Entry) -> None:
        self._at_hand[digest] = entry
        room = _AT_HAND if os.getpid() == self._process else _AT_HAND_FORKED
        if len(self._at_hand) > room:
            with suppress(KeyError):  # another thread was first
                self._at_hand.popitem(last=False)
