"""Mail on new comments: to whom, when, what is in it, and that it cannot be misused."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from pressframe_comments import Change, tell_new
from pressframe_moderation import Moderation, _mailing
from pressframe_moderation._mailing import NEWS
from pressframe_sql import Database, database
from pressframe_testing import EVERY_DATABASE

from .conftest import BLOG, CRISE, LIST, OLD, does

pytestmark = EVERY_DATABASE

WAITS = "Un nouveau commentaire sur l’article «\xa0La crise & ses « suites »\xa0» attend votre approbation"


def _pass(desk, **how):
    """Let time pass, and do the work that waits."""
    desk.site.clock.now += timedelta(**how)
    desk.run_jobs()


def _text(mail):
    return mail.get_body(("plain",)).get_content()


def _quoted(mail):
    return [line[2:] for line in _text(mail).splitlines() if line.startswith("> ")]


def _html(mail):
    return mail.get_body(("html",)).get_content()


def _ours(desk):
    return [mail for mail in desk.mails if "commentaire" in mail["subject"]]


def test_a_comment_that_waits_is_mailed_with_all_that_helps_to_decide(desk):
    desk.sign_in_as("owner")
    id = desk.post("Bonjour.\n\nDeuxième ligne.", url="https://ada.example/")
    _pass(desk, seconds=11)

    (mail,) = _ours(desk)

    assert mail["to"] == "owner@example.org"
    assert (
        mail["subject"]
        == "Un nouveau commentaire sur l’article «\xa0La crise & ses « suites »\xa0» attend votre approbation"
    )
    text = _text(mail)
    for line in (
        "Auteur/autrice\xa0: Ada (réseau\xa0: 192.0.2.0/24)", "E-mail\xa0: ada@example.org", "URL\xa0: https://ada.example/",
        "> Bonjour.", "> Deuxième ligne.", f"Le voir et décider\xa0: https://prland.example{LIST}{id}",
        "En ce moment, 1 commentaire attend votre approbation.",
    ):  # fmt: skip
        assert line in text.splitlines(), line
    assert "Motif\xa0: aucun commentaire de cette personne n’a encore été approuvé" in text
    links = re.findall(r"\xa0: (https://prland\.example/moderation/\S+)\?do=(\w+)", text)
    assert [do for _, do in links] == ["approve", "trash", "spam"]
    assert len({link for link, _ in links}) == 1
    assert f'href="{links[0][0]}?do=approve"' in _html(mail)
    assert "ne le transmettez pas" in text


def test_words_of_templates_and_marks_that_turn_text_around_are_nothing_in_a_mail(desk):
    """Threats 26, 28: in a name, an address, a site and a text; in both parts."""
    words = "{{ 7*7 }} {% if true %}{% endif %} %(num)s %s"
    desk.sign_in_as("owner")
    desk.post(f"{words} <b>\u202egras</b>", author=f"{words} <i>\u202e", url="https://ada.example/{{7*7}}")
    _pass(desk, seconds=11)

    (mail,) = _ours(desk)

    text, page = _text(mail), _html(mail)
    assert text.count(words) == page.count(words) == 2
    assert "https://ada.example/{{7*7}}" in text
    assert "https://ada.example/{{7*7}}" in page
    assert "<b>" not in page
    assert "<i>" not in page
    assert "\u202e" not in text + page


def test_names_and_texts_of_any_direction_stay_in_their_box_in_a_mail(desk):
    """Threat 28: a full stop stays at the end of the line that it ends."""
    desk.sign_in_as("owner")
    desk.post("مرحبا.\nOui.", author="مريم")
    _pass(desk, seconds=11)

    page = _html(_ours(desk)[0])

    assert re.findall(r'<p dir="auto"[^>]*>([^<]*)</p>', page) == ["مرحبا.", "Oui."]
    assert "Auteur/autrice\xa0: <bdi>مريم</bdi> (" in page


def test_of_a_comment_that_was_approved_meanwhile_no_mail_says_why_it_waits(serve):
    desk = serve(settings='mail = "all"')
    owner = desk.sign_in_as("owner")
    id = desk.post()
    owner.send(f"{LIST}act", does("approve", desk.store.get(id)))
    _pass(desk, seconds=11)

    (mail,) = _ours(desk)

    assert desk.store.get(id).reasons
    assert mail["subject"].startswith("Nouveau commentaire sur votre article")
    for part in (_text(mail), _html(mail)):
        assert "Bonjour à tous." in part
        assert "Motif" not in part
        assert "do=approve" not in part


def test_a_flood_is_two_mails(serve):
    """The first at once; what comes within ten minutes after it in one, which holds twenty at most."""
    desk = serve()
    desk.sign_in_as("owner")
    desk.post("Le premier.")
    desk.site.clock.now += timedelta(seconds=5)
    for number in range(30):
        desk.post(f"Numéro {number}.", author=f"A{number}")
    _pass(desk, seconds=20)
    assert [_text(mail).count("\n> ") for mail in _ours(desk)] == [20]
    desk.post("Encore.")
    _pass(desk, minutes=10)

    assert [mail["subject"] for mail in _ours(desk)][1:] == [WAITS]
    assert "En ce moment, 32 commentaires attendent vos approbations." in _text(_ours(desk)[1])
    _pass(desk, hours=1)
    assert len(_ours(desk)) == 2


def test_a_flood_writes_nothing_about_what_no_mail_will_hold(desk, monkeypatch):
    desk.sign_in_as("owner")
    for number in range(25):
        desk.post(f"Numéro {number}.", author=f"A{number}")
    mailing = desk.app.site.plugin(Moderation)._mailing(desk.app.site)
    comment = desk.add().comment
    monkeypatch.setattr(Database, "write", lambda *_: pytest.fail("something was written"))

    mailing.note(comment, None)

    with database(desk.app.site).read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(NEWS)) == 20


@pytest.mark.parametrize("every", ["10 minutes", "0 minutes"])
def test_what_a_server_whose_clock_is_behind_notes_after_a_mail_has_left_is_in_the_next_one(serve, every):
    """Threat 75: it was received before that mail was planned to leave, by that clock."""
    desk = serve(settings=f'mail_every = "{every}"')
    desk.sign_in_as("owner")
    desk.post("Une.")
    _pass(desk, seconds=11)
    desk.site.clock.now -= timedelta(seconds=15)
    desk.post("Deux.", author="Bo")
    _pass(desk, minutes=11)

    assert [_quoted(mail) for mail in _ours(desk)] == [["Une."], ["Deux."]]


def test_a_clock_that_was_a_year_ahead_keeps_no_mail_back(desk):
    """Threat 75: neither what it noted itself, nor what comes after it was set right."""
    desk.sign_in_as("owner")
    desk.site.clock.now += timedelta(days=365)
    desk.post("Une.")
    desk.site.clock.now -= timedelta(days=365)
    desk.post("Deux.", author="Bo")
    _pass(desk, seconds=11)
    desk.post("Trois.", author="Cy")
    _pass(desk, minutes=11)

    assert [_quoted(mail) for mail in _ours(desk)] == [["Une.", "Deux."], ["Trois."]]


@pytest.mark.parametrize("every", ["10 minutes", "0 minutes"])
def test_what_is_noted_while_a_mail_is_gathered_is_in_the_next_one(serve, monkeypatch, every):
    desk = serve(settings=f'mail_every = "{every}"')
    desk.sign_in_as("owner")
    desk.post("Une.")
    real, more = _mailing.accounts, ["Deux."]

    def accounts(host):
        if more:
            desk.post(more.pop(), author="Bo")
        return real(host)

    with monkeypatch.context() as patched:
        patched.setattr(_mailing, "accounts", accounts)
        _pass(desk, seconds=11)
    _pass(desk, minutes=11)

    assert [_quoted(mail) for mail in _ours(desk)] == [["Une."], ["Deux."]]


def test_a_mail_whose_job_was_lost_is_planned_again(desk):
    desk.sign_in_as("owner")
    desk.post("Une.")
    database(desk.app.site).write(lambda connection: connection.execute(sa.text("DELETE FROM sql_job")))
    _pass(desk, hours=2)
    desk.post("Deux.", author="Bo")
    _pass(desk, seconds=11)

    assert [_quoted(mail) for mail in _ours(desk)] == [["Une.", "Deux."]]


def test_what_was_decided_meanwhile_is_not_mailed(desk):
    owner = desk.sign_in_as("owner")
    one, other = desk.post("Une."), desk.post("Autre.", author="Bo")
    owner.send(f"{LIST}act", does("trash", desk.store.get(one)))
    _pass(desk, seconds=11)

    assert [line for line in _text(_ours(desk)[0]).splitlines() if line.startswith("> ")] == ["> Autre."]
    owner.send(f"{LIST}act", {"do": f"approve {other} 1"})
    owner.send(f"{LIST}act", {"do": f"hold {other} 2"})  # a moderator's own act is no news
    _pass(desk, hours=1)
    assert len(_ours(desk)) == 1


@pytest.mark.parametrize(("mail", "count"), [("waiting", 0), ("all", 1), ("never", 0)])
def test_comments_that_are_shown_at_once_are_mailed_if_all_are_wanted(serve, mail, count):
    desk = serve(settings=f'mail = "{mail}"')
    desk.site.edit(
        "pressframe.toml", desk.site.read("pressframe.toml").replace("flood_limit", 'moderation = "never"\nflood_limit')
    )
    desk.served = desk.site.serve()
    desk.sign_in_as("owner")
    desk.post()
    _pass(desk, seconds=11)

    assert [mail["subject"] for mail in _ours(desk)] == [
        "Nouveau commentaire sur votre article «\xa0La crise & ses « suites »\xa0»"
    ] * count


@pytest.mark.parametrize(
    ("to", "expected"),
    [
        ('["owner"]', {"owner"}),
        ('["moderator"]', {"moderator"}),
        ('["author"]', {"basile"}),
        ('["owner", "author", "moderator"]', {"owner", "basile", "moderator"}),
        ('["odile@example.org", "basile@example.org", "nobody@example.org"]', {"basile"}),
        ("[]", set()),
    ],
)
def test_mail_goes_to_accounts_that_want_it_and_may_see_the_comment(serve, to, expected):
    """Threat 45: authors hear of comments on their own posts alone; who has no account hears nothing."""
    desk = serve(settings=f"mail_to = {to}")
    for role, author in (("owner", ""), ("moderator", ""), ("author", "odile"), ("author", "basile")):
        desk.sign_in_as(role, author=author)
    desk.post(entry=BLOG)
    _pass(desk, seconds=11)

    assert {mail["to"].partition("@")[0] for mail in _ours(desk)} == expected


def test_who_was_disabled_hears_nothing_more(desk):
    desk.sign_in_as("owner")
    desk.sign_in_as("moderator")
    ran = desk.site.run("admin", "create", "second@example.org", "--role", "owner", "--mail-link")
    assert ran.status == 0, ran.errors
    assert desk.site.run("admin", "disable", "owner@example.org").status == 0
    desk.post()
    _pass(desk, seconds=11)

    assert {mail["to"] for mail in _ours(desk)} == {"second@example.org"}


def test_of_a_comment_on_a_reserved_entry_a_mail_says_only_that_it_is_there(serve):
    """Threats 7, 18: neither what was said, nor anything of the entry's body."""
    desk = serve(settings='mail = "all"')
    desk.sign_in_as("owner")
    member = desk.sign_in("lectrice@example.org")
    form = {"author": "Zoé", "email": "z@e.org", "comment": "Canari dit."}
    assert member.post(f"/comments/{OLD}", form).status == 303
    desk.site.clock.now += timedelta(minutes=1)
    _pass(desk, seconds=11)

    (mail,) = _ours(desk)
    for part in (_text(mail), _html(mail)):
        assert "Un vieux billet" in part
        assert "réservé" in part
        assert "Canari" not in part
        assert "Zoé" not in part
        assert "Corps" not in part
        assert "/moderation/" not in part  # who decides about it signs in first
        assert f"{LIST}c1?do=trash" in part


def test_of_an_entry_that_is_not_at_hand_a_mail_says_only_that_something_was_said(desk):
    """Threat 7: whoever tells of a comment need not know its entry, and then nobody knows who may read it."""
    desk.sign_in_as("owner")
    filed = desk.add("Canari dit.", received=desk.site.clock.now)
    tell_new(desk.app.site, filed, None)
    _pass(desk, seconds=11)

    (mail,) = _ours(desk)
    assert "Canari" not in _text(mail) + _html(mail)
    assert f"{LIST}{filed.comment.id}" in _text(mail)


def test_no_field_of_a_comment_makes_a_header_or_a_link(desk):
    """Threats 57, 58, 19: names and titles with line breaks and encoded words, markup in the mail's HTML."""
    desk.site.edit(
        "content/posts/crise.md",
        '---\ntitle: "a =?utf-8?q?x?= <b>\u202e"\ndate: 2026-11-01\nauthors: [odile]\n---\nTexte.\n',
    )
    desk.served = desk.site.serve()
    desk.sign_in_as("owner")
    desk.post("<img src=x onerror=alert(1)>\r\n.\r\nBcc: y@evil.example", author="Ada <b>=?utf-8?q?x?=</b>")
    _pass(desk, seconds=11)

    (mail,) = _ours(desk)

    assert (mail["bcc"], mail["to"]) == (None, "owner@example.org")
    assert "=?" not in mail["subject"]
    assert "\u202e" not in mail["subject"] + _text(mail) + _html(mail)
    assert "<img" not in _html(mail)
    assert "<b>" not in _html(mail)


def test_addresses_that_try_to_be_two_reach_no_header(desk, cases):
    """Threat 57: whatever stands in the collection is no address of ours to write to."""
    addresses = [case["address"] for case in cases("email", "isemail.jsonl")]
    addresses = ["a@b.example,c@d.example", "a@b.example\r\nBcc: c@d.example", *addresses]
    desk.sign_in_as("owner")
    from pressframe_moderation import Moderation

    for address in addresses[:15]:
        comment = desk.add(email=address, author=address or "x").comment
        desk.app.site.plugin(Moderation).on_comment(
            comment, desk.app.served.release.view().card(CRISE), Change.HELD, desk.app.site, ""
        )
    _pass(desk, seconds=11)

    assert {(mail["to"], mail["cc"], mail["bcc"]) for mail in _ours(desk)} == {("owner@example.org", None, None)}


def test_settings_that_name_nobody_are_refused(blog):
    from pressframe import ConfigError

    with pytest.raises(ConfigError, match='mail_to: "king" is neither one of owner, moderator, author nor the address'):
        blog(settings='mail_to = ["king"]').open()


def test_a_comment_that_waits_since_its_sender_edited_it_is_mailed_with_what_it_waits_for(serve):
    desk = serve()
    desk.site.edit(
        "pressframe.toml",
        desk.site.read("pressframe.toml").replace("max_links = 9999", 'max_links = 2\nmoderation = "never"'),
    )
    desk.served.close()
    desk.served = desk.site.serve()
    desk.sign_in_as("owner")
    reader = desk.browser()
    sent = reader.post(f"/comments/{CRISE}", {"author": "Ada", "email": "a@example.org", "comment": "Oui."})
    id = sent.headers["location"].rpartition("#comment-")[2]
    desk.site.clock.now += timedelta(seconds=1)
    desk.post("https://a.example https://b.example https://c.example")
    _pass(desk, seconds=20)  # a mail has left that tells of what was sent until then
    links = " ".join(f"https://x{number}.example/" for number in range(5))
    assert reader.post(f"/comment/{id}/edit", {"comment": links}).status == 303

    for _ in range(3):
        _pass(desk, minutes=10)

    mail = _ours(desk)[-1]
    assert len(_ours(desk)) == 2
    assert "> https://x0.example/" in _text(mail)
    assert "Motif\xa0: il contient 5 liens, soit plus de 2" in _text(mail)
    shown = desk.sign_in_as("owner").get(f"{LIST}{id}").text
    assert "il contient 5 liens, soit plus de 2" in shown
