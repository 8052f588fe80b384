"""The words in French and English: every text of pages and mails, and what the code hands to templates."""

import pytest

import pressframe_moderation
from pressframe_testing.words import FrenchKit


class TestFrench(FrenchKit):
    package = pressframe_moderation


@pytest.mark.parametrize(
    ("language", "said"),
    [("fr", "Aucun commentaire en attente."), ("en", "Nothing waits."), ("fr-CA", "Aucun commentaire en")],
)
def test_pages_speak_the_sites_language(serve, language, said):
    assert said in serve(language=language).sign_in_as("owner").get("/admin/comments/").text
