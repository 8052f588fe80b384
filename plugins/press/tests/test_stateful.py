"""Any edits in any order: what is made again is what a clean build makes, byte for byte, for every reader."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import rule

from pressframe import PressframeError, Site
from pressframe_comments import Draft, Search, State, comment_store
from pressframe_press import _pool, _run
from pressframe_sql import database
from pressframe_testing.stateful import BuildMachine, hows, prove

from .world import SETTINGS, TEXT, VARIANTS


def one_of(*texts):
    return st.sampled_from(texts)


DATES = ("2026-11-19", "2026-11-20", "2026-11-20 10:00", "2026-10-24 09:30", "2026-11-23 11:30", "2026-11-24 12:00")
BODY = one_of(
    "Text mark0000.\n", "Shown mark0000.\n\n<!--more-->\n\nWithheld mark0000.\n", "One.\n\nTwo.\n\n## Three\n\nFour.\n",
    "![](photo.png)\n\nText.\n\n<!--more-->\n\n![](other.png)\n", "A [link](other.png) mark0000.\n",
    "One.\n\n<!-- only: subscribers -->\n\nTheirs mark0000.\n\n<!-- end only -->\n\nTwo.\n",
    "<!-- only: paid -->\n\nPaid mark0000 ![](photo.png).\n\n<!-- end only -->\n\n<!-- only: subscribers -->\n\n"
    "# Own\n\n<!-- end only -->\n\nRest mark0000.\n\n<!-- only: paid, subscribers -->\n\nAll.\n\n<!-- end only -->\n",
    "One.\n\n<!--more-->\n\n<!-- only: paid -->\n\nPaid mark0000.\n\n<!-- end only -->\n\n![](photo.png)\n",
    "<!-- only: subscribers, paid -->\n\nBoth mark0000.\n\n<!-- end only -->\n",
    "One.\n\n<!-- only: paid -->\n\nOpen.\n",
)  # fmt: skip
ENTRIES = (
    "content/posts/one.md", "content/posts/two.md", "content/posts/sub/three.md", "content/posts/five.md",
    "content/posts/six.md", "content/pages/four.md",
)  # fmt: skip
NESTS = ("a", "A<b", "a<b", "a<c", "b<c", "b<d", "B<d", "c<d", "c<b", "d", "d<e", "a<b, b<d", "b, c<d", "c<d, d<c")
KEYS = {
    "title": ("title: One", "title: Two", "title: Écho & <co>"),
    "date": tuple(f"date: {date}" for date in DATES),
    "tags": ("", "tags: [a]", "tags: [b, a]", "tags: [b]", "tags: [B]", "tags: [c]"),
    "categories": ("", "categories: [News]"),
    "nest": ("", *(f"nest: [{nest}]" for nest in NESTS)),
    "slug": ("", "", "slug: s1", "slug: s2"),
    "address": ("", "", "", "", "address: /at/"),
    "audience": ("", "", "audience: subscribers", "audience: public"),
    "status": ("", "", "", "", "status: draft", "status: private"),
    "tittle": (*[""] * 20, "tittle: odd"),
    "summary": ("", "", "summary: Short."),
    "image": ("", "", "image: photo.png"),
    "comments": ("", "", "comments: false"),
    "updated": ("", "", "updated: 2026-11-22"),
    "id": ("", "", "", "", "id: own"),
    "authors": ("", "authors: [ann]", "authors: [ann, Bo]"),
    "mood": ("", "mood: {high: [1, 2], low: 2026-11-01, layout: atlas-part.html}", "mood: {layout: late-base.html}"),
    "language": ("", "", "", "language: fr"),
}
"""Lines of front matter, by their key; the first one is the plainest."""
FRONT = st.tuples(*(one_of(*lines) for lines in KEYS.values()))


class Proof(BuildMachine):
    text, variants, settings = TEXT, VARIANTS, SETTINGS
    optional = ("atlas", "feeds", "comments", "members", "crowd", "guards", "archives")
    entries = ENTRIES
    contents = st.builds(lambda front, body: "\n".join(["---", *filter(None, front), "---", body]), FRONT, BODY)
    moves = tuple(timedelta(hours=hours) for hours in (1, 6, 24, 24 * 5, 24 * 30, -1, -24, -24 * 30))

    @rule(data=st.data(), path=one_of(*ENTRIES), key=one_of(*KEYS), how=hows)
    def change_key(self, data, path, key, how):
        """Change one line of an entry's front matter, and nothing else."""
        if not (self.folder / path).exists():
            self.idle()
        else:
            before = self.site.read(path)
            _, front, body = before.split("---\n", 2)
            lines = front.splitlines()
            old = next((line for line in lines if line.partition(":")[0] == key), "")
            new = data.draw(one_of(*[line for line in dict.fromkeys(KEYS[key]) if line != old]), "line")
            kept = [line for line in lines if line != old]
            self.put(path, "\n".join(["---", *kept, *filter(None, [new]), f"---\n{body}"]), how)
            self.count(f"key: {key}")

    @rule(path=one_of(*ENTRIES), body=BODY)
    def change_body(self, path, body):
        """Change an entry's text, and nothing else."""
        if not (self.folder / path).exists():
            self.idle()
        else:
            _, front, _ = self.site.read(path).split("---\n", 2)
            self.put(path, f"---\n{front}---\n{body}")

    def store(self, work):
        """Do something with the site's comments, where they are enabled."""
        try:
            site = Site.open(self.folder)
        except PressframeError:  # as other edits have left it
            self.idle()
            return
        if "comments" in site.plugins:
            work(comment_store(site))
        database(site).close()

    @rule(data=st.data(), author=one_of("Ann", "Bo"), state=one_of(State.APPROVED, State.APPROVED, State.PENDING))
    def send_comment(self, data, author, state):
        present = [path[8:-3] for path in ENTRIES if (self.folder / path).exists()]
        entry = data.draw(one_of("own", *present), "entry")
        draft = Draft(entry=entry, author=author, email="", url=None, body="Hear mark0000!", received=self.clock.now)
        self.store(lambda store: (store.add(draft, state), self.count(f"comment: sent, {state.value}")))

    @rule(data=st.data(), place=st.integers(0, 99))
    def judge_comment(self, data, place):
        def move(store):
            found = store.search(Search()).comments
            if not found:
                self.idle()
                return
            one = found[place % len(found)]
            state = data.draw(one_of(*[state for state in State if state is not one.state]), "state")
            store.move([one.comment.id], state)
            self.count(f"comment: from {one.state.value} to {state.value}")

        self.store(move)


def test_what_is_made_again_is_what_a_clean_build_makes(monkeypatch):
    monkeypatch.setattr(_pool, "_SMALLEST", 1)  # so that two processes have enough to do, and …
    monkeypatch.setattr(_run, "WORTH_SHARING", 1)  # … look at files together

    prove(Proof, seconds=60)
