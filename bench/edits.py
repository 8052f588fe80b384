"""What happens to a site between two builds, and how to see on a page that the second one was right."""

from __future__ import annotations

from collections.abc import Callable

import attrs

from bench.generators import Site


@attrs.frozen
class Proof:
    """After the edit, *text* stands on the page at *address*."""

    address: str
    text: str

    def check(self, site: Site) -> None:
        if self.text not in site.page(self.address):
            raise RuntimeError(f"{site.generator.name} built {self.address} without {self.text!r}")


@attrs.frozen
class Edit:
    """A change to a site.

    Attributes:
        make: Makes it; gets the number of the run, for each must change something. None: the site has no such thing.
    """

    name: str
    make: Callable[[Site, int], Proof | None]


def _nothing(site: Site, _: int) -> Proof:
    post = site.posts[0]
    return Proof(post.address, post.title)


def _text(site: Site, run: int) -> Proof:
    post = site.posts[len(site.posts) // 2]
    added = f"Un mot de plus, le {run}e."
    site.write(attrs.evolve(post, text=f"{post.text}\n{added}\n"))
    return Proof(post.address, added)


def _title_and_tags(site: Site, run: int) -> Proof:
    post = site.posts[len(site.posts) // 3]
    others = site.posts[len(site.posts) // 3 + run].tags
    title = f"{post.title}, version {run}"
    site.write(attrs.evolve(post, title=title, tags=others))
    return Proof(post.address, title)


def _base_template(site: Site, run: int) -> Proof | None:
    mark = f'<main id="edition-{run}">'
    return Proof(site.posts[-1].address, mark) if site.edit_base_template("<main>", mark) else None


EDITS = (
    Edit("nothing changed", _nothing),
    Edit("one post's text edited", _text),
    Edit("one post's title and tags edited", _title_and_tags),
    Edit("base template edited", _base_template),
)
