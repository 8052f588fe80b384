"""The owner's screens for members: search, gifts, tiers, growth, lists in and out."""

from pressframe_subscribers._plugin import Subscribers

__all__ = ["Subscribers"]
