"""Pressframe as it is installed beside this: templates like the peers', its own theme, and that theme live."""

from __future__ import annotations

import json
import sys
from importlib import metadata
from pathlib import Path

import attrs

from bench.generators._generator import Generator
from bench.posts import Post


def plain() -> Generator:
    """Return pressframe with templates that do what those of the peers do."""
    program = Path(sys.executable).with_name("pressframe")
    return Generator(
        name="pressframe",
        version=metadata.version("pressframe"),
        skeleton="pressframe",
        base_template="templates/base.html",
        front_matter=_front_matter,
        command=lambda output: [program, "build", "--output", output, "--json"],
        caches=(".pressframe",),
    )


def journal() -> Generator:
    """Return pressframe with its own theme, which makes larger pages: not compared with the peers' pages."""
    return attrs.evolve(plain(), name="pressframe, own theme", skeleton="journal", base_template=None)


def live() -> Generator:
    """Return pressframe with its own theme and subscriptions."""
    return attrs.evolve(journal(), skeleton="live")


def _front_matter(post: Post) -> str:
    audience = f"\naudience: {post.audience}" if post.audience else ""
    return (
        f"title: {json.dumps(post.title, ensure_ascii=False)}\ndate: {post.published:%Y-%m-%dT%H:%M:%SZ}\n"
        f"categories: [{post.category}]\ntags: [{', '.join(post.tags)}]{audience}"
    )
