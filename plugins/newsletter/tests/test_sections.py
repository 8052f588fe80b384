"""Sections for some audiences in mails: each member gets their own rendering, in HTML and in plain text."""

import re

import pytest

from pressframe_newsletter._mails import Mails, Subject

from .conftest import parts

POST = "posts/parties"
SECTIONS = """
== content/posts/parties.md ==
---
title: En plusieurs parties
date: 2026-11-22
---
{first}
Le début, ouvert.

<!-- only: subscribers -->

Pour les abonnés, canari-subscribers.

<!-- end only -->

<!-- only: paid -->

## Titre canari-heading

Pour qui paie, canari-paid[^n] et ![canari-alt](/canari-src.png).

```
canari-code
```

<!-- end only -->

<!-- only: club -->

Pour le club, canari-club.

<!-- end only -->

La fin, ouverte.

[^n]: Note canari-note.
"""
CLUB = '[plugins.gates.audiences.club]\nname = "le club"\n'
PAID = {"paid", "heading", "alt", "code", "note"}
GETS = {"free": {"subscribers"}, "paid": {"subscribers", *PAID}, "club": {"subscribers", "club"}}


def settings(desk):
    """Name the audiences, and add a member of each."""
    text = desk.site.read("pressframe.toml")
    named = '[plugins.gates.audiences.paid]\nname = "les mécènes"\n'
    desk.site.edit("pressframe.toml", text.replace("[plugins.gates.audiences.paid]\n", named))
    restarted = desk.restart()
    restarted.add("free@example.org")
    restarted.add("paid@example.org", audience="paid")
    restarted.add("club@example.org", audience="club")
    return restarted


def canaries(text: str) -> set[str]:
    return set(re.findall(r"canari-([a-z]+)", text.lower()))


@pytest.mark.parametrize("first", ["", "Ouvert.\n\n<!--more-->\n"], ids=["", "with a mark"])
def test_each_audience_gets_its_sections_in_both_parts_of_the_mail_and_no_other(mailed, sink, first):
    """Threats 1, 14."""
    desk = settings(mailed(newsletter=CLUB, more=SECTIONS.format(first=first)))
    desk.send(POST)
    desk.run_jobs()

    for who, gets in GETS.items():
        text, html = parts(sink.read(f"{who}@example.org"))
        raw = next(raw for to, _, raw in sink.taken if to == f"{who}@example.org").decode()
        assert canaries(text) >= gets - {"src"}
        assert canaries(html) >= gets
        assert canaries(text + html + raw) <= gets | ({"src"} if who == "paid" else set())
        assert "La fin, ouverte." in text
        assert "La fin, ouverte." in html


def test_a_note_says_whom_a_missing_part_is_for_and_leads_to_no_form_for_strangers(mailed, sink):
    desk = settings(mailed(newsletter=CLUB, more=SECTIONS.format(first="")))
    desk.send(POST)
    desk.run_jobs()

    text, html = parts(sink.read("free@example.org"))

    for said in (text, html):
        seen = " ".join(re.sub(r"<[^>]*>", " ", said).replace("\xa0", " ").split())
        assert "Cette partie est pour les mécènes. Cette partie est pour le club." in seen
        assert "/members/subscribe" not in said
        assert "/members/sign-in" not in said
    assert "<!--" not in html.replace("<!--[if", "")
    paid = parts(sink.read("paid@example.org"))[0].replace("\xa0", " ")
    assert ("Cette partie est pour le club." in paid, "mécènes" in paid) == (True, False)


def test_the_digest_tells_no_word_of_a_section(mailed, sink):
    """Threat 14: an excerpt may begin in a section; whoever reads it gets it, and nobody else."""
    begins = "<!-- only: paid -->\n\nCanari-excerpt commence ici.\n\n<!-- end only -->\n"
    desk = settings(mailed(newsletter=CLUB, more=SECTIONS.format(first=begins)))
    for address in ("free@example.org", "paid@example.org"):
        member = desk.members.find_by_address(address)
        desk.people.choose(member, {"posts": "weekly"}, desk.site.clock.now, lifts=True)
    desk.office.plan_digest("posts", due=desk.site.clock.now, by="")
    desk.run_jobs()

    mails = {to: "".join(parts(sink.read(f"{to}@example.org"))) for to in ("free", "paid")}

    assert all("En plusieurs parties" in mail for mail in mails.values())
    assert canaries(mails["free"]) <= {"subscribers"}
    assert "excerpt" in canaries(mails["paid"])
    assert "club" not in canaries(mails["paid"])


def test_the_owners_preview_shows_what_the_chosen_audience_gets(mailed):
    """Threat 18: the test mail and the preview are of one audience, as they say."""
    desk = settings(mailed(newsletter=CLUB, more=SECTIONS.format(first="")))
    owner = desk.sign_in_as("owner")
    release = desk.served.app.served.release

    subject = Subject(newsletter="posts", kind="post", entries=(POST,))
    mails = Mails(desk.host, desk.plugin)

    for audiences, gets in (
        ((), set()),
        (("subscribers",), {"subscribers"}),
        (("subscribers", "paid"), {"subscribers", *PAID}),
    ):
        mail = mails.of(subject, frozenset(audiences), release)
        assert canaries(mail.text + mail.html) - {"src"} == gets
    listed = owner.get("/admin/newsletter/").text + owner.get("/admin/newsletter/new").text
    assert canaries(listed) == set()


def test_what_is_withheld_changes_no_byte_of_others_mails(mailed, sink):
    """Threat 16."""
    desk = settings(mailed(newsletter=CLUB, more=SECTIONS.format(first="")))
    release = desk.served.app.served.release

    subject = Subject(newsletter="posts", kind="post", entries=(POST,))
    before = Mails(desk.host, desk.plugin).of(subject, frozenset({"subscribers"}), release)
    desk.site.edit(
        "content/posts/parties.md", desk.site.read("content/posts/parties.md").replace("canari-paid", "mot " * 900)
    )
    desk.served.app.rebuilder.ask()
    assert desk.rebuild()

    after = Mails(desk.host, desk.plugin).of(subject, frozenset({"subscribers"}), desk.served.app.served.release)

    def same(mail):
        return re.sub(r"mark-[0-9a-f]+", "mark", mail.text + mail.html)

    assert same(after) == same(before)
