"""How long a proof goes on, and with which seeds."""

from __future__ import annotations

import itertools
import math
import os
import random
import time
from collections import Counter
from typing import TYPE_CHECKING

import hypothesis
from hypothesis.stateful import run_state_machine_as_test

if TYPE_CHECKING:
    from pressframe_testing.stateful import BuildMachine

MINUTES = "PRESSFRAME_PROVE_MINUTES"
"""The environment variable that says how long ``prove`` goes on, with other seeds each time."""

_ROUND = 10
"""Examples with one seed: the first is always the dullest there is, and too many weigh on Hypothesis's memory."""


def prove(machine: type[BuildMachine], *, examples: int = 6, steps: int = 12, seconds: float = 0) -> Counter[str]:
    """Let *machine* run: so many times so many steps, or as often as it can in so many seconds; return what happened.

    The steps are the same ones in each run, as far as it comes. Where the environment says for how many minutes, in
    ``PRESSFRAME_PROVE_MINUTES``, they are others each time, by seeds which are printed.

    Raises:
        AssertionError: A build was not what a clean build is; the steps that lead there are printed.
    """
    minutes = float(os.environ.get(MINUTES, "0"))
    budget = 60 * minutes or seconds
    machine.end = time.monotonic() + budget if budget else math.inf
    machine.tally = Counter()
    phases = [phase for phase in hypothesis.Phase if phase.name != "shrink"]  # it would take an hour
    chosen = hypothesis.settings(
        max_examples=_ROUND if budget else examples, stateful_step_count=3 * steps if minutes else steps,
        deadline=None, database=None, suppress_health_check=list(hypothesis.HealthCheck), print_blob=False,
        phases=phases,
    )  # fmt: skip
    for number in itertools.count(1):
        seed = random.SystemRandom().getrandbits(32) if minutes else number
        if minutes:
            print(f"{machine.__name__}, round {number}, seed {seed}", flush=True)  # noqa: T201 - to repeat it
        machine.is_first = budget > 0
        run_state_machine_as_test(hypothesis.seed(seed)(machine), settings=chosen)
        if not budget or time.monotonic() > machine.end:
            break
    if minutes:
        print("\n".join(f"{times:6} {what}" for what, times in sorted(machine.tally.items())))  # noqa: T201 - asked for
    return machine.tally
