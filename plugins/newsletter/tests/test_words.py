"""The words in French and English: every text of pages and mails, and what the code hands to templates."""

import pressframe_newsletter
from pressframe_testing.words import FrenchKit


class TestFrench(FrenchKit):
    package = pressframe_newsletter
