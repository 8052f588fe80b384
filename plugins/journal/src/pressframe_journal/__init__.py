"""A theme for blogs, in French and English, light and dark."""

from pressframe_journal._plugin import Journal

__all__ = ["Journal"]
