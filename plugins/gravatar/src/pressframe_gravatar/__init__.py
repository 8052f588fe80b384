"""Readers’ pictures from gravatar.com, for who wants that."""

from pressframe_gravatar._plugin import Gravatar

__all__ = ["Gravatar"]
