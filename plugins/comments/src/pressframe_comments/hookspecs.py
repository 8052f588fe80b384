"""The hook that tells what became of comments.

Declared with the core's ``hookspec``, and implemented like the core's own. Stages and failures mean the same.
"""

import enum

from pressframe.hookspecs import hookspec
from pressframe.model import Card, Comment, Host


@enum.unique
class Change(enum.Enum):
    """What has happened to a comment."""

    RECEIVED = "received"
    """It is new; what was decided about it is told next."""
    ACCEPTED = "accepted"
    HELD = "held"
    SPAM = "spam"
    EDITED = "edited"
    REMOVED = "removed"
    """It was put into the trash, or deleted for ever."""


@hookspec("live", "shut")
def on_comment(comment: Comment, entry: Card | None, change: Change, host: Host, by: str) -> None:
    """Learn what has just happened to a comment, by whatever way: a reader, a moderator, the command line, a job.

    Called once for each change of each comment, after it is safely stored and before the answer is given, so what takes
    long belongs into a job. A new comment is told as received, then as accepted, held or spam. Comments that are
    refused, repeated or imported are not told. If a plugin fails, it is logged, and what happened stays.

    Args:
        comment: As it is now; of one that was deleted, as it was. Its texts are untrusted.
        entry: The entry it replies to, as a stranger sees it; None where no built site is at hand, as on the command
            line, and where there is no such entry any more.
        by: Who did it: a moderator's name; empty for a reader, and for the site itself.
    """
