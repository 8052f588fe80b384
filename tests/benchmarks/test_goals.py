import math

import pytest

from bench import goals
from bench.builds import COLD, Result
from bench.generators import Generator
from bench.measure import Cost


def _result(name, tmp_path, *, wall, memory=None, step=COLD):
    generator = Generator(
        name=name,
        version="1",
        skeleton=tmp_path,
        base_template=None,
        front_matter=lambda post: post.title,
        command=lambda output: [output],
    )
    return Result(generator, memory=memory, runs={step: [Cost(seconds, seconds) for seconds in wall]})


def _judge(measured):
    """Return what was found of each goal that anything was found of, and whether it is held."""
    found = [finding for finding in goals.judge(measured) if finding.value is not None]
    return {finding.goal.name: (round(finding.value, 3), finding.is_held) for finding in found}


def test_nothing_is_held_that_was_not_measured():
    findings = goals.judge({})

    assert len(findings) == 10
    assert not any(finding.is_held for finding in findings)


@pytest.mark.parametrize(("wall", "ratio", "is_held"), [([6, 7, 99], 0.7, True), ([7.1, 1, 99], 0.71, False)])
def test_a_cold_build_is_judged_by_the_median_beside_hugo(tmp_path, wall, ratio, is_held):
    ours, hugo = _result("pressframe", tmp_path, wall=wall), _result("Hugo", tmp_path, wall=[10, 10, 11])

    assert _judge({10_000: [ours, hugo]}) == {"10,000 posts, cold build, × Hugo": (ratio, is_held)}


def test_each_size_and_step_has_its_own_limit(tmp_path):
    small = [_result("pressframe", tmp_path, wall=[0.9]), _result("Hugo", tmp_path, wall=[1])]
    step = "nothing changed"
    usual = [_result("pressframe", tmp_path, wall=[0.4], step=step), _result("Hugo", tmp_path, wall=[10], step=step)]

    found = _judge({1_000: small, 10_000: usual})

    assert found == {
        "1,000 posts, cold build, × Hugo": (0.9, True),
        "10,000 posts, nothing changed, × Hugo": (0.04, False),
    }


def test_memory_is_judged_beside_hugo_and_a_large_site_by_itself(tmp_path):
    usual = [
        _result("pressframe", tmp_path, wall=[10], memory=300_000_000),
        _result("Hugo", tmp_path, wall=[], memory=1_000_000_000, step="none"),
    ]
    large = [_result("pressframe", tmp_path, wall=[119], memory=2_600_000_000)]

    found = _judge({10_000: usual, 100_000: large})

    assert found == {
        "10,000 posts, peak memory, × Hugo": (0.3, False),
        "100,000 posts, cold build, × 10,000 posts": (11.9, True),
        "100,000 posts, peak memory, GB": (2.6, False),
    }


def test_who_fails_holds_no_goal(tmp_path):
    usual, large = _result("pressframe", tmp_path, wall=[10]), _result("pressframe", tmp_path, wall=[100], memory=10)
    large.failure = "no room left"

    found = _judge({10_000: [usual], 100_000: [large]})

    assert found == {
        "100,000 posts, cold build, × 10,000 posts": (math.inf, False),
        "100,000 posts, peak memory, GB": (math.inf, False),
    }


def test_prland_is_judged_by_its_seconds(tmp_path):
    found = _judge({10_000: [_result("pressframe, PRland", tmp_path, wall=[15.5, 14.5, 14])]})

    assert found == {"10,000 posts of PRland, cold build, s": (14.5, True)}
