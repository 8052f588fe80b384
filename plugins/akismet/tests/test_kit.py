"""Asking Akismet is judging like any: the kit for authors of judges."""

import pytest

from pressframe_akismet import Akismet
from pressframe_testing.judges import JudgeKit


class TestAsking(JudgeKit):
    @pytest.fixture
    def host(self, desk):
        return desk().site

    @pytest.fixture
    def judge(self, host):
        return host.plugin(Akismet)
