"""The words in French: what readers are told of plans and payments."""

import pressframe_stripe
from pressframe_testing.words import FrenchKit


class TestFrench(FrenchKit):
    package = pressframe_stripe
