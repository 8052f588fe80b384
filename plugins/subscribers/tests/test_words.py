"""The words in French and English."""

from typing import ClassVar

import pressframe_subscribers
from pressframe_testing.words import FrenchKit


class TestFrench(FrenchKit):
    package: ClassVar = pressframe_subscribers
