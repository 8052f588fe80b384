"""Pressframe with templates like the peers', with its own theme, and with that theme live."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import attrs

from bench.environment import installed_program
from bench.generators._generator import SITES, Generator
from bench.posts import Post


def plain() -> Generator:
    """Return pressframe with templates that do what those of the peers do."""
    return with_program(installed_program)


def with_program(program: Callable[[], Path]) -> Generator:
    """Return the same, built by *program*."""
    return Generator(
        name="pressframe",
        version=metadata.version("pressframe"),
        skeleton=SITES / "pressframe",
        base_template="templates/base.html",
        front_matter=front_matter,
        command=lambda output: [program(), "build", "--output", output, "--json"],
        caches=(".pressframe",),
        posts_at_most=1_000_000,
    )


def beside() -> Generator:
    """Return the same, built by the program beside this Python, which knows all plugins and shares their releases."""
    return with_program(lambda: Path(sys.executable).with_name("pressframe"))


def journal(made: Callable[[], Generator] = plain) -> Generator:
    """Return pressframe with its own theme, which makes more pages, and larger ones."""
    return attrs.evolve(
        made(),
        name="pressframe, own theme",
        skeleton=SITES / "journal",
        base_template=None,
        makes_same_pages=False,
        posts_at_most=20_000,
    )


def live() -> Generator:
    """Return pressframe with its own theme, comments, subscriptions, and passes through its gates."""
    return attrs.evolve(journal(beside), skeleton=SITES / "live")


def writing() -> Generator:
    """Return pressframe with its own theme and comments."""
    return attrs.evolve(journal(beside), skeleton=SITES / "writing")


def front_matter(post: Post) -> str:
    audience = f"\naudience: {post.audience}" if post.audience else ""
    return (
        f"title: {json.dumps(post.title, ensure_ascii=False)}\ndate: {post.published.isoformat()}\n"
        f"categories: [{post.category}]\ntags: [{', '.join(post.tags)}]{audience}"
    )
