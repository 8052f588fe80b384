"""The words in French: what readers and moderators are told."""

import pressframe_akismet
from pressframe_testing.words import FrenchKit


class TestFrench(FrenchKit):
    package = pressframe_akismet
