"""Gift links: signed, for some browsers and some days, and taken back at once."""

import concurrent.futures
import re
from datetime import timedelta

import attrs
import pytest

from pressframe_members.store import Members
from pressframe_passes._store import LinkStore, Wanted
from pressframe_sql import database
from pressframe_testing import EVERY_DATABASE

from .conftest import NEW, OLD, OTHER, PAID, is_whole

pytestmark = EVERY_DATABASE


def gift_of(served, *arguments) -> str:
    """Have the owner make a gift link on the command line, and return its path."""
    from click.testing import CliRunner

    from pressframe.cli import main

    made = CliRunner().invoke(main, ["passes", "gift", *arguments, "--site", str(served.folder)])
    assert made.exit_code == 0, made.output
    return made.stdout.strip().removeprefix("https://prland.example")


@pytest.fixture(autouse=True)
def real_time(clock):
    """Let the command line, which has the real clock, and the server, which has the test's, agree on the time."""
    from datetime import UTC, datetime

    clock.move(datetime.now(UTC) - clock.now)


def take(served, link, browser=None):
    browser = browser or served.browser()
    return browser, browser.post(link, {})


def test_whoever_takes_a_gift_reads_that_post_and_no_other(blog):
    served = blog("").serve()
    link = gift_of(served, OLD)

    browser, answer = take(served, link)

    assert answer.headers["location"] == OLD
    assert [is_whole(browser.get(address)) for address in (OLD, OTHER, PAID)] == [True, False, False]
    assert is_whole(browser.get(OLD, headers={"accept-encoding": "identity"}))


def test_a_gift_opens_whatever_the_gate_requires(blog):
    served = blog("").serve()

    browser, _ = take(served, gift_of(served, "content/posts/paid.md"))

    assert is_whole(browser.get(PAID))


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_opening_the_link_changes_nothing(blog, method):
    """Threat 32: programs that open every link use none up."""
    served = blog("").serve()
    link = gift_of(served, OLD, "--readers", "1")

    answers = [served.browser().get(link, method=method) for _ in range(10)]

    assert {(answer.status, answer.cookies) for answer in answers} == {(200, ())}
    assert not any(b"canari-" in answer.body for answer in answers)
    assert {answer.headers["referrer-policy"] for answer in answers} == {"no-referrer"}
    assert is_whole(take(served, link)[0].get(OLD))


def test_no_more_browsers_take_it_than_may(blog):
    served = blog("").serve()
    link = gift_of(served, OLD, "--readers", "2")

    taken = [take(served, link) for _ in range(4)]

    assert [answer.status for _, answer in taken] == [303, 303, 410, 410]
    assert [is_whole(browser.get(OLD)) for browser, _ in taken] == [True, True, False, False]


def test_pressing_twice_uses_one(blog):
    served = blog("").serve()
    link = gift_of(served, OLD, "--readers", "2")
    browser, _ = take(served, link)
    for _ in range(5):
        take(served, link, browser)

    assert take(served, link)[1].status == 303
    assert take(served, link)[1].status == 410


def test_pressing_twice_before_the_first_answer_uses_one(blog, clock):
    """Threat 71: a double click, whose second press comes without the cookie of the first."""
    served = blog("").serve()
    link = gift_of(served, OLD, "--readers", "1")
    press = re.search(r'name="press" value="(\w+)"', served.browser().get(link).text)[1]
    browsers = [served.browser() for _ in range(3)]

    answers = [browser.post(link, {"press": press}).status for browser in browsers[:2]]
    other = browsers[2].post(link, {"press": "0" * 32}).status
    clock.move(timedelta(seconds=11))
    late = served.browser().post(link, {"press": press}).status

    assert (answers, other, late) == ([303, 303], 410, 410)
    assert [is_whole(browser.get(OLD)) for browser in browsers] == [True, True, False]
    assert [one.used for one in LinkStore(served.app.site).all()] == [1]


def test_of_many_at_once_no_more_take_it_than_may(blog):
    """Threat 33."""
    served = blog("").serve()
    link = gift_of(served, OLD, "--readers", "3")

    with concurrent.futures.ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: take(served, link)[1].status, range(24)))

    assert sorted(answers) == [303] * 3 + [410] * 21


def test_taken_back_it_opens_nothing_for_nobody(blog):
    """Also not for who took it before."""
    served = blog("").serve()
    link = gift_of(served, OLD)
    browser, _ = take(served, link)
    assert is_whole(browser.get(OLD))
    store = LinkStore(served.app.site)

    store.revoke(store.all()[0].id, served.app.clock())

    assert not is_whole(browser.get(OLD))
    assert take(served, link)[1].status == 410
    assert served.browser().get(link).status == 410


def test_it_ends_with_its_time(blog, clock):
    served = blog("").serve()
    link = gift_of(served, OLD, "--days", "3")
    browser, _ = take(served, link)
    clock.move(timedelta(days=2, hours=23))
    assert is_whole(browser.get(OLD))

    clock.move(timedelta(hours=2))

    assert not is_whole(browser.get(OLD))
    assert served.browser().get(link).status == 410


SPOILT = [lambda link: f"{link[:-9]}_________", lambda link: link.partition(".")[0], lambda link: f"{link}x"]


@pytest.mark.parametrize("spoil", SPOILT)
def test_a_link_that_this_site_did_not_sign_is_none(blog, spoil):
    """Threat 11."""
    served = blog("").serve()
    link = gift_of(served, OLD)

    assert served.browser().post(spoil(link), {}).status in (404, 405, 410)


def test_the_id_of_a_gift_is_no_cookie(blog):
    """Who has the link has its id; the cookie is signed for another purpose."""
    served = blog("").serve()
    browser = served.browser()
    browser.cookies["__Host-gifts"] = gift_of(served, OLD).rpartition("/")[2]

    assert not is_whole(browser.get(OLD))


def test_a_preview_link_is_no_gift_and_a_gift_no_preview(blog):
    served = blog("").serve()
    link = gift_of(served, OLD)

    assert served.browser().get(link.replace("/gift/", "/preview/")).status == 410


def test_what_is_taken_back_while_somebody_presses_is_not_taken(blog):
    """Read while it was good, taken just after."""
    served = blog("").serve()
    gift_of(served, OLD, "--readers", "2")
    store, now = LinkStore(served.app.site), served.app.clock()
    link = store.all()[0]

    assert store.take(link, now)
    store.revoke(link.id, now)

    assert not store.take(link, now)
    assert store.all()[0].used == 1


def test_what_a_gift_opens_is_for_this_reader_alone(blog):
    """Threats 6, 9."""
    served = blog("").serve()
    browser, _ = take(served, gift_of(served, OLD))

    for method in ("GET", "HEAD"):
        answer = browser.get(OLD, method=method, headers={"range": "bytes=0-5"})
        assert (answer.status, answer.headers["cache-control"]) == (200, "private, no-store")
    assert browser.get(OLD, method="HEAD").headers["content-length"] == browser.get(OLD).headers["content-length"]
    assert b"canari-" not in browser.get(OLD.upper()).body


PICTURE = """
== content/posts/pic/index.md ==
---
title: Image
date: 2012-01-01
slug: pic
---
Début de pic.

Suite canari-pic ![](photo.png)
"""


def test_the_files_of_the_entry_open_with_it(blog):
    """Threat 8."""
    site = blog("", more=PICTURE)
    (site.folder / "content/posts/pic/photo.png").write_bytes(b"\x89PNG canari-bytes")
    served = site.serve()
    picture = next(address for address in served.app.served.release.gated if address.endswith("photo.png"))
    assert served.browser().get(picture).status == 404

    browser, _ = take(served, gift_of(served, "content/posts/pic/index.md"))

    assert b"canari-bytes" in browser.get(picture).body
    assert browser.get(picture).headers["cache-control"] == "private, no-store"
    other, _ = take(served, gift_of(served, OLD))
    assert other.get(picture).status == 404


# ---------------------------------------------------------------------------------------------- given by readers


def link_in(answer) -> str:
    found = re.search(r'value="https://prland\.example(/passes/gift/[^"]+)"', answer.text)
    return found[1] if found else ""


def test_a_reader_gives_what_they_may_read(served):
    reader = served.sign_in("lectrice@example.org")
    assert 'action="/passes/gift"' in reader.get(OLD).text

    answer = reader.post("/passes/gift", {"next": OLD})

    assert is_whole(take(served, link_in(answer))[0].get(OLD))
    assert answer.headers["cache-control"] == "private, no-store"


def test_a_reader_gives_so_many_a_month_and_the_same_post_once(served):
    reader = served.sign_in("lectrice@example.org")

    answers = [reader.post("/passes/gift", {"next": address}) for address in (OLD, OLD, OTHER, "/2012/01/third/")]

    assert [answer.status for answer in answers] == [200, 200, 200, 429]
    assert link_in(answers[0]) == link_in(answers[1]) != link_in(answers[2])


def test_nobody_gives_what_they_may_not_read(served):
    reader, stranger = served.sign_in("lectrice@example.org"), served.browser()

    answers = [stranger.post("/passes/gift", {"next": OLD}), reader.post("/passes/gift", {"next": PAID})]

    assert [(answer.status, link_in(answer)) for answer in answers] == [(303, ""), (303, "")]
    assert LinkStore(served.app.site).all() == []


@pytest.mark.parametrize("end", ["revoked", "left"])
def test_a_gift_ends_with_the_right_of_who_gave_it(served, end):
    """Threat 44: paid, given away and paid back."""
    address = "lectrice@example.org"
    reader, members, now = served.sign_in(address), Members(served.app.site), served.app.clock()
    giver = members.find_by_address(address).id
    members.grant(giver, "paid", source="complimentary", now=now)
    served.app.readers.forget("; ".join(f"{name}={value}" for name, value in reader.cookies.items()).encode())
    taker, _ = take(served, link_in(reader.post("/passes/gift", {"next": PAID})))
    assert is_whole(taker.get(PAID))

    if end == "left":
        members.remove(giver, now=now)
    else:
        members.revoke(giver, "paid", source=None, now=now)

    assert not is_whole(taker.get(PAID))


def test_a_clock_that_was_a_year_ahead_takes_no_gift_back_and_makes_none_that_lasts_a_year(blog, clock):
    """Threat 75: nor does it use up what a reader may give."""
    served = blog("gifts = 1").serve()
    store, reader, lasting = LinkStore(served.app.site), "r1", timedelta(days=14)
    wanted = Wanted(kind="gift", entry="posts/old", title="", expires=clock.now + lasting, most=5)
    before = store.make(wanted, clock.now)
    clock.move(timedelta(days=365))
    ahead = store.give(attrs.evolve(wanted, expires=clock.now + lasting), reader, clock.now, most=1)
    is_open = [store.alive([one.id], "posts/old", clock.now) != [] for one in (before, ahead)]
    clock.move(timedelta(days=-365))

    assert is_open == [False, True]
    assert [one.id for one in store.alive([before.id, ahead.id], "posts/old", clock.now)] == [before.id]
    assert [store.take(one, clock.now) for one in (before, ahead)] == [True, False]
    assert store.give(wanted, reader, clock.now, most=1) is not None


def test_links_are_listed_for_two_months_after_their_end_and_then_forgotten(blog, clock):
    served = blog("").serve()
    store = LinkStore(served.app.site)
    wanted = Wanted(kind="gift", entry="posts/old", title="", expires=clock.now + timedelta(days=1), most=5)
    old = store.make(wanted, clock.now)

    for days, is_listed in ((60, True), (2, False)):
        clock.move(timedelta(days=days))
        store.make(attrs.evolve(wanted, expires=clock.now + timedelta(days=1)), clock.now)
        assert (old.id in {one.id for one in store.all()}) is is_listed


def test_the_button_is_on_the_page_of_readers_alone(served):
    reader = served.sign_in("lectrice@example.org")

    assert "/passes/gift" not in served.visitor.get(OLD).text
    assert "/passes/gift" not in served.visitor.get(NEW).text
    assert "/passes/gift" not in reader.get(NEW).text


def test_the_giver_is_not_named_in_the_database(served):
    reader = served.sign_in("lectrice@example.org")
    reader.post("/passes/gift", {"next": OLD})
    with database(served.app.site).read() as connection:
        known = list(connection.exec_driver_sql("SELECT reader FROM members_member").scalars())

    assert LinkStore(served.app.site).all()[0].giver not in ("", *known)


def test_who_reads_by_a_gift_is_told_who_may_comment_instead_of_being_shown_a_form_that_they_cannot_use(blog):
    served = blog("gifts = 2").serve()
    member = served.sign_in("lea@example.org")
    guest, _ = take(served, gift_of(served, OLD))

    page = guest.get(OLD)
    sent = guest.post("/comments/posts/old", {"author": "Bo", "email": "b@e.org", "comment": "Un mot."})

    assert is_whole(page)
    assert "commentform" not in page.text
    assert "comments.js" not in page.text
    assert "Pour répondre, abonnez-vous ou connectez-vous." in page.text
    assert "/passes/gift" not in page.text  # nor can a gift be passed on
    assert page.headers["cache-control"] == "private, no-store"
    assert (sent.status, is_whole(sent)) == (403, False)
    assert "Un mot." in sent.text
    assert 'id="commentform"' in member.get(OLD).text
    assert "/passes/gift" in member.get(OLD).text


@pytest.mark.parametrize("how", ["lapsed", "left"])
def test_a_gift_of_who_may_no_longer_read_the_text_promises_nothing(blog, how):
    served = blog("gifts = 2").serve()
    giver, members = served.sign_in("lea@example.org"), Members(served.app.site)
    lea = members.find_by_address("lea@example.org")
    members.grant(lea.id, "paid", source="complimentary", until=None, now=served.app.clock())
    given = re.search(
        r'value="https://prland.example(/passes/gift/[^"]+)"', giver.post("/passes/gift", {"next": PAID}).text
    )
    shown = [served.browser().get(given[1])]

    if how == "lapsed":
        members.revoke(lea.id, "paid", source="complimentary", now=served.app.clock())
    else:
        members.remove(lea.id, now=served.app.clock())
    shown.append(served.browser().get(given[1]))
    _, taken = take(served, given[1])

    assert ["Le lire" in page.text for page in shown] == [True, False]
    assert (shown[1].status, taken.status) == (410, 410)
    assert [link.used for link in LinkStore(served.app.site).all()] == [0]


def test_a_guests_page_is_checked_again_by_its_own_tag(blog):
    served = blog("").serve()
    guest, _ = take(served, gift_of(served, OLD))
    tag = guest.get(OLD).headers["etag"]

    again = guest.get(OLD, headers={"if-none-match": tag})

    assert (again.status, again.body) == (304, b"")
    assert served.sign_in("lea@example.org").get(OLD).headers["etag"] != tag
