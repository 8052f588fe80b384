"""Entries from a folder of Markdown files with YAML front matter."""

from pressframe_markdown._plugin import Markdown
from pressframe_markdown._slug import slug

__all__ = ["Markdown", "slug"]
