"""Mail addresses, and ways back to the site: what others collected to break them."""

import pytest

from .conftest import OLD

NO_ADDRESSES = [
        "m\u0131ke@example.org", "mi\u212ae@example.org", "MİKE@example.org", "é@example.org", "a@b", "a@b,c@d",
        "a@localhost", "a@[127.0.0.1]", '"a b"@example.org', "Bob <a@example.org>", "a@example.org\nBcc: b@example.org",
        "a@example.org\r\n\r\ntext", "a\0@example.org", "a@example.org,b@example.org", "a@example.org;b@example.org",
        "a@example.org b@example.org", "=?utf-8?q?a?=@example.org", f"{'a' * 65}@example.org", f"a@{'b' * 300}.org",
        "", " ", "@", "a@", "@example.org", "a..b@example.org", "a@.org", "a@-x.org", "<script>@example.org",
]  # fmt: skip


def test_what_is_no_address_gets_no_mail(readers):
    """Threats 38, 57: nor what only looks like another's address when some program folds its case."""
    assert [typed for typed in NO_ADDRESSES if readers.ask(typed).status != 422] == []
    assert readers.run_jobs() == 0


@pytest.mark.parametrize(
    ("typed", "to"),
    [
        ("A.B+c@Example.ORG", "A.B+c@example.org"),
        ("  a@example.org ", "a@example.org"),
        ("o'neill@example.org", "o'neill@example.org"),
        ("a@é.fr", "a@xn--9ca.fr"),
    ],
)
def test_an_address_is_written_to_as_it_was_typed(readers, typed, to):
    """Threat 57: one recipient, however it is spelt; threat 38: dots are left alone."""
    readers.mail(typed)

    (mail,) = readers.mails
    assert [address.addr_spec for address in mail["to"].addresses] == [to]


def test_two_spellings_are_one_member_who_is_written_to_at_the_first(readers):
    """Threat 38: nobody gets a link to the account of another."""
    readers.sign_up("Mike@example.org")

    for typed in ("MIKE@EXAMPLE.ORG", "mike@example.org"):
        readers.mail(typed, door="sign-in", browser=readers.browser())

    assert {mail["to"] for mail in readers.mails} == {"Mike@example.org"}
    assert readers.command("list").count("example.org") == 1


def test_no_address_that_others_collected_breaks_a_mail(readers, cases):
    """Threat 57: each is refused or gets a mail with one recipient; none adds a header."""
    for number, case in enumerate(cases("email", "isemail.jsonl")):
        answer = readers.ask(case["address"], browser=readers.browser(f"198.51.100.{number}"))
        assert answer.status in (200, 422)
        if case["category"] == "ISEMAIL_ERR":
            assert answer.status == 422, case

    readers.run_jobs()

    assert readers.mails
    for mail in readers.mails:
        assert len(mail["to"].addresses) == 1
        assert sorted(mail.keys()) == [
            "Auto-Submitted", "Content-Type", "Date", "From", "MIME-Version", "Message-ID", "Subject", "To",
        ]  # fmt: skip


OWN = [OLD, f"{OLD}#comments", "/?page=2", "/a/%C3%A9/", "/"]


def test_a_reader_comes_back_to_where_they_were(readers):
    for number, next in enumerate(OWN):
        link = readers.mail(f"a{number}@example.org", next=next)
        assert readers.visitor.post(link, {}).headers["location"] == next
        assert readers.browser().post("/members/reminder", {"next": next}).headers["location"] == next
        readers.visitor.post("/members/sign-out", {})


def test_nobody_is_led_to_another_site(readers, cases):
    """Threat 39: by any of the ways in which others were."""
    payloads = [case["payload"] for case in cases("strings", "inject_open_redirect.jsonl")]
    payloads += [
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "/x\r\nSet-Cookie: a=b",
    ]
    for payload in payloads:
        for wanted in (payload, f"/{payload}", f"//{payload}"):
            leads = readers.visitor.post("/members/reminder", {"next": wanted}).headers["location"]
            assert leads.startswith("/")
            assert not leads.startswith(("//", "/\\"))
            assert not any(ord(letter) <= 32 or letter == "\\" for letter in leads)


def test_a_way_to_another_site_is_forgotten_before_the_mail(readers):
    """Threats 39, 58."""
    browser = readers.browser()
    link = readers.mail(next="//evil.example/\r\nSet-Cookie: a=b")

    assert browser.post(link, {}).headers["location"] == "/members/?new=1"


@pytest.mark.parametrize("field", ["email", "next", "website"])
def test_sql_in_a_field_is_text(readers, field, cases):
    """Threat 47."""
    for case in cases("strings", "inject_sql.jsonl"):
        form = {"email": "a@example.org", field: case["payload"]}
        assert readers.browser().post("/members/sign-in", form).status in (200, 422)


def test_the_links_address_is_the_settings_whatever_the_request_says(readers):
    """Threat 56."""
    readers.visitor.post(
        "/members/subscribe",
        {"email": "a@example.org"},
        headers={"x-forwarded-host": "evil.example", "forwarded": "host=evil.example"},
    )
    readers.run_jobs()

    text = readers.mails[0].as_string() + readers.mails[0].get_body(("plain",)).get_content()
    assert "evil.example" not in text
    assert "https://prland.example/members/confirm/" in text
