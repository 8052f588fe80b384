"""The view: entries in lists, groups, neighbours and comments, as one set of audiences sees them."""

from datetime import UTC, datetime, timedelta

import pytest

from pressframe import ContentError, Group

DAY = datetime(2024, 3, 1, 12, tzinfo=UTC)


def ids(cards):
    return [card.id for card in cards]


@pytest.fixture
def view(paper):
    """Return what strangers see of five posts, a day between each two, and a page."""
    for number, name in enumerate("abcde"):
        paper.post(name, published=DAY + timedelta(days=number), terms=["tag:odd"] if number % 2 else [])
    return paper.post("about", kind="page", published=DAY).build().view()


def test_posts_come_newest_first_and_pages_apart(view):
    assert ids(view.latest()) == ["e", "d", "c", "b", "a"]
    assert ids(view.latest(kind="page")) == ["about"]
    assert (view.size(), view.size(kind="page"), view.size(kind="other")) == (5, 1, 0)


def test_a_list_is_cut_where_it_is_asked_to_be(view):
    assert ids(view.latest(start=1, count=2)) == ["d", "c"]
    assert ids(view.latest(start=4)) == ["a"]
    assert [view.latest(start=9), view.latest(count=0), view.latest(count=-1)] == [(), (), ()]
    assert ids(view.latest(start=-3, count=1)) == ["e"]


def test_a_list_within_a_group_holds_its_posts_alone(view):
    odd = ("tag", "odd")

    assert ids(view.latest(within=odd)) == ["d", "b"]
    assert ids(view.latest(within=odd, start=1)) == ["b"]
    assert (view.size(within=odd), view.size(within=("tag", "none")), view.latest(within=("tag", "none"))) == (2, 0, ())
    assert view.latest(kind="page", within=odd) == ()


def test_posts_of_one_moment_keep_one_order_whatever_they_are_loaded_in(paper):
    paper.post("b", id="1").post("a", id="2").post("c", id="3")

    assert ids(paper.build().view().latest()) == ["3", "2", "1"]


def test_what_there_is_not_is_none(view):
    assert (view.entry("x"), view.card("x"), view.gate("x"), view.page("/x/")) == (None, None, None, None)
    assert (view.comments("x"), view.comment_count("x")) == ((), 0)


def test_neighbours_are_the_posts_next_in_time(view):
    nearby = view.neighbours("b")

    assert (nearby.older.id, nearby.newer.id) == ("a", "c")
    assert (view.neighbours("a").older, view.neighbours("e").newer) == (None, None)
    assert [view.neighbours(id).older or view.neighbours(id).newer for id in ("about", "x")] == [None, None]


def test_a_card_tells_what_a_list_shows(paper):
    front = {"title": "One & all", "updated": DAY + timedelta(days=1), "image": "/a.png", "authors": ["ann"]}
    paper.post("one", "<p>Text.</p>", published=DAY, comments=[{"id": "1", "body": "x"}], terms=["tag:a"], **front)

    card = paper.build().view().card("one")

    assert (card.id, card.kind, card.address, card.title) == ("one", "post", "/one/", "One & all")
    assert (card.excerpt, card.published, card.updated) == ("Text.", DAY, DAY + timedelta(days=1))
    assert ([term.slug for term in card.terms], [author.name for author in card.authors]) == (["a"], ["Ann"])
    assert (card.image, card.comments, card.gated) == ("/a.png", 1, False)


def test_groups_come_by_name_without_accents_or_case(paper):
    paper.post("one", terms=["tag:zebra", "tag:école", "tag:Eclat", "tag:apple", "category:news"])

    view = paper.build().view()

    assert [group.name for group in view.groups("tag")] == ["Apple", "Eclat", "École", "Zebra"]
    assert view.groups("category") == (Group(taxonomy="category", slug="news", name="News", size=1),)
    assert view.groups("none") == ()


def test_a_group_holds_the_posts_of_the_narrower_ones_too(paper):
    """As in WordPress."""
    paper.post("a", terms=["category:world"]).post("b", terms=["category:world/europe"])
    paper.post("c", terms=["category:europe/france"])

    view = paper.build().view()

    assert {group.slug: (group.size, group.parent) for group in view.groups("category")} == {
        "world": (3, None),
        "europe": (2, "world"),
        "france": (1, "europe"),
    }
    assert ids(view.latest(within=("category", "world"))) == ["c", "b", "a"]


def test_groups_that_hold_each_other_end_nowhere_and_harm_nobody(paper):
    paper.post("a", terms=["category:x/y"]).post("b", terms=["category:y/x"])

    assert {group.slug: group.size for group in paper.build().view().groups("category")} == {"x": 2, "y": 2}


def test_a_post_stands_in_a_list_once_however_often_its_term_is_named(paper):
    terms = "(Term(taxonomy='tag', slug='a', name='A'), Term(taxonomy='tag', slug='a', name='a'))"
    paper.plugin("x", f"@hookimpl\ndef filter_entry(self, entry): return attrs.evolve(entry, terms={terms})")

    view = paper.post("one").build().view()

    assert ids(view.latest(within=("tag", "a"))) == ["one"]
    assert [group.size for group in view.groups("tag")] == [1]


def test_authors_are_groups_too(paper):
    view = paper.post("one", authors=["ann", "bob"]).post("two", authors=["bob"]).build().view()

    assert [(group.slug, group.name, group.size) for group in view.groups("author")] == [
        ("ann", "Ann", 1),
        ("bob", "Bob", 2),
    ]


def test_years_and_months_are_those_of_the_site_s_own_clock_newest_first(paper):
    paper.settings = 'timezone = "Pacific/Auckland"'
    paper.post("eve", published=datetime(2023, 12, 31, 12, tzinfo=UTC))  # 1 January there
    paper.post("may", published=datetime(2023, 5, 1, tzinfo=UTC))

    view = paper.build().view()

    assert [(group.slug, group.name, group.parent) for group in view.groups("month")] == [
        ("2024/01", "2024-01", "2024"),
        ("2023/05", "2023-05", "2023"),
    ]
    assert [group.slug for group in view.groups("year")] == ["2024", "2023"]
    assert ids(view.latest(within=("month", "2024/01"))) == ["eve"]


WORDS = " ".join(str(number) for number in range(100))
EXCERPTS = {
    "the summary, where there is one": ("<p>Text.</p>", {"summary": "Sum <b>"}, "Sum <b>"),
    "all of a short text": ("<h2>Head</h2><p>One &amp; <b>two</b>.</p>\n<p>Three.</p>", {}, "One & two. Three."),
    "55 words of a long one": (f"<p>{WORDS}</p>", {}, f"{' '.join(WORDS.split()[:55])}…"),
    "no dangling comma": (f"<p>{'a ' * 54}b, c</p>", {}, f"{'a ' * 54}b…"),
    "words that hold together": (f"<p>{'a ' * 54}«\u00a0c\u00a0» d</p>", {}, f"{'a ' * 54}«\u00a0c\u00a0»…"),
    "paragraphs, not code": ("<pre><code>x</code></pre><p>Text.</p>", {}, "Text."),
    "nothing of a text without paragraphs": ("<h2>Head</h2>", {}, ""),
    "no half of a tag": (f'<p>Text {"<i>" * 600}<a href="/x/">link</a></p>', {}, "Text "),
}


@pytest.mark.parametrize("what", EXCERPTS)
def test_an_excerpt_is(paper, what):
    body, front, excerpt = EXCERPTS[what]

    assert paper.post("one", body, **front).build().view().card("one").excerpt == excerpt


def test_an_excerpt_is_of_the_public_part_alone(paper):
    """Threat 2."""
    paper.post("one", "<p>Public.</p><!--more--><p>Withheld.</p>", gate={"requires": ["a"]})

    release = paper.build()

    assert release.view().card("one").excerpt == "Public."
    assert release.view(frozenset("a")).card("one").excerpt == "Public. Withheld."


def test_comments_of_all_sources_come_in_the_order_in_which_they_were_received(paper):
    paper.plugin(
        "more",
        """
        name = "more"
        def fingerprint(self): return "1"
        def of(self, entries):
            late = datetime(2030, 1, 1, tzinfo=__import__("datetime").timezone.utc)
            early = late.replace(year=2000)
            make = lambda id, moment: Comment(id=id, entry="one", author="Bob", body=id, received=moment)
            return {"one": [make("9", late), make("8", early)], "gone": [make("7", early)]}

        @hookimpl
        def register_comments(self): return [self]
        """,
    )
    paper.post("one", comments=[{"id": "1", "body": "x"}, {"id": "2", "body": "y"}]).post("two")

    view = paper.build().view()

    assert [reply.comment.id for reply in view.comments("one")] == ["8", "1", "2", "9"]
    assert [(card.id, reply.comment.id) for card, reply in view.latest_comments(2)] == [("one", "9"), ("one", "2")]
    assert (view.comment_count("one"), view.comment_count("two"), view.latest_comments(0)) == (4, 0, ())


def test_two_comments_of_one_number_on_one_entry_are_an_error(paper):
    paper.post("one", comments=[{"id": "1", "body": "x"}, {"id": "1", "body": "y"}])

    assert paper.fails(ContentError) == "two comments on one have the id 1\n  see paper's paper"


def test_a_release_knows_when_its_comments_have_changed(paper):
    release = paper.post("one", comments=[{"id": "1", "body": "x"}]).build()
    assert not release.is_stale()

    paper.post("one", comments=[{"id": "1", "body": "y"}])

    assert release.is_stale()


def test_a_view_is_a_host_and_tells_what_has_changed(paper):
    told = []
    site = paper.post("one").open()
    release = site.build()
    view = release.view(frozenset("a"), changed=lambda: told.append(1))
    kind = site.plugins["paper"][0].kind

    view.changed()

    assert (view.folder, view.settings, view.hooks) == (site.folder, site.settings, site.hooks)
    assert (view.plugin(kind), view.secret("x"), view.audiences) == (site.plugin(kind), site.secret("x"), {"a"})
    assert told == [1]


def test_pages_are_known_once_they_are_planned(paper):
    seen = "yield Page(address='/n/', template='n.txt', data={'n': len(site.pages()), 'cards': len(site.latest())})"
    paper.plugin("x", f"@hookimpl\ndef register_pages(self, site): {seen}")
    paper.post("one").write({"templates/n.txt": "{{ n }} {{ cards }} {{ site.pages() | length }}"}).build()

    assert paper.text("/n/") == "0 1 2"


def test_entries_with_one_id_are_both_named(paper):
    """Threat 50."""
    said = paper.post("one", id="x").post("two", id="x").fails(ContentError)

    assert said == (
        "content/two.html: content/one.html and content/two.html are both the entry x\n  give one of them another id"
    )


def test_a_text_that_no_plugin_can_read_is_told_with_its_file(paper):
    code = "return None if format == 'odd' else None"
    paper.plugin("x", f"@hookimpl\ndef find_markup(self, format): {code}").post("one")
    source = (paper.path / "plugins" / "paper.py").read_text()
    paper.write({"plugins/paper.py": source.replace('format="html"', 'format="odd"')})

    assert paper.fails() == 'content/one.html: no plugin makes HTML of "odd"'


def test_two_loaders_of_one_name_are_both_told_of(paper):
    parts = "name = 'paper'\ndef scan(self): ...\ndef load(self, source): ..."
    paper.plugin("x", f"{parts}\n@hookimpl\ndef register_loaders(self): return [self]")

    assert paper.fails() == '"paper" and "x" both bring a loader called paper'


def test_what_loaders_note_is_in_the_report(paper):
    body = (
        "name = 'x'\ndef scan(self): return ()\ndef load(self, source): ...\ndef notes(self): return ['a menu is left']"
    )

    release = paper.plugin("x", f"{body}\n@hookimpl\ndef register_loaders(self): return [self]").build()

    assert release.report.notes == ("a menu is left",)
