"""The words in French and English: every text of pages and mails."""

import re

import pytest

import pressframe_members
from pressframe_testing.words import FrenchKit

from .conftest import OLD, Readers, main_of


class TestFrench(FrenchKit):
    package = pressframe_members


@pytest.mark.parametrize(
    ("language", "subject", "heading", "button"),
    [
        ("fr", "Confirmez votre abonnement à PRland", "Consultez vos e-mails", "Confirmer mon abonnement"),
        ("en", "Confirm your subscription to PRland", "Check your mail", "Confirm my subscription"),
        ("fr-CA", "Confirmez votre abonnement à PRland", "Consultez vos e-mails", "Confirmer mon abonnement"),
    ],
)
def test_pages_and_mails_speak_the_sites_language(serve, language, subject, heading, button):
    readers = serve(language=language)

    sent = main_of(readers.ask(next=OLD).text)
    readers.run_jobs()

    (mail,) = readers.mails
    assert sent.startswith(heading)
    assert mail["subject"] == subject
    assert f">{button}</a>" in mail.get_body(("html",)).get_content()
    assert f'<html lang="{language}">' in mail.get_body(("html",)).get_content()


def test_a_mail_is_text_and_html_with_the_same_link(readers):
    link = f"https://prland.example{readers.mail()}"

    (mail,) = readers.mails
    text, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert re.findall(r"https?://\S+", text) == [link]
    assert html.count(f'href="{link}"') == 1
    assert set(re.findall(r'(?:src|href)="([^"]+)"', html)) == {link, "https://prland.example/"}


def test_a_site_may_write_its_mails_itself(blog):
    own = "\n== templates/members/mail/confirm.txt ==\nBonjour de {{ site.title }}\n\nC'est ici : {{ link }}\n"
    readers = Readers.of(blog(more=own))

    link = readers.mail()

    assert readers.mails[0]["subject"] == "Bonjour de PRland"
    assert readers.mails[0].get_body(("plain",)).get_content().strip() == f"C'est ici : https://prland.example{link}"


def test_a_title_with_markup_is_text_in_pages_and_mails(blog):
    """Threat 26: and nothing in it is evaluated."""
    site = blog()
    site.edit(
        "pressframe.toml",
        (site.folder / "pressframe.toml").read_text("utf-8").replace('"PRland"', '"<b>{{ 7*7 }}</b>"'),
    )
    readers = Readers.of(site)

    link = readers.mail()

    assert readers.mails[0]["subject"] == "Confirmez votre abonnement à <b>{{ 7*7 }}</b>"
    assert "&lt;b&gt;{{ 7*7 }}&lt;/b&gt;" in readers.mails[0].get_body(("html",)).get_content()
    assert "&lt;b&gt;{{ 7*7 }}&lt;/b&gt;" in readers.visitor.get(link).text
