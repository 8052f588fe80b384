"""A site’s lists: home, pagination, terms, authors, years and months."""

from pressframe_archives._plugin import Archives

__all__ = ["Archives"]
