"""Tell plugins what became of comments."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

import attrs

from pressframe.model import Card, Host, View
from pressframe_comments._store import Act, Filed, State, Step
from pressframe_comments.hookspecs import Change

_CHANGES = {
    State.PENDING: Change.HELD,
    State.APPROVED: Change.ACCEPTED,
    State.SPAM: Change.SPAM,
    State.TRASH: Change.REMOVED,
}

FindCard = Callable[[str], Card | None]


def nobody_knows(entry: str) -> Card | None:
    """Return no card: what the command line has of entries."""
    return None


def tell_new(host: Host, filed: Filed, card: Card | None, *, by: str = "") -> None:
    """Tell of a comment that was just stored."""
    for change in (Change.RECEIVED, _CHANGES[filed.state]):
        _tell(host, filed, card, change, by)


def tell_act(host: Host, act: Act, *, card: FindCard = nobody_knows) -> None:
    """Tell of everything that *act* has done."""
    for filed, step in zip(act.changed, act.steps, strict=True):
        for change in _changes(step):
            _tell(host, filed, card(filed.comment.entry), change, step.by)


def tell_removed(host: Host, removed: Iterable[Filed], *, by: str = "", card: FindCard = nobody_knows) -> None:
    """Tell of comments that were deleted; those that were in the trash are told of already."""
    for filed in removed:
        if filed.state is not State.TRASH:
            _tell(host, filed, card(filed.comment.entry), Change.REMOVED, by)


def _changes(step: Step) -> Iterator[Change]:
    if step.texts is not None:
        yield Change.EDITED
    if step.after is not step.before:
        yield _CHANGES[step.after]


def _tell(host: Host, filed: Filed, card: Card | None, change: Change, by: str) -> None:
    deque(host.hooks.ask("on_comment", filed.comment, card, change, host, by), maxlen=0)


def public_card(card: Card, site: View, now: datetime) -> Card:
    """Return *card* as a stranger sees it, whoever looks at *site*: what plugins are told of what is said there."""
    entry = site.entry(card.id) if site.audiences else None
    gate = site.hooks.judge_gate(entry, now) if entry else None
    if entry is None or gate is None or not gate.requires:
        return card
    count = 0 if gate.conversation == "hidden" else card.comments
    return attrs.evolve(card, gated=True, excerpt=entry.summary or "", comments=count)
