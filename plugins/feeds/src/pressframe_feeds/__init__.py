"""Atom, RSS and JSON feeds, sitemap and robots.txt."""
