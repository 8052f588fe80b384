"""New comments by mail: who is asked, what is told, and how it ends."""

import re
from datetime import UTC, datetime, timedelta

import pytest

import pressframe_sql
from pressframe_comments import State, comment_store
from pressframe_comments._telling import tell_act
from pressframe_testing import EVERY_DATABASE

from .mailbox import Mailbox, text_of

pytestmark = EVERY_DATABASE

OPEN = 'moderation = "never"\nflood_limit = 0'
BOTH = {"follow_all": "1"}


def link(mail):
    return re.search(r"https://prland.example(/comments/\S+)", text_of(mail))[1]


@pytest.fixture
def mails(serve):
    return Mailbox(serve({"posts/billet": {"title": "Un billet"}, "posts/autre": {}}, settings=OPEN))


def visitor(served, author="Max", **form):
    """Somebody else comments, from another browser."""
    mine = dict(served.cookies)
    served.cookies.clear()
    answer = served.post(author=author, email=f"{author.lower()}@example.org", **form)
    served.cookies.clear()
    served.cookies.update(mine)
    return answer


def follow(mails, **wish):
    """Zoé comments, ticks a box and confirms."""
    mails.served.post(comment="Suivi.", **(wish or BOTH))
    (question,) = mails.read()
    mails.served._ask("POST", link(question), form={})


def test_nothing_is_mailed_before_the_address_is_confirmed(mails):
    mails.served.post(**BOTH)
    (question,) = mails.read()
    visitor(mails.served, comment="Bonjour.")
    mails.served.later(minutes=30)

    assert question["to"] == "zoe@example.org"
    assert question["subject"] == "Voulez-vous recevoir les nouveaux commentaires sur PRland\u00a0?"
    assert "- Un billet" in text_of(question)
    assert "Très juste" not in text_of(question)
    assert mails.read() == []


def test_the_question_says_whether_all_comments_are_meant_or_answers_alone(mails):
    mails.served.post(follow_answers="1")
    mails.served.post("posts/autre", **BOTH)

    (question,) = mails.read()
    page = mails.served.get(link(question))

    assert "- Un billet (seulement les réponses à votre commentaire)" in text_of(question).splitlines()
    assert text_of(question).count("seulement") == 2 * page.text.count("seulement") == 2, "in both parts"


def test_the_link_in_a_mail_leads_to_a_comment_that_was_archived_meanwhile(mails):
    follow(mails)
    visitor(mails.served, comment="Bonjour.")
    mails.served.later(minutes=30)
    (news,) = mails.read()
    mails.served.moderate("archive", "posts/billet")
    mails.served.page()

    (address,) = re.findall(r"https?://[^/\s]+(/comment/\S+)", news.get_body(("plain",)).get_content())
    answer = mails.served.get(address)

    assert (answer.status, answer.location.partition("#")[2]) == (303, "comment-c2")


def test_a_get_confirms_and_ends_nothing(mails):
    """Threat 32: the links of mails, ten times."""
    mails.served.post(**BOTH)
    confirm = link(mails.read()[0])
    pages = [mails.served.get(confirm) for _ in range(10)]
    visitor(mails.served, comment="Bonjour.")
    mails.served.later(minutes=30)
    unconfirmed = mails.read()

    assert 'method="post"' in pages[-1].text
    assert unconfirmed == []
    assert mails.served._ask("POST", confirm, form={}).status == 200
    visitor(mails.served, comment="Bonsoir.")
    mails.served.later(minutes=30)
    leave = link(mails.read()[0])
    for _ in range(10):
        assert 'method="post"' in mails.served.get(leave).text
    visitor(mails.served, comment="Encore.")
    mails.served.later(minutes=30)
    assert len(mails.read()) == 1


def test_new_comments_come_gathered_in_one_mail_with_a_link_to_each(mails):
    follow(mails)
    visitor(mails.served, comment="Un *mot*.")
    visitor(mails.served, author="Ada", comment="Deux.")
    early = mails.read()
    mails.served.later(minutes=30)

    (mail,) = mails.read()

    text = text_of(mail).replace("\r\n", "\n")
    assert early == []
    assert mail["subject"] == "2 nouveaux commentaires sur «\u00a0Un billet\u00a0»"
    assert "Max a écrit\u00a0:\n\n> Un *mot*.\n\nhttps://prland.example/comment/c2?on=posts/billet\n" in text
    assert "Ada a écrit\u00a0:\n\n> Deux.\n\nhttps://prland.example/comment/c3?on=posts/billet\n" in text
    assert mails.read() == []


def test_who_wants_answers_gets_answers_alone_and_nobody_their_own(mails):
    follow(mails, follow_answers="1")
    visitor(mails.served, comment="Ailleurs.")
    mails.served.post(comment="Je me réponds.", comment_parent="c1")
    mails.served.later(minutes=30)
    others = mails.read()

    mails.served.page()
    visitor(mails.served, comment="Réponse.", comment_parent="c1")
    mails.served.later(minutes=30)

    assert others == []
    assert "> Réponse." in text_of(mails.read()[0])


def test_what_waits_is_mailed_when_it_is_approved_and_what_is_gone_is_not(serve):
    mails = Mailbox(serve(settings="flood_limit = 0"))
    follow(mails)
    visitor(mails.served, comment="Gardé.")
    visitor(mails.served, comment="Jeté.", author="Bob")
    site, now = mails.served.site, mails.served.now
    tell_act(site, comment_store(site).move(["c2", "c3"], State.APPROVED, at=now))
    tell_act(site, comment_store(site).move(["c3"], State.TRASH, at=now))
    mails.served.later(minutes=30)

    (mail,) = mails.read()

    assert "/comment/c2" in text_of(mail)
    assert "/comment/c3" not in text_of(mail)


@pytest.mark.parametrize("gate", ["shown", "counted", "hidden"])
def test_of_a_gated_post_no_mail_says_what_is_said_there(serve, subscriber, gate):
    """Threat 7: notice mails."""
    mails = Mailbox(serve({"posts/billet": {"gate": gate}}, settings=OPEN))
    mails.served.reader = subscriber
    follow(mails)
    visitor(mails.served, comment="canari", author="Serin")
    mails.served.later(minutes=30)

    (mail,) = mails.read()

    said = f"{mail['subject']} {text_of(mail)}".lower()
    assert "canari" not in said
    assert "serin" not in said
    assert "/comment/c2" in said


SERVED = """
== pressframe.toml ==
[site]
title = "Essai"
url = "https://essai.example"
plugins = ["markdown", "sql", "web", "comments", "gates", "members", "journal"]
[plugins.gates]
archive_after = "10000 days"

== content/posts/billet.md ==
---
title: Un billet
date: 2026-11-20
---
Du texte.
"""


@pytest.fixture
def conversation(site):
    """A site that is served, where Zoé follows a post and a comment waits."""
    return _followed(site(SERVED))


def _followed(blog):
    served = blog.serve()
    zoe = {"author": "Zoé", "email": "zoe@example.org", "comment": "Suivi.", "follow_all": "1"}
    served.visitor.post("/comments/posts/billet", zoe)
    served.run_jobs()
    served.visitor.post(served.links()[0], {})
    max = {"author": "Max", "email": "max@example.org", "comment": "Le canari chante."}
    served.browser().post("/comments/posts/billet", max)
    return blog, served


def test_what_the_command_line_approves_is_mailed_like_what_the_browser_approves(conversation):
    blog, served = conversation

    assert blog.run("comments", "approve", "c2").status == 0
    blog.clock.now = datetime.now(UTC) + timedelta(hours=1)  # the command line has the real time
    served.run_jobs()

    mail = served.mails[-1]
    assert mail["subject"] == "New comment on “Un billet”"
    assert "> Le canari chante." in text_of(mail)


def test_what_was_approved_before_its_entry_was_gated_is_not_quoted_after_it(conversation):
    """Threat 7: a mail is written minutes after the approval; what strangers may read then is what it says."""
    blog, served = conversation
    blog.run("comments", "approve", "c2")

    blog.edit("content/posts/billet.md", "---\ntitle: Un billet\ndate: 1990-09-20\n---\nDu texte.\n")
    served.app.rebuilder.ask()
    served.rebuild()
    blog.clock.now = datetime.now(UTC) + timedelta(hours=1)  # the command line has the real time
    served.run_jobs()

    assert "/comment/c2" in text_of(served.mails[-1])
    assert "canari" not in text_of(served.mails[-1])


@pytest.mark.parametrize("then", ["gated", "gone"])
def test_what_everybody_could_read_when_it_was_said_is_not_quoted_once_they_cannot(site, then):
    """Threat 7: the entry was gated, or taken away, in the minutes before the mail."""
    at_once = '[plugins.comments]\nmoderation = "never"\n[plugins.gates]'
    blog, served = _followed(site(SERVED.replace("[plugins.gates]", at_once)))
    file = blog.folder / "content/posts/billet.md"

    if then == "gated":
        file.write_text(file.read_text("utf-8").replace("2026", "1990"), "utf-8")
    else:
        file.unlink()
    served.app.rebuilder.ask()
    served.rebuild()
    blog.clock.move("30 minutes")
    served.run_jobs()

    assert "/comment/c2" in text_of(served.mails[-1])
    assert "canari" not in text_of(served.mails[-1])


def test_one_click_ends_it_without_a_cookie_and_twice_does_no_harm(mails):
    """Threat 44: RFC 8058."""
    follow(mails)
    visitor(mails.served, comment="Un.")
    mails.served.later(minutes=30)
    (mail,) = mails.read()
    address = mail["list-unsubscribe"].strip(" \r\n<>").removeprefix("https://prland.example")
    mails.served.cookies.clear()

    answers = [mails.served._ask("POST", address, form={"List-Unsubscribe": "One-Click"}) for _ in range(2)]

    assert mail["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"
    assert {answer.status for answer in answers} == {200}
    visitor(mails.served, comment="Deux.")
    mails.served.later(minutes=30)
    assert mails.read() == []


@pytest.mark.parametrize("forge", ["2.{}", "1.AAAAAAAAAAAAAAAAAAAAAAAA", "1", "{}", "é.é"])
@pytest.mark.parametrize("door", ["follow", "leave"])
def test_links_that_we_did_not_write_do_nothing(mails, door, forge):
    """Threat 44: another's link."""
    mails.served.post(**BOTH)
    signature = link(mails.read()[0]).rpartition(".")[2]
    address = f"/comments/{door}/{forge.format(signature)}"

    assert mails.served.get(address).status in (404, 410)
    assert mails.served._ask("POST", address, form={}).status in (404, 410)


def test_an_address_is_asked_once_an_hour_whoever_types_it(mails):
    """Threat 43."""
    for number in range(20):
        mails.served.cookies.clear()
        mails.served.post(comment=f"Texte {number}", **BOTH)
        mails.served.later(minutes=2)
    first = mails.read()
    mails.served.later(minutes=61)
    mails.served.post("posts/autre", comment="Plus tard", email="ZOE@example.org", **BOTH)

    assert len(first) == 1
    assert len(mails.read()) == 1


def test_a_browser_that_has_proved_the_address_is_not_asked_again_and_another_is(mails):
    """Threat 43."""
    follow(mails)
    mails.served.later(hours=2)
    mails.served.post("posts/autre", comment="Ici aussi.", **BOTH)
    again = mails.read()
    mails.served.cookies.clear()
    mails.served.post("posts/autre", comment="D’un autre navigateur.", follow_answers="1")

    assert again == []
    assert len(mails.read()) == 1


def test_a_link_to_confirm_works_once_and_for_three_days(mails):
    """Threat 33."""
    mails.served.post(**BOTH)
    confirm = link(mails.read()[0])
    late = mails.served.now + timedelta(days=4)
    assert mails.served._ask("POST", confirm, form={}).status == 200
    assert mails.served._ask("POST", confirm, form={}).status == 410

    mails.served.cookies.clear()
    mails.served.post(comment="Encore.", email="ada@example.org", **BOTH)
    confirm = link(mails.read()[0])
    mails.served.now = late
    assert mails.served._ask("POST", confirm, form={}).status == 410


def test_hostile_names_and_titles_make_no_header(serve):
    """Threats 57 and 26: subjects, names, addresses."""
    title = "T\r\nBcc: x@y.example\u2028=?utf-8?q?a?= {{ 7*7 }}"
    mails = Mailbox(serve({"posts/billet": {"title": title}}, settings=OPEN))
    follow(mails)
    visitor(mails.served, author="Bob", comment="a\nBcc: x@y.example\n{{ 7*7 }}\x1b[2J\u202e")
    mails.served.later(minutes=30)

    (mail,) = mails.read()

    assert mail["bcc"] is None
    assert len(mail.get_all("to")) == 1
    assert "{{ 7*7 }}" in mail["subject"]
    assert not re.search("[\x1b\u202e]", text_of(mail))


def test_spam_has_nobody_asked(serve):
    """Threat 43: neither a filled trap's, nor what the rules call so."""
    mails = Mailbox(serve(settings=f'{OPEN}\nblocked = ["casino"]\nblocked_as = "spam"'))

    assert mails.served.post(**BOTH, subject="robot").status == 422
    assert mails.served.post(**BOTH, comment="Un casino.").status == 303

    assert mails.read() == []


def test_everything_can_be_ended_at_once(mails):
    follow(mails)
    visitor(mails.served, comment="Un.")
    mails.served.later(minutes=30)
    leave = link(mails.read()[0])

    assert mails.served._ask("POST", leave, form={"everything": "1"}).status == 200
    mails.served.post("posts/autre", **BOTH)
    assert len(mails.read()) == 1  # a stranger again


def test_mail_can_be_turned_off(serve):
    mails = Mailbox(serve(settings=f"{OPEN}\nfollow = false"))

    mails.served.post(**BOTH)

    assert "follow_all" not in mails.served.page().text
    assert mails.read() == []
    assert comment_store(mails.served.site).get("c1").state is State.APPROVED


def test_everything_about_an_address_is_found_and_erased(mails):
    """Threat 79."""
    follow(mails)
    visitor(mails.served, comment="Un.")
    database = pressframe_sql.database(mails.served.site)
    held = {one.name: one for _, one in mails.served.site.hooks.all("register_personal_data", mails.served.site)}
    followed = held["comments followed"]

    with database.read() as connection:
        found = followed.find(connection, "Zoe@Example.org")
    erased = database.write(lambda connection: followed.erase(connection, "zoe@example.org"))

    assert [one["entry"] for one in found] == ["posts/billet"]
    assert erased == 1
    mails.served.later(minutes=30)
    assert mails.read() == []
    assert b"zoe@example.org" not in b"".join(
        str(row).encode()
        for row in database.write(lambda c: c.exec_driver_sql("SELECT * FROM comments_follower").all())
    )
