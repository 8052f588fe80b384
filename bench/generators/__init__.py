"""What is measured: pressframe and its peers, each with a site of its own."""

from __future__ import annotations

from bench.environment import Environment
from bench.generators import eleventy, hugo, nikola, pelican, pressframe
from bench.generators._generator import Generator, Site
from bench.generators.pressframe import live, writing
from bench.generators.prland import prland

OURS = {"plain": pressframe.plain, "journal": pressframe.journal, "prland": prland}
PEERS = {
    "eleventy": eleventy.generator,
    "hugo": hugo.generator,
    "nikola": nikola.generator,
    "pelican": pelican.generator,
}

__all__ = ["OURS", "PEERS", "Environment", "Generator", "Site", "live", "writing"]
