"""The words in French: what readers and owners are told."""

import pressframe_passes
from pressframe_testing.words import FrenchKit


class TestFrench(FrenchKit):
    package = pressframe_passes
