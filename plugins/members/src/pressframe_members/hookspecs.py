"""The hooks that members ask: who wants to know of changes, and what else belongs to an account.

Declared with the core's ``hookspec``, and implemented like the core's own. Stages and failures mean the same.
"""

from collections.abc import Iterable
from datetime import datetime

from pressframe.hookspecs import hookspec
from pressframe.model import Host
from pressframe_members.model import AccountPart, Change, Column, Member


@hookspec("live", "shut")
def on_subscription(member: Member, audience: str, change: Change, now: datetime, host: Host) -> None:
    """Learn what has just happened to a member, by whatever way: a reader, the owner, a payment, the clock.

    Called after it is safely stored, at once; where it was part of a larger transaction, such as an import, by a job,
    and then perhaps twice. A crash in between leaves it untold: what must not be missed looks into the store as well.
    What takes long belongs into a job. If a plugin fails, it is logged, the others are told all the same, and what
    happened stays.

    Args:
        member: As they are now; of one who left, as they were.
        audience: What was given or taken; ``subscribers`` where somebody joined, confirmed or left.
        now: When it happened.
    """


@hookspec("start", answer=AccountPart)
def register_account(host: Host) -> Iterable[AccountPart]:
    """Bring parts of the account page, shown in the order of the plugins; ``members`` brings its own like any other.

    Called once when the server starts. All are kept; two of one name are an error. Only who is signed in gets there.
    """


@hookspec("start", answer=Column)
def register_columns(host: Host) -> Iterable[Column]:
    """Bring columns of the list of all members, for what must not get lost when they move to another site.

    Called once when a list is given out or taken in. All are kept, behind those of ``members``; two of one name are an
    error. Where a plugin fails while a list is given out, there is none; while one is taken in, nobody of the five
    hundred is.
    """
