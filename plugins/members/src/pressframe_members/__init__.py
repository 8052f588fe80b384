"""Subscribers: sign-up by confirmed address, sign-in by mailed link."""

from pressframe_members._plugin import Members

__all__ = ["Members"]
