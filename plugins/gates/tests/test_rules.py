"""Which entries are closed, when, and what they say of themselves."""

from datetime import UTC, datetime, timedelta

import attrs
import pytest

from pressframe_gates._wishes import Wishes

from .conftest import ALONE, LIVE, NEW, OLD, PAGE, WITHHELD


def a_post(*lines: str) -> str:
    return "\n".join(["", "== content/x.md ==", "---", "title: X", "slug: x", *lines, "---", "Un.", "", "Deux.", ""])


def test_old_posts_are_for_subscribers_and_the_rest_is_open(blog):
    built = blog().build()

    assert set(built.release.gated) == {OLD}
    assert WITHHELD not in built.read(OLD)
    assert WITHHELD in built.read(OLD, "subscribers")
    assert {built.release.gated[OLD]} == {frozenset({"subscribers"})}
    assert "Sa suite." in built.read(NEW)
    assert "Qui écrit ici." in built.read(PAGE)


def test_without_a_limit_nothing_is_closed(blog):
    assert blog("").build().release.gated == {}


@pytest.mark.parametrize(("second", "closed"), [(-1, False), (0, True), (1, True)])
def test_a_post_closes_at_the_moment_it_gets_too_old(blog, second, closed):
    moment = datetime(2026, 12, 20, tzinfo=UTC)
    site = blog()

    release = site.build(now=moment + timedelta(seconds=second)).release

    assert (NEW in release.gated) is closed
    assert release.until == (None if closed else moment)


def test_the_server_closes_it_without_a_hand(blog, clock):
    served = blog(plugins=LIVE).serve()
    assert "Sa suite." in served.visitor.get(NEW).text

    clock.move(timedelta(days=27))

    assert served.rebuild()
    assert "Sa suite." not in served.visitor.get(NEW).text


@pytest.mark.parametrize(
    ("lines", "closed"),
    [
        (["date: 2012-01-01", "audience: public"], False),
        (["date: 2026-11-20", "audience: subscribers"], True),
        (["date: 2012-01-01"], True),
        (["date: 2026-11-20"], False),
    ],
)
def test_an_entry_may_say_itself_whom_it_is_for(blog, lines, closed):
    built = blog(more=a_post(*lines)).build()

    assert any(address.endswith("/x/") for address in built.release.gated) is closed


def test_a_page_may_be_for_subscribers_too(blog):
    page = "\n== content/pages/inside.md ==\n---\ntitle: Dedans\naudience: subscribers\n---\nUn.\n\nDeux.\n"

    built = blog("", more=page).build()

    assert set(built.release.gated) == {"/inside/"}
    assert "Deux." not in built.read("/inside/")


LISTED = "write public, or one or several of subscribers, or leave it out"


@pytest.mark.parametrize(
    ("line", "message", "fix"),
    [
        ("audience: subscriber", '"subscriber" is no audience', "Did you mean subscribers?"),
        ("audience: paid", '"paid" is no audience', LISTED),
        ("audience: [subscribers, paid]", '"paid" is no audience', LISTED),
        ("audience: [public, subscribers]", "public stands alone: it is for everybody", LISTED),
        ("audience: true", "an audience is a word, or a list of words", LISTED),
        ("audience: []", "an audience is a word, or a list of words", LISTED),
        ("teaser_words: many", "must be a whole number, 0 or more", None),
        ("teaser_paragraphs: -1", "must be a whole number, 0 or more", None),
        ("closed_comments: open", '"open" is none of shown, counted, hidden', "write one of these"),
    ],
)
def test_what_an_entry_misspells_stops_the_build_rather_than_open_it(blog, line, message, fix):
    error = blog(more=a_post("date: 2012-01-01", line)).build().error

    assert error.message == message
    assert fix in (None, error.fix)
    assert str(error.at) == f"content/x.md: {line.partition(':')[0]}"


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("archive_after = 30", "must be a duration"),
        ('closed_comments = "none"', 'must be "shown", "counted" or "hidden"'),
        ("teaser_paragraphs = -1", "must be >= 0"),
        ("teaser_words = -1", "must be >= 0"),
        ("overlays = true", "no such setting"),
        ('rules = [{ audience = ["subscriber"] }]', 'rule 1: "subscriber" is no audience\n  Did you mean subscribers?'),
        ('rules = [{}, { audience = ["gold"] }]', 'rule 2: "gold" is no audience'),
        ('rules = [{ audience = ["public"] }]', '"public" is no audience'),
        ("rules = [{ audience = [] }]", "Length of 'audience'"),
        ('rules = [{ categorie = "x" }]', "Did you mean category?"),
        ('rules = [{ kind = "posts" }]', 'must be "post" or "page"'),
        ('rules = [{ after = "3 days", until = "2 days" }]', "closes nothing"),
        ("audiences = { public = {} }", '"public" cannot be the name of an audience'),
        ('audiences = { "a,b" = {} }', '"a,b" cannot be the name of an audience'),
        ("audiences = { nobody = {} }", '"nobody" cannot be the name of an audience'),
        ("audiences = { Paid = {} }", '"Paid" cannot be the name of an audience'),
        ('audiences = { "" = {} }', '"" cannot be the name of an audience'),
        ("audiences = { paid = { title = 1 } }", "no such setting"),
    ],
)
def test_a_wrong_setting_is_one_clear_error(blog, setting, message):
    error = blog(setting).build().error

    assert message in str(error)
    assert str(error).startswith("pressframe.toml:")


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ('category = "Etudes"', "Did you mean Études?"),
        ('tag = "cryse"', "Did you mean"),
        ('author = "Odil"', "Did you mean Odile?"),
    ],
)
def test_a_term_that_looks_misspelt_is_one_clear_error(blog, rule, said):
    """What it should close would be open, and nobody would know."""
    built = blog(f"rules = [{{ {rule} }}]", more=a_post("date: 2026-11-01", "categories: [Études et notes]")).build()

    if "Etudes" in rule:  # its slug is spelt so
        assert built.error is None
        assert OLD in built.release.gated
    else:
        assert said in str(built.error)
        assert "rule 1 of [plugins.gates]: no post has the" in str(built.error)


def test_a_rule_whose_name_leaves_open_what_is_below_is_one_clear_error(blog):
    """Of a term above, as exports of WordPress have them, an entry tells no more than the slug."""
    nested = '''
== plugins/nested.py ==
"""Puts tagged posts into a category below another one. Hooks: filter_entry."""
import attrs
from pressframe import Term, hookimpl


@attrs.frozen(eq=False)
class Nested:
    @hookimpl
    def filter_entry(self, entry):
        if any(term.slug == "presse" for term in entry.terms):
            below = Term(taxonomy="category", slug="sondages", name="Sondages", parent="etudes")
            return attrs.evolve(entry, terms=(*entry.terms, below))
        return None
'''
    plugins = (*ALONE, "nested")

    error = blog('rules = [{ category = "Études" }]', plugins=plugins, more=nested).build().error
    built = blog('rules = [{ category = "etudes" }]', plugins=plugins, more=nested).build()

    assert str(error.at) == "pressframe.toml: plugins.gates.rules"
    assert error.message.endswith('"Études" does not close what is right below it, such as "Sondages"')
    assert error.fix == "name it by its slug: etudes"
    assert set(built.release.gated) == {OLD, NEW}


def test_a_term_that_no_post_has_yet_is_told_and_stops_nothing(blog, caplog):
    built = blog('rules = [{ category = "Vidéos" }]').build()

    assert built.release.gated == {}
    assert 'no post has the category "Vidéos", so it closes nothing' in caplog.text


COMMENTS = """
== content/old.comments.toml ==
[[comment]]
id = 7
author = "Odile"
date = 2012-01-02T10:00:00
body = "canari-talk-1"
"""


@pytest.mark.parametrize(
    ("setting", "shown", "count"), [("shown", True, 1), ("counted", False, 1), ("hidden", False, 0), (None, False, 0)]
)
def test_the_conversation_of_a_closed_post_shows_what_the_settings_say(blog, setting, shown, count):
    """Threat 7: on the page, in every feed and list; hidden where nothing is set."""
    line = f'\nclosed_comments = "{setting}"' if setting else ""

    built = blog(f'archive_after = "30 days"{line}', more=COMMENTS, plugins=LIVE).build()

    assert any("canari-talk-1" in text for text in built.files.values()) is shown
    view = built.release.view()
    assert view.card(next(iter(card.id for card in view.latest() if card.gated))).comments == count
    assert "canari-talk-1" in built.read(OLD, "subscribers")


@pytest.mark.parametrize(
    ("rule", "closed"),
    [
        ("{}", {OLD, NEW, PAGE}),
        ('{ kind = "page" }', {PAGE}),
        ('{ kind = "post" }', {OLD, NEW}),
        ('{ category = "études" }', {OLD}),
        ('{ category = "etudes" }', {OLD}),
        ('{ tag = "Crise" }', {OLD}),
        ('{ tag = "crise", author = "Odile" }', {OLD}),
        ('{ tag = "presse", author = "Odile" }', set()),
        ('{ author = "odile" }', {OLD}),
        ('{ after = "1 day" }', {OLD, NEW}),
        ('{ after = "1 day", kind = "page" }', {PAGE}),
        ('{ until = "5 days" }', {NEW}),
        ('{ after = "1 day", until = "5 days" }', {NEW}),
        ('{ after = "5 days", until = "900 weeks" }', {OLD}),
        ('{ after = "999999 weeks" }', set()),
    ],
)
def test_a_rule_closes_what_fits_all_that_it_names(blog, rule, closed):
    assert set(blog(f"rules = [{rule}]").build().release.gated) == closed


def test_rules_add_up(blog):
    built = blog(
        'archive_after = "30 days"\nrules = [{ category = "Études", audience = ["paid"] }, { tag = "crise" }]\n'
        "audiences = { paid = {} }"
    ).build()

    assert built.release.gated == {OLD: frozenset({"subscribers", "paid"})}
    assert WITHHELD not in built.read(OLD, "paid")
    assert WITHHELD not in built.read(OLD, "subscribers")
    assert WITHHELD in built.read(OLD, "subscribers", "paid")


def test_what_an_entry_says_of_itself_goes_before_every_rule(blog):
    settings = 'archive_after = "30 days"\nrules = [{ category = "Études", audience = ["paid"] }]\naudiences.paid = {}'
    both = a_post("date: 2012-01-01", "categories: [Études]", "audience: [paid, subscribers]")
    free = a_post("date: 2012-01-01", "categories: [Études]", "audience: public").replace("x.md", "y.md")

    built = blog(settings, more=both + free.replace("slug: x", "slug: y")).build()

    found = {address: requires for address, requires in built.release.gated.items() if address != OLD}
    assert found == {"/2012/01/x/": frozenset({"paid", "subscribers"})}


@pytest.mark.parametrize(("second", "closed"), [(-1, True), (0, False), (1, False)])
def test_a_new_post_is_for_members_first_and_opens_at_the_very_second(blog, second, closed):
    moment = datetime(2026, 11, 27, tzinfo=UTC)
    site = blog('rules = [{ until = "7 days" }]')

    release = site.build(now=moment + timedelta(seconds=second)).release

    assert (NEW in release.gated) is closed
    assert release.until == (moment if closed else None)


@pytest.mark.parametrize(
    ("line", "shown"),
    [("teaser_paragraphs: 2", ["Un.", "Deux."]), ("teaser_words: 1", ["Un."]), ("teaser_paragraphs: 0", [])],
)
def test_an_entry_may_say_itself_how_much_of_it_is_public(blog, line, shown):
    post = a_post("date: 2012-01-01", line).replace("Deux.\n", "Deux.\n\nTrois.\n")

    built = blog('archive_after = "30 days"\nteaser_paragraphs = 1', more=post).build()

    page = built.read(next(address for address in built.release.gated if "/x/" in address))
    assert [word for word in ("Un.", "Deux.", "Trois.") if f"<p>{word}</p>" in page] == shown


def test_an_entry_may_say_itself_what_is_shown_of_its_comments(blog):
    post = a_post("date: 2012-01-01", "closed_comments: shown")

    built = blog('archive_after = "30 days"', more=post + COMMENTS.replace("old.", "x."), plugins=LIVE).build()

    assert any("canari-talk-1" in text for text in built.files.values())


@pytest.mark.parametrize(
    ("settings", "front", "closed_by"),
    [
        (
            'archive_after = "30 days"',
            "tags: [A]",
            "archive_after, from 2012-01-31 00:00 UTC on: for subscribers (audience: public in its front matter opens",
        ),
        (
            'rules = [{ tag = "a", until = "999 weeks" }, { kind = "post", audience = ["paid"] }]\naudiences.paid = {}',
            "tags: [A]",
            'rule 1, tag "a", until 2031-02-23 00:00 UTC: for subscribers; rule 2, every post: for paid (audience',
        ),
        (
            "",
            "audience: subscribers",
            "its front matter says audience: subscribers (without that line the rules decide)",
        ),
    ],
)
def test_explain_says_which_rule_closed_an_entry_and_what_would_open_it(blog, settings, front, closed_by):
    site = blog(settings, more=a_post("date: 2012-01-01", front))
    site.build()

    told = site.run("explain", "/2012/01/x/").output

    assert closed_by in " ".join(told.split())
    assert "opens for" in told


def test_explain_says_that_a_reader_must_be_of_all_audiences_that_two_rules_ask_for(blog):
    gates = 'rules = [{ tag = "a" }, { kind = "post", audience = ["paid"] }]\naudiences.paid = {}'
    site = blog(gates, more=a_post("date: 2012-01-01", "tags: [A]"))
    site.build()

    told = " ".join(site.run("explain", "/2012/01/x/").output.split())

    assert "opens for the audiences paid and subscribers together" in told
    assert "for strangers and for the audiences paid and subscribers together" in told


def test_a_closed_page_says_that_a_reader_must_be_all_of_those_whom_it_is_for(blog):
    gates = """rules = [{ tag = "a" }, { kind = "post", audience = ["paid"] }]
    audiences = { paid = { name = "les mécènes" }, subscribers = { name = "les abonnés" } }"""

    page = blog(gates, more=a_post("date: 2012-01-01", "tags: [A]")).build().read("/2012/01/x/")

    assert "C’est pour les abonnés qui comptent aussi parmi les mécènes." in page


@pytest.mark.parametrize("key", [field.name for field in attrs.fields(Wishes)])
def test_a_key_of_front_matter_that_is_misspelt_opens_nothing(blog, key):
    said = blog(more=a_post("date: 2026-11-20", f"{key}x: 1")).build().error

    assert f"content/x.md:5: {key}x: no such key" in str(said)
    assert f"Did you mean {key}?" in str(said)
