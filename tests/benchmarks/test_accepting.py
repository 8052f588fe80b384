import os

import pytest

from bench import accepting, report

SAID = "  100 requests in 2.00s, 1.00MB read\n{more}answered 100, refused {refused}\n"


@pytest.fixture
def load(tmp_path, monkeypatch):
    """Return what measures a server of which wrk says that it *refused* so many of 100 comments."""
    if not hasattr(os, "sched_setaffinity") or len(os.sched_getaffinity(0)) < 2:
        pytest.skip("the server and what loads it need a processor each")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)

    def load(*, refused, more="", stored=100, may_refuse=False):
        wrk = tmp_path / "wrk"
        wrk.write_text(f"#!/bin/sh\ncat <<'END'\n{SAID.format(refused=refused, more=more)}END\n")
        wrk.chmod(0o755)
        counts = iter([0, stored])
        server = accepting._Server(
            name="it", port=0, path="/", kind="form", count=counts.__next__, may_refuse=may_refuse
        )
        return accepting._load(server)

    return load


def test_what_a_peer_refuses_or_does_not_answer_is_not_counted(load):
    errors = "  Socket errors: connect 0, read 0, write 0, timeout 7\n"

    run = load(refused=20, more=errors, stored=80, may_refuse=True)

    assert (run.rate, run.refused) == (40, 27)


@pytest.mark.parametrize(
    ("refused", "stored", "words"), [(1, 100, "not every comment"), (0, 99, "accepted 100 comments and stored 99")]
)
def test_nothing_of_ours_may_be_refused_or_lost(load, refused, stored, words):
    with pytest.raises(RuntimeError, match=words):
        load(refused=refused, stored=stored)


def test_the_table_tells_what_was_refused():
    found = [accepting.Accepted("pressframe", 1500, 5.94), accepting.Accepted("Isso", 300, refused=3)]

    table = report.accepted(found, runs=3)

    assert all(words in table for words in ("1500", "5.00", "5.9"))
    assert table.endswith("Isso refused 3 comments, which are not counted")
