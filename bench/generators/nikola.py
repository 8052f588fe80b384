"""Nikola, with python-markdown and Jinja; it remembers what each page was made of."""

from __future__ import annotations

import os

from bench.environment import Environment
from bench.generators._generator import SITES, Generator, told_version
from bench.posts import Post


def generator(environment: Environment) -> Generator:
    program = environment.program("nikola")
    told = told_version(program, "version")
    return Generator(
        name="Nikola",
        version=told.removeprefix("Nikola v"),
        skeleton=SITES / "nikola",
        base_template="themes/bench/templates/base.tmpl",
        front_matter=_front_matter,
        fences=("<!--", "-->"),
        folder_of=lambda post: f"{post.published:%Y/%m}",  # which is also where its page comes to lie
        command=lambda _: [program, "build", "-n", str(os.cpu_count())],
        caches=("cache", ".doit.db*", "__pycache__"),
        once_from=5_000,
    )


def _front_matter(post: Post) -> str:
    # A teaser that Nikola cuts from the text would be parsed again for each list; the description is at hand.
    summary = post.text.partition("\n")[0]
    return (
        f".. title: {post.title}\n.. slug: {post.slug}\n.. date: {post.published:%Y-%m-%d %H:%M:%S} UTC\n"
        f".. category: {post.category}\n.. tags: {', '.join(post.tags)}\n.. description: {summary}"
    )
