"""What a proof of work is worth: once, in time, and made of a challenge of ours."""

import base64
import copy
import json
import time
from datetime import timedelta

import pytest

from pressframe import ConfigError, Verdict
from pressframe_testing import EVERY_DATABASE


def test_a_browser_that_has_worked_is_let_in(gate):
    site = gate()

    assert site.judge(site.proof()) is Verdict.ACCEPT


@pytest.mark.parametrize("proof", [None, ""])
def test_without_a_proof_a_comment_waits(gate, proof):
    assert gate().judge(proof) is Verdict.HOLD


@EVERY_DATABASE
def test_a_proof_is_for_one_comment(gate):
    site = gate()
    proof = site.proof()

    assert site.judge(proof) is Verdict.ACCEPT
    assert site.judge(proof, body="Something else") is Verdict.REFUSE


@EVERY_DATABASE
def test_the_same_comment_sent_twice_is_no_second_use(gate):
    """Threat 71: a double click."""
    site = gate()
    proof = site.proof()

    assert [site.judge(proof), site.judge(proof)] == [Verdict.ACCEPT, Verdict.ACCEPT]


@EVERY_DATABASE
def test_a_used_proof_stays_used_after_a_restart_and_is_forgotten_when_it_expires(gate):
    site = gate()
    proof = site.proof()
    site.judge(proof)
    again = gate()

    assert again.judge(proof, body="else") is Verdict.REFUSE

    again.now += timedelta(hours=1, seconds=1)

    assert again.judge(proof, body="else") is Verdict.HOLD
    assert again.judge(again.proof()) is Verdict.ACCEPT


@pytest.mark.parametrize(("minutes", "verdict"), [(9, Verdict.ACCEPT), (11, Verdict.HOLD)])
def test_who_takes_too_long_waits(gate, minutes, verdict):
    site = gate('lifetime = "10 minutes"')
    proof = site.proof()
    site.now += timedelta(minutes=minutes)

    assert site.judge(proof) is verdict


def _forge(gate, change):
    challenge = gate.challenge()
    solution = gate.solution(challenge)
    forged = copy.deepcopy({"challenge": challenge, "solution": solution})
    change(forged)
    return base64.b64encode(json.dumps(forged).encode()).decode()


def _set(*keys, value):
    def change(forged):
        for key in keys[:-1]:
            forged = forged[key]
        forged[keys[-1]] = value

    return change


@pytest.mark.parametrize(
    "change",
    [
        _set("challenge", "parameters", "data", "until", value=4_000_000_000),
        _set("challenge", "parameters", "data", value=None),
        _set("challenge", "parameters", "cost", value=1),
        _set("challenge", "parameters", "nonce", value="00" * 16),
        _set("challenge", "parameters", "keyPrefix", value=""),
        _set("challenge", "parameters", "keySignature", value=None),
        _set("challenge", "parameters", value=[]),
        _set("challenge", "signature", value="00" * 32),
        _set("challenge", "signature", value=None),
        _set("challenge", value="x"),
        _set("solution", "derivedKey", value="00" * 32),
        _set("solution", "derivedKey", value={"a": 1}),
        _set("solution", value=None),
    ],
)
def test_what_is_forged_is_refused(gate, change):
    site = gate()

    assert site.judge(_forge(site, change)) is Verdict.REFUSE


def test_challenges_of_another_site_are_worth_nothing(gate, monkeypatch):
    site = gate()
    proof = site.proof()
    monkeypatch.setenv("PRESSFRAME_SECRET", "another secret that is long enough to be one, for sure")

    assert gate().judge(proof) is Verdict.REFUSE


HOSTILE = ["x", "\0", "\ud800", "é", "e30=", "W10=", "MQ==", "bnVsbA==", "A" * 3999, "A" * 64_000,
           base64.b64encode(b"[" * 2900).decode(), base64.b64encode(b'{"challenge":' * 200).decode(),
           base64.b64encode(b'{"challenge":{"parameters":{}},"solution":1e999}').decode(),
           base64.b64encode(b"9" * 2900).decode()]  # fmt: skip


@pytest.mark.parametrize("proof", HOSTILE)
def test_hostile_proofs_are_refused_in_no_time(gate, proof):
    """Threats 23, 63, 67."""
    site = gate()
    began = time.process_time()

    assert site.judge(proof) is Verdict.REFUSE
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize("text", ["\ud800", "\0", "a" * 65_525, "'; DROP TABLE altcha_used; --"])
def test_hostile_comments_use_a_proof_like_any(gate, text):
    """Threats 19, 47."""
    site = gate()
    proof = site.proof()

    assert site.judge(proof, body=text) is Verdict.ACCEPT
    assert site.judge(proof, body="else") is Verdict.REFUSE


@pytest.mark.parametrize("known", [{"accepted_before": True}, {"reader": "r1"}])
def test_known_people_need_no_proof_unless_the_owner_says_so(gate, known):
    assert gate().judge(**known) is None
    assert gate("known_too = true").judge(**known) is Verdict.HOLD


def test_other_sites_mentions_need_no_proof(gate):
    assert gate().judge(kind="pingback") is None


def test_a_challenge_is_new_each_time_and_says_nothing_of_its_answer(gate):
    site = gate()
    first, second = site.challenge(), site.challenge()

    assert first["parameters"]["nonce"] != second["parameters"]["nonce"]
    assert "counter" not in json.dumps(first)


@pytest.mark.parametrize(
    ("line", "name"),
    [('lifetime = "1 second"', "lifetime"), ('lifetime = "2 days"', "lifetime"), ("dificulty = 1", "dif")],
)
def test_settings_that_make_no_sense_are_refused(gate, line, name):
    with pytest.raises(ConfigError, match=rf"plugins\.altcha\.{name}"):
        gate(line)
