"""Readers’ comments: form, threads, moderation, spam traps, sanitising."""

from pressframe_comments._plugin import Comments
from pressframe_comments._store import CommentStore, Draft, Filed, State, comment_store

__all__ = ["CommentStore", "Comments", "Draft", "Filed", "State", "comment_store"]
