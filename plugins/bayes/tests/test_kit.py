"""The filter is a judge like any: the kit for their authors."""

import pytest

from pressframe_bayes import Bayes
from pressframe_comments import Change
from pressframe_testing.judges import HOSTILE, JudgeKit


class TestFilter(JudgeKit):
    @pytest.fixture
    def host(self, desk):
        shop = desk("training = 1")
        shop.teach(spam=["Casino bonus"], ham=["Merci beaucoup, oui"])
        for number, text in enumerate(HOSTILE):
            if text.isprintable() and text.strip():
                shop.decide(text, (Change.SPAM, Change.ACCEPTED)[number % 2])
        return shop.site

    @pytest.fixture
    def judge(self, host):
        return host.plugin(Bayes)
