"""The words in French: what moderators are told."""

import pressframe_bayes
from pressframe_testing.words import FrenchKit


class TestFrench(FrenchKit):
    package = pressframe_bayes
