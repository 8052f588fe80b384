"""Pelican, with python-markdown; its caches are on, without which it reads all again at every build."""

from __future__ import annotations

from bench.environment import Environment
from bench.generators._generator import SITES, Generator, told_version
from bench.posts import Post


def generator(environment: Environment) -> Generator:
    program = environment.program("pelican")
    return Generator(
        name="Pelican",
        version=told_version(program),
        skeleton=SITES / "pelican",
        base_template="theme/templates/base.html",
        front_matter=_front_matter,
        command=lambda output: [program, "--quiet", "--settings", "pelicanconf.py", "--output", output],
        caches=("cache",),
        once_from=5_000,
    )


def _front_matter(post: Post) -> str:
    # Not YAML, though it looks like it: quotes would be part of the title, and a list is its text.
    return (
        f"title: {post.title}\ndate: {post.published:%Y-%m-%dT%H:%M:%SZ}\n"
        f"category: {post.category}\ntags: {', '.join(post.tags)}\nslug: {post.slug}"
    )
