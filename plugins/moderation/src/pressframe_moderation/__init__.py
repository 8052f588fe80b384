"""The owner's screens for comments: queue, search, edit, reply, undo, and mail on new ones."""

from pressframe_moderation._plugin import Moderation

__all__ = ["Moderation"]
