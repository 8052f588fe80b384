"""Every mail that a site sends, as it is seen: its two parts say the same, and the one with looks has no barriers."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest

from pressframe_testing import find_barriers

pytestmark = pytest.mark.browser

SITE = """
== pressframe.toml ==
[site]
title = "Essai & fils"
url = "https://essai.example"
language = "{language}"
plugins = ["markdown", "sql", "web", "admin", "comments", "moderation", "gates", "members", "archives", "journal"]
[plugins.comments]
flood_limit = 0
[plugins.members]
[plugins.moderation]
mail_every = "0 seconds"
== content/un.md ==
---
title: Un billet
date: 2026-11-20
---
Un texte.
== content/deux.md ==
---
title: Un autre billet, dont le titre est long, très long, et n’en finit pas de finir
date: 2026-11-19
---
Un texte.
"""
OF_PAGES = {"landmark-one-main", "page-has-heading-one", "region"}
"""Rules for whole pages; a mail stands in the page of who shows it."""
KINDS = {
    "account": ("Votre compte sur Essai & fils", "Your account at Essai & fils"),
    "owner's link": ("Votre lien de connexion à Essai & fils", "Your link to sign in to Essai & fils"),
    "subscription": ("Confirmez votre abonnement à Essai & fils", "Confirm your subscription to Essai & fils"),
    "comment waits": (
        "Un nouveau commentaire sur l’article «\xa0Un billet\xa0» attend votre approbation",
        "A new comment on the post “Un billet” waits for your approval",
    ),
    "following": (
        "Voulez-vous recevoir les nouveaux commentaires de Essai & fils\xa0?",
        "Do you want new comments on Essai & fils mailed?",
    ),
    "news": ("2 nouveaux commentaires sur Essai & fils", "2 new comments on Essai & fils"),
}


@pytest.fixture(params=["fr", "en"])
def sent(site, clock, request):
    """Return the language, and every mail that the product sends, in it, by its subject."""
    clock.move(datetime.now(UTC) - clock.now)  # as commands have it
    made = site(SITE.format(language=request.param))
    assert made.run("admin", "create", "o@example.org", "--role", "owner", "--mail-link").status == 0
    served = made.serve()
    reader = {"author": "Zoé", "email": "zoe@example.org", "follow_all": "1"}

    def later(minutes=40):
        made.clock.move(timedelta(minutes=minutes))
        served.run_jobs()

    later(0)
    served.browser().post("/admin/sign-in/link", {"address": "o@example.org"})
    served.browser().post("/members/subscribe", {"email": "lea@example.org", "next": "", "website": ""})
    visitor = served.browser()
    visitor.post("/comments/un", {**reader, "comment": "Un *mot*,\net https://a.example/" + "x" * 200})
    later()
    visitor.post("/comments/deux", {**reader, "comment": "Encore."})
    later()
    for mail in served.mails:
        if link := re.search(r"https://essai\.example(/comments/follow/\S+)", mail.get_body(("plain",)).get_content()):
            visitor.post(link[1], {})
    for entry in ("un", "deux"):
        served.browser().post(f"/comments/{entry}", {"author": "Ada", "email": "a@e.org", "comment": "Merci > à tous."})
    made.run("comments", "approve", "c1", "c2", "c3", "c4")
    later()
    return request.param, {mail["subject"]: mail for mail in served.mails}


@pytest.fixture
def mails(sent):
    """Return the language, and one mail of each kind."""
    language, by_subject = sent
    wanted = {kind: subjects[0 if language == "fr" else 1] for kind, subjects in KINDS.items()}
    assert set(wanted.values()) <= set(by_subject), sorted(by_subject)
    return language, {kind: by_subject[subject] for kind, subject in wanted.items()}


def test_each_mail_reads_well_wherever_it_is_read(mails, browser_page):
    language, by_kind = mails
    found = {}

    for kind, mail in by_kind.items():
        plain, page = mail.get_body(("plain",)).get_content(), mail.get_body(("html",))
        lines = plain.replace("\r\n", "\n").split("\n")
        assert "\n\n\n" not in "\n".join(lines).strip(), kind
        assert [line for line in lines if line != line.rstrip() and line not in ("-- ", "> ")] == [], kind
        assert mail["From"] == "Essai & fils <noreply@essai.example>"
        assert mail["Auto-Submitted"] == "auto-generated"
        assert (kind == "news") is (mail["List-Unsubscribe"] is not None)
        if page is None:
            continue
        html = page.get_content()
        assert f'<html lang="{language}">' in html
        assert set(re.findall(r"https://essai\.example/[^\s\"<]+", unescape(html))) <= set(
            re.findall(r"https://essai\.example/\S+", plain)
        ) | {"https://essai.example/"}
        for scheme in ("light", "dark"):
            for width in (390, 640):
                browser_page.emulate_media(color_scheme=scheme)
                browser_page.set_viewport_size({"width": width, "height": 700})
                browser_page.set_content(html)
                barriers = find_barriers(browser_page, name=f"mail {kind} {language} {scheme} {width}")
                barriers = [one for one in barriers if one.partition(":")[0] not in OF_PAGES]
                found |= {(kind, scheme, width): barriers} if barriers else {}

    assert found == {}
