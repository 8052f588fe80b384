"""Eleventy, with markdown-it and templates in JavaScript; it remembers nothing from one command to the next."""

from __future__ import annotations

import json

from bench.environment import Environment
from bench.generators._generator import SITES, Generator, told_version
from bench.posts import Post


def generator(environment: Environment) -> Generator:
    program = environment.node_program("eleventy")
    return Generator(
        name="Eleventy",
        version=told_version(program),
        skeleton=SITES / "eleventy",
        base_template="_includes/base.11ty.mjs",
        front_matter=_front_matter,
        command=lambda output: [program, "--quiet", f"--output={output}"],
    )


def _front_matter(post: Post) -> str:
    # Not as "tags", of which Eleventy would make a collection each, that the lists do not need.
    return (
        f"title: {json.dumps(post.title, ensure_ascii=False)}\ndate: {post.published:%Y-%m-%dT%H:%M:%SZ}\n"
        f"category: {post.category}\nterms: [{', '.join(post.tags)}]"
    )
