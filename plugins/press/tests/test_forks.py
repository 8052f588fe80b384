"""Batches done by this process and by one forked from it."""

import os
import time

import pytest

from pressframe_press._forks import forked

FIRST = os.getpid()
BATCHES = [range(start, start + 10) for start in range(0, 100, 10)]


def wait_for(file):
    until = time.monotonic() + 30
    while not file.exists():
        assert time.monotonic() < until
        time.sleep(0.001)


def test_both_processes_do_some_and_results_keep_their_order(tmp_path):
    def work(batch):
        mine, others = ("first", "forked") if os.getpid() == FIRST else ("forked", "first")
        (tmp_path / mine).touch()
        wait_for(tmp_path / others)
        return [os.getpid(), *batch]

    results = list(forked(work, BATCHES, 2, lambda: None))

    assert [rest for _, *rest in results] == [list(batch) for batch in BATCHES]
    assert len({process for process, *_ in results}) == 2


def test_of_batches_that_fail_the_first_is_told_of_whoever_did_it(tmp_path):
    def work(batch):
        (tmp_path / f"{batch.start}").touch()
        if batch.start == 0:
            wait_for(tmp_path / "10")
            time.sleep(0.05)
        raise ValueError(batch.start)

    with pytest.raises(ValueError, match=r"^0$"):
        list(forked(work, BATCHES, 2, lambda: wait_for(tmp_path / "0")))


def test_this_process_helps_until_it_is_interrupted():
    def work(batch):
        if os.getpid() == FIRST:
            raise KeyboardInterrupt
        time.sleep(0.01)

    with pytest.raises(KeyboardInterrupt):
        list(forked(work, BATCHES, 2, lambda: None))
