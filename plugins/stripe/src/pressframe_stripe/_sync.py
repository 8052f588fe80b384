"""Putting right what missed webhooks left wrong: every subscription is looked at."""

from __future__ import annotations

from datetime import datetime

import attrs

from pressframe_members.store import Members
from pressframe_stripe._books import Held
from pressframe_stripe._desk import Desk


@attrs.frozen(kw_only=True)
class Synced:
    """What was done.

    Attributes:
        seen: Subscriptions of members that were looked at.
        changed: Those that were otherwise than we knew.
        ended: Members who have left without anybody being told.
    """

    seen: int
    changed: int
    ended: int


def sync(desk: Desk, now: datetime) -> Synced:
    """Look at every subscription that Stripe or we know of, and end those of members who have left.

    Raises:
        StripeError: Stripe could not be asked; what was done stays done.
    """
    members = Members(desk.host)
    for event in desk.books.waiting():
        desk.finish(event, now)
    left = {one.member for one in desk.books.known() if members.find(one.member) is None}
    for member in sorted(left):
        desk.books.db.write(lambda connection, member=member: desk.leave(connection, member, now))  # type: ignore[misc] # mypy takes no default of a lambda
    theirs = {found.id: found.member for found in desk.api.subscriptions() if found.member}
    ours = {one.id: one.member for one in desk.books.known()}
    seen = {id: member for id, member in {**theirs, **ours}.items() if id in ours or members.find(member) is not None}
    changed = 0
    for id in sorted(seen):
        before = _known(desk, id, seen[id])
        desk.look(id, now)
        changed += _known(desk, id, seen[id]) != before
    for id in sorted(theirs.keys() - seen.keys()):
        desk.look(id, now)  # of who has left: it ends
    return Synced(seen=len(seen), changed=changed, ended=len(left))


def _known(desk: Desk, id: str, member: str) -> Held | None:
    return next((held for held in desk.books.held(member) if held.id == id), None)
