"""Conversations taken out of the database into files beside the content, so that none is ever in neither."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import attrs

from pressframe.errors import ContentError, Place, StoreError
from pressframe.model import Comment, Host
from pressframe_comments._archive import SUFFIX
from pressframe_comments._archive_file import ArchiveFile
from pressframe_comments._avatars import make_seeder
from pressframe_comments._persons import deleted
from pressframe_comments._store import CommentStore, Filed, Search, State

_PLAIN_ID = re.compile(r"0|[1-9]\d{0,17}")
_SPECIAL = re.compile('[\\x00-\\x08\\x0b-\\x1f\\x7f"\\\\]')


@attrs.frozen
class Archiver:
    """Writes conversations into files below *folder*.

    A comment is marked in the store, then the file is put in its place, then the comment is deleted from the store.
    Killed in between, it is in both: what is marked is shown once, and archiving the entry again ends it.
    """

    host: Host
    store: CommentStore
    folder: Path

    def archive(self, entry: str) -> int:
        """Take the approved comments of *entry* out of the store, and return how many there were.

        Raises:
            StoreError: One was changed meanwhile, or the store cannot be used; all are still there.
            ContentError: The file cannot be written, or holds another comment with one of their ids.
        """
        wanted = Search(state=State.APPROVED, entry=entry, oldest_first=True)
        find_seed = make_seeder(self.host)  # files hold no addresses; what pictures are drawn from stays
        filed = [
            attrs.evolve(one, comment=attrs.evolve(one.comment, avatar=find_seed(one.email)))
            for one in (record.filed for record in self.store.records(wanted))
        ]
        if not filed:
            return 0
        file = self._file_of(entry)
        before = file.read_bytes() if file.is_file() else None
        text = self._text(entry, file, filed)
        expected = {one.comment.id: one.version for one in filed}
        self.store.mark(expected, is_archiving=True)
        try:
            _put(file, text)
            self.store.delete(expected, expected=expected)
        except StoreError:
            _put_back(file, before)
            self.store.mark(expected, is_archiving=False)
            raise
        except OSError as error:
            self.store.mark(expected, is_archiving=False)
            raise ContentError(f"cannot be written: {error.strerror}", at=Place(self._named(file))) from error
        return len(filed)

    def of_person(self, address: str) -> Mapping[Path, Mapping[int, Comment]]:
        """Return the archived comments that were sent with *address*, by file and place in it.

        Files hold no addresses: the picture tells, which is drawn from a hash that is keyed with the site's secret.
        """
        seed, found = make_seeder(self.host)(address), dict[Path, Mapping[int, Comment]]()
        for file in sorted(self.folder.rglob(f"*{SUFFIX}")):
            comments = [comment for _, comment in self._read(file).comments("")]
            mine = {index: comment for index, comment in enumerate(comments) if seed and comment.avatar == seed}
            found |= {file: mine} if mine else {}
        return found

    def erase_person(self, address: str) -> int:
        """Empty those comments of all but their places; return how many they were.

        Raises:
            ContentError: A file cannot be read, changed or written.
        """
        mine, gone = self.of_person(address), deleted(self.host)
        for file, comments in mine.items():
            emptied = {
                index: attrs.evolve(one, author=gone, url=None, body="", format="text", avatar=None, by_author=False)
                for index, one in comments.items()
            }
            there = self._read(file)
            text = there.with_lines({index: _lines(one) for index, one in emptied.items()})
            kept = [comment for index, (_, comment) in enumerate(there.comments("")) if index not in emptied]
            self._check(text, file, "", [*kept, *emptied.values()], self.host.settings.timezone)
            try:
                _put(file, text)
            except OSError as error:
                raise ContentError(f"cannot be written: {error.strerror}", at=Place(self._named(file))) from error
        return sum(map(len, mine.values()))

    def _read(self, file: Path) -> ArchiveFile:
        return ArchiveFile(file, self._named(file), self.host.settings.timezone)

    def _file_of(self, entry: str) -> Path:
        file = (self.folder / f"{entry}{SUFFIX}").absolute()
        is_plain = bool(entry) and all(part not in ("", ".", "..") and "\0" not in part for part in entry.split("/"))
        if not is_plain or not file.parent.resolve().is_relative_to(self.folder.resolve()):
            raise ContentError(f"{entry!r} cannot be the name of a file below {self.folder}")
        return file

    def _named(self, file: Path) -> str:
        return str(file.relative_to(self.host.folder) if file.is_relative_to(self.host.folder) else file)

    def _text(self, entry: str, file: Path, filed: Sequence[Filed]) -> str:
        """Return what the file is to hold: what it holds already, and what is new; checked by reading it.

        Raises:
            ContentError: It holds another comment with one of the ids, or belongs to another entry.
        """
        timezone = self.host.settings.timezone
        there: dict[str, Comment] = {}
        text = f"entry = {_quoted(entry)}\n"
        if file.is_file():
            old = ArchiveFile(file, self._named(file), timezone)
            if old.entry not in (None, entry):
                raise ContentError(f"belongs to the entry {old.entry}", at=Place(self._named(file)))
            there = {comment.id: comment for _, comment in old.comments(entry)}
            text = file.read_text("utf-8")
        for one in filed:
            comment = _shown(one.comment)
            if comment.id not in there:
                text = f"{text.rstrip()}\n\n" + "\n".join(_lines(comment)) + "\n"
            elif _shown(there[comment.id]) != comment:
                raise ContentError(
                    f"comment {comment.id} is there already, and another one",
                    at=Place(self._named(file)),
                    fix="give one of them another id, or take it out of the file",
                )
        self._check(text, file, entry, [*there.values(), *(one.comment for one in filed)], timezone)
        return text

    def _check(self, text: str, file: Path, entry: str, wanted: Iterable[Comment], timezone: ZoneInfo) -> None:
        """Make sure that *text* is read as the comments *wanted* before they are nowhere else."""
        unread = ArchiveFile.of_text(text, self._named(file), timezone)
        read = {comment.id: _shown(comment) for _, comment in unread.comments(entry)}
        odd = [comment.id for comment in wanted if read.get(comment.id) != _shown(comment)]
        if odd:
            raise ContentError(f"{', '.join(odd)} would not be read as written", at=Place(self._named(file)))


def _shown(comment: Comment) -> Comment:
    """Return what a file keeps of a comment: all that is shown, not who was signed in or known."""
    return attrs.evolve(comment, reader=None, accepted_before=False)


def _lines(comment: Comment) -> Iterator[str]:
    yield "[[comment]]"
    yield f"id = {_id(comment.id)}"
    yield f"author = {_quoted(comment.author)}"
    yield f"date = {comment.received.isoformat()}"
    if comment.url is not None:
        yield f"url = {_quoted(comment.url)}"
    if comment.parent is not None:
        yield f"parent = {_id(comment.parent)}"
    if comment.by_author:
        yield "by_author = true"
    if comment.avatar:
        yield f"avatar = {_quoted(comment.avatar)}"
    if comment.kind != "comment":
        yield f"kind = {_quoted(comment.kind)}"
    if comment.format != "text":
        yield f"format = {_quoted(comment.format)}"
    yield f'body = """\n{_escaped(comment.body)}"""' if "\n" in comment.body else f"body = {_quoted(comment.body)}"


def _id(id: str) -> str:
    return id if _PLAIN_ID.fullmatch(id) else _quoted(id)


def _quoted(text: str) -> str:
    return '"' + _escaped(text).replace("\n", "\\n") + '"'


def _escaped(text: str) -> str:
    """Return *text* as TOML has it in a basic string of several lines."""
    return _SPECIAL.sub(lambda found: json.dumps(found[0])[1:-1] if found[0] != "\x7f" else "\\u007f", text)


def _put(file: Path, text: str) -> None:
    """Replace *file* by *text*, whole or not at all, and return when that is on the disk."""
    draft = file.with_name(f".{file.name}.draft")
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        with draft.open("w", encoding="utf-8", newline="") as opened:
            opened.write(text)
            opened.flush()
            os.fsync(opened.fileno())
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _put_back(file: Path, before: bytes | None) -> None:
    if before is None:
        file.unlink(missing_ok=True)
    else:
        _put(file, before.decode())
