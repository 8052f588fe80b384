"""What the screens have in common: pages, sentences, dates that were typed, and members as pages show them."""

from __future__ import annotations

import hashlib
import re
from calendar import monthrange
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta, tzinfo

import attrs
import sqlalchemy as sa

from pressframe.model import Host, Json, Page
from pressframe_admin import Done, Flash, Undo
from pressframe_members import known_audiences
from pressframe_members.model import SUBSCRIBERS, Member, Membership
from pressframe_members.store import Members
from pressframe_subscribers._acts import Acts
from pressframe_web import Response

LIST = "/admin/members/"
ONE = f"{LIST}member/"
UNDO = f"{LIST}undo"

_LONGEST = 100
_LONGEST_BACK = 900
"""Characters of an address that travel with the button that takes an act back."""
_MONTHS = re.compile(r"[1-9][0-9]?", re.ASCII)


def _(text: str) -> str:
    return text  # marks what is translated when shown


@attrs.frozen
class Desk:
    """One site, as the screens work with it."""

    host: Host

    @property
    def members(self) -> Members:
        return Members(self.host)

    @property
    def acts(self) -> Acts:
        return Acts(self.host)

    @property
    def givable(self) -> list[Json]:
        """The audiences that can be given."""
        return [*sorted(known_audiences(self.host) - {SUBSCRIBERS})]

    def end_of(self, form: Mapping[str, str], now: datetime) -> datetime | None:
        """Return the end of the last day that was typed, or of so many months from today; None if neither was given.

        Raises:
            ValueError: It is no day, or one that has passed, or no number of months from 1 to 99.
        """
        typed, months = form.get("until", "").strip(), form.get("months", "")
        if not typed and not months:
            return None
        zone = self.host.settings.timezone
        try:
            last = date.fromisoformat(typed) if typed else _months_on(now.astimezone(zone).date(), months)
            end = datetime.combine(last + timedelta(days=1), time(), zone)
        except OverflowError as error:
            raise ValueError("there is no such day") from error
        if end <= now:
            raise ValueError("it has passed")
        return end

    def version(self, id: str, connection: sa.Connection | None = None) -> str | None:
        """Return what is another one as soon as anything of a member is; None if there is no such member."""
        member = self.members.find(id, connection=connection)
        if member is None:
            return None
        given = self.members.memberships(id, connection=connection)
        return hashlib.sha256(repr((member, given)).encode()).hexdigest()[:16]


def _months_on(day: date, typed: str) -> date:
    """Return the same day so many months later, or the last of that month where it has no such day."""
    if not _MONTHS.fullmatch(typed):
        raise ValueError("months are a number from 1 to 99")
    year, month = divmod(day.year * 12 + day.month - 1 + int(typed), 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def page_of(name: str, data: Mapping[str, Json], *, status: int = 200) -> Response:
    """Return a page of this plugin's own."""
    return Response(
        status=status, page=Page(address=LIST, template=f"subscribers/{name}.html", data=data, indexed=False)
    )


def missing(back: str = LIST) -> Response:
    """Return what is said of a member who is not there, with the way *back* to the list."""
    return page_of("missing", {"list": back}, status=404)


def problem(text: str, location: str = LIST) -> Done:
    """Go on to a screen that says what was not done."""
    return Done(location=location, flash=Flash(text=text, problem=True))


def nothing_typed() -> dict[str, Json]:
    """Return what stands in a form that gives an audience, at first."""
    return typed_in({}, "")


def typed_in(form: Mapping[str, str], problem: str) -> dict[str, Json]:
    """Return what was typed into such a form, and the *problem* with it: empty for none."""
    typed: dict[str, Json] = {name: form.get(name, "")[:_LONGEST] for name in ("audience", "months", "until")}
    return {**typed, "problem": problem}


def undo_of(act: str, back: str) -> Undo:
    """Return the button that takes an act back, and leads to where it was done."""
    kept = back if len(back) <= _LONGEST_BACK else back.partition("?")[0]
    return Undo(action=UNDO, fields={"act": act, "back": kept})


def shown(member: Member) -> dict[str, Json]:
    """Return a member as pages show them."""
    return {
        "id": member.id,
        "address": member.address,
        "name": member.name or "",
        "language": member.language or "",
        "since": member.since.isoformat(),
        "confirmed": member.confirmed.isoformat() if member.confirmed else None,
    }


def given(memberships: Iterable[Membership], now: datetime, zone: tzinfo) -> list[Json]:
    """Return what a member has or had, as pages show it.

    What ends with a day in *zone* has that day as ``last``: who gave it typed that one, not the midnight behind it.
    """
    return [
        {
            "audience": one.audience,
            "source": one.source,
            "since": one.since.isoformat(),
            "until": one.until.isoformat() if one.until else None,
            "last": last.isoformat() if (last := one.last_day(zone)) else None,
            "is_active": one.is_active(now),
            "may_end": one.audience != SUBSCRIBERS,
        }
        for one in memberships
    ]
