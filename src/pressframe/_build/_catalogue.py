"""The index of everything loaded, from which views answer."""

import functools
import html
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from pressframe._build._load import Kept
from pressframe._hooks import ask_part
from pressframe.errors import ContentError
from pressframe.model import Card, Comment, Entry, Group, Host, Reply, Term

Within: TypeAlias = tuple[str, str]

_PARAGRAPH = re.compile(r"<p\b[^>]*>(.*?)</p>", re.DOTALL)
_TAG = re.compile(r"<[^>]*(?:>|$)")
_EXCERPT_WORDS = 55
"""As long as WordPress makes excerpts."""
_ENOUGH = 1500
"""Characters of a paragraph that hold more words than that, tags included."""
_DANGLING = " \u00a0\n.,;:!?…«“„(–—-"
"""What looks odd before the dots of an excerpt."""


class Catalogue:
    """Entries by id, in lists, and with their comments; the same for every audience, so never handed to plugins."""

    def __init__(self, host: Host, entries: Sequence[Kept]) -> None:
        self.host = host
        self.kept = {kept.entry.id: kept for kept in entries}
        ordered = sorted((kept.public for kept in entries), key=lambda entry: (entry.published, entry.id), reverse=True)
        self._lists: dict[tuple[str, Within | None], list[str]] = {}
        self._groups: dict[str, dict[str, Term]] = {}
        self._terms = {(term.taxonomy, term.slug): term for entry in ordered for term in entry.terms}
        for entry in ordered:
            self._file(entry)
        self.positions = {id: index for index, id in enumerate(self.ids("post", None))}

    def _file(self, entry: Entry) -> None:
        """Put *entry* into every list that it belongs to."""
        self._lists.setdefault((entry.kind, None), []).append(entry.id)
        if entry.kind != "post":
            return
        for key, term in {(term.taxonomy, term.slug): term for term in self._groups_of(entry)}.items():
            self._lists.setdefault((entry.kind, key), []).append(entry.id)
            self._groups.setdefault(term.taxonomy, {})[term.slug] = term

    def _groups_of(self, entry: Entry) -> Iterable[Term]:
        for term in entry.terms:
            yield from self._with_parents(term)
        for author in entry.authors:
            yield Term(taxonomy="author", slug=author.slug, name=author.name)
        day = entry.published.astimezone(self.host.settings.timezone)
        year, month = f"{day.year}", f"{day.month:02}"
        yield Term(taxonomy="year", slug=year, name=year)
        yield Term(taxonomy="month", slug=f"{year}/{month}", name=f"{year}-{month}", parent=year)

    def _with_parents(self, term: Term) -> Iterable[Term]:
        """Yield *term* and the wider ones that hold it: as in WordPress, their lists show its posts too."""
        seen: set[str] = set()
        wider: Term | None = term
        while wider is not None and wider.slug not in seen:
            seen.add(wider.slug)
            yield wider
            wider = self._terms.get((wider.taxonomy, wider.parent)) if wider.parent else None

    def ids(self, kind: str, within: Within | None) -> Sequence[str]:
        """Return the entries of one list, newest first; templates give *within* as a list."""
        return self._lists.get((kind, (within[0], within[1]) if within else None), ())

    @functools.cache  # noqa: B019 - a catalogue lives as long as its release
    def groups(self, taxonomy: str) -> tuple[Group, ...]:
        """Return the groups of a taxonomy: periods newest first, others by name."""
        groups = [
            Group(
                taxonomy=taxonomy,
                slug=slug,
                name=term.name,
                parent=term.parent,
                size=len(self.ids("post", (taxonomy, slug))),
            )
            for slug, term in self._groups.get(taxonomy, {}).items()
        ]
        if taxonomy in ("year", "month"):
            return tuple(sorted(groups, key=lambda group: group.slug, reverse=True))
        return tuple(sorted(groups, key=lambda group: (_sortable(group.name), group.slug)))

    @functools.cached_property
    def comments(self) -> Mapping[str, tuple[Reply, ...]]:
        """Accepted comments of every entry that has some, oldest first."""
        entries = frozenset(self.kept)
        found: dict[str, dict[str, Comment]] = {}
        for plugin, source in self.host.hooks.register_comments(self.host):
            answers = ask_part(plugin, "of", Mapping, source.of, entries)
            for entry, comments in answers.items():
                for comment in comments if entry in entries else ():
                    if comment.id in found.setdefault(entry, {}):
                        raise ContentError(
                            f"two comments on {entry} have the id {comment.id}", fix=f"see {plugin}'s {source.name}"
                        )
                    found[entry][comment.id] = comment
        return {entry: self._shown(comments.values()) for entry, comments in found.items() if comments}

    def _shown(self, comments: Iterable[Comment]) -> tuple[Reply, ...]:
        show = self.host.hooks.filter_comment
        ordered = sorted(comments, key=lambda comment: (comment.received, comment.id))
        return tuple(Reply(comment=comment, html=show(comment)) for comment in ordered)


def comment_fingerprints(host: Host) -> tuple[str, ...]:
    """Return what changes when comments do, by source."""
    sources = host.hooks.register_comments(host)
    return tuple(ask_part(plugin, "fingerprint", str, source.fingerprint) for plugin, source in sources)


def card(entry: Entry, *, comments: int, gated: bool) -> Card:
    """Return what lists show of *entry*, which is as its readers see it."""
    return Card(
        id=entry.id,
        kind=entry.kind,
        address=entry.address,
        title=entry.title,
        excerpt=entry.summary or excerpt(entry.body.html),
        published=entry.published,
        updated=entry.updated,
        terms=entry.terms,
        authors=entry.authors,
        image=entry.image,
        comments=comments,
        gated=gated,
    )


def excerpt(body: str) -> str:
    """Return the first words of a body's paragraphs, 55 at most, as plain text."""
    words: list[str] = []  # split at plain spaces: a no-break space holds its neighbours together
    for paragraph in _PARAGRAPH.finditer(body):
        words += html.unescape(_TAG.sub("", paragraph[1][:_ENOUGH])).split(" ")
        if len(words) > _EXCERPT_WORDS:
            return " ".join(words[:_EXCERPT_WORDS]).rstrip(_DANGLING) + "…"
    return " ".join(words)


def _sortable(name: str) -> str:
    """Return *name* as dictionaries sort it: without accents or case."""
    apart = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))
