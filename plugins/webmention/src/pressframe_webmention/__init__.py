"""Webmentions and pingbacks, received and sent, verified in the background."""

from pressframe_webmention._plugin import Webmention

__all__ = ["Webmention"]
