"""Some closed posts a month for everybody: counted, and shut where they cannot be."""

from datetime import UTC, datetime, timedelta

import pytest

from pressframe import ConfigError
from pressframe_testing import EVERY_DATABASE

from .conftest import NEW, OLD, OTHER, PAID, THIRD, is_whole

pytestmark = EVERY_DATABASE

COOKIE = "__Host-reads"
ODD = [
    "//2012/01/old/",
    "/2012/01/old",
    "/2012/01/old/index.html",
    "/2012/01/OLD/",
    "/./2012/01/old/",
    "/2012/01/old/%0a",
]


def start(browser, address=OLD):
    """Press the button on the closed page at *address*, and return where it leads."""
    return browser.post("/passes/read", {"next": address})


def test_a_stranger_reads_so_many_posts_a_month_and_then_no_more(served):
    browser = served.browser()
    assert not is_whole(browser.get(OLD))

    assert start(browser).headers["location"] == OLD

    assert [is_whole(browser.get(address)) for address in (OLD, OTHER, THIRD)] == [True, True, False]


def test_reading_the_same_post_again_counts_once(served):
    browser = served.browser()
    start(browser)

    assert all(is_whole(browser.get(OLD)) for _ in range(5))
    assert is_whole(browser.get(OTHER))
    assert is_whole(browser.get(OLD))
    assert not is_whole(browser.get(THIRD))


def test_nothing_opens_without_the_cookie_that_the_button_gives(served):
    """Crawlers, link previews and mail scanners read nothing."""
    assert [is_whole(served.browser().get(OLD)) for _ in range(10)] == [False] * 10


@pytest.mark.parametrize("header", ["sec-purpose", "purpose"])
def test_what_a_browser_fetches_ahead_neither_opens_nor_counts(served, header):
    browser = served.browser()
    start(browser)

    ahead = browser.get(OTHER, headers={header: "prefetch;prerender"})

    assert not is_whole(ahead)
    assert ahead.cookies == ()
    assert [is_whole(browser.get(address)) for address in (OLD, THIRD)] == [True, True]


def test_a_get_of_the_button_changes_nothing(served):
    """Threat 32."""
    answers = [served.browser().get("/passes/read", method=method) for method in ("GET", "HEAD") for _ in range(10)]

    assert {(answer.status, answer.cookies) for answer in answers} == {(405, ())}


def test_next_month_it_begins_anew(served, clock):
    browser = served.browser()
    start(browser)
    assert [is_whole(browser.get(address)) for address in (OLD, OTHER, THIRD)] == [True, True, False]

    clock.move(datetime(2026, 11, 30, 23, 0, 1, tzinfo=UTC) - clock.now)  # December in Paris

    assert is_whole(browser.get(THIRD))


def test_the_button_says_so_where_nothing_is_left(served):
    browser = served.browser()
    start(browser)
    browser.get(OLD)
    browser.get(OTHER)

    answer = start(browser, THIRD)

    assert answer.status == 200
    assert "C’est tout pour ce mois-ci" in answer.text
    assert f'href="{THIRD}"' in answer.text
    assert not is_whole(browser.get(THIRD))


def test_pressing_the_button_again_gives_no_more(served):
    browser = served.browser()
    start(browser)
    browser.get(OLD)
    start(browser, OTHER)
    browser.get(OTHER)
    start(browser, THIRD)

    assert not is_whole(browser.get(THIRD))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda value: value[:-9] + ("A" if value[-9] != "A" else "B") + value[-8:],
        lambda value: value.replace("2026-11", "2026-12"),
        lambda value: value.partition(".")[0],
        lambda value: f"2026-11.0123456789ab.{value.rpartition('.')[2]}",
        lambda value: "",
        lambda value: "2026-11.",
        lambda value: value + "x",
    ],
)
def test_a_cookie_that_was_changed_is_none(served, spoil):
    """Threat 11."""
    browser = served.browser()
    start(browser)
    browser.cookies[COOKIE] = spoil(browser.cookies[COOKIE])

    assert not is_whole(browser.get(OLD))


def test_another_sites_cookie_is_none(served, blog):
    """Threat 11."""
    other = blog().serve().browser()
    start(other)
    browser = served.browser()
    browser.cookies = dict(other.cookies)

    assert not is_whole(browser.get(OLD))


def test_a_gifts_cookie_counts_nothing_and_a_count_gives_nothing(served):
    browser = served.browser()
    start(browser)
    browser.cookies["__Host-gifts"] = browser.cookies.pop(COOKIE)

    assert not is_whole(browser.get(OLD))


def test_the_cookie_tells_nobody_what_was_read(served):
    browser = served.browser()
    start(browser)

    line = browser.get(OLD).cookies[0]

    assert "old" not in line
    assert all(flag in line for flag in ("HttpOnly", "SameSite=Lax", "Secure", "Path=/"))


def test_a_post_that_requires_more_stays_closed(served):
    browser = served.browser()
    start(browser)

    assert not is_whole(browser.get(PAID))
    assert [is_whole(browser.get(address)) for address in (OLD, OTHER)] == [True, True]


def test_whoever_is_of_the_audience_is_not_counted(served):
    reader = served.sign_in("lectrice@example.org")

    answers = [reader.get(address) for address in (OLD, OTHER, THIRD)]

    assert [is_whole(answer) for answer in answers] == [True] * 3
    assert [answer.cookies for answer in answers] == [()] * 3


def test_whoever_is_signed_in_without_the_audience_is_counted_in_the_database(blog):
    served = blog('free = 1\nmetered = ["paid"]', more=POSTS).serve()
    reader, same = served.sign_in("lectrice@example.org"), served.browser()
    same.cookies = dict(reader.cookies)  # another browser of theirs

    read = [is_whole(one.get(address)) for one, address in [(reader, PAID), (same, PAID), (same, "/2012/01/dear/")]]

    assert read == [True, True, False]
    assert is_whole(served.sign_in("autre@example.org").get("/2012/01/dear/"))


POSTS = """
== content/posts/dear.md ==
---
title: Cher
date: 2012-01-01
slug: dear
audience: [subscribers, paid]
---
Début de dear.

Suite canari-dear.
"""


def test_every_answer_that_is_opened_so_is_for_this_reader_alone(served):
    """Threat 9."""
    browser = served.browser()
    start(browser)

    for method in ("GET", "HEAD"):
        for address in (OLD, OTHER):
            for headers in ({}, {"range": "bytes=0-9"}, {"accept-encoding": "gzip"}):
                answer = browser.get(address, method=method, headers=headers)
                assert answer.headers["cache-control"] == "private, no-store"
                assert "cookie" in answer.headers["vary"]


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_address_opens_nothing_that_the_plain_one_does_not(served, odd):
    """Threat 6."""
    browser = served.browser()
    start(browser)

    assert b"canari-" not in browser.get(odd).body


def test_a_database_that_fails_keeps_it_shut(blog):
    """Threat 13."""
    served = blog('free = 1\nmetered = ["paid"]').serve()
    reader = served.sign_in("lectrice@example.org")
    assert is_whole(reader.get(PAID))
    from pressframe_sql import database

    with database(served.app.site).read() as connection:
        assert connection
    database(served.app.site).write(lambda connection: connection.exec_driver_sql("DROP TABLE passes_read"))

    assert not is_whole(reader.get(PAID))


def test_the_button_stands_on_pages_that_it_opens_and_nowhere_else(served):
    shown = {address: 'action="/passes/read"' in served.visitor.get(address).text for address in (OLD, PAID, NEW)}

    assert shown == {OLD: True, PAID: False, NEW: False}


def test_without_free_posts_there_is_no_button_and_nothing_opens(blog):
    served = blog("").serve()
    browser = served.browser()

    assert "/passes/read" not in served.visitor.get(OLD).text
    assert start(browser).cookies == ()
    assert not is_whole(browser.get(OLD))


@pytest.mark.parametrize("next", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x", ""])
def test_it_leads_nowhere_but_to_this_site(served, next):
    """Threat 39."""
    assert start(served.browser(), next).headers["location"] == "/"


def test_another_site_cannot_press_the_button(served):
    """Threat 40."""
    answer = served.browser().post("/passes/read", {"next": OLD}, headers={"sec-fetch-site": "cross-site"})

    assert (answer.status, answer.cookies) == (403, ())


def test_a_clock_that_jumps_neither_opens_for_ever_nor_closes_for_ever(served, clock):
    """Threat 75."""
    browser = served.browser()
    start(browser)
    assert [is_whole(browser.get(address)) for address in (OLD, OTHER, THIRD)] == [True, True, False]
    clock.move(-timedelta(hours=1))
    assert not is_whole(browser.get(THIRD))
    clock.move(timedelta(days=365))

    assert is_whole(browser.get(THIRD))


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("subscriber", "Did you mean subscribers?"),
        ("nobody", "name some of paid, subscribers"),
        ("public", "name some of"),
    ],
)
def test_an_audience_that_is_counted_must_be_there(blog, name, told):
    error = blog(f'free = 2\nmetered = ["subscribers", "{name}"]').build().error

    assert isinstance(error, ConfigError)
    assert str(error.at) == "pressframe.toml: plugins.passes.metered"
    assert error.message == f'names "{name}", an audience that no entry can be for'
    assert told in error.fix
