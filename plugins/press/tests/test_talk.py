"""After a comment, only the conversations that it belongs to are read again."""

import pytest

from pressframe_comments import Draft, State, comment_store
from pressframe_comments._sources import Approved

SITE = """
    == pressframe.toml ==
    [site]
    title = "A site"
    plugins = ["markdown", "sql", "web", "comments", "archives", "journal"]
    == content/one.md ==
    ---
    title: One
    date: 2026-11-20
    ---
    A text.
    == content/two.md ==
    ---
    title: Two
    date: 2026-11-21
    ---
    A text.
"""


@pytest.fixture
def asked(monkeypatch):
    """Entries that the store was asked for, build by build."""
    asked, of = [], Approved.of
    monkeypatch.setattr(Approved, "of", lambda self, entries: asked.append(sorted(entries)) or of(self, entries))
    return asked


def test_only_what_may_have_changed_is_asked_for(site, clock, asked):
    blog = site(SITE)
    store = comment_store(blog.open())

    def say(entry, body, state=State.APPROVED):
        draft = Draft(entry=entry, author="Ann", email="", url=None, body=body, received=clock.now)
        return store.add(draft, state).comment.id

    first = say("one", "Word one.")
    blog.build()
    say("two", "Word two.")
    blog.build()
    say("two", "Not seen.", State.PENDING)
    blog.build()
    store.move([first], State.TRASH)
    built = blog.build()

    assert [entries for entries in asked if "one" in entries or "two" in entries] == [
        ["one", "two"],
        ["two"],
        ["one"],
    ]
    assert "Word one." not in built.read("/2026/11/one/")
    assert "Word two." in built.read("/2026/11/two/")
