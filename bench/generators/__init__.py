"""What is measured: pressframe and its peers, each with a site of its own in `bench/sites`."""

from __future__ import annotations

from bench.environment import Environment
from bench.generators import hugo, pelican, pressframe
from bench.generators._generator import Generator, Site
from bench.generators.pressframe import live

PEERS = {"hugo": hugo.generator, "pelican": pelican.generator}

__all__ = ["PEERS", "Environment", "Generator", "Site", "live", "ours"]


def ours() -> list[Generator]:
    """Return pressframe with templates like the peers', and with its own theme."""
    return [pressframe.plain(), pressframe.journal()]
