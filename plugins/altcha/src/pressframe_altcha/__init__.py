"""Proof of work: a browser works a moment for each comment, which robots by the thousand can't afford."""

from pressframe_altcha._plugin import Altcha

__all__ = ["Altcha"]
