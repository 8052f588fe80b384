"""One member on the screen: what they have, given and taken; two owners at once; removal."""

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from .conftest import LIST, fields, flash, undo

ONE = f"{LIST}member/"


def act(browser, member, name, /, **form):
    """Send one of the forms on a member's page as it stands now; return the page that follows, or the form again."""
    path = f"{ONE}{member.id}"
    known = fields(browser.get(path), f"{path}/{name}")
    sent = browser.send(f"{path}/{name}", {**known, **form})
    return browser.follow(sent) if sent.status == 303 else sent


def test_a_member_is_shown_with_what_they_have_and_from_whom(desk, owner):
    reader = desk.sign_in("ada@example.org")
    ada = desk.members.find_by_address("ada@example.org")
    desk.members.grant(ada.id, "paid", source="stripe", until=desk.now + timedelta(days=3), now=desk.now)

    page = owner.get(f"{ONE}{ada.id}").text

    assert reader.get("/members/").status == 200
    assert "1 browser" in page
    assert "signed up" in page
    assert '<bdi>paid</bdi></td>\n<td data-label="Where from">paid</td>' in page


def test_a_gift_with_an_end_is_given_and_undone(desk, owner):
    ada = desk.add("ada")

    page = act(owner, ada, "grant", audience="gold", until="2026-12-24")

    assert flash(page) == "They have “gold” now."
    assert [(audience, until.isoformat()) for audience, _, until in desk.rights(ada)] == [
        ("gold", "2026-12-24T23:00:00+00:00")
    ]
    undo(owner, page)
    assert desk.rights(ada) == []


@pytest.mark.parametrize(
    ("form", "end"),
    [
        ({"months": "3"}, "2027-02-23T23:00:00+00:00"), ({"months": "12"}, "2027-11-23T23:00:00+00:00"),
        ({"months": "1", "until": "2026-12-24"}, "2026-12-24T23:00:00+00:00"),
    ],
)  # fmt: skip
def test_a_gift_for_so_many_months_lasts_through_its_last_day_and_a_typed_day_wins(desk, owner, form, end):
    ada = desk.add("ada")

    act(owner, ada, "grant", audience="gold", **form)

    assert [until.isoformat() for _, _, until in desk.rights(ada)] == [end]


def test_a_button_that_is_pressed_twice_is_pressed_once(desk, owner):
    """Threat 71: the second press says what the first one did, and offers to take it back."""
    ada = desk.add("ada")
    path = f"{ONE}{ada.id}"
    form = {**fields(owner.get(path), f"{path}/grant"), "audience": "gold", "months": "3"}

    pages = [owner.follow(owner.send(f"{path}/grant", form)) for _ in range(2)]
    desk.site.clock.move(timedelta(seconds=11))
    late = owner.follow(owner.send(f"{path}/grant", form))

    assert [flash(page) for page in pages] == ["They have “gold” now."] * 2
    assert "something else was in the meantime" in flash(late)
    undo(owner, pages[1])
    assert desk.rights(ada) == []


def test_a_button_that_is_pressed_twice_says_so_if_another_owner_was_between(desk, owner):
    ada = desk.add("ada")
    path = f"{ONE}{ada.id}"
    form = {**fields(owner.get(path), f"{path}/grant"), "audience": "gold"}
    owner.send(f"{path}/grant", form)
    desk.members.grant(ada.id, "gold", source="complimentary", until=desk.now + timedelta(days=3), now=desk.now)

    page = owner.follow(owner.send(f"{path}/grant", form))

    assert "something else was in the meantime" in flash(page)
    assert [until for *_, until in desk.rights(ada)] == [desk.now + timedelta(days=3)]


@pytest.mark.parametrize("months", ["0", "-1", "x", "100"])
def test_what_is_no_number_of_months_gives_nothing(desk, owner, months):
    ada = desk.add("ada")

    page = act(owner, ada, "grant", audience="gold", months=months)

    assert "the end must be a day to come" in page.text
    assert desk.rights(ada) == []


def test_an_end_that_has_passed_is_told_at_its_field_and_what_was_typed_stays(desk, owner):
    ada = desk.add("ada")
    path = f"{ONE}{ada.id}"

    page = act(owner, ada, "grant", audience="paid", months="3", until="2020-01-01")

    assert page.status == 422
    field = re.search(r'<input type="date"[^>]*>', page.text)[0]
    assert 'value="2020-01-01" aria-invalid="true" aria-describedby="gift-problem" autofocus' in field
    assert re.search(r'role="alert" id="gift-problem">Nothing was changed: the end must be a day to come', page.text)
    assert '<option value="paid" selected>' in page.text
    assert '<option value="3" selected>' in page.text
    assert desk.rights(ada) == []
    assert owner.get(f"{path}/grant").headers["location"] == path
    known = fields(page, f"{path}/grant")
    owner.send(f"{path}/grant", {**known, "audience": "paid", "until": "2026-12-24"})
    assert [audience for audience, _, _ in desk.rights(ada)] == ["paid"]


def test_what_one_source_gave_is_taken_back_alone(desk, owner):
    ada = desk.add("ada")
    for source in ("complimentary", "stripe"):
        desk.members.grant(ada.id, "paid", source=source, now=desk.now)

    page = act(owner, ada, "revoke", what="paid complimentary")

    assert flash(page) == "“paid” is taken back."
    assert desk.rights(ada) == [("paid", "stripe", None)]


def test_of_two_owners_at_once_the_second_is_told_and_changes_nothing(desk, owner):
    ada = desk.add("ada")
    path = f"{ONE}{ada.id}"
    seen = fields(owner.get(path), f"{path}/grant")
    desk.members.grant(ada.id, "gold", source="complimentary", now=desk.now)

    page = owner.follow(owner.send(f"{path}/grant", {**seen, "audience": "paid"}))

    assert "something else was in the meantime" in flash(page)
    assert desk.rights(ada) == [("gold", "complimentary", None)]


def test_sessions_are_ended(desk, owner):
    reader = desk.sign_in("ada@example.org")
    ada = desk.members.find_by_address("ada@example.org")

    act(owner, ada, "sessions")
    desk.app.readers.forget(b"")

    assert "no browser at the moment" in owner.get(f"{ONE}{ada.id}").text
    assert reader is not None


def test_the_question_is_mailed_again_once_an_hour(desk, owner, clock):
    """Threat 43."""
    ada = desk.add("ada", is_confirmed=False)

    assert flash(act(owner, ada, "ask")) == "The confirmation mail is on its way."
    assert "No mail was sent" in flash(act(owner, ada, "ask"))
    desk.run_jobs()

    assert [mail["to"] for mail in desk.mails] == ["ada@example.org"]
    desk.browser().post(desk.links()[0], {})
    assert desk.members.find(ada.id).confirmed is not None


def test_who_looks_at_a_member_finds_back_to_where_they_were_in_the_list(desk, owner):
    ada = desk.add("ada")
    link = re.search(r'class="who-link" href="([^"]+)"', owner.get(f"{LIST}?q=ad%C3%A0&sort=oldest&select=all").text)
    place, path = "q=ad%C3%A0&amp;sort=oldest", f"{ONE}{ada.id}"
    assert link[1] == f"{path}?{place}"
    back = f'href="{LIST}?{place}">Back to the list'

    page = owner.get(f"{path}?{place.replace('&amp;', '&')}")
    assert back in page.text
    known = fields(page, f"{path}/grant")
    wrong = owner.send(f"{path}/grant", {**known, "audience": "gold", "until": "2020-01-01"})
    assert back in wrong.text
    page = owner.follow(owner.send(f"{path}/grant", {**fields(wrong, f"{path}/grant"), "audience": "gold"}))
    assert (back in page.text, flash(page)) == (True, "They have “gold” now.")
    assert back in undo(owner, page).text
    asked = owner.get(f"{path}/remove?{place.replace('&amp;', '&')}")
    assert f'href="{path}?{place}">Keep them' in asked.text
    done = owner.send(f"{path}/remove", fields(asked, f"{path}/remove"))
    assert done.headers["location"] == f"{LIST}?{place.replace('&amp;', '&')}"
    assert back in owner.get(link[1].replace("&amp;", "&")).text


@pytest.mark.parametrize("sought", ["é" * 200, "🎉" * 200, "&<\"'" * 50])
def test_a_search_that_is_too_long_for_a_button_is_let_go_of_but_what_was_done_is_undone(desk, owner, sought):
    ada = desk.add("ada")
    path = f"{ONE}{ada.id}"
    query = urlencode({"q": sought})

    known = fields(owner.get(f"{path}?{query}"), f"{path}/grant")
    page = owner.follow(owner.send(f"{path}/grant", {**known, "audience": "gold"}))
    assert desk.rights(ada) == [("gold", "complimentary", None)]
    undo(owner, page)
    assert desk.rights(ada) == []
    many = {f"pick.{ada.id}": "1", "do": "grant", "audience": "gold", "query": query}
    undo(owner, owner.follow(owner.send(f"{LIST}bulk", many)))

    assert desk.rights(ada) == []


def test_a_member_is_removed_after_asking_once_more(desk, owner):
    ada = desk.add("ada")
    assert "Remove this member?" in owner.get(f"{ONE}{ada.id}/remove").text
    assert desk.members.find(ada.id) is not None

    page = owner.follow(owner.send(f"{ONE}{ada.id}/remove", {}))

    assert flash(page) == "ada@example.org was removed."
    assert desk.members.find(ada.id) is None
    for what in ("", "/remove"):
        assert owner.get(f"{ONE}{ada.id}{what}").status == 404
    for what in ("grant", "revoke", "sessions", "ask", "remove"):
        form = {"audience": "paid", "what": "paid x", "version": "x"}
        assert owner.send(f"{ONE}{ada.id}/{what}", form).status == 404


@pytest.mark.parametrize("role", ["moderator", "author", "stranger", "member"])
def test_only_owners_reach_any_route(desk, role):
    """Threat 45: a matrix of roles and routes."""
    ada = desk.add("ada")
    browser = {
        "stranger": desk.browser,
        "member": lambda: desk.sign_in("bob@example.org"),
        "moderator": lambda: desk.sign_in_as("moderator"),
        "author": lambda: desk.sign_in_as("author", author="odile"),
    }[role]()
    host = desk.app.site
    (screen,) = [one for plugin, one in host.hooks.all("register_admin", host) if plugin == "subscribers"]
    wrong = []
    for action in screen.routes:
        path = action.path.replace("{id}", ada.id)
        for method in action.methods:
            if method == "GET":
                reply = browser.get(path)
                right = reply.status == (303 if role in ("stranger", "member") else 403)
            else:
                form = {"audience": "paid", f"pick.{ada.id}": "1", "do": "grant", "what": "paid complimentary"}
                reply = browser.post(path, form)
                right = reply.status == 403
            wrong += [] if right and "ada@" not in reply.text else [(method, path, reply.status)]

    assert len(screen.routes) == 19
    assert wrong == []
    assert desk.rights(ada) == []
    assert desk.members.find(ada.id) is not None


def test_a_form_without_its_token_does_nothing(desk, owner):
    """Threat 40."""
    ada = desk.add("ada")

    for path in (f"{LIST}bulk", f"{LIST}add", f"{LIST}import", f"{LIST}undo", f"{ONE}{ada.id}/remove"):
        assert owner.post(path, {"audience": "paid", f"pick.{ada.id}": "1", "do": "grant"}).status == 403

    assert desk.rights(ada) == []
    assert desk.members.find(ada.id) is not None
