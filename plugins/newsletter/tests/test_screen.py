"""The owner's screen: looking, trying, sending, stopping; and who may."""

import re
from datetime import timedelta

import pytest

from pressframe_testing import EVERY_DATABASE

from .conftest import CLOSED, POST, addresses, parts

pytestmark = EVERY_DATABASE

LIST = "/admin/newsletter/"


def test_the_owner_looks_at_a_mail_has_it_sent_and_sees_what_became_of_it(mailed, sink):
    desk = mailed()
    desk.add("a@example.org", "b@example.org")
    owner = desk.sign_in_as("owner")

    assert "La crise, vue d’ici" in owner.get(f"{LIST}new").text
    shown = owner.get(f"{LIST}preview?newsletter=posts&entry={POST}").text
    assert shown.count(f'name="entry" value="{POST}"') == 2
    assert f'src="/admin/newsletter/mail?newsletter=posts&amp;entry={POST}&amp;as="' in shown
    sent = owner.send(f"{LIST}send", {"newsletter": "posts", "entry": POST})
    desk.run_jobs()
    told = owner.follow(sent).text

    assert "La crise, vue d’ici" in shown
    assert sorted(sink.addresses) == ["a@example.org", "b@example.org"]
    assert 'max="2"' in told
    assert 'value="2"' in told
    assert 'value="resend"' in told
    assert "La crise, vue d’ici" in owner.get(LIST).text


def test_the_dashboard_tells_the_mail_that_left_last_not_one_that_is_planned(mailed):
    desk = mailed()
    desk.add("a@example.org")
    owner = desk.sign_in_as("owner")
    desk.send(due=desk.site.clock.now + timedelta(days=1))
    assert "Rien n’a encore été envoyé." in owner.get("/admin/").text
    desk.move("1 hour")

    desk.send()
    desk.run_jobs()
    desk.move("1 hour")
    desk.send(CLOSED, due=desk.site.clock.now + timedelta(days=1))

    assert re.search(r"Le dernier envoi\s:\sSujet", owner.get("/admin/").text)


def test_the_mail_is_shown_where_nothing_of_it_runs(mailed):
    desk = mailed()
    reply = desk.sign_in_as("owner").get(f"{LIST}mail?entry={POST}")

    policy = reply.headers["content-security-policy"]
    assert "sandbox" in policy
    assert "default-src 'none'" in policy
    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    assert reply.headers["cache-control"] == "private, no-store"
    assert "Et sa suite." in reply.text


def test_a_test_mail_goes_to_accounts_alone(mailed, sink):
    desk = mailed()
    desk.add("a@example.org")
    owner = desk.sign_in_as("owner")

    for to in ("owner@example.org", "a@example.org", "stranger@example.org"):
        owner.send(f"{LIST}test", {"newsletter": "posts", "entry": POST, "to": to})

    assert sink.addresses == ["owner@example.org"]
    assert b"[Test]" in sink.taken[0][2]
    assert b"/newsletter/leave/" not in sink.taken[0][2]
    for part in parts(sink.read("owner@example.org")):
        addresses = set(re.findall(r"https://prland\.example[^\s\"<>]*", part))
        assert "https://prland.example/" in addresses  # where what would end something leads
        assert [one for one in addresses if "/mark-" in one or "/newsletter/" in one] == []


def test_a_sending_is_planned_cancelled_and_sent_after_all(mailed, sink):
    desk = mailed()
    desk.add("a@example.org")
    owner = desk.sign_in_as("owner")
    planned = owner.send(f"{LIST}send", {"newsletter": "posts", "entry": POST, "at": "2026-11-23T18:30"})
    one = planned.headers["location"]
    desk.run_jobs()
    assert sink.taken == []
    assert "23 novembre 2026" in owner.get(one).text

    desk.move("7 hours")  # 18:00 in Paris
    assert sink.taken == []
    desk.move("30 minutes")
    assert sink.addresses == ["a@example.org"]

    other = owner.send(f"{LIST}send", {"newsletter": "posts", "entry": POST, "at": "2026-12-01T08:00"})
    owner.send(other.headers["location"], {"do": "cancel"})
    desk.move("9 days")
    assert len(sink.taken) == 1


@pytest.mark.parametrize(("language", "told"), [("en", "Sent: 1"), ("fr", "Envoyés\u00a0: 1")])
def test_what_became_of_a_mail_is_a_word_and_its_number(mailed, language, told):
    desk = mailed(language=language)
    desk.add("a@example.org")
    desk.send()
    desk.run_jobs()

    assert f'<span class="newsletter-fate">{told}</span>' in desk.sign_in_as("owner").get(LIST).text


def test_what_was_cancelled_on_its_way_is_not_shown_as_sent_to_all(mailed, sink):
    desk = mailed(language="en", newsletter="per_minute = 2")
    desk.add(*addresses(1200))
    campaign = desk.send()
    owner = desk.sign_in_as("owner")
    assert "(1,200 members)" in owner.get(f"{LIST}new").text
    desk.run_jobs()

    cancelled = owner.follow(owner.send(f"{LIST}campaign/{campaign.id}", {"do": "cancel"})).text

    assert '</progress> <span class="newsletter-fate">2 of 1,200</span></p>' in cancelled
    assert "<dt>Not sent</dt><dd>1,198</dd>" in cancelled
    assert "<dt>Sent</dt><dd>2</dd>" in cancelled


@pytest.mark.parametrize("at", ["2026-11-20T08:00", "0001-01-01T00:00", "9999-12-31T23:59-05:00", "tomorrow"])
def test_a_moment_that_is_over_or_none_is_not_taken(mailed, at):
    owner = (desk := mailed()).sign_in_as("owner")

    reply = owner.send(f"{LIST}send", {"newsletter": "posts", "entry": POST, "at": at})

    assert reply.status == 422
    field = re.search(r'<input id="at"[^>]*>', reply.text)[0]
    assert f'value="{at}"' in field
    assert 'aria-describedby="at-hint at-problem" aria-invalid="true" autofocus' in field
    assert 'role="alert" id="at-problem"' in reply.text
    assert desk.campaigns.all() == ()


def test_what_is_wrong_with_a_test_mail_is_told_at_its_field(mailed, sink):
    owner = mailed().sign_in_as("owner")
    form = {"newsletter": "posts", "entry": POST, "to": "stranger@example.org"}

    refused = owner.send(f"{LIST}test", form)
    sink.fails = lambda stage, number, to: "554 no" if stage == "RCPT" else None
    lost = owner.send(f"{LIST}test", {**form, "to": "owner@example.org"})

    for reply, to in ((refused, "stranger@example.org"), (lost, "owner@example.org")):
        assert reply.status == 422
        assert f'value="{to}" required aria-describedby="to-hint to-problem" autofocus' in reply.text
        assert 'role="alert" id="to-problem"' in reply.text
    assert "comptes de l’administration seulement" not in lost.text
    assert 'id="to" name="to" type="email" value="owner@example.org"' in owner.get(f"{LIST}preview?entry={POST}").text


def test_why_a_test_mail_was_not_taken_is_in_the_log_without_the_address(mailed, sink, caplog):
    owner = mailed().sign_in_as("owner")
    sink.fails = lambda stage, number, to: "554 no" if stage == "RCPT" else None

    owner.send(f"{LIST}test", {"newsletter": "posts", "entry": POST, "to": "owner@example.org"})

    assert "a test mail was not taken: the mail server refused" in caplog.text
    assert "owner@" not in caplog.text


def test_whoever_sends_a_post_again_is_told_that_it_was_mailed(mailed, clock):
    desk = mailed(language="en")
    owner = desk.sign_in_as("owner")
    preview, form = f"{LIST}preview?entry={POST}", {"newsletter": "posts", "entry": POST}
    assert "once more" not in owner.get(preview).text

    planned = owner.send(f"{LIST}send", {**form, "at": "2026-12-01T08:00"}).headers["location"]

    assert "It is to be mailed on December 1, 2026 at 8:00" in owner.get(preview).text
    owner.send(planned, {"do": "go"})
    assert "It was mailed on November 23, 2026" in owner.get(preview).text
    assert "Send it to everybody again" in owner.get(preview).text


def test_a_mail_is_sent_to_one_audience_from_the_screen(mailed, sink):
    desk = mailed()
    desk.add("free@example.org")
    desk.add("paid@example.org", audience="paid")
    owner, form = desk.sign_in_as("owner"), {"newsletter": "posts", "entry": POST}

    shown = owner.get(f"{LIST}preview?entry={POST}").text
    wrong = owner.send(f"{LIST}send", {**form, "audience": "paid", "at": "2020-01-01T08:00"})
    unknown = owner.send(f"{LIST}send", {**form, "audience": "nobody"})
    owner.send(f"{LIST}send", {**form, "audience": "paid"})
    desk.run_jobs()

    assert re.findall(r'<option value="(\w*)"', shown) == ["", "paid"]
    assert '<option value="paid" selected>' in wrong.text
    assert (wrong.status, unknown.status) == (422, 404)
    assert sink.addresses == ["paid@example.org"]


def test_the_addresses_of_forms_lead_to_the_list(mailed):
    owner = mailed().sign_in_as("owner")

    for name in ("send", "test"):
        assert owner.get(f"{LIST}{name}").headers["location"] == LIST


def test_what_came_back_is_told_in_words_with_a_way_to_the_member(mailed, sink):
    desk = mailed(more="", language="fr")
    one = desk.add("a@example.org")
    campaign = desk.send()
    desk.run_jobs()
    desk.people.give_back("digest", sink.taken[0][1], "hard", desk.site.clock.now)

    page = desk.sign_in_as("owner").get(f"{LIST}campaign/{campaign.id}").text

    assert "E-mail retourné : cette boîte n’existe pas." in page
    assert ">hard<" not in page
    assert f"/admin/members/member/{one.id}" not in page  # the site has no such screen


@pytest.mark.parametrize(
    ("how", "said"),
    [("mute", "Rien, à la fin de l’e-mail."), ("drop", "Rien, à la fin de l’e-mail."), ("421 later", "421")],
)
def test_what_a_mail_server_did_not_say_is_told_in_words(mailed, sink, how, said):
    desk = mailed(more="", language="fr")
    desk.add("a@example.org")
    sink.fails = lambda stage, number, to: how if stage == "DATA" else None
    campaign = desk.send()
    desk.run_jobs()

    page = desk.sign_in_as("owner").get(f"{LIST}campaign/{campaign.id}").text

    assert re.search(f'data-label="Réponse du serveur">(<bdi>)?{said}', page)


def test_a_mail_server_that_nobody_reaches_said_nothing(mailed, sink):
    desk = mailed(more="", language="fr")
    desk.add("a@example.org")
    desk.site.edit("pressframe.toml", re.sub(r"port = \d+", "port = 1", desk.site.read("pressframe.toml")))
    desk = desk.restart()
    campaign = desk.send()
    desk.run_jobs()

    page = desk.sign_in_as("owner").get(f"{LIST}campaign/{campaign.id}").text

    assert 'data-label="Réponse du serveur">Rien\xa0: il était inutilisable.' in page


def test_a_sending_that_moves_says_so_to_the_script_that_looks_again(mailed):
    desk = mailed()
    campaign = desk.send()
    owner = desk.sign_in_as("owner")
    place = f"{LIST}campaign/{campaign.id}"

    for address in (LIST, place):
        page = owner.get(address).text
        assert " data-moving" in page
        assert "/newsletter." in page
        assert 'http-equiv="refresh"' not in page
    desk.run_jobs()

    for address in (LIST, place):
        assert " data-moving" not in owner.get(address).text


def test_only_the_owner_gets_there_and_only_with_the_forms_token(mailed):
    """Threat 45."""
    desk = mailed()
    campaign = desk.send()
    moderator = desk.sign_in_as("moderator")
    places = (
        "",
        "new",
        "digest",
        "mail?digest",
        f"preview?entry={POST}",
        f"mail?entry={POST}",
        f"campaign/{campaign.id}",
    )
    acts = {"test": {"entry": POST}, "send": {"entry": POST}, "digest": {}, f"campaign/{campaign.id}": {"do": "cancel"}}

    for place in places:
        assert moderator.get(LIST + place).status == 403
        assert desk.browser().get(LIST + place).status in (303, 403)
    for act, form in acts.items():
        assert moderator.send(LIST + act, form).status == 403
        assert desk.browser().post(LIST + act, form).status in (303, 403)
        assert desk.sign_in_as("owner").post(LIST + act, form).status == 403
    assert [one.state for one in desk.campaigns.all()] == ["planned"]


@pytest.mark.parametrize(
    "place",
    ["campaign/%00", "campaign/x", "campaign/%F0%9F%98%80", "?before=2026-11-01T00:00:00%2B00:00~%00", "?before=~"],
)
def test_a_place_that_is_none_is_no_fault(mailed, place):
    """Threat 47: nor where the database takes no such text."""
    owner = mailed().sign_in_as("owner")

    assert owner.get(LIST + place).status == (200 if place.startswith("?") else 404)
    if not place.startswith("?"):
        assert owner.send(LIST + place, {"do": "cancel"}).status == 404


def test_the_preview_shows_what_each_reader_gets(mailed):
    """Threat 14."""
    desk = mailed()
    owner = desk.sign_in_as("owner")

    free = owner.get(f"{LIST}mail?entry={CLOSED}").text
    whole = owner.get(f"{LIST}mail?entry={CLOSED}&as=whole").text

    assert "Le début public." in free
    assert "canari" not in free
    assert "canari-cell" in whole


def test_sendings_of_one_moment_are_all_listed_page_after_page(mailed):
    desk = mailed()
    made = {desk.send().id for _ in range(45)}
    owner, address, found = desk.sign_in_as("owner"), LIST, []

    while address:
        text = owner.get(address).text
        found += re.findall(rf'href="{LIST}campaign/(\w+)"', text)
        older = re.search(rf'href="({LIST}\?before=[^"]+)" rel="next"', text)
        address = older[1] if older else ""

    assert sorted(found) == sorted(made)


def test_a_digest_is_looked_at_before_it_is_sent(mailed):
    desk = mailed()
    owner = desk.sign_in_as("owner")

    assert f'href="{LIST}digest?newsletter=posts"' in owner.get(f"{LIST}new").text
    shown = owner.get(f"{LIST}digest?newsletter=posts").text
    assert 'src="/admin/newsletter/mail?newsletter=posts&amp;digest"' in shown
    assert f'action="{LIST}digest"' in shown
    assert "La crise, vue d’ici" in owner.get(f"{LIST}digest?newsletter=posts&text").text
    mail = owner.get(f"{LIST}mail?newsletter=posts&digest").text
    assert "La crise, vue d’ici" in mail
    assert "canari" not in mail
    assert owner.get(f"{LIST}digest?newsletter=none").status == 404
    assert desk.campaigns.all() == ()

    desk.site.clock.move("9 days")
    old = owner.get(f"{LIST}digest?newsletter=posts")
    assert old.headers["location"] == LIST
    assert "Rien n’a été publié" in owner.follow(old).text


def test_a_digest_of_the_same_posts_is_mailed_twice_only_on_purpose(mailed):
    desk = mailed(language="en")
    owner, place = desk.sign_in_as("owner"), f"{LIST}digest?newsletter=posts"
    assert "once more" not in owner.get(place).text

    owner.send(f"{LIST}digest", {"newsletter": "posts"})

    assert "It was mailed on November 23, 2026" in owner.get(place).text
    assert "Send it to everybody again" in owner.get(place).text
    campaign = desk.campaigns.all()[0]
    assert desk.campaigns.cancel(campaign.id, desk.site.clock.now)
    assert "once more" not in owner.get(place).text


def test_a_digest_that_nobody_wants_says_so(mailed, sink):
    desk = mailed()
    desk.add("a@example.org")  # who gets each post
    owner = desk.sign_in_as("owner")
    planned = owner.send("/admin/newsletter/digest", {})

    desk.run_jobs()

    page = owner.get(planned.headers["location"]).text
    assert "Personne ne devait le recevoir." in page
    assert "<progress" not in page
    assert sink.addresses == []
