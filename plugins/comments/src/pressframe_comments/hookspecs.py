"""The hooks that tell what became of comments, and ask for their authors' pictures and for judges' promises.

Declared with the core's ``hookspec``, and implemented like the core's own. Stages and failures mean the same.
"""

import enum
from collections.abc import Iterable

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


@hookspec("start", answer=str)
def register_quick_judges() -> Iterable[str]:
    """Promise that this plugin's ``judge_comment`` is quick, and say why, for whoever reads the plugin.

    Called once. Quick is what waits for nothing but the site's own database, and takes time in proportion to the text:
    a few milliseconds. Such judges are asked one after the other in one thread, which spares the server most of the
    work that a judge costs. One that breaks its promise, and says nothing within ``judge_deadline``, holds the comment
    for all of them, and has a thread of its own until it is through.
    """


@hookspec("entry", "shut", answer=str)
def find_avatar(email: str) -> str | None:
    """Give the address of the picture that stands beside a reader's comments, from ``https://``.

    Called for the mail addresses of comments that are shown, which are given to nobody else; the first answer wins.
    Without one, and if a plugin fails, a picture is drawn here. Pure in its argument. The site's
    ``[plugins.web] embeds`` must name the picture's origin, or browsers will not load it.

    Args:
        email: In lower case; never empty.
    """
