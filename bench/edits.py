"""What happens to a site between two builds, and how to see on its pages that the second one was right."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import attrs

from bench.generators import Site


@attrs.frozen
class Proof:
    """After the edit, *text* stands on a page at *address* or below it; on all of them, if *everywhere*.

    Attributes:
        since: Nanoseconds of the clock: what was last written before is no page any more, but left by an earlier build,
            as Hugo does.
    """

    address: str
    text: str
    everywhere: bool = False
    since: int = 0

    def check(self, site: Site) -> None:
        shown = [self.text in page for page in site.pages(self.address, since=self.since)]
        if not (all(shown) if self.everywhere else any(shown)) or not shown:
            raise RuntimeError(f"{site.generator.name} built {self.address} without {self.text!r}")


@attrs.frozen
class Edit:
    """A change to a site.

    Attributes:
        make: Makes it; gets the number of the run, for each must change something. No proofs: the site has no such
            thing.
    """

    name: str
    make: Callable[[Site, int], Sequence[Proof]]


def _nothing(site: Site, _: int) -> list[Proof]:
    post = site.posts[0]
    return [Proof(post.address, post.title)]


def _text(site: Site, run: int) -> list[Proof]:
    post = site.open_posts[len(site.open_posts) // 2]
    added = f"Un mot de plus, le {run}e."
    site.write(attrs.evolve(post, text=f"{post.text}\n{added}\n"))
    return [Proof(post.address, added)]


def _title_and_tags(site: Site, run: int) -> list[Proof]:
    post = site.posts[len(site.posts) // 3]
    others = site.posts[len(site.posts) // 3 + run].tags
    title = f"{post.title}, version {run}"
    site.write(attrs.evolve(post, title=title, tags=others))
    return [Proof(address, title) for address in (post.address, *(f"/tag/{tag}/" for tag in others))]


def _base_template(site: Site, run: int) -> list[Proof]:
    mark = f'<main id="edition-{run}">'
    since = time.time_ns()
    return [Proof("/", mark, everywhere=True, since=since)] if site.edit_base_template("<main>", mark) else []


def _comment(site: Site, run: int) -> list[Proof]:
    post = site.open_posts[len(site.open_posts) // 4]
    said = f"Une réponse de plus, la {run}e."
    return [Proof(post.address, said)] if site.add_comment(post, said) else []


EDITS = (
    Edit("nothing changed", _nothing),
    Edit("one post's text edited", _text),
    Edit("one post's title and tags edited", _title_and_tags),
    Edit("base template edited", _base_template),
    Edit("one comment more", _comment),
)
