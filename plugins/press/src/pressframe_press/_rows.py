"""What the build knows of entries without their texts, and the shelf that the texts stand on until somebody asks."""

from __future__ import annotations

import functools
import json
import os
import time
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import attrs

from pressframe.files import digest_of
from pressframe.model import Card, Entry, Gate
from pressframe_press._json import Damaged, decode, encode, restore

_ENDING = "texts"

_AT_HAND = 1000
"""Texts kept in memory: enough for small sites to read none again."""


class Row(NamedTuple):
    """One source, and what was loaded from it: plain values, which cross processes and files cheaply.

    Moments are texts as ``isoformat`` makes them in UTC; they sort as moments do.

    Attributes:
        until: From when it must be loaded again, changed or not; empty for never.
        id: Empty for what is not to be built: drafts, and what is scheduled.
        groups: JSON: taxonomy, slug, name and parent of its terms, authors, year and month.
        closed: The card that strangers see, as JSON; ``open`` that of readers of the whole, empty without a gate.
        gate: JSON; empty for none.
        assets: JSON: address and file of all; ``public`` of those that strangers see.
        page: JSON of the page that it has.
        seen: Digest of what strangers see; ``whole`` of the whole entry.
        text: Where on the shelf ``[whole, what strangers see]`` stands.
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
    groups: str = "[]"
    closed: str = ""
    open: str = ""
    gate: str = ""
    assets: str = "[]"
    public: str = "[]"
    page: str = ""
    seen: str = ""
    whole: str = ""
    text: str = ""

    def is_open(self, audiences: frozenset[str]) -> bool:
        """Say whether readers with *audiences* get it whole: this is where the core decides."""
        return not self.gate or read_gate(self.gate).requires <= audiences

    def same(self, other: Row | None) -> bool:
        """Say whether *other* shows the same to everybody."""
        return other is not None and self[_SHOWN:-1] == other[_SHOWN:-1]


_SHOWN = Row._fields.index("id")


@functools.lru_cache(maxsize=1000)
def read_gate(text: str) -> Gate:
    """Return the gate in a row."""
    return decode(Gate, text)


@functools.lru_cache(maxsize=10_000)
def read_card(text: str, comments: int) -> Card:
    """Return the card in a row, with its count of comments."""
    card = decode(Card, text)
    return attrs.evolve(card, comments=comments) if comments else card


class Shelf:
    """Texts in files that only grow; each process writes one of its own. What was put there never changes.

    A place on it is a text: the file, where in it, how long in bytes, and a hash of it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process = os.getpid()
        self._own: dict[int, tuple[str, int]] = {}
        self._opened: dict[str, int] = {}
        self._at_hand: OrderedDict[str, tuple[Entry, Entry]] = OrderedDict()

    def __del__(self) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the files; a text that is asked for later is looked for anew."""
        for file in (*self._opened.values(), *(file for _, file in self._own.values())):
            os.close(file)
        self._opened, self._own = {}, {}

    def hold(self) -> None:
        """Keep every file within reach, whoever deletes it; write no more."""
        self.close()
        for file in self._folder.glob(f"*{_ENDING}"):
            self._open(file.name)

    def size(self) -> int:
        """Return how many bytes there are, those that nobody needs any more included."""
        return sum(file.stat().st_size for file in self._folder.glob(f"*{_ENDING}"))

    def put(self, text: str) -> str:
        """Return the place where *text* is from now on."""
        process, content = os.getpid(), text.encode("ascii")
        if process not in self._own:
            name = f"{'' if process == self._process else f'{time.time_ns():x}-{process}'}{_ENDING}"
            flags = os.O_RDWR | os.O_CREAT | os.O_APPEND
            self._own[process] = name, os.open(self._folder / name, flags, 0o600)
        name, file = self._own[process]
        start = os.lseek(file, 0, os.SEEK_END)
        rest = memoryview(content)
        while rest:  # what did not fit is tried again, to be told why
            rest = rest[os.write(file, rest) :]
        return f"{name} {start} {len(content)} {digest_of(text)}"

    def _open(self, name: str) -> int:
        if name not in self._opened:
            self._opened[name] = os.open(self._folder / name, os.O_RDONLY)
        return self._opened[name]

    def get(self, place: str) -> str:
        """Return the text at *place*.

        Raises:
            Damaged: It is there no more.
        """
        try:
            name, start, length, digest = place.split(" ")
            text = os.pread(self._open(name), int(length), int(start)).decode("ascii")
        except (OSError, ValueError) as error:
            raise Damaged from error
        if digest_of(text) != digest:
            raise Damaged
        return text

    def put_entry(self, whole: Entry, seen: Entry) -> dict[str, str]:
        """Put an entry there, whole and as strangers see it; return what its row says of both."""
        one = encode(whole)
        other = one if seen is whole else encode(seen)
        place = self.put(f"[{one},{'null' if seen is whole else other}]")
        self._remember(place, (whole, seen))
        return {"whole": digest_of(one), "seen": digest_of(other), "text": place}

    def entries(self, place: str) -> tuple[Entry, Entry]:
        """Return the entry at *place*, whole and as strangers see it.

        Raises:
            Damaged: It is there no more.
        """
        found = self._at_hand.get(place)
        if found is None:
            whole, seen = json.loads(self.get(place))
            entry = restore(Entry, whole)
            found = (entry, restore(Entry, seen) if seen else entry)
            self._remember(place, found)
        return found

    def _remember(self, place: str, entries: tuple[Entry, Entry]) -> None:
        self._at_hand[place] = entries
        if len(self._at_hand) > _AT_HAND:
            with suppress(KeyError):  # another thread was first
                self._at_hand.popitem(last=False)
