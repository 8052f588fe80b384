"""A table in a file, as some program wrote it: its encoding, its separator, its header, and row after row."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import BinaryIO

import attrs

from pressframe.errors import ContentError, Place

_BLOCK = 1 << 16
_LONGEST_LINE = 100_000
"""Characters: no row of a list of people is longer, and what is read at once has an end."""
_SEPARATORS = ",;\t|"
_SAVE_AS = "save it as CSV, in UTF-8 if you are asked"


@attrs.frozen(kw_only=True)
class Row:
    """One row.

    Attributes:
        line: Where it begins in the file, from 1.
        cells: By the header's names, in lower case; those that are missing are empty.
        is_too_long: True if it has more cells than the header.
    """

    line: int
    cells: Mapping[str, str]
    is_too_long: bool


@attrs.frozen(kw_only=True)
class Table:
    """A table that can be read again and again.

    Attributes:
        name: Of the file, for messages.
        header: In lower case, spaces around them gone.
        header_line: Where it stands.
    """

    file: BinaryIO = attrs.field(repr=False)
    name: str
    encoding: str
    separator: str
    header: tuple[str, ...]
    header_line: int

    @classmethod
    def of(cls, file: BinaryIO, name: str) -> Table:
        """Return the table in *file*, which can be wound back.

        Raises:
            ContentError: There is none.
        """
        encoding = _encoding(file, name)
        lines = _lines(file, encoding, name)
        number, line = next(((number, line) for number, line in lines if line.strip()), (0, ""))
        separator = ""
        if line[:4].lower() == "sep=" and len(line.strip()) == 5:  # Excel
            separator = line.strip()[4]
            number, line = next(lines, (0, ""))
        if not line.strip():
            raise ContentError("it is empty", at=Place(name), fix="export the list once more")
        separator = separator or max(_SEPARATORS, key=line.count)
        try:
            header = next(csv.reader([line], delimiter=separator, strict=True))
        except (csv.Error, StopIteration) as error:
            raise ContentError("its header cannot be read", at=Place(name, number), fix=_SAVE_AS) from error
        names = tuple(cell.strip().lower() for cell in header)
        twice = next((cell for cell in names if cell and names.count(cell) > 1), None)
        if twice:
            raise ContentError(f'two columns are called "{twice}"', at=Place(name, number), fix="rename one of them")
        return cls(file=file, name=name, encoding=encoding, separator=separator, header=names, header_line=number)

    def rows(self) -> Iterator[Row]:
        """Yield each row that is not empty, from the first on.

        Raises:
            ContentError: One of them cannot be read; its line is told.
        """
        lines = _lines(self.file, self.encoding, self.name)
        for number, _ in lines:
            if number == self.header_line:
                break
        reader = csv.reader((line for _, line in lines), delimiter=self.separator, strict=True)
        while True:
            line = self.header_line + reader.line_num + 1
            try:
                cells = next(reader, None)
            except csv.Error as error:
                said = "a quotation mark is opened and not closed, or stands in the middle of a cell"
                raise ContentError(said, at=Place(self.name, line), fix=_SAVE_AS) from error
            if cells is None:
                return
            if not any(cell.strip() for cell in cells):
                continue
            named = dict.fromkeys(self.header, "") | dict(zip(self.header, cells, strict=False))
            yield Row(line=line, cells=named, is_too_long=len(cells) > len(self.header))


def _encoding(file: BinaryIO, name: str) -> str:
    """Return in what the file is written: UTF-8, UTF-16 with a mark, or what Windows wrote in the west.

    Raises:
        ContentError: It is no text.
    """
    file.seek(0)
    start = file.read(4)
    if start.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        raise ContentError("it is a spreadsheet or an archive, no CSV", at=Place(name), fix=_SAVE_AS)
    if start.lstrip().startswith((b"{", b"[")):
        raise ContentError(
            "it is JSON, no CSV", at=Place(name), fix="Substack, Mailchimp and Ghost export members as CSV"
        )
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if _undecodable(file, "utf-8-sig") is None:
        return "utf-8-sig"
    line = _undecodable(file, "cp1252")
    if line is not None:
        raise ContentError("there are characters in it that are no text", at=Place(name, line), fix=_SAVE_AS)
    return "cp1252"


def _undecodable(file: BinaryIO, encoding: str) -> int | None:
    """Return the line with what is not written in *encoding*; None if all is."""
    decoder, lines = codecs.getincrementaldecoder(encoding)(), 1
    file.seek(0)
    while True:
        block = file.read(_BLOCK)
        try:
            text = decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            return lines + error.object[: error.start].count(b"\n")
        if "\0" in text:
            return lines + text[: text.index("\0")].count("\n")
        lines += text.count("\n")
        if not block:
            return None


def _lines(file: BinaryIO, encoding: str, name: str) -> Iterator[tuple[int, str]]:
    """Yield each line with its number, from 1.

    Raises:
        ContentError: One is longer than any list of people has, or no text.
    """
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    number = 0
    try:
        while True:
            number += 1
            try:
                line = text.readline(_LONGEST_LINE)
            except UnicodeError as error:
                at = Place(name, number)
                raise ContentError("there are characters in it that are no text", at=at, fix=_SAVE_AS) from error
            if not line:
                return
            if len(line) == _LONGEST_LINE or "\0" in line:
                raise ContentError("this line is no row of a table", at=Place(name, number), fix=_SAVE_AS)
            yield number, line
    finally:
        with suppress(ValueError):  # closed by its owner
            text.detach()  # it stays open: it is read once more
