"""A site with the filter, its database and its comments."""

from contextlib import contextmanager
from datetime import UTC, datetime

import attrs
import pytest

from pressframe import Card, Comment, Sender, Site
from pressframe_bayes import Bayes
from pressframe_comments import Change, Draft, State, comment_store
from pressframe_sql import database

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
SETTINGS = """
[site]
title = "PRland"
language = "{language}"
plugins = ["sql", "web", {plugins}]
[plugins.sql]
url = "{url}"
[plugins.bayes]
{settings}
"""
CARD = Card(
    id="e", kind="post", address="/e/", title="T", excerpt="", published=NOW, updated=None, terms=(), authors=(),
    image=None, comments=0, gated=False,
)  # fmt: skip


def a_comment(body, *, author="Zoé", url=None, id="new", **more):
    return Comment(id=id, entry="e", author=author, url=url, body=body, received=NOW, **more)


@attrs.define
class Desk:
    """A site whose owner decides."""

    site: Site
    count: int = 0

    @property
    def filter(self):
        return self.site.plugin(Bayes).filter(self.site)

    def file(self, body, state=State.PENDING, *, author="Zoé", email="zoe@example.org", url=None):
        self.count += 1
        draft = Draft(
            entry="e", author=author, email=email, url=url, body=body, received=NOW, key=f"k{self.count}",
        )  # fmt: skip
        return comment_store(self.site).add(draft, state).comment

    def tell(self, comment, change, by="owner"):
        list(self.site.hooks.ask("on_comment", comment, None, change, self.site, by))

    def decide(self, body, change, *, by="owner", **more):
        comment = self.file(body, **more)
        self.tell(comment, change, by)
        return comment

    def teach(self, *, spam=(), ham=()):
        for body in spam:
            self.decide(body, Change.SPAM)
        for body in ham:
            self.decide(body, Change.ACCEPTED)

    def judge(self, body, *, email="", **more):
        return self.site.plugin(Bayes).judge_comment(a_comment(body, **more), Sender(email=email), self.site)

    def learned(self):
        counts, _ = self.filter.memory.recall([])
        return counts.spam, counts.ham

    def counts(self, token):
        _, known = self.filter.memory.recall([token])
        return (known[token].spam, known[token].ham) if token in known else None


@contextmanager
def _desks(folder):
    opened = []

    def make(
        settings="training = 2", *, language="en", url="sqlite:///data/site.sqlite", plugins='"comments", "bayes"'
    ):
        text = SETTINGS.format(settings=settings, language=language, url=url, plugins=plugins)
        (folder / "pressframe.toml").write_text(text, "utf-8")
        opened.append(Site.open(folder))
        return Desk(opened[-1])

    yield make
    for site in opened:
        database(site).close()


@pytest.fixture
def desk(tmp_path, once):
    """Opens a site with given settings of the filter."""
    with _desks(tmp_path) as make:
        yield make


@pytest.fixture(scope="module")
def lasting_desk(tmp_path_factory):
    """As ``desk``, for all tests of a module, which leave the site as it is."""
    with _desks(tmp_path_factory.mktemp("lasting")) as make:
        yield make
