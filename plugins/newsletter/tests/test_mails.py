"""What the mails say, in HTML and in plain text; and what they must not."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from pressframe_newsletter._html import for_mail
from pressframe_newsletter._text import to_text

from .conftest import CLOSED, POST, addresses, finish, parts

CANARY = re.compile("canari-[a-z]+", re.IGNORECASE)
PAGE = "https://prland.example/2026/11/crise/"


def test_html_and_plain_text_say_the_same(mailed, sink):
    desk = mailed()
    desk.add("a@example.org")
    desk.send()
    desk.run_jobs()

    text, html = parts(mail := sink.read("a@example.org"))

    assert mail["subject"] == "La crise, vue d’ici"
    assert mail["from"] == "PRland <bonjour@prland.example>"
    for said in (text, html):
        assert "Et sa suite." in said
        assert "https://prland.example/a-propos/" in said
        assert "/newsletter/leave/" in said
        assert "/newsletter/preferences/" in said
        assert "20 novembre 2026" in said
    assert "<style" in html  # for the dark, and for phones
    assert re.search(r'<h1 style="[^"]*font-size', html)
    assert "data-text" not in html
    assert "<" not in text


def test_free_members_get_the_public_part_and_those_who_paid_all_of_it(mailed, sink):
    """Threats 1 and 14: words planted in what is withheld are in no byte of the mails of those who may not read it."""
    desk = mailed()
    desk.add("free@example.org")
    desk.add("paid@example.org", audience="paid")
    desk.send(CLOSED)
    desk.run_jobs()

    free, paid = sink.read("free@example.org"), sink.read("paid@example.org")

    raw = next(raw for to, _, raw in sink.taken if to == "free@example.org")
    assert CANARY.findall(raw.decode() + "".join(parts(free)) + str(free["subject"])) == []
    assert "Le début public." in parts(free)[0]
    words = {"canari-body", "canari-alt", "canari-heading", "canari-cell", "canari-block", "canari-footnote"}
    for part in parts(paid):
        assert words <= set(CANARY.findall(part))


def test_the_digest_holds_nothing_withheld(mailed, sink):
    """Threat 14."""
    desk = mailed()
    member = desk.add("free@example.org")
    desk.people.choose(member, {"posts": "weekly"}, desk.site.clock.now, lifts=True)
    desk.office.plan_digest("posts", due=desk.site.clock.now, by="")
    desk.run_jobs()

    (_, _, raw) = sink.taken[0]
    text, _ = parts(sink.read("free@example.org"))

    assert CANARY.findall(raw.decode()) == []
    assert "Réservé" in text
    assert "La crise, vue d’ici" in text


def test_no_mail_carries_anothers_link_or_address(mailed, sink):
    """Threat 14."""
    desk = mailed()
    desk.add(*(f"m{number}@example.org" for number in range(20)))
    desk.send()
    desk.run_jobs()

    links = {to: set(re.findall(r"/newsletter/\w+/([\w~.-]+)", "".join(parts(sink.read(to))))) for to in sink.addresses}

    assert {len(tokens) for tokens in links.values()} == {1}
    assert len(set.union(*links.values())) == 20
    for to in links:
        others = [other for other in links if other != to]
        assert not [other for other in others if other in sink.read(to).as_string()]


@pytest.mark.parametrize(
    "title",
    ["{{ 7*7 }} {% raw %}", "=?utf-8?q?x=0D=0ABcc:_c=40d.example?=", "A <b>B</b> & C", "x\u202eevil", "Tout " * 60],
)
def test_a_title_is_printed_as_it_is_and_breaks_no_header(mailed, sink, title):
    """Threats 26, 28 and 57."""
    more = f"\n== content/posts/odd.md ==\n---\ntitle: '{title}'\ndate: 2026-11-22\n---\nUn texte.\n"
    desk = mailed(more=more)
    desk.add("a@example.org")
    desk.send("posts/odd")
    desk.run_jobs()

    mail = sink.read("a@example.org")

    assert mail["bcc"] is None
    assert [one.addr_spec for one in mail["to"].addresses] == ["a@example.org"]
    assert "49" not in str(mail["subject"])
    assert "\n" not in str(mail["subject"])
    assert "<b>B</b>" not in parts(mail)[1]


@pytest.mark.parametrize(
    ("html", "wanted"),
    [
        ('<a href="/x/">x</a>', '<a href="https://prland.example/x/">x</a>'),
        ('<a href="#n">1</a>', "<a>1</a>"),
        ('<a href="java\nscript:alert(1)">x</a>', "<a>x</a>"),
        ('<img src="b.png" alt="B" onerror="x()" srcset="c.png 2x" loading="lazy">',
         f'<img src="{PAGE}b.png" alt="B">'),
        ("<script>alert(1)</script>ok<style>p{}</style>", "ok"),
        ('<iframe src="https://film.example/"><p>no</p></iframe>', f'<p class="play"><a href="{PAGE}">Voir</a></p>'),
        ("<video controls><source src='a.mp4'></video>", f'<p class="play"><a href="{PAGE}">Voir</a></p>'),
        ("<form action='/x'><input name='a'></form>&lt;b&gt;", "&lt;b&gt;"),
        ("<!-- text --> a <!-- /text -->", " a "),
        ("<p style='color:red' id='x' data-a='b'>ç</p>", "<p>ç</p>"),
    ],
)  # fmt: skip
def test_a_body_is_made_fit_for_mail_programs(html, wanted):
    assert for_mail(html, PAGE, "Voir") == wanted


@pytest.mark.parametrize(
    ("html", "wanted"),
    [
        ("<h1>Titre</h1><p>Un &amp; deux</p>", "Titre\n=====\n\nUn & deux\n"),
        ("<ul><li>a</li><li>b<ol><li>c</li></ol></li></ul>", "- a\n- b\n  1. c\n"),
        ("<blockquote><p>dit</p></blockquote><p>puis</p>", "> dit\n\npuis\n"),
        ("<pre>a\n  b</pre>", "    a\n      b\n"),
        ("<table><tr><th>a</th><th>b</th></tr><tr><td>c</td><td>d</td></tr></table>", "a | b\nc | d\n"),
        ('<article><p>Un <a href="https://x/">lien</a>.</p></article>', "Un lien [1].\n\n[1] https://x/\n"),
        ('<p><a href="https://x/">Lire</a></p>', "Lire\nhttps://x/\n"),
        ('<p>a<span data-text="no">b</span><img alt="c">d<br>e</p>', "a[c]d\ne\n"),
        ('<p><a href="/a">a</a>\n<a href="/b">b</a> c</p>', "a [1]\nb [2] c\n\n[1] /a\n[2] /b\n"),
        ("<p>" + "mot " * 30 + "</p>", "mot " * 18 + "mot\n" + "mot " * 10 + "mot\n"),
    ],
)
def test_plain_text_is_made_of_html(html, wanted):
    assert to_text(html) == wanted


def test_odd_html_gives_a_text_and_no_error():
    for html in (
        "</p></div><a>",
        "<li>x",
        "<table><td>a<p>b",
        "<a href='x'><a href='y'>z",
        "<b" * 2000,
        "<ol>" * 300 + "x",
        "<ol start='²'><li>x",
        f"<ol start='{'9' * 5000}'><li>x",
    ):
        assert isinstance(to_text(html), str)
        assert isinstance(for_mail(html, PAGE, "Voir"), str)


def test_a_campaign_whose_post_is_gone_waits_for_the_owner(mailed, sink, caplog):
    desk = mailed()
    desk.add(*addresses(12))
    campaign = desk.send("posts/nowhere")

    desk.run_jobs()

    assert desk.state(campaign) == "held"
    assert sink.taken == []
    assert caplog.text.count(f"{campaign.id} waits for its owner") == 1
    assert not desk.campaigns.hold(campaign.id, "gone"), "another connection, which meets it as well, says nothing"


def test_a_campaign_whose_mail_cannot_be_made_waits_for_the_owner(mailed, sink):
    """What others got already is not sent again."""
    broken = '<p>Bonjour</p>{% if "paid" in site.audiences %}{{ x.y.z }}{% endif %}'
    desk = mailed(newsletter="connections = 1", more=f"\n== templates/newsletter/mail/post.html ==\n{broken}\n")
    desk.add("a@example.org")
    desk.add("b@example.org", audience="paid")
    campaign = desk.send()

    finish(desk)

    found = desk.campaigns.find(campaign.id)
    assert found is not None
    assert (found.state, found.reason) == ("held", "broken")
    assert len(sink.taken) <= 1


def test_a_post_is_mailed_twice_only_on_purpose(blog):
    site = blog()
    assert site.run("newsletter", "send", POST).status == 0

    again = site.run("newsletter", "send", "/2026/11/crise/")

    assert again.status == 1
    assert again.errors.startswith('error: "posts" has mailed it, or is to: ')
    assert "add --again" in again.errors
    assert "resend, with --audience if it went to few" in again.errors
    assert site.run("newsletter", "send", POST, "--again").status == 0


def test_a_digest_is_mailed_twice_only_on_purpose(blog):
    day = f"{datetime.now(UTC) - timedelta(days=1):%Y-%m-%d}"
    site = blog(more=f"\n== content/posts/neuf.md ==\n---\ntitle: Neuf\ndate: {day}\n---\nTout neuf.\n")
    assert site.run("newsletter", "digest").status == 0

    again = site.run("newsletter", "digest")

    assert again.status == 1
    assert again.errors.startswith('error: "posts" has mailed a digest of the same posts, or is to: ')
    assert again.errors.endswith("add --again\n")
    assert site.run("newsletter", "digest", "--again").status == 0


def test_a_file_that_cannot_be_written_is_one_clear_error(blog):
    said = blog().run("newsletter", "preview", POST, "--output", "nowhere/mail.html")

    assert (said.status, said.output) == (1, "")
    assert said.errors == (
        "error: nowhere/mail.html cannot be written: No such file or directory\n"
        "  name a file in a folder that is there\n"
    )


@pytest.mark.parametrize("words", [("send", POST, "--audience"), ("preview", POST, "--as")])
def test_an_audience_that_the_site_has_not_is_told(blog, words):
    said = blog().run("newsletter", *words, "payed")

    assert said.errors == 'error: "payed" is no audience of this site\n  Did you mean paid?\n'


def test_a_newsletter_for_an_audience_that_the_site_has_not_is_told_before_it_is_served(blog):
    site = blog(newsletter='[plugins.newsletter.newsletters.vip]\naudience = "payed"')

    assert site.run("check").errors == (
        "error: pressframe.toml: plugins.newsletter.newsletters.vip.audience: "
        '"payed" is no audience of this site\n  Did you mean paid?\n'
    )


@pytest.mark.parametrize("are_shown", [False, True])
def test_drafts_and_posts_to_come_are_never_mailed(mailed, sink, are_shown):
    """Threat 17: nor where the site is served with them, for its owner to look at."""
    more = (
        "\n== content/posts/draft.md ==\n---\ntitle: D\ndate: 2026-11-22\ndraft: true\n---\nx\n"
        "\n== content/posts/later.md ==\n---\ntitle: L\ndate: 2026-12-22\n---\nx\n"
    )
    desk = mailed(more=more, automatic="true", newsletter='delay = "0 minutes"')
    desk.add("a@example.org")
    if are_shown:
        desk.served.app.drafts = True
        desk.served.app.rebuilder.ask()
        assert desk.served.rebuild()
    for entry in ("posts/draft", "posts/later"):
        desk.send(entry)

    desk.run_jobs()

    assert sink.taken == []
    assert [one.state for one in desk.campaigns.all()] == ["held", "held"]  # those by hand; the site plans none itself
