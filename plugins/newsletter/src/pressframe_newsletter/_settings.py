"""What can be said of each newsletter, which entries are kept out of them, and when digests leave."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta
from typing import Literal, TypeAlias, get_args
from zoneinfo import ZoneInfo

import attrs

from pressframe.errors import ConfigError, ContentError, Place, did_you_mean
from pressframe.model import Entry, Host, View
from pressframe_members import known_audiences

Wants: TypeAlias = Literal["each", "weekly", "never"]
Day: TypeAlias = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

DAYS: tuple[Day, ...] = get_args(Day)
_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
_WITHIN = re.compile(r"(?:|[a-z]+/[^\s/]+)")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


def _is_within(_: object, field: attrs.Attribute[str], value: str) -> None:
    if not _WITHIN.fullmatch(value):
        raise ValueError(f'{field.name} must name a group, such as "category/presse" or "tag/crise", got "{value}"')


def is_colour(_: object, field: attrs.Attribute[str], value: str) -> None:
    """Refuse what is no colour."""
    if not _COLOUR.fullmatch(value):
        raise ValueError(f'{field.name} must be a colour such as "#b3123f", got "{value}"')


def are_names(_: object, field: attrs.Attribute[Mapping[str, Newsletter]], value: Mapping[str, Newsletter]) -> None:
    """Refuse names that addresses and forms could not hold."""
    for name in value:
        if not _NAME.fullmatch(name):
            raise ValueError(f'{field.name}: a newsletter is named like "billets", got "{name}"')


@attrs.frozen
class Newsletter:
    """A newsletter.

    Attributes:
        title: What members choose it by; the site's title if left out.
        audience: Who may get it: members who have this audience.
        frequency: What members get who never chose: `"each"` post as it comes, or one mail `"weekly"`.
        within: Only posts of one group: `"category/presse"`, `"tag/crise"`, `"author/odile"`; all if left out.
    """

    title: str = ""
    audience: str = "subscribers"
    frequency: Literal["each", "weekly"] = "each"
    within: str = attrs.field(default="", validator=_is_within)

    @property
    def group(self) -> tuple[str, str] | None:
        """The group that it is about, as ``View.latest`` takes it."""
        taxonomy, _, slug = self.within.partition("/")
        return (taxonomy, slug) if slug else None


def check_audience(host: Host, name: str, *, at: Place | None = None) -> None:
    """Raise ConfigError where the site has no audience called *name*; *at* is where it is named so."""
    known = known_audiences(host)
    if name not in known:
        fix = did_you_mean(name, known) or f"there are: {', '.join(sorted(known))}"
        raise ConfigError(f'"{name}" is no audience of this site', at=at, fix=fix)


def find_empty(newsletters: Mapping[str, Newsletter], site: View) -> Iterator[str]:
    """Yield a sentence for each newsletter that is about a group which no post is in: it would mail nothing."""
    for name, newsletter in newsletters.items():
        if newsletter.group is None:
            continue
        taxonomy, slug = newsletter.group
        slugs = [group.slug for group in site.groups(taxonomy)]
        if slug not in slugs:
            near = did_you_mean(slug, slugs)
            said = f'no post is within "{newsletter.within}", so it mails nothing'
            yield f"[plugins.newsletter.newsletters.{name}]: {said}{f'. {near}' if near else ''}"


def wants_mails(entry: Entry) -> bool:
    """Say whether an entry's author lets newsletters mail it by themselves.

    Raises:
        ContentError: Its front matter says neither true nor false: a guess could mail what nobody can take back.
    """
    kept = entry.data.get(entry.source.loader)
    extra = kept.get("extra") if isinstance(kept, Mapping) else None
    said = extra.get("newsletter") if isinstance(extra, Mapping) else None
    if said is None or isinstance(said, bool):
        return said is not False
    place = Place(entry.source.place.file if entry.source.place else entry.source.key, key="newsletter")
    fix = "write newsletter: false, without quotes, to keep it out of newsletters"
    raise ContentError(f"must be true or false, got {said}", at=place, fix=fix)


def last_digest(now: datetime, day: Day, at: time, zone: ZoneInfo) -> datetime:
    """Return the latest moment, not after *now*, at which a weekly digest leaves."""
    local = now.astimezone(zone)
    date = local.date() - timedelta(days=(local.weekday() - DAYS.index(day)) % 7)
    moment = datetime.combine(date, at, zone)
    if moment > local:
        moment = datetime.combine(date - timedelta(days=7), at, zone)
    return moment
