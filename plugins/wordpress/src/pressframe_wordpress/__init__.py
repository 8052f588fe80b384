"""A WordPress export file read as a site’s content, comments included."""

from pressframe_wordpress._plugin import Wordpress

__all__ = ["Wordpress"]
