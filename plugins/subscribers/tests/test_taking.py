"""Members taken in: one by one, or by a list that a browser sends; and all of them as a file."""

import pytest

from .conftest import LIST, fields, flash

ADD, IMPORT = f"{LIST}add", f"{LIST}import"
SUBSTACK = (
    "email,expiry,email_disabled,type\nada@example.org,2026-12-31,false,paid\nbob@example.org,,true,\nx,,false,\n"
)


def send_list(browser, content, *, name="list.csv", token=None, **form):
    """Send a file as a browser does; return the answer."""
    known = fields(browser.get(IMPORT), IMPORT) if token is None else {"token": token}
    raw = content if isinstance(content, bytes) else content.encode()
    return browser.upload(IMPORT, {**known, **form}, {"file": (name, raw)})


def test_somebody_is_asked_by_mail_before_they_are_a_member(desk, owner):
    page = owner.follow(owner.send(ADD, {"address": "zoe@example.org", "name": "Zoé", "consent": "ask"}))
    desk.run_jobs()

    assert "A mail asks them" in flash(page)
    assert [mail["to"] for mail in desk.mails] == ["zoe@example.org"]
    zoe = desk.members.find_by_address("zoe@example.org")
    assert (zoe.name, zoe.confirmed) == ("Zoé", None)


def test_on_the_owners_word_somebody_is_a_member_without_a_mail(desk, owner):
    page = owner.follow(owner.send(ADD, {"address": "zoe@example.org", "name": "", "consent": "given"}))
    desk.run_jobs()

    assert flash(page) == "They are a member now."
    assert desk.mails == []
    assert desk.members.find_by_address("zoe@example.org").confirmed == desk.now
    again = owner.follow(owner.send(ADD, {"address": "zoe@example.org", "name": "", "consent": "given"}))
    assert flash(again) == "They were a member already."


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"address": "nobody", "consent": "ask"}, "Nobody can be written to"),
        ({"address": "a@example.org", "name": "x" * 81, "consent": "ask"}, "too long"),
        ({"address": "a@example.org", "name": "\u202e", "consent": "ask"}, "cannot be shown"),
        ({"address": "a@example.org", "consent": ""}, "Say whether they agreed"),
        ({"address": "a@example.org\r\nBcc: b@example.org", "consent": "ask"}, "Nobody can be written to"),
    ],
)
def test_a_mistake_stays_in_the_form(desk, owner, form, said):
    """Threat 57."""
    reply = owner.send(ADD, form)

    assert reply.status == 422
    assert said in reply.text
    assert desk.members.search(now=desk.now).members == ()


def test_a_list_is_tried_and_then_taken_in(desk, owner):
    tried = send_list(owner, SUBSTACK, do="try", consent="", paid_as="gold", until="")
    assert "Tried, nothing was changed" in tried.text
    assert desk.members.search(now=desk.now).members == ()

    done = send_list(owner, SUBSTACK, do="import", consent="", paid_as="gold", until="")
    desk.run_jobs()

    assert "Imported – <bdi>list.csv</bdi>" in done.text
    assert "<tr><td>3</td><td>unsubscribed, or wants no mail</td></tr>" in done.text
    ada = desk.members.find_by_address("ada@example.org")
    assert [(audience, source) for audience, source, _ in desk.rights(ada)] == [("gold", "import")]
    assert desk.mails == []


@pytest.mark.parametrize(
    ("content", "form", "said"),
    [
        ("", {}, "Choose a file first."),
        ("name\nx\n", {}, "no column is called email or address"),
        ('email\n"a\n', {"consent": "given"}, "Line 2 of the list cannot be read"),
        (b"PK\x03\x04", {}, "it is a spreadsheet"),
        ("email\na@b.example\n", {}, "does not tell who agreed"),
        (SUBSTACK, {"until": "2001-01-01"}, "The end must be a day to come."),
    ],
)
def test_a_wrong_list_is_said_and_nobody_is_taken_in(desk, owner, content, form, said):
    reply = send_list(owner, content, do="import", **form)

    assert reply.status == 422
    assert said in reply.text
    assert desk.members.search(now=desk.now).members == ()


def test_a_list_without_the_forms_token_is_refused(desk, owner):
    """Threat 40."""
    for token in ("", "x"):
        assert send_list(owner, SUBSTACK, token=token, do="import").status == 403
    assert desk.members.search(now=desk.now).members == ()


def test_the_name_of_a_file_is_only_shown(desk, owner):
    """Threats 48 and 58."""
    reply = send_list(owner, SUBSTACK, name="../../<b>evil", do="try")

    assert "&lt;b&gt;evil" in reply.text
    assert ".." not in reply.text.partition("<main")[2].partition("</section>")[0]


def test_all_members_are_a_file_for_the_owner_alone(desk, owner):
    """Threat 59."""
    desk.add("ada")
    desk.members.rename(desk.members.find_by_address("ada@example.org").id, "=1+1")

    reply = owner.get(f"{LIST}members.csv")

    assert reply.headers["content-disposition"] == 'attachment; filename="members.csv"'
    assert reply.headers["cache-control"] == "private, no-store"
    assert "ada@example.org,'=1+1,confirmed" in reply.body.decode("utf-8-sig")
    assert desk.browser().get(f"{LIST}members.csv").status == 303
