"""Which entries are closed, when, and what they say of themselves."""

from datetime import UTC, datetime, timedelta

import pytest

from .conftest import NEW, OLD, PAGE, WITHHELD


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
    served = blog().serve()
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


@pytest.mark.parametrize(
    ("value", "message", "fix"),
    [
        ("subscriber", '"subscriber" is no audience', "Did you mean subscribers?"),
        ("paid", '"paid" is no audience', "write public or subscribers, or leave it out"),
        ("[public]", "an audience is one word", "Did you mean public?"),
        ("true", "an audience is one word", "write public or subscribers, or leave it out"),
    ],
)
def test_a_misspelt_audience_stops_the_build_rather_than_open_an_entry(blog, value, message, fix):
    error = blog(more=a_post("date: 2012-01-01", f"audience: {value}")).build().error

    assert (error.message, error.fix) == (message, fix)
    assert str(error.at) == "content/x.md: audience"


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("archive_after = 30", "must be a duration"),
        ('closed_comments = "none"', 'must be "shown", "counted" or "hidden"'),
        ("teaser_paragraphs = -1", "must be >= 0"),
        ("overlays = true", "no such setting"),
    ],
)
def test_a_wrong_setting_is_one_clear_error(blog, setting, message):
    error = blog(setting).build().error

    assert message in str(error)
    assert str(error).startswith("pressframe.toml:")


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

    built = blog(f'archive_after = "30 days"{line}', more=COMMENTS).build()

    assert any("canari-talk-1" in text for text in built.files.values()) is shown
    view = built.release.view()
    assert view.card(next(iter(card.id for card in view.latest() if card.gated))).comments == count
    assert "canari-talk-1" in built.read(OLD, "subscribers")
