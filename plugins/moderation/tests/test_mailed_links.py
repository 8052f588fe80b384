"""The links in mails on comments: signed, good for one decision, and harmless to whatever opens them."""

import re
from datetime import timedelta
from threading import Thread

import pytest
import sqlalchemy as sa

from pressframe_admin import accounts
from pressframe_admin._tables import ACCOUNT
from pressframe_comments import State, Texts
from pressframe_moderation._deciding import link_of
from pressframe_moderation._desk import Desk
from pressframe_sql import database

from .conftest import BLOG, CRISE, LIST


def mailed(desk, *, to="owner"):
    """Do the work that waits, and return the last link to decide that was mailed to *to*, as a path."""
    desk.site.clock.now += timedelta(seconds=11)
    desk.run_jobs()
    texts = [mail.get_body(("plain",)).get_content() for mail in desk.mails if mail["to"] == f"{to}@example.org"]
    found = [re.findall(r"https://prland\.example(/moderation/\S+)\?do=approve", text) for text in texts]
    return [link for links in found for link in links][-1]


@pytest.fixture
def asked(desk):
    """A comment waits, and the owner has a mail about it; answers its id and the link."""
    desk.sign_in_as("owner")
    return desk.post("Bonjour à tous."), mailed(desk)


def test_a_link_shows_the_comment_and_one_press_decides_without_signing_in(desk, asked):
    id, link = asked
    stranger = desk.browser()

    page = stranger.get(f"{link}?do=spam")
    done = stranger.post(link, {"do": "spam"})
    again = stranger.get(link)

    assert page.status == 200
    assert "Bonjour à tous." in page.text
    assert "Ada" in page.text
    assert re.findall(r'name="do" value="(\w+)"', page.text) == ["spam", "approve", "trash"]
    assert f'action="{link}" method="post"' in page.text
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "private, no-store"
    assert 'name="robots" content="noindex' in page.text
    assert done.status == 200
    assert "Le commentaire est marqué comme indésirable" in done.text
    assert (desk.state(id), again.status) == (State.SPAM, 410)
    assert [step.by for step in desk.store.history(id)] == ["owner"]
    assert "admin-session" not in str(stranger.cookies)


def test_opening_a_link_changes_nothing_however_often(desk, asked):
    """Threat 32: GET and HEAD, with whatever is asked for, by programs that open each link in a mail."""
    id, link = asked
    before = desk.store.get(id)

    for _ in range(10):
        for method in ("GET", "HEAD"):
            for do in ("", "?do=approve", "?do=spam", "?do=trash", "?do=delete"):
                assert desk.browser().get(link + do, method=method).status == 200

    assert desk.store.get(id) == before
    assert desk.browser().post(link, {"do": "delete"}).status == 200
    assert desk.browser().post(link, {}).status == 200
    assert desk.store.get(id) == before


def decided(desk, id, link):
    desk.store.move([id], State.APPROVED, by="Anne")
    desk.store.move([id], State.PENDING, by="Anne")


def edited(desk, id, link):
    desk.store.edit(id, Texts(author="Ada", url=None, body="Autre chose."))


def late(desk, id, link):
    desk.site.clock.now += timedelta(days=7)


def used(desk, id, link):
    assert desk.browser().post(link, {"do": "trash"}).status == 200
    desk.store.restore([id])


def disabled(desk, id, link):
    assert desk.site.run("admin", "create", "b@example.org", "--role", "owner", "--mail-link").status == 0
    assert desk.site.run("admin", "disable", "owner@example.org").status == 0


def moved(desk, id, link):
    there = {"address": "elsewhere@example.org", "folded": "elsewhere@example.org"}
    database(desk.app.site).write(lambda connection: connection.execute(sa.update(ACCOUNT).values(there)))


def deleted(desk, id, link):
    desk.store.delete([id])


@pytest.mark.parametrize("happens", [decided, edited, late, used, disabled, moved, deleted])
def test_a_link_ends_with_what_it_was_made_for(desk, asked, happens):
    """Threats 33, 36, 40: used, overtaken, too old, of somebody who is gone, or who reads mail elsewhere now."""
    id, link = asked
    happens(desk, id, link)
    before = desk.store.get(id)

    replies = [desk.browser().get(link), desk.browser().post(link, {"do": "approve"})]

    assert {reply.status for reply in replies} == {410}
    assert all("Ce lien ne fonctionne plus" in reply.text for reply in replies)
    assert not any("Bonjour" in reply.text or "Autre chose" in reply.text for reply in replies)
    assert desk.store.get(id) == before


def test_of_two_who_press_at_once_one_decides_and_the_other_is_told(desk, asked):
    """Threat 33."""
    id, link = asked
    statuses = []
    both = [
        Thread(target=lambda what=what: statuses.append(desk.browser().post(link, {"do": what}).status))
        for what in ("spam", "trash")
    ]
    for one in both:
        one.start()
    for one in both:
        one.join()

    assert sorted(statuses) == [200, 410]
    assert len(desk.store.history(id)) == 1


def test_who_presses_while_another_decides_is_told(desk, asked, monkeypatch):
    """Threat 72: another's decision is stored between the look at the comment and this one."""
    id, link = asked
    look = Desk.public_card

    def look_slowly(self, entry):
        monkeypatch.undo()
        desk.store.move([id], State.SPAM, by="Anne")
        return look(self, entry)

    monkeypatch.setattr(Desk, "public_card", look_slowly)
    late = desk.browser().post(link, {"do": "approve"})

    assert (late.status, desk.state(id)) == (410, State.SPAM)


def test_a_link_of_one_is_worth_nothing_for_another(desk, asked):
    """Threat 44: what it was signed for is within the signature."""
    other = desk.post("Un autre.", author="Bo")
    link = asked[1]

    for forged in (link.replace(".c1.", f".{other}."), link.replace("/1.", "/2."), link.replace(".1.17", ".2.17")):
        assert forged != link
        assert desk.browser().post(forged, {"do": "approve"}).status == 410
    assert desk.state(other) is State.PENDING


@pytest.mark.parametrize("change", ["x{}", "{}x", "{}.x", "%00{}", "é", "1.2.3.4.c1", "1.2.3.9999999999.c1.sig"])
def test_a_link_that_was_not_signed_here_leads_nowhere(desk, asked, change):
    """Threat 11 of links."""
    id, link = asked
    forged = f"/moderation/{change.format(link.rpartition('/')[2])}"

    assert desk.browser().get(forged).status in (400, 404, 410)
    assert desk.browser().post(forged, {"do": "approve"}).status in (400, 404, 410)
    assert desk.state(id) is State.PENDING


def test_a_link_lets_nobody_do_what_their_account_may_not(serve):
    """Threat 45: an author's link is for a comment under their own post, as long as it is theirs."""
    desk = serve(settings='mail_to = ["author", "owner"]')
    for role, author in (("owner", ""), ("author", "odile"), ("author", "basile")):
        desk.sign_in_as(role, author=author)
    id = desk.post("Sous un autre billet.", entry=BLOG)
    link = mailed(desk, to="basile")
    assert desk.browser().get(link).status == 200
    desk.site.edit(
        "content/posts/blog.md",
        desk.site.read("content/posts/blog.md").replace("authors: [basile]", "authors: [odile]"),
    )
    desk.rebuild()

    assert desk.browser().post(link, {"do": "approve"}).status == 410
    assert desk.state(id) is State.PENDING
    assert desk.browser().post(mailed(desk), {"do": "approve"}).status == 200
    assert desk.state(id) is State.APPROVED


def test_a_link_tells_nothing_of_an_entry_that_was_reserved_since(desk, asked):
    """Threat 7: who has the link signs in first."""
    id, link = asked
    desk.site.edit(
        "content/posts/crise.md", desk.site.read("content/posts/crise.md").replace("2026-11-01", "2012-11-01")
    )
    desk.rebuild()
    assert desk.app.served.release.view().card(CRISE).gated

    for reply in (desk.browser().get(link), desk.browser().post(link, {"do": "approve"})):
        assert (reply.status, reply.headers["location"]) == (303, f"{LIST}{id}")
    assert desk.state(id) is State.PENDING


def test_a_comment_that_is_approved_by_a_link_is_shown(desk, asked):
    _, link = asked

    desk.browser().post(link, {"do": "approve"})
    desk.rebuild()

    (address,) = [card.address for card in desk.app.served.release.view().latest() if card.id == CRISE]
    assert "Bonjour à tous." in desk.browser().get(address).text


def test_no_form_of_another_site_presses_the_button(desk, asked):
    """Threat 40: the address is the secret, and the origin is looked at besides."""
    id, link = asked

    reply = desk.browser().post(link, {"do": "approve"}, headers={"origin": "https://evil.example"})

    assert reply.status == 403
    assert desk.state(id) is State.PENDING


def test_an_owner_can_have_everybody_sign_in_instead(serve):
    desk = serve(settings="mail_links = false")
    desk.sign_in_as("owner")
    id = desk.post("Bonjour à tous.")
    desk.site.clock.now += timedelta(seconds=11)
    desk.run_jobs()

    text = desk.mails[-1].get_body(("plain",)).get_content()

    assert "/moderation/" not in text
    assert f"https://prland.example{LIST}{id}?do=approve" in text
    assert "il faut se connecter" in text
    account = next(iter(accounts(desk.app.site)))
    link = link_of(desk.app.site, account, desk.store.get(id)).removeprefix("https://prland.example")
    assert desk.browser().post(link, {"do": "approve"}).status in (404, 405)
    assert desk.state(id) is State.PENDING
