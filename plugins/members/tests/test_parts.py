"""Parts of the account page: who gets to them, and those that other plugins bring."""

from datetime import UTC, datetime

import pytest

from pressframe_members.store import Members
from pressframe_testing import EVERY_DATABASE

from .conftest import Readers
from .test_account import save, section

pytestmark = EVERY_DATABASE

PARTS = ("given", "name", "address", "sessions", "feed", "comment-mails")


@pytest.mark.parametrize("part", [*PARTS, "none", "../name", "%2e%2e"])
def test_a_stranger_gets_to_no_part(readers, part):
    """Threat 45."""
    answer = save(readers.browser(), part, name="x", email="x@example.org", end="all", do="renew", stop="")

    assert answer.status in (303, 404)
    assert answer.cookies == ()
    if answer.status == 303:
        assert answer.headers["location"] == "/members/"


@pytest.mark.parametrize("part", PARTS)
def test_no_part_is_saved_from_another_site(readers, part):
    """Threat 40."""
    browser = readers.sign_up()
    page = browser.get("/members/").text

    for headers in (
        {"sec-fetch-site": "cross-site", "origin": "https://evil.example"},
        {"origin": "null", "sec-fetch-site": ""},
    ):
        form = {"name": "x", "email": "x@example.org", "end": "all", "do": "renew", "stop": ""}
        assert browser.post(f"/members/account/{part}", form, headers=headers).status == 403

    assert browser.get("/members/").text == page


def test_parts_are_asked_for_by_posting_alone(readers):
    """Threat 32."""
    browser = readers.sign_up()
    page = browser.get("/members/").text

    for part in PARTS:
        for method in ("GET", "HEAD") * 5:
            assert browser.get(f"/members/account/{part}?do=renew&end=all&name=x", method=method).status == 303
    assert browser.get("/members/export").status == browser.get("/members/leave").status == 200

    assert browser.get("/members/").text == page


def test_who_was_given_an_audience_sees_it_and_until_when(serve):
    readers = serve(gates='[plugins.gates.audiences.friends]\nname = "the friends"', language="en")
    browser, members = readers.sign_up(), Members(readers.app.site)
    member, now = members.find_by_address("lectrice@example.org"), readers.site.clock.now
    assert 'id="given"' not in browser.get("/members/").text
    ends = {
        "without an end": None,
        "through December 24, 2026": datetime(2026, 12, 25, tzinfo=UTC),
        "until December 25, 2026 at 9:30": datetime(2026, 12, 25, 9, 30, tzinfo=UTC),
    }

    for words, until in ends.items():
        members.grant(member.id, "friends", source="complimentary", until=until, now=now)
        part = section(browser.get("/members/").text, "given")
        assert f"<bdi>the friends</bdi>, {words}" in part.replace("09:30", "9:30")
    members.revoke(member.id, "friends", source="complimentary", now=now)
    members.grant(member.id, "friends", source="stripe", now=now)  # which has a part of its own

    assert 'id="given"' not in browser.get("/members/").text


PLUGIN = '''
== plugins/letters.py ==
"""Ask members how often they want mail."""
import attrs
from pressframe import hookimpl

@attrs.frozen(eq=False)
class Letters:
    @hookimpl
    def register_account(self, host):
        from pressframe_members.model import AccountPart
        leads_to = ("https://letters.example",)
        return [AccountPart(name="letters", template="letters.html", load=self.load, save=self.save, leads_to=leads_to)]

    def load(self, member, request):
        if member.address.startswith("none"):
            return None
        if member.address.startswith("bad"):
            raise ValueError("a fault")
        return {"often": "weekly", "who": member.address}

    def save(self, member, request):
        from pressframe_members.model import Outcome
        often = request.form.get("often", "")
        return None if often == "daily" else Outcome(problem="odd", data={"often": often})
== templates/letters.html ==
<h2 id="letters-title">Letters</h2><form action="{{ part.action }}" method="post">
<input name="often" value="{{ part.data.often }}"> {{ part.data.who }} {{ part.problem }}</form>
'''


@pytest.fixture
def with_letters(blog):
    site = blog(more=PLUGIN)
    text = (site.folder / "pressframe.toml").read_text("utf-8")
    site.edit("pressframe.toml", text.replace('"members",', '"members", "letters",'))
    return Readers.of(site)


def test_a_plugin_brings_a_part_of_the_account(with_letters):
    browser = with_letters.sign_up()
    part = section(browser.get("/members/").text, "letters")
    assert 'action="/members/account/letters"' in part
    assert 'value="weekly"> lectrice@example.org' in part

    assert browser.follow(save(browser, "letters", often="daily")).text.count("C’est fait.") == 1
    wrong = save(browser, "letters", often="hourly")
    assert wrong.status == 422
    assert 'value="hourly"> lectrice@example.org odd' in section(wrong.text, "letters")


@pytest.mark.parametrize("who", ["none", "bad"])
def test_a_part_that_has_nothing_to_show_or_fails_is_left_out(with_letters, who, caplog):
    page = with_letters.sign_up(f"{who}@example.org").get("/members/")

    assert page.status == 200
    assert "letters" not in page.text
    assert section(page.text, "name")
    assert ("letters cannot show the part letters of an account" in caplog.text) == (who == "bad")
    assert "@example.org" not in caplog.text


def test_forms_of_a_part_may_lead_where_it_says(with_letters):
    policy = with_letters.sign_up().get("/members/").headers["content-security-policy"]

    assert "form-action 'self' https://letters.example;" in policy
