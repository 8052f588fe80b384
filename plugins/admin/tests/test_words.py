"""The words in French and English: every text of pages and mails, and what the code hands to templates."""

import pytest

import pressframe_admin
from pressframe_testing.words import FrenchKit

from .conftest import main_of


class TestFrench(FrenchKit):
    package = pressframe_admin
    more = (pressframe_admin.Undo(action="/admin/x").label,)


@pytest.mark.parametrize(
    ("language", "heading", "subject"),
    [
        ("fr", "Se connecter Adresse e-mail", "Votre lien de connexion à PRland"),
        ("en", "Sign in E-mail address", "Your link to sign in to PRland"),
        ("fr-CA", "Se connecter Adresse e-mail", "Votre lien de connexion à PRland"),
    ],
)
def test_pages_and_mails_speak_the_sites_language(serve, language, heading, subject):
    desk = serve(language=language)

    assert main_of(desk.visitor.get("/admin/sign-in").text).startswith(heading)
    desk.mail()
    assert desk.mails[0]["subject"] == subject
    assert f'<html lang="{language}">' in desk.mails[0].get_body(("html",)).get_content()


def test_a_title_with_markup_is_text_in_pages_and_mails(serve):
    """Threat 26."""
    desk = serve(more="\n== templates/none.html ==\n")
    site = desk.site
    site.edit("pressframe.toml", site.read("pressframe.toml").replace('"PRland"', '"<b>{{ 7*7 }}</b>"'))
    desk = type(desk).of(site)

    link = desk.mail()

    assert desk.mails[0]["subject"] == "Votre lien de connexion à <b>{{ 7*7 }}</b>"
    assert "&lt;b&gt;{{ 7*7 }}&lt;/b&gt;" in desk.mails[0].get_body(("html",)).get_content()
    assert "&lt;b&gt;{{ 7*7 }}&lt;/b&gt;" in desk.visitor.get(link).text
