"""Read an export piece by piece: in bounded memory, with no entities of its own making, and with every place known."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from xml.parsers import expat

import attrs

from pressframe.errors import ContentError, Place

LARGEST = 16 * 1024 * 1024
"""Bytes of one item, or little more: what no article has, and little enough to be held."""

_CHUNK = 256 * 1024
_DEEPEST = 20
_CONTROL = bytes(32 if code < 32 and code not in (9, 10, 13) else code for code in range(256))
"""Makes spaces of control characters, which XML forbids and WordPress exports all the same."""


@attrs.define
class Node:
    """An element with all that is in it.

    Attributes:
        name: With its prefix, which is always the same in exports: ``wp:post_id``.
        line: Where it starts, from 1.
        start: The same, in bytes.
        end: Where its end tag starts, in bytes.
    """

    name: str
    attributes: Mapping[str, str]
    line: int
    start: int
    end: int = 0
    texts: list[str] = attrs.field(factory=list)
    children: list[Node] = attrs.field(factory=list)

    @property
    def text(self) -> str:
        """The text directly inside, as it stands."""
        return "".join(self.texts)

    def all(self, name: str) -> Iterator[Node]:
        """Yield the elements called *name* directly inside."""
        return (child for child in self.children if child.name == name)

    def get(self, name: str) -> str:
        """Return the text of the first such element without white space around it; empty if there is none."""
        return next((child.text.strip() for child in self.all(name)), "")


def read_nodes(file: Path, label: str, take: Callable[[Node], None]) -> str:
    """Hand over every element inside the channel of the export in *file*, one after the other.

    Args:
        label: What messages call the file.
        take: Gets each element once it is whole.

    Returns:
        The encoding, as ``read_node`` needs it.

    Raises:
        ContentError: It cannot be read, is not well-formed, or holds what no export holds.
    """
    try:
        with file.open("rb") as opened:
            encoding = _encoding(opened.read(4))
            opened.seek(0)
            reader = _Reader(label, take, depth=2, encoding=encoding)
            while chunk := opened.read(_CHUNK):
                reader.feed(chunk)
            reader.feed(b"", is_last=True)
    except FileNotFoundError:
        fix = "put it there, or name another one: [plugins.wordpress] export"
        raise ContentError("there is no such file", at=Place(label), fix=fix) from None
    except OSError as error:
        raise ContentError(f"cannot be read: {error.strerror}", at=Place(label)) from error
    return encoding or reader.encoding


def read_node(content: bytes, label: str, *, line: int, encoding: str) -> Node:
    """Return the element that *content* holds, a piece of an export that was read before.

    Args:
        line: Where the piece starts in the file.
    """
    found: list[Node] = []
    reader = _Reader(label, found.append, depth=0, encoding=encoding, line=line)
    reader.feed(content, is_last=True)
    return found[0]


def _encoding(head: bytes) -> str | None:
    """Return the encoding that a byte order mark tells; None where the file's first line says it."""
    if head.startswith(codecs.BOM_UTF16_LE):
        return "UTF-16LE"
    return "UTF-16BE" if head.startswith(codecs.BOM_UTF16_BE) else None


class _Reader:
    """Builds the elements at one depth of the document, and refuses what could grow without bounds."""

    def __init__(
        self, label: str, take: Callable[[Node], None], *, depth: int, encoding: str | None, line: int = 1
    ) -> None:
        self.encoding = encoding or "UTF-8"
        self._label, self._take, self._depth, self._first_line = label, take, depth, line
        self._open: list[Node] = []
        self._above = self._fed = self._base = 0
        self._has_wide_letters = self.encoding.startswith("UTF-16")
        self._parser = self._make_parser(encoding)

    def _make_parser(self, encoding: str | None) -> expat.XMLParserType:
        parser = expat.ParserCreate(encoding)
        parser.buffer_text = True
        parser.XmlDeclHandler = self._declare
        parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = self._refuse  # no bombs, nothing fetched
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._add
        return parser

    def feed(self, chunk: bytes, *, is_last: bool = False) -> None:
        try:
            self._parser.Parse(chunk if self._has_wide_letters else chunk.translate(_CONTROL), is_last)
        except expat.ExpatError as error:
            fix = "is the file whole, and in the encoding that its first line names?"
            line = error.lineno + self._first_line - 1
            raise self._error(f"not well-formed XML: {expat.ErrorString(error.code)}", fix=fix, line=line) from None
        except (LookupError, ValueError) as error:  # Python's own, for an encoding that it does not know
            raise self._error(f"cannot be decoded: {error}", fix="save it as UTF-8", line=1) from None
        self._fed += len(chunk)
        if self._fed - max(self._parser.CurrentByteIndex, self._base) > LARGEST:
            raise self._too_large()

    def _declare(self, version: str, encoding: str | None, standalone: int) -> None:
        self.encoding = encoding or self.encoding

    def _refuse(self, *_: object) -> None:
        raise self._error("holds a DOCTYPE, which no WordPress export has", fix="export the site again")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if not self._open and self._above < self._depth:
            self._above += 1
            return
        line = self._parser.CurrentLineNumber + self._first_line - 1
        node = Node(name, attributes, line, self._parser.CurrentByteIndex)
        if not self._open:
            self._base = node.start
        elif len(self._open) > _DEEPEST:
            raise self._error(f"holds more than {_DEEPEST} elements inside each other")
        else:
            self._open[-1].children.append(node)
        self._open.append(node)

    def _add(self, text: str) -> None:
        if self._open:
            self._open[-1].texts.append(text)
            if self._parser.CurrentByteIndex - self._base > LARGEST:
                raise self._too_large()

    def _end(self, name: str) -> None:
        if not self._open:
            self._above -= 1
            return
        node = self._open.pop()
        node.end = self._parser.CurrentByteIndex
        if not self._open:
            self._base = node.end
            self._take(node)

    def _too_large(self) -> ContentError:
        return self._error(f"holds an item of more than {LARGEST // 1024 // 1024} MB")

    def _error(self, message: str, *, fix: str | None = None, line: int | None = None) -> ContentError:
        at = Place(self._label, line or self._parser.CurrentLineNumber + self._first_line - 1)
        return ContentError(message, at=at, fix=fix)
