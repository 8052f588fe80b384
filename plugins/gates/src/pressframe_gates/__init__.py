"""Which entries are closed, for whom, from when to when, and what of them is public."""

from pressframe_gates._plugin import Gates
from pressframe_gates._rules import Audience, Rule

__all__ = ["Audience", "Gates", "Rule"]
