"""A pytest plugin for testing pressframe’s plugins: a whole site as text, built or served."""

from pressframe_testing._axe import find_barriers
from pressframe_testing._client import Ask, Reply, Served, Visitor, ask
from pressframe_testing._clock import Clock
from pressframe_testing._elsewhere import Asked, Elsewhere, Given
from pressframe_testing._everything import wants_everything
from pressframe_testing._kill import CHANGES, MOVES, killed_at
from pressframe_testing._line import Line
from pressframe_testing._once import cheap_hasher
from pressframe_testing._postgresql import EVERY_DATABASE, PostgreSQLServer
from pressframe_testing._process import Process
from pressframe_testing._site import Built, Ran, TestSite

__all__ = [
    "CHANGES", "EVERY_DATABASE", "MOVES", "Ask", "Asked", "Built", "Clock", "Elsewhere", "Given", "Line",
    "PostgreSQLServer", "Process", "Ran", "Reply", "Served", "TestSite", "Visitor", "ask", "cheap_hasher",
    "find_barriers", "killed_at", "wants_everything",
]  # fmt: skip
