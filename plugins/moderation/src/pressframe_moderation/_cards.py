"""Comments as pages show them: with their entry, what they answer, why they wait, and what else their sender sent."""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Mapping, Sequence
from urllib.parse import quote

from pressframe.model import Comment, Json
from pressframe_comments import Filed, Search, State, Trait, say_reasons, website
from pressframe_moderation._desk import Desk
from pressframe_moderation._wanted import LIST, Wanted

_EXCERPT = 160
_BLOCK = re.compile(r"</?(?:p|br|div|li|ul|ol|blockquote|pre|hr|h[1-6])\b[^>]*>")
_TAG = re.compile("<[^>]*>")
_TRAITS: tuple[Trait, ...] = ("address", "sender", "author")


def show(desk: Desk, comments: Sequence[Filed], back: Wanted) -> list[Json]:
    """Return what a template needs of each of *comments*, with few questions to the store however many there are."""
    parents = _Parents(desk, {filed.comment.parent for filed in comments if filed.comment.parent})
    records = {trait: _tally(desk, trait, comments) for trait in _TRAITS}
    return [_card(desk, filed, back) | parents.of(filed) | _others(filed, records) for filed in comments]


def _card(desk: Desk, filed: Filed, back: Wanted) -> dict[str, Json]:
    comment = filed.comment
    entry = desk.site.card(comment.entry)
    url = website(comment.url) if comment.url else None
    return {
        "id": comment.id,
        "version": filed.version,
        "state": filed.state.value,
        "kind": comment.kind,
        "author": comment.author,
        "email": filed.email,
        "email_query": _query(address=filed.email),
        "url": url,
        "client": filed.client,
        "client_query": _query(network=filed.client),
        "html": desk.site.hooks.filter_comment(comment),
        "entry": comment.entry,
        "entry_title": (entry.title or entry.address) if entry else "",
        "entry_address": entry.address if entry else "",
        "entry_query": _query(entry=comment.entry),
        "is_gated": entry is not None and is_gated(desk, comment.entry),
        "received": comment.received.isoformat(),
        "edited": filed.edited.isoformat() if filed.edited else None,
        "reasons": list(say_reasons(filed.reasons, desk.host)),
        "by_author": comment.by_author,
        "changes": filed.version - 1,
        "place": f"/comment/{quote(comment.id)}" if filed.state is State.APPROVED and entry and not entry.gated else "",
        "may_reply": may_reply(desk, filed),
        "page": f"{LIST}{quote(comment.id)}" + (f"?{back.query}" if back.query else ""),
        "edit": f"{LIST}{quote(comment.id)}/edit" + (f"?{back.query}" if back.query else ""),
    }


def may_reply(desk: Desk, filed: Filed) -> bool:
    """Tell whether a comment can be answered: one that says something, and is shown or will be with the answer."""
    return (
        filed.comment.body != ""
        and filed.state in (State.PENDING, State.APPROVED)
        and filed.comment.kind == "comment"
        and desk.site.card(filed.comment.entry) is not None
    )


def is_gated(desk: Desk, entry: str) -> bool:
    """Tell whether strangers may not read all of an entry."""
    card = desk.public_card(entry)
    return card is None or card.gated


def _query(**given: str) -> str:
    """Return the query of the list of all comments that have *given*; empty if that is nothing."""
    return Wanted(tab="all", **given).query if all(given.values()) else ""  # type: ignore[arg-type] # names of texts


# ------------------------------------------------------------------------------------------------ what they answer


class _Parents:
    """The comments that some comments answer: from the store, or from files beside the content."""

    def __init__(self, desk: Desk, ids: Collection[str]) -> None:
        self._desk = desk
        self._filed = desk.store.find(ids) if ids else {}
        self._shown: dict[str, Mapping[str, Comment]] = {}

    def of(self, filed: Filed) -> dict[str, Json]:
        """Return whom *filed* answers, and how that begins; nothing of a comment under another entry."""
        id, entry = filed.comment.parent, filed.comment.entry
        parent = self._find(id, entry) if id else None
        if parent is None or parent.entry != entry:
            return {"parent": None, "is_orphan": id is not None}
        is_ours = parent.id in self._filed
        return {
            "is_orphan": False,
            "parent": {
                "author": parent.author,
                "excerpt": excerpt(self._desk.site.hooks.filter_comment(parent)),
                "page": f"{LIST}{quote(parent.id)}" if is_ours else f"/comment/{quote(parent.id)}?on={quote(entry)}",
                "state": self._filed[parent.id].state.value if is_ours else "approved",
            },
        }

    def _find(self, id: str, entry: str) -> Comment | None:
        return self._filed[id].comment if id in self._filed else self._archived(entry).get(id)

    def _archived(self, entry: str) -> Mapping[str, Comment]:
        if entry not in self._shown:
            replies = self._desk.site.comments(entry)
            self._shown[entry] = {reply.comment.id: reply.comment for reply in replies}
        return self._shown[entry]


def excerpt(markup: str) -> str:
    """Return the first words of HTML that was sanitised, as plain text."""
    text = " ".join(html.unescape(_TAG.sub("", _BLOCK.sub(" ", markup))).split())
    return text if len(text) <= _EXCERPT else f"{text[:_EXCERPT].rsplit(' ', 1)[0]}…"


# --------------------------------------------------------------------------------------------- what else they sent


def _value(trait: Trait, filed: Filed) -> str:
    return {"address": filed.email, "sender": filed.sender or "", "author": filed.comment.author}[trait]


def _tally(desk: Desk, trait: Trait, comments: Sequence[Filed]) -> Mapping[str, Mapping[State, int]]:
    values = {value for filed in comments if (value := _value(trait, filed))}
    return desk.store.tally(trait, values, desk.within(Search())) if values else {}


def _others(filed: Filed, records: Mapping[Trait, Mapping[str, Mapping[State, int]]]) -> dict[str, Json]:
    """Return how many other comments with the same address, browser and name are approved, and how many spam."""
    found: list[Json] = []
    for trait in _TRAITS:
        value = _value(trait, filed)
        known = records[trait].get(value, {})
        approved, spam = (known.get(state, 0) - (filed.state is state) for state in (State.APPROVED, State.SPAM))
        if approved > 0 or spam > 0:
            query = Wanted(tab="all", **{trait: value}).query  # type: ignore[arg-type] # names of texts
            found.append({"trait": trait, "approved": approved, "spam": spam, "query": query})
    return {"others": found}
