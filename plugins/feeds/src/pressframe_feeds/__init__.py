"""Atom, RSS and JSON feeds, sitemap and robots.txt."""

from pressframe_feeds._plugin import Feeds

__all__ = ["Feeds"]
