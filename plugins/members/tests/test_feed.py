"""A member's own feed: whole texts at a private address, and nothing for anybody else."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from pressframe_members.store import Members
from pressframe_testing import EVERY_DATABASE

from .conftest import NEW, OLD, WITHHELD, Readers

pytestmark = EVERY_DATABASE

ATOM = "application/atom+xml; charset=utf-8"


def make_feed(browser) -> str:
    """Give the member a feed, or another one; return the path of its address."""
    page = browser.follow(browser.post("/members/account/feed", {"do": "renew"})).text
    return re.search(r'value="https://prland.example(/members/feed/[^"]+)"', page)[1]


@pytest.fixture
def closed(serve) -> Readers:
    return serve(gates='archive_after = "30 days"\naudiences.paid = {}')


def test_a_feed_reader_gets_whole_posts_without_signing_in(closed):
    feed = make_feed(closed.sign_up())

    answer = closed.browser().get(feed)

    assert (answer.status, answer.headers["content-type"]) == (200, ATOM)
    assert WITHHELD in answer.text
    assert f'rel="self" type="application/atom+xml" href="https://prland.example{feed}"' in answer.text
    assert WITHHELD not in closed.visitor.get("/feed.xml").text


def test_no_cache_and_no_search_engine_keeps_it(closed):
    """Threats 9, 16, 34."""
    feed = make_feed(closed.sign_up())

    for method in ("GET", "HEAD"):
        headers = (
            closed.browser().get(feed, method=method, headers={"accept-encoding": "gzip", "range": "bytes=0-9"}).headers
        )
        assert headers["cache-control"] == "private, no-store"
        assert headers["x-robots-tag"] == "noindex, nofollow"
        assert headers["referrer-policy"] == "no-referrer"
        assert "etag" not in headers
        assert "last-modified" not in headers
        assert "set-cookie" not in headers


def test_texts_are_whole_where_the_public_feed_has_excerpts(blog):
    site = blog(more="")
    text = (site.folder / "pressframe.toml").read_text("utf-8")
    site.edit("pressframe.toml", f"{text}\n[plugins.feeds]\nfull = false\n")
    readers = Readers.of(site)

    assert "Sa suite." in readers.browser().get(make_feed(readers.sign_up())).text


def test_a_new_address_ends_the_old_one(closed):
    browser = closed.sign_up()
    old = make_feed(browser)
    new = make_feed(browser)

    assert old != new
    assert gets_nothing(closed, old)
    assert WITHHELD in closed.browser().get(new).text


def test_a_revoked_address_leads_nowhere(closed):
    browser = closed.sign_up()
    feed = make_feed(browser)

    page = browser.follow(browser.post("/members/account/feed", {"do": "revoke"})).text

    assert "/members/feed/" not in page
    assert gets_nothing(closed, feed)


def test_a_member_gets_no_others_feed(closed):
    """A browser that is signed in as somebody else gets nothing there."""
    feed, other = make_feed(closed.sign_up()), closed.sign_up("autre@example.org")
    make_feed(other)

    assert gets_nothing(closed, feed, other)


@pytest.mark.parametrize(
    "change",
    [
        lambda feed: feed[:-1], lambda feed: f"{feed}x", lambda feed: feed.split(".")[0], lambda feed: feed.swapcase(),
        lambda feed: "/members/feed/x.y", lambda feed: "/members/feed/%00", lambda feed: f"{feed}%0a",
        lambda feed: "/members/feed/' OR 1=1 --", lambda feed: feed.replace("feed", "confirm"),
    ],
)  # fmt: skip
def test_no_address_but_the_one_given_opens_anything(closed, change):
    """Threats 6, 11, 47."""
    feed = make_feed(closed.sign_up())

    assert gets_nothing(closed, change(feed))


def test_a_mailed_links_token_is_no_feeds(closed):
    """Threat 11: what is signed for one purpose is worth nothing for another."""
    link = closed.mail()

    assert gets_nothing(closed, link.replace("confirm", "feed"))


def test_another_sites_feed_opens_nothing(closed, serve):
    """Threat 11."""
    assert gets_nothing(closed, make_feed(serve().sign_up()))


def test_a_removed_members_feed_is_gone_at_once(closed):
    """Threat 10."""
    feed = make_feed(closed.sign_up())

    closed.command("remove", "lectrice@example.org")

    assert gets_nothing(closed, feed)


VAULT = '''
== plugins/vault.py ==
"""Keep everything old for who pays."""
import attrs
from pressframe import Gate, hookimpl

@attrs.frozen(eq=False)
class Vault:
    @hookimpl
    def judge_gate(self, entry, now):
        return Gate(requires=frozenset({"paid"}), reason="old") if entry.published.year < 2020 else None
'''


@pytest.fixture
def paying(blog):
    site = blog(gates='archive_after = "30 days"\naudiences.paid = {}', more=VAULT)
    text = (site.folder / "pressframe.toml").read_text("utf-8")
    site.edit("pressframe.toml", text.replace('"members",', '"members", "vault",'))
    return Readers.of(site)


def test_a_lapsed_members_feed_holds_nothing_gated_from_that_moment_on(paying, clock):
    """Threat 10."""
    browser = paying.sign_up()
    feed, members = make_feed(browser), Members(paying._site)
    now = datetime(2026, 11, 23, 10, tzinfo=UTC)
    member = members.find_by_address("lectrice@example.org")
    assert WITHHELD not in paying.browser().get(feed).text
    members.grant(member.id, "paid", source="stripe", now=now, until=now + timedelta(days=1))
    assert WITHHELD in paying.browser().get(feed).text

    clock.move(timedelta(days=1))

    lapsed = paying.browser().get(feed)
    assert lapsed.status == 200
    assert WITHHELD not in lapsed.text
    assert "Billet neuf" in lapsed.text


def test_a_lapsed_member_is_refused_within_a_minute(paying, clock, monkeypatch):
    """Threat 10: by the server's own clock and by that of the audience."""
    import time

    browser, members = paying.sign_up(), Members(paying._site)
    member = members.find_by_address("lectrice@example.org")
    now = datetime(2026, 11, 23, 10, tzinfo=UTC)
    members.grant(member.id, "paid", source="stripe", now=now, until=now + timedelta(hours=1))
    paying.app.readers._known.clear()
    clock.move(timedelta(minutes=59, seconds=59))
    assert WITHHELD in browser.get(OLD).text

    clock.move(timedelta(seconds=60))
    later = time.monotonic() + 60
    monkeypatch.setattr(time, "monotonic", lambda: later)

    assert WITHHELD not in browser.get(OLD).text
    assert browser.get(NEW).status == 200


def test_a_site_without_feeds_offers_none(blog):
    site = blog()
    text = (site.folder / "pressframe.toml").read_text("utf-8")
    site.edit("pressframe.toml", text.replace('"feeds", ', ""))
    readers = Readers.of(site)

    assert 'id="feed"' not in readers.sign_up().get("/members/").text


def gets_nothing(readers, feed, browser=None) -> bool:
    answers = [(browser or readers.browser()).get(feed, method=method) for method in ("GET", "HEAD")]
    return all(answer.status in (404, 410) and WITHHELD not in answer.text for answer in answers)
