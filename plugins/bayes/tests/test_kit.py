"""The filter is a judge like any: the kit for their authors."""

import pytest

from pressframe_bayes import Bayes
from pressframe_comments import Change
from pressframe_testing.judges import HOSTILE, JudgeKit


@pytest.fixture(scope="module")
def taught(lasting_desk):
    """The site of an owner who has decided about hostile comments; no judge changes it."""
    shop = lasting_desk("training = 1")
    shop.teach(spam=["Casino bonus"], ham=["Merci beaucoup, oui"])
    for number, text in enumerate(HOSTILE):
        if text.isprintable() and text.strip():
            shop.decide(text, (Change.SPAM, Change.ACCEPTED)[number % 2])
    return shop.site


class TestFilter(JudgeKit):
    @pytest.fixture
    def host(self, taught):
        return taught

    @pytest.fixture
    def judge(self, host):
        return host.plugin(Bayes)
