"""Front matter: the keys above an entry's text, checked and made into what the entry needs."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Literal, TypeAlias, TypeVar, get_args
from zoneinfo import ZoneInfo

import attrs

from pressframe.errors import ContentError, Place, PressframeError, raise_all
from pressframe.model import Json
from pressframe_markdown._addresses import address_of
from pressframe_markdown._slug import slug
from pressframe_markdown._yaml import Unreadable, read_table

Kind: TypeAlias = Literal["post", "page"]
Status: TypeAlias = Literal["published", "draft", "private"]
Choice = TypeVar("Choice", bound=str)

UNDATED = datetime(1970, 1, 1, tzinfo=UTC)
"""The date of pages and drafts that tell none: the same on every machine, which a file's time is not."""

_KINDS: tuple[Kind, ...] = get_args(Kind)
_STATUSES: tuple[Status, ...] = get_args(Status)

_FENCE = re.compile(r"^---[ \t]*(?:\n|\Z)", re.MULTILINE)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_DATE = re.compile(
    r"(\d{4})-(\d\d?)-(\d\d?)"
    r"(?:(?:T|[ \t]+)(\d\d?):(\d\d)(?::(\d\d)(?:\.\d+)?)?[ \t]*(Z|[-+]\d\d(?::?\d\d)?)?)?"
)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")
_OTHER_NAMES = {"category": "categories", "lang": "language"}
_EXAMPLE = "---\ntitle: …\ndate: 2026-05-01 10:00\n---"


@attrs.frozen(kw_only=True)
class FrontMatter:
    """What an entry's author says about it.

    Attributes:
        date: In the site's time zone; UNDATED where there need not be one, and is none.
        updated: The same; None if never changed since.
        slug: As an address has it; None for one made from the file's name.
        address: Percent-encoded; None for the pattern's.
        extra: Keys that belong to others, as they stand.
    """

    title: str
    date: datetime
    updated: datetime | None
    slug: str | None
    address: str | None
    id: str | None
    kind: Kind
    status: Status
    language: str | None
    authors: tuple[str, ...]
    categories: tuple[str, ...]
    tags: tuple[str, ...]
    summary: str | None
    image: str | None
    comments: bool
    extra: Mapping[str, Json]


KEYS = frozenset({*(field.name for field in attrs.fields(FrontMatter)), "draft"} - {"extra"})
_BESIDE = frozenset({"audience", "closed_comments", "newsletter", "teaser_paragraphs", "teaser_words"})
"""What bundled plugins read: one of these misspelt would open what is closed, or mail what must not be."""


def split_front_matter(text: str, file: str) -> tuple[str, str]:
    """Return front matter and text of one entry; *text* has plain line ends.

    Raises:
        ContentError: There is no front matter, or it does not end.
    """
    start = _FENCE.match(text)
    if start is None:
        raise ContentError("starts without front matter", at=Place(file, 1), fix=f"begin the file with\n{_EXAMPLE}")
    end = _FENCE.search(text, start.end())
    if end is None:
        raise ContentError("the front matter does not end", at=Place(file, 1), fix="write a line of --- below it")
    return text[start.end() : end.start()], text[end.end() :]


def read_front_matter(front: str, file: str, *, zone: ZoneInfo, own_keys: frozenset[str], kind: Kind) -> FrontMatter:
    """Return what *front* says, the lines between the two ``---`` of *file*.

    Args:
        file: For messages.
        zone: Where dates without a zone are.
        own_keys: Keys of others that only look like a misspelt one.
        kind: Where the front matter names none.

    Raises:
        ContentError: It can't be read, or a key or a value is wrong; all at once as ManyErrors.
    """
    try:
        table = read_table(front)
    except Unreadable as error:
        message = f"the front matter cannot be read: {error.reason}"
        raise ContentError(message, at=Place(file, error.line + 1), fix=error.fix) from None
    fields = _Fields(table, front, file, zone)
    kind = fields.choice("kind", _KINDS) or kind
    status = fields.status()
    front_matter = FrontMatter(
        title=fields.title(),
        date=fields.date(is_needed=kind == "post" and status == "published"),
        updated=fields.moment("updated"),
        slug=fields.slug(),
        address=fields.address(),
        id=fields.text("id"),
        kind=kind,
        status=status,
        language=fields.language(),
        authors=fields.names("authors"),
        categories=fields.names("categories"),
        tags=fields.names("tags"),
        summary=fields.text("summary"),
        image=fields.text("image"),
        comments=fields.flag("comments") is not False,
        extra=fields.extra(own_keys),
    )
    raise_all(sorted(fields.errors, key=lambda error: error.at.line or 0 if error.at else 0))
    return front_matter


def place_of(key: str, front: str, file: str) -> Place:
    """Return where *key* stands in the front matter of *file*; its first line where it does not."""
    found = re.search(rf"^['\"]?{re.escape(key)}['\"]?[ \t]*:", front, re.MULTILINE)
    return Place(file, front.count("\n", 0, found.start()) + 2, key) if found else Place(file, 1)


@attrs.define
class _Fields:
    """The keys of one front matter, read one by one; ``errors`` collects what is wrong."""

    table: Mapping[str, Json]
    front: str
    file: str
    zone: ZoneInfo
    errors: list[PressframeError] = attrs.field(factory=list)

    def fail(self, key: str, message: str, fix: str | None = None) -> None:
        """Note what is wrong with *key*, at its line; where it is missing, at the first line."""
        self.errors.append(ContentError(message, at=place_of(key, self.front, self.file), fix=fix))

    def text(self, key: str) -> str | None:
        """Return one line of text; None where there is none."""
        value = self.table.get(key)
        return None if value is None else self._line(key, value)

    def _line(self, key: str, value: Json) -> str | None:
        if isinstance(value, str):
            if value.isprintable():
                return value
            line = re.sub(r"[\t\n]+", " ", value).strip()
            if _CONTROL.search(line):
                self.fail(key, "holds a control character", "delete it")
            return line
        if not isinstance(value, int | float):
            self.fail(key, "must be text", "write it on one line, in quotes if it starts with [ or {")
        elif not re.search(rf"(?<![\w.]){re.escape(str(value))}(?![\w.])", self.front):  # 007, 1_000, 1.10 or true
            self.fail(key, f"YAML takes this for {str(value).lower()}", "put it in quotes")
        return str(value)

    def names(self, key: str) -> tuple[str, ...]:
        """Return a list of names that have pages of their own; one text is a list, too, parted by commas."""
        value = self.table.get(key)
        if value is None:
            return ()
        if isinstance(value, Mapping):
            self.fail(key, "must be a list", f"write {key}: [one, two]")
            return ()
        values = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else [value]
        lines = [(self._line(key, one) or "").strip() for one in values if one is not None]
        for line in lines:
            if line and not slug(line):
                self.fail(key, f'"{line}" has no letter or digit to make an address of', "choose another name")
        return tuple(dict.fromkeys(filter(None, lines)))

    def title(self) -> str:
        """Return the title; empty only where it was written as empty."""
        title = self.text("title")
        if title is None and not self._is_misspelt("title"):
            self.fail("title", "has no title", 'add one to the front matter: title: "…" ("" for an entry without)')
        return title or ""

    def date(self, *, is_needed: bool) -> datetime:
        """Return when the entry appeared."""
        date = self.moment("date")
        if is_needed and self.table.get("date") is None and not self._is_misspelt("date"):
            self.fail("date", "has no date", "add one to the front matter: date: 2026-05-01 10:00")
        return date or self.moment("updated") or UNDATED

    def _is_misspelt(self, key: str) -> bool:
        return any(_meant(other) == key for other in self.table if other not in KEYS)

    def moment(self, key: str) -> datetime | None:
        """Return a date with its time; midnight where only the day is given."""
        value = self.table.get(key)
        if value is None:
            return None
        moment = _moment(value, self.zone) if isinstance(value, str) else None
        if moment is None:
            self.fail(key, f"{value} is no date", "write 2026-05-01, 2026-05-01 10:00 or 2026-05-01T10:00:00+02:00")
        return moment

    def flag(self, key: str) -> bool | None:
        value = self.table.get(key)
        if value is None or isinstance(value, bool):
            return value
        self.fail(key, f"must be true or false, got {value}")
        return None

    def choice(self, key: str, choices: tuple[Choice, ...]) -> Choice | None:
        value = self.text(key)
        if value is None:
            return None
        for choice in choices:
            if value == choice:
                return choice
        self.fail(key, f"must be {' or '.join(choices)}, got {value}")
        return None

    def status(self) -> Status:
        status: Status | None = self.choice("status", _STATUSES)
        draft = self.flag("draft")
        if draft is not None and status is not None and draft != (status == "draft"):
            self.fail("draft", f"contradicts status: {status}", "keep one of the two")
        return status or ("draft" if draft else "published")

    def slug(self) -> str | None:
        value = self.text("slug")
        if value is None:
            return None
        made = slug(value)
        if not made or "/" in value or "\\" in value:
            self.fail("slug", f'"{value}" can be no part of an address', "write letters, digits and hyphens")
        elif len(value) > 200:
            self.fail("slug", "is longer than 200 characters", "shorten it")
        return made

    def address(self) -> str | None:
        value = self.text("address")
        address = value if value is None else address_of(value)
        if value is not None and address is None:
            self.fail("address", f'"{value}" is no address on this site', "write a path such as /about/")
        return address

    def language(self) -> str | None:
        value = self.text("language")
        if value is not None and not _LANGUAGE.fullmatch(value):
            self.fail("language", f'"{value}" is no language', "write a code such as fr or en-GB")
        return value

    def extra(self, own_keys: frozenset[str]) -> Mapping[str, Json]:
        """Return the keys that are none of ours."""
        extra = {key: value for key, value in self.table.items() if key not in KEYS}
        for key in extra:
            known = None if key in own_keys or key in _BESIDE else _meant(key)
            if known:
                self.fail(key, "no such key", f"Did you mean {known}? If not, list {key} in own_keys")
        return extra


@functools.lru_cache(maxsize=1024)
def _meant(key: str) -> str | None:
    """Return the key that *key* is a slip for; None where it is most likely a key of somebody else."""
    word = key.lower()
    if word in _OTHER_NAMES:
        return _OTHER_NAMES[word]
    import difflib  # only where there is something to tell

    every = sorted(KEYS | _BESIDE)
    swapped = [known for known in every if sorted(known) == sorted(word)]
    return next(iter(swapped or difflib.get_close_matches(word, every, n=1, cutoff=0.8)), None)


def _moment(text: str, zone: ZoneInfo) -> datetime | None:
    """Return what *text* says in ISO 8601, in *zone*; None if there is no such date."""
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second, offset = found.groups()
    clock = f"{hour or 0:0>2}:{minute or '00'}:{second or '00'}{offset or ''}"
    try:
        moment = datetime.fromisoformat(f"{year}-{month:0>2}-{day:0>2}T{clock}")
    except ValueError:
        return None
    if not 1000 <= moment.year <= 9998:  # what four digits can tell, in every zone
        return None
    return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment.astimezone(zone)
