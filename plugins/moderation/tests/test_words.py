"""The words in French and English: every text of pages and mails, and what the code hands to templates."""

import pytest

import pressframe_moderation
from pressframe_testing.words import FrenchKit


class TestFrench(FrenchKit):
    package = pressframe_moderation


@pytest.mark.parametrize(
    ("language", "said"), [("fr", "Rien n’attend."), ("en", "Nothing waits."), ("fr-CA", "Rien n’")]
)
def test_pages_speak_the_sites_language(serve, language, said):
    assert said in serve(language=language).sign_in_as("owner").get("/admin/comments/").text


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("nothing by its sender has been accepted yet", "rien de cet expéditeur n’a encore été accepté"),
        ("the same text came 3 times lately, under other names or to other entries", "le même texte est arrivé 3 fois"),
        ('it says "casin*"', "il dit «\xa0casin*\xa0»"),
        ('its name fits "Casino*"', "son nom correspond à «\xa0Casino*\xa0»"),
        ('its address fits "*@mail.ru"', "son adresse e-mail correspond à «\xa0*@mail.ru\xa0»"),
        ('it leads to "*.bet"', "il mène à «\xa0*.bet\xa0»"),
        ("it came from 203.0.113.0/24", "il vient de 203.0.113.0/24"),
        ("bayes failed", "bayes a échoué"),
        ("bayes is still busy with earlier comments", "bayes est encore occupé par des commentaires précédents"),
        ("its proof of work came too late", "sa preuve de travail est arrivée trop tard"),
        ("Akismet says that it is spam without doubt", "Akismet dit que c’est sans aucun doute un indésirable"),
        ("Akismet does not accept the key", "Akismet n’accepte pas la clé"),
        ("Akismet does not accept the key: 100 %(x)s", "Akismet n’accepte pas la clé\xa0: 100 %(x)s"),
        ("un juge de ce site le dit", "un juge de ce site le dit"),
    ],
)
def test_reasons_are_said_in_the_sites_language(serve, reason, said):
    desk = serve()
    desk.add(reasons=["every comment is read first", reason])

    page = desk.sign_in_as("owner").get("/admin/comments/").text

    assert "<li><bdi>chaque commentaire est lu d’abord</bdi></li>" in page
    assert f"<li><bdi>{said}" in page
