"""What is behind the links in mails, and on the account page."""

import re

import pytest
import sqlalchemy as sa

from pressframe_newsletter._tables import RECIPIENT, RETURN, WISH
from pressframe_sql import database
from pressframe_testing import EVERY_DATABASE

from .conftest import parts

pytestmark = EVERY_DATABASE

DOORS = ("leave", "preferences")


def _links(sink, to="a@example.org"):
    text, _ = parts(sink.read(to))
    return {door: re.search(rf"https://prland\.example(/newsletter/{door}/\S+)", text)[1] for door in DOORS}


@pytest.fixture
def sent(mailed, sink):
    desk = mailed(newsletter="[plugins.newsletter.newsletters.posts]\n[plugins.newsletter.newsletters.other]")
    desk.add("a@example.org", "b@example.org")
    desk.send()
    desk.run_jobs()
    return desk


def test_programs_that_open_links_change_nothing(sent, sink):
    """Threat 32: GET and HEAD, ten times each."""
    member = sent.members.find_by_address("a@example.org")

    for path in _links(sink).values():
        for method in ("GET", "HEAD") * 10:
            reply = sent.browser().get(path, method=method)
            assert reply.status == 200
            assert reply.headers["referrer-policy"] == "no-referrer"
            assert reply.headers["cache-control"] == "private, no-store"
            assert reply.cookies == ()

    assert sent.people.wishes(member.id) == {}


def test_the_button_ends_one_newsletter_and_no_other(sent, sink):
    member = sent.members.find_by_address("a@example.org")

    reply = sent.browser().post(_links(sink)["leave"], {})

    assert reply.status == 200
    assert sent.people.wishes(member.id) == {"posts": "never"}
    assert sent.people.wishes(sent.members.find_by_address("b@example.org").id) == {}


def test_nobody_is_asked_to_subscribe_where_they_have_just_left(sent, sink):
    links, browser = _links(sink), sent.browser()

    pages = [browser.get(links["leave"]), browser.get(links["preferences"]), browser.post(links["leave"], {})]

    for page in pages:
        assert "/members/subscribe" not in page.text
        assert 'href="/members/">' in page.text
    assert "/members/subscribe" in browser.get("/newsletter/leave/none").text


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        ("application/x-www-form-urlencoded", b"List-Unsubscribe=One-Click"),
        ("multipart/form-data; boundary=x",
         b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'),
    ],
)  # fmt: skip
def test_mail_programs_unsubscribe_in_one_click_without_a_cookie(sent, sink, media_type, body):
    """Threat 44: RFC 8058, with what the headers say."""
    mail = sink.read("a@example.org")
    path = mail["list-unsubscribe"].strip("<>").removeprefix("https://prland.example")
    assert mail["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"

    replies = [sent.browser()._ask("POST", path, {"content-type": media_type}, body) for _ in range(2)]

    assert [reply.status for reply in replies] == [200, 200]
    assert sent.people.wishes(sent.members.find_by_address("a@example.org").id) == {"posts": "never"}


@pytest.mark.parametrize("door", DOORS)
def test_a_link_for_another_person_or_newsletter_is_refused(sent, sink, door):
    """Threat 44."""
    mine, theirs = _links(sink)[door], _links(sink, "b@example.org")[door]
    id, _, signature = mine.rpartition("/")[2].rpartition(".")
    stranger, _, _ = theirs.rpartition("/")[2].rpartition(".")
    other = f"{id.partition('~')[0]}~other"

    for token in (f"{stranger}.{signature}", f"{other}.{signature}", id, "x", f"{id}.", f"{id}.{signature}x"):
        path = f"/newsletter/{door}/{token}"
        assert sent.browser().get(path).status == 404
        assert sent.browser().post(path, {"wants.posts": "never"}).status == 404

    for address in ("a@example.org", "b@example.org"):
        assert sent.people.wishes(sent.members.find_by_address(address).id) == {}


def test_another_site_cannot_unsubscribe_a_reader_through_their_browser(sent, sink):
    """Threat 40."""
    reply = sent.browser().post(_links(sink)["leave"], {}, headers={"sec-fetch-site": "cross-site"})

    assert reply.status == 403
    assert sent.people.wishes(sent.members.find_by_address("a@example.org").id) == {}


def test_members_choose_without_signing_in_and_the_page_tells_no_address(sent, sink):
    path, member = _links(sink)["preferences"], sent.members.find_by_address("a@example.org")
    browser = sent.browser()
    assert "a@example.org" not in browser.get(path).text

    reply = browser.post(path, {"wants.posts": "weekly", "wants.other": "never", "wants.none": "each", "x": "y"})

    assert sent.people.wishes(member.id) == {"posts": "weekly", "other": "never"}
    assert 'name="wants.posts" value="weekly" checked' in reply.text
    browser.post(path, {"wants.posts": "sometimes"})
    assert sent.people.wishes(member.id) == {"posts": "weekly", "other": "never"}


def test_members_choose_only_what_they_may_get(mailed, sink):
    desk = mailed(
        newsletter='[plugins.newsletter.newsletters.posts]\n[plugins.newsletter.newsletters.vip]\naudience = "paid"'
    )
    desk.add("a@example.org")
    desk.add("b@example.org", audience="paid")
    desk.send()
    desk.run_jobs()

    pages = [desk.browser().get(_links(sink, f"{who}@example.org")["preferences"]).text for who in "ab"]

    assert ['name="wants.vip"' in page for page in pages] == [False, True]
    assert ['name="wants.posts"' in page for page in pages] == [True, True]


def test_the_link_of_a_member_who_is_gone_does_no_harm(sent, sink):
    links, member = _links(sink), sent.members.find_by_address("a@example.org")
    sent.members.remove(member.id, now=sent.site.clock.now)

    assert sent.browser().post(links["leave"], {}).status == 200
    assert sent.browser().get(links["preferences"]).status == 404


def test_a_member_chooses_on_the_account_page(serve):
    sent = serve()
    browser = sent.sign_in("lectrice@example.org")
    assert 'name="wants.posts" value="each" checked' in browser.get("/members/").text

    reply = browser.post("/members/account/newsletters", {"wants.posts": "never"})

    assert reply.status == 303
    assert 'name="wants.posts" value="never" checked' in browser.follow(reply).text
    assert sent.people.wishes(sent.members.find_by_address("lectrice@example.org").id) == {"posts": "never"}


def test_what_is_known_of_an_address_is_told_and_erased(sent):
    """Threat 79."""
    from pressframe_sql import erase_personal_data, find_personal_data

    told = find_personal_data(sent.host, "a@example.org")["newsletters"]
    erase_personal_data(sent.host, "a@example.org")

    assert [one["mail"] for one in told] == ["Sujet"]
    assert find_personal_data(sent.host, "a@example.org")["newsletters"] == []
    assert len(find_personal_data(sent.host, "b@example.org")["newsletters"]) == 1


def test_what_was_mailed_to_a_former_address_is_told_and_erased(sent, sink):
    """Threat 79: also after the member has changed their address."""
    from pressframe_members._leaving import leave
    from pressframe_sql import find_personal_data

    member, browser = sent.members.find_by_address("a@example.org"), sent.browser()
    message = sink.read("a@example.org")["Message-ID"]
    sent.people.choose(member, {"other": "weekly"}, sent.site.clock.now, lifts=False)
    for door, address in (("sign-in", "a@example.org"), ("account/address", "new@example.org")):
        browser.post(f"/members/{door}", {"email": address})
        sent.run_jobs()
        link = re.search(r"https://prland\.example(/members/confirm/\S+)", parts(sink.read(address))[0])[1]
        assert browser.post(link, {}).status == 303
    sent.people.give_back("digest", message, "soft", sent.site.clock.now)

    told = find_personal_data(sent.host, "new@example.org")["newsletters"]
    leave(sent.host, member.id, sent.site.clock.now)

    assert [one.get("mail") or one["newsletter"] for one in told] == ["other", "Sujet"]
    with database(sent.host).read() as connection:
        kept = [connection.execute(sa.select(table)).all() for table in (RECIPIENT, RETURN, WISH)]
    assert [len(rows) for rows in kept] == [1, 0, 0]  # what was mailed to the other member
