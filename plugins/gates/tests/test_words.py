"""The words in French and English."""

from typing import ClassVar

import pressframe_gates
from pressframe_testing.words import FrenchKit


class TestFrench(FrenchKit):
    package: ClassVar = pressframe_gates
