"""A generator and the site that it builds, as files."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import attrs

from bench.posts import Post

SITES = Path(__file__).parents[1] / "sites"


def told_version(program: Path, argument: str = "--version") -> str:
    """Return what a program says of its version."""
    return subprocess.run([program, argument], check=True, capture_output=True, text=True).stdout.strip()


@attrs.frozen(kw_only=True)
class Generator:
    """How to run one generator.

    Attributes:
        version: As it tells itself.
        skeleton: Folder with its settings and templates.
        leaves_out: Names in the skeleton that the site does not get.
        base_template: The template that every page is made with, a path in the skeleton; None if it is not the site's.
        front_matter: The lines above a post's text.
        fences: What stands above and below the front matter.
        folder_of: Where a post's file lies in `content/posts`.
        command: What is run in the site's folder; gets the output folder.
        caches: What it keeps between builds, patterns of paths in the site's folder; a cold build has none of it.
        once_from: With so many posts or more it runs once: it takes long.
        posts_at_most: With more it is left out.
        makes_same_pages: False if its pages are not those of the others, and not compared with them.
        site_class: What makes its site, and changes it.
    """

    name: str
    version: str
    skeleton: Path
    leaves_out: tuple[str, ...] = ()
    base_template: str | None
    front_matter: Callable[[Post], str]
    fences: tuple[str, str] = ("---", "---")
    folder_of: Callable[[Post], str] = lambda post: f"{post.published:%Y}"
    command: Callable[[Path], Sequence[str | Path]]
    caches: tuple[str, ...] = ()
    once_from: int = 50_000
    posts_at_most: int = 20_000
    makes_same_pages: bool = True
    site_class: type[Site] = attrs.field(factory=lambda: Site)

    def runs(self, wanted: int, *, posts: int) -> int:
        """Return how many times it is to run with so many posts, if *wanted* are wanted of those that are fast."""
        if posts > self.posts_at_most:
            return 0
        return min(wanted, 1) if posts >= self.once_from else wanted

    def site(self, folder: Path, posts: Sequence[Post]) -> Site:
        """Return its site of *posts*, not yet created."""
        return self.site_class(self, folder, posts)


@attrs.frozen
class Site:
    """A generator's site in *folder*: settings and templates from the skeleton, and *posts*."""

    generator: Generator
    folder: Path
    posts: Sequence[Post]

    @property
    def output(self) -> Path:
        return self.folder / "public"

    @property
    def open_posts(self) -> Sequence[Post]:
        """The posts that everybody may read whole: what is added to one of them is to be seen."""
        return self.posts

    def create(self) -> None:
        """Write every file; the folder must not exist."""
        left_out = shutil.ignore_patterns(*self.generator.leaves_out)
        shutil.copytree(self.generator.skeleton, self.folder, ignore=left_out)
        for folder in {self.generator.folder_of(post) for post in self.posts}:
            (self._content / folder).mkdir(parents=True)
        for post in self.posts:
            self.write(post)

    def write(self, post: Post) -> None:
        file = self._content / self.generator.folder_of(post) / f"{post.slug}.md"
        above, below = self.generator.fences
        file.write_text(f"{above}\n{self.generator.front_matter(post)}\n{below}\n\n{post.text}", encoding="utf-8")

    def edit_base_template(self, old: str, new: str) -> bool:
        """Write the base template with *old* replaced in its first form; return False if it is not the site's."""
        if self.generator.base_template is None:
            return False
        text = (self.generator.skeleton / self.generator.base_template).read_text(encoding="utf-8")
        if text.count(old) != 1:
            raise ValueError(f"{self.generator.base_template} must hold {old} once")
        (self.folder / self.generator.base_template).write_text(text.replace(old, new), encoding="utf-8")
        return True

    def add_comment(self, post: Post, text: str) -> bool:
        """Have a reader reply to *post*; return False if nobody can."""
        return False

    def check(self) -> None:
        """Raise RuntimeError if a cold build did not make of the site what it should; of most, the pages tell."""

    def forget(self) -> None:
        """Remove what earlier builds left, so that the next one is cold."""
        kept = (path for pattern in self.generator.caches for path in self.folder.glob(pattern))
        for path in (self.output, *kept):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)

    def pages(self, address: str, *, since: int = 0) -> Iterator[str]:
        """Yield the HTML of every page at *address* in the output and below it, if written *since* then."""
        for file in (self.output / address.strip("/")).rglob("*.html"):
            if file.stat().st_mtime_ns >= since:
                yield file.read_text(encoding="utf-8")

    @property
    def _content(self) -> Path:
        return self.folder / "content" / "posts"
