"""The rules of a site: which entries they are about, when, and whom they ask for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Literal, NamedTuple

import attrs
from attrs.validators import ge, min_len, optional

from pressframe.errors import ConfigError, Place, did_you_mean
from pressframe.model import Entry, Group, View

SUBSCRIBERS = "subscribers"
PUBLIC = "public"
"""What an entry says that is open whatever the rules; no audience."""

_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
_TAXONOMIES = ("category", "tag", "author")


@attrs.frozen(kw_only=True)
class Audience:
    """What readers are told of an audience.

    Attributes:
        name: As in "This is for …", in the site's language: `"paying members"`.
        gives: What its readers get, a short sentence each; shown where a gate asks for it.
        join: Where one becomes one of them: a path on the site, or an address.
    """

    name: str = ""
    gives: tuple[str, ...] = ()
    join: str = ""


class Span(NamedTuple):
    """From when to when something is closed; None where that has no beginning or no end."""

    starts: datetime | None
    ends: datetime | None

    def holds(self, now: datetime) -> bool:
        """Say whether *now* lies in it."""
        return (self.starts is None or self.starts <= now) and (self.ends is None or now < self.ends)

    def next(self, now: datetime) -> Iterator[datetime]:
        """Yield what of its beginning and end is still to come."""
        yield from (moment for moment in self if moment is not None and moment > now)


@attrs.frozen(kw_only=True)
class Rule:
    """Closes the entries that fit all that it names.

    Attributes:
        audience: Whom it asks for; of several, readers must be all.
        kind: Only posts, or only pages. Left out: both, but only posts where the rule has an age.
        category: Only entries in this category, or one right below it; its name or its slug.
        tag: Only entries with this tag.
        author: Only entries of this author.
        after: How long after publication it begins to close them; at once if left out.
        until: How long after publication it opens them again; never if left out.
    """

    audience: tuple[str, ...] = attrs.field(default=(SUBSCRIBERS,), validator=min_len(1))
    kind: Literal["post", "page"] | None = None
    category: str = ""
    tag: str = ""
    author: str = ""
    after: timedelta | None = attrs.field(default=None, validator=optional(ge(timedelta(0))))
    until: timedelta | None = attrs.field(default=None, validator=optional(ge(timedelta(0))))

    def __attrs_post_init__(self) -> None:
        if self.after is not None and self.until is not None and self.after >= self.until:
            raise ValueError("a rule closes nothing whose until is not longer than its after")

    @property
    def has_age(self) -> bool:
        """Say whether it depends on the date."""
        return self.after is not None or self.until is not None

    def fits(self, entry: Entry) -> bool:
        """Say whether it is about *entry*, at whatever time."""
        kind = self.kind or ("post" if self.has_age else None)
        if kind is not None and entry.kind != kind:
            return False
        named = [*self.named()]
        if not named:
            return True
        found = _names_in(entry)
        return all(_folded(name) in found[taxonomy] for taxonomy, name in named)

    def named(self) -> Iterator[tuple[str, str]]:
        """Yield the category, the tag and the author that it names, each with what it is."""
        yield from ((taxonomy, getattr(self, taxonomy)) for taxonomy in _TAXONOMIES if getattr(self, taxonomy))

    def span(self, entry: Entry) -> Span:
        """Return from when to when it closes an entry that it fits."""
        return Span(_later(entry.published, self.after), _later(entry.published, self.until))

    def told(self, span: Span) -> str:
        """Return what it says, for the owner: the terms, and from when to when."""
        said = [f'{taxonomy} "{name}"' for taxonomy, name in self.named()]
        said += [f"every {self.kind}"] if self.kind and not said else []
        said += [f"from {_written(span.starts)} on"] if span.starts else []
        said += [f"until {_written(span.ends)}"] if span.ends else []
        return ", ".join(said) or "every entry"


def _written(moment: datetime) -> str:
    return f"{moment.astimezone(UTC).isoformat(' ', 'minutes')[:16]} UTC"


def _later(moment: datetime, age: timedelta | None) -> datetime | None:
    """Return the moment that comes so long after; the last that there is where none is so late."""
    if age is None:
        return None
    try:
        return moment + age
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)


def _folded(name: str) -> str:
    return name.strip().casefold()


def _names_in(entry: Entry) -> Mapping[str, set[str]]:
    """Return how the categories, tags and authors of an entry may be called."""
    found: dict[str, set[str]] = {taxonomy: set() for taxonomy in _TAXONOMIES}
    for term in entry.terms:
        if term.taxonomy in found:
            wider = {_folded(term.parent)} if term.parent else set()
            found[term.taxonomy] |= {_folded(term.slug), _folded(term.name), *wider}
    for author in entry.authors:
        found["author"] |= {_folded(author.slug), _folded(author.name)}
    return found


def check_audiences(rules: Iterable[Rule], known: Iterable[str]) -> None:
    """Raise ValueError where a rule asks for an audience that there is not: it would close for ever, or not at all."""
    known = sorted(known)
    for name in known:
        if name in (PUBLIC, "nobody") or not _NAME.fullmatch(name):
            raise ValueError(f'"{name}" cannot be the name of an audience: take a word in lower case, such as paid')
    for number, rule in enumerate(rules, 1):
        for name in rule.audience:
            if name not in known:
                listed = f"audiences are {', '.join(known)}; a table [plugins.gates.audiences.NAME] adds one"
                near = did_you_mean(name, known)
                raise ValueError(f'rule {number}: "{name}" is no audience\n  {near or listed}')


def _check_wider(number: int, name: str, groups: Iterable[Group]) -> None:
    """Raise ConfigError where a rule names a term so that it does not close what is right below it."""
    slugs = {group.slug for group in groups if _folded(group.name) == _folded(name)} - {_folded(name)}
    below = sorted(group.name for group in groups if group.parent in slugs)
    if below:
        said = f'rule {number} of [plugins.gates]: "{name}" does not close what is right below it, such as "{below[0]}"'
        fix = f"name it by its slug: {' or '.join(sorted(slugs))}"
        raise ConfigError(said, at=Place("pressframe.toml", key="plugins.gates.rules"), fix=fix)


def check_terms(rules: Iterable[Rule], site: View) -> Iterator[str]:
    """Yield a sentence for each name in the rules that no post of *site* has.

    Raises:
        ConfigError: One of them looks misspelt: what it should close is open.
    """
    for number, rule in enumerate(rules, 1):
        for taxonomy, name in rule.named() if rule.kind != "page" else ():
            groups = site.groups(taxonomy)
            names = {_folded(one) for group in groups for one in (group.name, group.slug, group.parent or "")}
            if _folded(name) in names:
                _check_wider(number, name, groups)
                continue
            near = did_you_mean(name, [group.name for group in groups] + [group.slug for group in groups])
            said = f'rule {number} of [plugins.gates]: no post has the {taxonomy} "{name}"'
            if near:
                raise ConfigError(said, at=Place("pressframe.toml", key="plugins.gates.rules"), fix=near)
            yield f"{said}, so it closes nothing"
