"""People in lists of other programs: how their columns are read, and who of them agreed to be written to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Literal, TypeAlias

import attrs

from pressframe_members._cells import unguard
from pressframe_members._table_file import Row
from pressframe_members.model import read_name
from pressframe_web.addresses import MailAddress, read_address

Format: TypeAlias = Literal["pressframe", "substack", "mailchimp", "ghost", "plain"]
Why: TypeAlias = Literal[
    "no-address", "bad-address", "unsubscribed", "bounced", "unconfirmed", "cells", "date", "twice", "removed"
]
"""Why somebody in a list is left out; ``removed``: they are deleted there."""

_ADDRESSES = ("email", "e-mail", "email address", "e-mail address", "address", "mail", "adresse e-mail", "adresse")
_YES, _NO = ("true", "yes", "1", "oui", "y"), ("false", "no", "0", "non", "n")


@attrs.frozen(kw_only=True)
class Right:
    """An audience that somebody had there; ``audience`` is None for whatever the owner says paying members get."""

    audience: str | None
    source: str = "import"
    until: datetime | None = None
    has_end: bool = True


@attrs.frozen(kw_only=True)
class Person:
    """Somebody who may be taken in.

    Attributes:
        is_confirmed: False: they never proved that the address is theirs, and must be asked first.
        since: None if the list does not say.
        rights: What they had, as far as the list says.
        cells: All that stands in a list of pressframe's own, by column; nothing of others.
    """

    line: int
    address: MailAddress
    name: str | None = None
    language: str | None = None
    source: str = "import"
    is_confirmed: bool = True
    since: datetime | None = None
    confirmed: datetime | None = None
    rights: tuple[Right, ...] = ()
    cells: Mapping[str, str] = attrs.field(factory=dict)


@attrs.frozen
class LeftOut:
    """Somebody who is not taken in, and why."""

    line: int
    why: Why


class _Unreadable(ValueError):
    """Says why."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why: Why = why


def format_of(header: tuple[str, ...]) -> Format:
    """Return which program wrote a list with these columns; ``"plain"``: nobody knows, and it tells of no consent."""
    has = set(header)
    if {"address", "state", "audiences"} <= has:
        return "pressframe"
    if has & {"leid", "euid", "optin_time", "member_rating"}:
        return "mailchimp"
    if "email_disabled" in has or ("expiry" in has and has & {"type", "plan"}):
        return "substack"
    if has & {"subscribed_to_emails", "complimentary_plan"}:
        return "ghost"
    return "plain"


def address_column(header: tuple[str, ...]) -> str | None:
    """Return which column holds the addresses."""
    return next((name for name in _ADDRESSES if name in header), None)


def audiences_in(row: Row, kind: Format) -> Iterator[str]:
    """Yield the audiences that *row* names: those of pressframe's own lists do."""
    if kind == "pressframe":
        yield from (text.split()[0] for text in row.cells["audiences"].split(";") if text.strip())


def read_person(row: Row, kind: Format, column: str) -> Person | LeftOut:
    """Return who stands in *row*."""
    try:
        return _person(row, kind, column)
    except _Unreadable as error:
        return LeftOut(row.line, error.why)


def _person(row: Row, kind: Format, column: str) -> Person:
    if row.is_too_long:
        raise _Unreadable("cells")
    cells = {name: cell.strip() for name, cell in row.cells.items()}
    if kind == "pressframe":
        cells = {name: unguard(cell) for name, cell in cells.items()}
    if not cells[column]:
        raise _Unreadable("no-address")
    address = read_address(cells[column])
    if address is None:
        raise _Unreadable("bad-address")
    return attrs.evolve(_READERS[kind](cells, Person(line=row.line, address=address)), line=row.line)


def _own(cells: Mapping[str, str], person: Person) -> Person:
    return attrs.evolve(
        person,
        name=_name(cells.get("name", "")),
        language=cells.get("language") or None,
        source=cells.get("source") or "import",
        is_confirmed=cells["state"] == "confirmed",
        since=_moment(cells.get("since", "")),
        confirmed=_moment(cells.get("confirmed", "")),
        rights=tuple(_right(text) for text in cells["audiences"].split(";") if text.strip()),
        cells=cells,
    )


def _right(text: str) -> Right:
    audience, source, until, *_ = [*text.split(), "", ""]
    return Right(audience=audience, source=source or "import", until=_moment(until))


def _substack(cells: Mapping[str, str], person: Person) -> Person:
    if _is_true(cells.get("email_disabled", "")):
        raise _Unreadable("unsubscribed")
    since, kind = _moment(cells.get("created_at", "")), cells.get("type") or cells.get("plan") or ""
    until = _moment(cells.get("expiry", ""))
    has_right = bool(kind) and kind.lower() not in ("free", "none")
    rights = (Right(audience=None, until=until, has_end=until is not None),) if has_right else ()
    return attrs.evolve(person, name=_name(cells.get("name", "")), since=since, confirmed=since, rights=rights)


def _mailchimp(cells: Mapping[str, str], person: Person) -> Person:
    if cells.get("clean_time"):
        raise _Unreadable("bounced")
    if any(cells.get(name) for name in ("unsub_time", "unsub_campaign_title", "unsub_reason")):
        raise _Unreadable("unsubscribed")
    confirmed = _moment(cells.get("confirm_time", ""))
    return attrs.evolve(
        person,
        name=_name(f"{cells.get('first name', '')} {cells.get('last name', '')}"),
        is_confirmed=confirmed is not None,
        since=_moment(cells.get("optin_time", "")) or confirmed,
        confirmed=confirmed,
    )


def _ghost(cells: Mapping[str, str], person: Person) -> Person:
    if cells.get("deleted_at"):
        raise _Unreadable("removed")
    if _is_true(cells.get("email_disabled", "")):
        raise _Unreadable("bounced")
    if cells.get("subscribed_to_emails", "").lower() in _NO:
        raise _Unreadable("unsubscribed")
    since, rights = _moment(cells.get("created_at", "")), tuple[Right, ...]()
    if _is_true(cells.get("complimentary_plan", "")):
        rights = (Right(audience=None, source="complimentary"),)
    elif _pays_ghost(cells):
        rights = (Right(audience=None, has_end=False),)
    return attrs.evolve(person, name=_name(cells.get("name", "")), since=since, confirmed=since, rights=rights)


def _pays_ghost(cells: Mapping[str, str]) -> bool:
    """Say whether somebody pays there: who stopped has no tier any more, and keeps their number at Stripe."""
    tiers = next((cells[name] for name in ("tiers", "products") if name in cells), None)
    return bool(cells.get("stripe_customer_id")) if tiers is None else tiers.lower() not in ("", "free")


def _plain(cells: Mapping[str, str], person: Person) -> Person:
    names = [cells.get(name, "") for name in ("name", "full name", "nom")]
    name = next(filter(None, names), "") or " ".join(
        cells.get(part, "") for part in ("first name", "prénom", "last name", "nom de famille")
    )
    return attrs.evolve(person, name=_name(name), is_confirmed=False)


_READERS: Mapping[Format, Callable[[Mapping[str, str], Person], Person]] = {
    "pressframe": _own, "substack": _substack, "mailchimp": _mailchimp, "ghost": _ghost, "plain": _plain,
}  # fmt: skip


def _name(typed: str) -> str | None:
    """Return a name; None for none, or one that cannot be shown: it keeps nobody out."""
    try:
        return read_name(typed)
    except ValueError:
        return None


def _is_true(cell: str) -> bool:
    return cell.lower() in _YES


def _moment(cell: str) -> datetime | None:
    """Return when that was; in UTC where no zone is told."""
    if not cell:
        return None
    try:
        found = datetime.fromisoformat(cell)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise _Unreadable("date") from error
