"""Readers’ comments: form, threads, moderation, spam traps, sanitising."""

from pressframe_comments._links import website
from pressframe_comments._patterns import fold, hosts
from pressframe_comments._plugin import Comments
from pressframe_comments._reasons import Reason, read_reasons, reasons_of, say_reasons, write_reasons

# isort: off
# fmt: off
from pressframe_comments._store import (
    Act, Brought, CommentStore, ConflictError, Draft, Filed, Found, Record, Search, Seen, State, Step, Texts,
    Trait, comment_store,
)
# fmt: on
# isort: on
from pressframe_comments._telling import public_card, tell_act, tell_new
from pressframe_comments.hookspecs import Change

__all__ = [
    "Act", "Brought", "Change", "CommentStore", "Comments", "ConflictError", "Draft", "Filed", "Found", "Reason",
    "Record", "Search", "Seen", "State", "Step", "Texts", "Trait", "comment_store", "fold", "hosts", "public_card",
    "read_reasons", "reasons_of", "say_reasons", "tell_act", "tell_new", "website", "write_reasons",
]  # fmt: skip
