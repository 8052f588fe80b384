"""PRland at the bench's size: its settings, theme and pages; generated posts, a fifth of them closed; comments."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import attrs

from bench import posts
from bench.generators._generator import Generator, Site
from bench.generators.pressframe import beside, front_matter
from bench.posts import Post
from pressframe import Release
from pressframe import Site as OpenedSite
from pressframe_comments import CommentStore, Draft, State, comment_store
from pressframe_sql import database

_PRLAND = Path(__file__).parents[2] / "examples" / "prland"
_PARIS = ZoneInfo("Europe/Paris")
_SUBSCRIBERS = frozenset({"subscribers"})
_GATE, _COMMENT = 'class="gate"', '<li id="comment-'
_MOST = 6  # comments on a post; half as many on average


def prland() -> Generator:
    """Return pressframe with the example site's settings, in which a post is closed after thirty days."""
    return attrs.evolve(
        beside(),
        name="pressframe, PRland",
        skeleton=_PRLAND,
        leaves_out=("posts", "public", "data", "outbox", ".*"),
        base_template=None,
        front_matter=_front_matter,
        makes_same_pages=False,
        posts_at_most=20_000,
        site_class=PRland,
    )


class PRland(Site):
    """The site of generated posts, with comments in its database."""

    @property
    def open_posts(self) -> Sequence[Post]:
        return [post for post in self.posts if not _is_closed(post)]

    def create(self) -> None:
        super().create()
        with self._comments() as store:
            for _, drafts in self._conversations():
                _converse(store, drafts)

    def add_comment(self, post: Post, text: str) -> bool:
        with self._comments() as store:
            _converse(store, [_draft(post, author="Lectrice", body=text, hours=1_000)])
        return True

    def check(self) -> None:
        """Raise RuntimeError if a closed post is open to strangers or shut to subscribers, or a comment is missing."""
        with self._opened() as site:
            release = site.build(output=self.output)
            if release.report.rendered:
                raise RuntimeError("PRland was not built at once: something was left to be rendered")
            for post, drafts in self._conversations():
                _check_gate(release, post)
                page = _page(release, post)
                if page.count(_COMMENT) != len(drafts) or not all(draft.body in page for draft in drafts):
                    raise RuntimeError(f"{post.address} does not show its {len(drafts)} comments")

    def _conversations(self) -> Iterator[tuple[Post, list[Draft]]]:
        """Yield each post with its comments, the same ones each time."""
        chance, sentences = random.Random(len(self.posts)), posts.sentences()
        for post in self.posts:
            said = (" ".join(chance.sample(sentences, k=chance.randint(1, 4))) for _ in range(chance.randint(0, _MOST)))
            author = chance.choice(sentences).split()[0]
            yield post, [_draft(post, author=author, body=body, hours=hours) for hours, body in enumerate(said, 1)]

    @contextmanager
    def _comments(self) -> Iterator[CommentStore]:
        with self._opened() as site:
            yield comment_store(site)

    @contextmanager
    def _opened(self) -> Iterator[OpenedSite]:
        """Open the site, and leave no thread of its database behind: builds share their work where none runs."""
        site = OpenedSite.open(self.folder)
        try:
            yield site
        finally:
            database(site).close()


def _converse(store: CommentStore, drafts: Sequence[Draft]) -> None:
    """Store comments as if they had been approved; the third and the sixth answer the first."""
    first = None
    for number, draft in enumerate(drafts):
        filed = store.add(attrs.evolve(draft, parent=first if number % 3 == 2 else None), State.APPROVED)
        first = first or filed.comment.id


def _is_closed(post: Post) -> bool:
    return int(post.slug.rpartition("-")[2]) % 5 == 4


def _front_matter(post: Post) -> str:
    # All are older than the limit: four of five are opened by their front matter, the fifth closed by its age.
    audience = None if _is_closed(post) else "public"
    # The same hour in PRland's zone: else some would move to another month, and the links to them lead nowhere.
    return front_matter(attrs.evolve(post, published=post.published.replace(tzinfo=_PARIS), audience=audience))


def _draft(post: Post, *, author: str, body: str, hours: int) -> Draft:
    return Draft(
        entry=f"posts/{post.published:%Y}/{post.slug}",
        author=author,
        email="quelqu-un@example.org",
        url=None,
        body=body,
        received=post.published + timedelta(hours=hours),
    )


def _check_gate(release: Release, post: Post) -> None:
    end = post.text.rstrip().rpartition("\n")[2]
    public, whole = _page(release, post), _page(release, post, _SUBSCRIBERS)
    if _is_closed(post) and (end in public or _GATE not in public):
        raise RuntimeError(f"{post.address} is not closed to strangers")
    if end not in whole or _GATE in whole:
        raise RuntimeError(f"{post.address} is not open to subscribers")
    if not _is_closed(post) and end not in public:
        raise RuntimeError(f"{post.address} is not open to all")


def _page(release: Release, post: Post, audiences: frozenset[str] = frozenset()) -> str:
    stored = release.find(post.address, audiences)
    if stored is None:
        raise RuntimeError(f"{post.address} was not built")
    return stored.file.read_text(encoding="utf-8")
