"""Akismet’s opinion of each comment, for sites that opt in."""

from pressframe_akismet._plugin import Akismet

__all__ = ["Akismet"]
