"""Any edits in any order: what is made again is what a clean build makes, byte for byte, for every reader."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import rule

from pressframe import PressframeError, Site
from pressframe_comments import Draft, State, comment_store
from pressframe_sql import database
from pressframe_testing.stateful import BuildMachine, prove

from .world import SETTINGS, TEXT, VARIANTS


def one_of(*texts):
    return st.sampled_from(texts)


DATES = ("2026-11-19", "2026-11-20", "2026-11-20 10:00", "2026-10-24 09:30", "2026-11-23 11:30", "2026-11-24 12:00")
BODY = one_of(
    "Text mark0000.\n", "Shown mark0000.\n\n<!--more-->\n\nWithheld mark0000.\n", "One.\n\nTwo.\n\n## Three\n\nFour.\n",
    "![](photo.png)\n\nText.\n\n<!--more-->\n\n![](other.png)\n", "A [link](other.png) mark0000.\n",
)  # fmt: skip
ENTRIES = ("content/posts/one.md", "content/posts/two.md", "content/posts/sub/three.md", "content/pages/four.md")

FRONT = st.tuples(
    one_of("title: One", "title: Two", "title: Écho & <co>"),
    st.sampled_from([f"date: {date}" for date in DATES]),
    one_of("", "tags: [a]", "tags: [b, a]", "tags: [b]", "tags: [B]", "tags: [c]"),
    one_of("", "categories: [News]"),
    one_of("", "", "slug: s1", "slug: s2", "address: /at/"),
    one_of("", "", "", "audience: subscribers", "audience: public"),
    one_of("", "", "", "", "status: draft", "status: private", "tittle: odd"),
    one_of("", "", "summary: Short.", "image: photo.png", "comments: false", "updated: 2026-11-22", "id: own"),
    one_of("", "authors: [ann]", "authors: [ann, Bo]", "mood: {high: [1, 2], low: 2026-11-01}", "language: fr"),
)


class Proof(BuildMachine):
    text, variants, settings = TEXT, VARIANTS, SETTINGS
    optional = ("atlas", "feeds", "comments", "members", "crowd")
    entries = ENTRIES
    contents = st.builds(lambda front, body: "\n".join(["---", *filter(None, front), "---", body]), FRONT, BODY)
    moves = tuple(timedelta(hours=hours) for hours in (1, 6, 24, 24 * 5, 24 * 30, -1, -24, -24 * 30))

    def store(self, work):
        """Do something with the site's comments, where they are enabled."""
        try:
            site = Site.open(self.folder)
        except PressframeError:  # as other edits have left it
            return
        if "comments" in site.plugins:
            work(comment_store(site))
        database(site).close()

    @rule(entry=one_of("posts/one", "posts/two", "own", "pages/four"), author=one_of("Ann", "Bo"))
    def send_comment(self, entry, author):
        draft = Draft(entry=entry, author=author, email="", url=None, body="Hear mark0000!", received=self.clock.now)
        self.store(lambda store: store.add(draft, State.PENDING))

    @rule(state=st.sampled_from(State), place=st.integers(0, 99))
    def judge_comment(self, state, place):
        def move(store):
            found = [one.comment.id for one in store.find()]
            if found:
                store.move([found[place % len(found)]], state)

        self.store(move)


def test_what_is_made_again_is_what_a_clean_build_makes():
    prove(Proof, examples=5, steps=10)
