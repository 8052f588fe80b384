"""A generator and the site that it builds, as files."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import attrs

from bench.posts import Post

_SITES = Path(__file__).parents[1] / "sites"


@attrs.frozen(kw_only=True)
class Generator:
    """How to run one generator.

    Attributes:
        version: As it tells itself.
        skeleton: Folder in `bench/sites` with its settings and templates.
        base_template: The template that every page is made with, a path in the skeleton; None if it is not the site's.
        front_matter: The lines above a post's text.
        command: What is run in the site's folder; gets the output folder.
        caches: What it keeps between builds, paths in the site's folder; a cold build has none of it.
        runs_at_most: Runs that are enough with so many posts; the slow have fewer.
    """

    name: str
    version: str
    skeleton: str
    base_template: str | None
    front_matter: Callable[[Post], str]
    command: Callable[[Path], Sequence[str | Path]]
    caches: tuple[str, ...] = ()
    runs_at_most: Callable[[int], int] = lambda _: 100


@attrs.frozen
class Site:
    """A generator's site in *folder*: settings and templates from the skeleton, and *posts*."""

    generator: Generator
    folder: Path
    posts: Sequence[Post]

    @property
    def output(self) -> Path:
        return self.folder / "public"

    def create(self) -> None:
        """Write every file; the folder must not exist."""
        shutil.copytree(_SITES / self.generator.skeleton, self.folder)
        for year in {post.published.year for post in self.posts}:
            self._folder_of(year).mkdir(parents=True)
        for post in self.posts:
            self.write(post)

    def write(self, post: Post) -> None:
        file = self._folder_of(post.published.year) / f"{post.slug}.md"
        file.write_text(f"---\n{self.generator.front_matter(post)}\n---\n\n{post.text}", encoding="utf-8")

    def edit_base_template(self, old: str, new: str) -> bool:
        """Write the base template with *old* replaced in its first form; return False if it is not the site's."""
        if self.generator.base_template is None:
            return False
        text = (_SITES / self.generator.skeleton / self.generator.base_template).read_text(encoding="utf-8")
        if text.count(old) != 1:
            raise ValueError(f"{self.generator.base_template} must hold {old} once")
        (self.folder / self.generator.base_template).write_text(text.replace(old, new), encoding="utf-8")
        return True

    def forget(self) -> None:
        """Remove what earlier builds left, so that the next one is cold."""
        for path in (self.output, *(self.folder / cache for cache in self.generator.caches)):
            shutil.rmtree(path, ignore_errors=True)

    def page(self, address: str) -> str:
        """Return the HTML at *address* in the output."""
        return (self.output / address.strip("/") / "index.html").read_text(encoding="utf-8")

    def _folder_of(self, year: int) -> Path:
        return self.folder / "content" / "posts" / str(year)
