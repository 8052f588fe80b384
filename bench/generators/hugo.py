"""Hugo, from the distribution `hugo`, whose binary is run directly: its starter in Python takes 0.1 s more."""

from __future__ import annotations

import json
import re

from bench.environment import Environment
from bench.generators._generator import SITES, Generator, told_version
from bench.posts import Post


def generator(environment: Environment) -> Generator:
    binary = environment.packaged("hugo/binaries/hugo")
    told = told_version(binary, "version")
    found = re.search(r"v(\d[\d.]*)", told)
    return Generator(
        name="Hugo",
        version=found[1] if found else told,
        skeleton=SITES / "hugo",
        base_template="layouts/baseof.html",
        front_matter=_front_matter,
        command=lambda output: [binary, "--quiet", "--destination", output, "--cacheDir", output.parent / "cache"],
        caches=("cache", "resources"),
    )


def _front_matter(post: Post) -> str:
    # Hugo's way to lists by year is a taxonomy.
    return (
        f"title: {json.dumps(post.title, ensure_ascii=False)}\ndate: {post.published:%Y-%m-%dT%H:%M:%SZ}\n"
        f'categories: [{post.category}]\ntags: [{", ".join(post.tags)}]\nyears: ["{post.published.year}"]'
    )
