"""Asking for proofs is judging like any: the kit for authors of judges."""

import pytest

from pressframe_altcha import Altcha
from pressframe_testing.judges import JudgeKit


class TestProofs(JudgeKit):
    @pytest.fixture
    def host(self, gate):
        return gate().site

    @pytest.fixture
    def judge(self, host):
        return host.plugin(Altcha)
