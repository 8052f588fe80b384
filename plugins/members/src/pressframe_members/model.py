"""Members as other plugins meet them: who they are, what they may read and until when, and parts of their account."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING, Literal, TypeAlias

import attrs

from pressframe.model import Json
from pressframe_web import Request

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = [
    "KNOWN", "SUBSCRIBERS", "AccountPart", "Change", "Column", "Found", "Member", "Membership", "Outcome", "State",
    "read_name",
]  # fmt: skip

SUBSCRIBERS = "subscribers"
"""The audience of everyone who confirmed an address."""

KNOWN = "known_member"
"""In a page's ``data``: its address tells that whoever gets it is a member, so nothing asks them to become one."""

Change: TypeAlias = Literal["joined", "confirmed", "granted", "revoked", "lapsed", "left"]
"""What happened to a member: an address was given, was proved to be theirs, got an audience, lost it by somebody's hand
or by its end; or they were removed, by themselves or by the owner."""

State: TypeAlias = Literal["confirmed", "pending"]

_LONGEST_NAME = 80
_SPACES = re.compile(r"[\s\u00a0]+")
_UNWANTED = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
_JOINERS = "\u200c\u200d"
"""What some scripts and emoji cannot do without."""
_PART = re.compile(r"[a-z][a-z0-9-]{0,39}")


def _is_part_name(_: object, field: attrs.Attribute[str], value: str) -> None:
    if not _PART.fullmatch(value):
        raise ValueError(f'{field.name} must look like "comment-mails", got "{value}"')


@attrs.frozen(kw_only=True)
class Member:
    """Who subscribed, or is about to.

    Attributes:
        id: ``Reader.id``: stable, and meaningless outside the site.
        address: Where mail is sent to, as it was typed.
        name: As they wish to be called; None if they never said.
        since: When the address was first given, aware.
        confirmed: When they proved that the address is theirs; None: not yet, and nothing but the question is mailed.
        language: BCP 47: in which they signed up; None if nobody knows.
    """

    id: str
    address: str
    name: str | None = None
    since: datetime
    confirmed: datetime | None = None
    language: str | None = None


@attrs.frozen(kw_only=True)
class Membership:
    """An audience that a member has.

    Attributes:
        source: Who gave it: ``"sign-up"``, ``"complimentary"``, ``"import"``, ``"stripe"``. One audience may come from
            several; it is had as long as one of them lasts.
        since: Aware.
        until: Aware; None for no end.
    """

    audience: str
    source: str
    since: datetime
    until: datetime | None = None

    def is_active(self, now: datetime) -> bool:
        """Say whether it still lasts."""
        return self.until is None or self.until > now

    def last_day(self, zone: tzinfo) -> datetime | None:
        """Return noon of the day with which it ends in *zone*; None if it has no end, or ends within a day."""
        end = self.until.astimezone(zone) if self.until else None
        if end is None or end.time() != time():
            return None
        return datetime.combine(end.date() - timedelta(days=1), time(12), zone)


@attrs.frozen(kw_only=True)
class Found:
    """One page of a search.

    Attributes:
        more: What to go on with, as ``after``; None where this was the last page.
    """

    members: tuple[Member, ...]
    more: str | None


@attrs.frozen(kw_only=True)
class Outcome:
    """What came of a part's form that was not simply saved.

    Attributes:
        problem: A word that the part's template knows, such as ``"name-long"``; the page is shown again, with status
            422, unless it is empty.
        data: For the template, over what ``load`` says: what was typed.
        location: Path on this site to go on to, instead of the account page.
    """

    problem: str = ""
    data: Mapping[str, Json] = attrs.field(factory=dict)
    location: str | None = None


@attrs.frozen(kw_only=True)
class AccountPart:
    """A part of the account page: a section of it, with a form of its own.

    Attributes:
        name: Unique in a site, in lower case with hyphens; the form is sent to ``/members/account/{name}``.
        template: Shown inside a ``<section id="{name}">``. It knows the page's names and ``part``: ``part.data`` is
            what ``load`` says, ``part.action`` where its form posts to, ``part.problem`` what an ``Outcome`` says, and
            ``part.is_saved`` is true right after a form was saved.
        load: Gets what the template shows; None leaves the part out for this member.
        save: Takes the posted form, in ``Request.form``; None says that it was saved.
        leads_to: Origins elsewhere that forms of the part may lead to, as ``Response.forms_lead_to``.
    """

    name: str = attrs.field(validator=_is_part_name)
    template: str
    load: Callable[[Member, Request], Mapping[str, Json] | None]
    save: Callable[[Member, Request], Outcome | None]
    leads_to: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class Column:
    """A column of the list of all members: what a plugin knows of them, given out and taken in again.

    Attributes:
        name: Unique in a site, in lower case with hyphens; the column is called so.
        tell: Gets some members, within a transaction; returns, by ``Member.id``, the cell of each that has one.
        take: Gets a member who has just been taken in, the cell that stands in the list, never empty, and the time,
            within the same transaction. The list may come from anywhere: what the cell cannot mean is passed over.
    """

    name: str = attrs.field(validator=_is_part_name)
    tell: Callable[[Connection, Sequence[Member]], Mapping[str, str]]
    take: Callable[[Connection, Member, str, datetime], None]


def read_name(typed: str) -> str | None:
    """Return the name in *typed*, spaces made single; None if nothing was typed.

    Raises:
        ValueError: It is longer than 80 characters, or holds what cannot be seen or turns text around; the message is
            ``"long"`` or ``"characters"``.
    """
    name = _SPACES.sub(" ", typed).strip()
    if len(name) > _LONGEST_NAME:
        raise ValueError("long")
    if any(unicodedata.category(one) in _UNWANTED and one not in _JOINERS for one in name):
        raise ValueError("characters")
    return name or None
