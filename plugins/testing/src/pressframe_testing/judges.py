"""A kit for authors of judges, plugins with ``judge_comment``: subclass it, and bring the fixture ``judge``.

A judge that asks its site brings the fixture ``host`` as well.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import attrs
import pytest

from pressframe import Card, Comment, Hooks, Host, Judgement, PressframeError, Sender, Site

__all__ = ["HOSTILE", "JudgeKit"]

_NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
_ENTRY = Card(
    id="posts/one", kind="post", address="/one/", title="One", excerpt="", published=_NOW - timedelta(days=1),
    updated=None, terms=(), authors=(), image=None, comments=0, gated=False,
)  # fmt: skip

HOSTILE = (
    "", " ", "\x00\x01\x1b[31m\x7f", "'; DROP TABLE comments_comment; --", "%_\\/\"'`", "<script>alert(1)</script>",
    "{{ 7*7 }}{% include 'x' %}${7}#{7}", "\u202eabc\u2066\u200b\ufeff", "\ud800 half a character",
    "e" + "\u0301" * 500, "🙂" * 16_000, "http://a.example " * 3_800, "http://" + "a" * 65_000, "[" * 65_000,
    "(" * 65_000 + ")" * 500, "a@" * 32_000, "a." * 32_000, "-" * 65_000 + "\n", "\n" * 65_000, " \t" * 32_000,
    "\r\n=cmd|' /C calc'!A0\t", "x" * 65_525, "<" * 65_000, "&#" * 32_000, "[a](" * 16_000, "```\n" * 16_000,
)  # fmt: skip
"""Texts that have broken programs like a judge."""


class JudgeKit:
    """What every judge does: answers soon, the same each time, and never fails. Bring the fixture ``judge``.

    Attributes:
        seconds: Processor time that one answer may take.
    """

    seconds = 1.0

    @pytest.fixture
    def judge(self) -> object:
        """Return the plugin: an instance of its class."""
        pytest.fail("bring a fixture called judge that returns the plugin", pytrace=False)

    @pytest.fixture
    def host(self, tmp_path: Path) -> Host:
        """Return the site whose comments are judged: one without plugins, unless another is brought."""
        (tmp_path / "pressframe.toml").write_text('[site]\ntitle = "A site"\n', encoding="utf-8")
        return Site.open(tmp_path)

    @pytest.mark.parametrize("number", range(len(HOSTILE)))
    def test_a_hostile_comment_is_answered_in_time(self, judge: object, host: Host, number: int) -> None:
        for comment, sender in _hostile(HOSTILE[number]):
            start = time.thread_time()
            answer = _ask(judge, host, comment, sender)
            spent = time.thread_time() - start

            assert spent < self.seconds
            if answer is not None:
                assert answer.reason.strip() == answer.reason != ""
                assert answer.reason.isprintable(), "a reason stands in a line of a list"

    def test_nobody_is_too_strange_to_be_judged(self, judge: object, host: Host) -> None:
        kinds = ("comment", "pingback", "webmention")
        for kind, is_known, reader in itertools.product(kinds, (True, False), (None, "r1")):
            _ask(
                judge, host, _comment("Oui.", kind=kind, accepted_before=is_known, reader=reader, parent="c9"), Sender()
            )

    def test_the_order_of_comments_does_not_matter(self, judge: object, host: Host) -> None:
        asked = [
            pair for text in ("Oui.", *HOSTILE[:8], "http://a.example http://b.example") for pair in _hostile(text)
        ]

        first = [_ask(judge, host, *pair) for pair in asked]
        again = [_ask(judge, host, *pair) for pair in reversed(asked)]

        assert first == again[::-1]

    def test_what_it_is_asked_about_stays_as_it_is(self, judge: object, host: Host) -> None:
        comment, sender = _comment("Oui."), Sender(email="z@e.org", fields={"own": "1"})
        before = attrs.asdict(comment), attrs.asdict(sender)

        _ask(judge, host, comment, sender)

        assert (attrs.asdict(comment), attrs.asdict(sender)) == before

    def test_only_the_time_that_it_is_told_counts(self, judge: object, host: Host) -> None:
        comment = _comment("Oui.")

        answers = [_ask(judge, host, comment, Sender(), now) for now in (_NOW, _NOW + timedelta(days=9_000), _NOW)]

        assert answers[0] == answers[2]


def _comment(text: str, **more: object) -> Comment:
    known = {"id": "new", "entry": "posts/one", "author": "Zoé", "body": text, "received": _NOW}
    return Comment(**{**known, **more})  # type: ignore[arg-type] # a test says what it means


def _hostile(text: str) -> Iterator[tuple[Comment, Sender]]:
    """Yield a comment that has *text* as its body, and one that has it everywhere else."""
    yield _comment(text), Sender()
    short = text[:245]
    fields = {text[:80]: text}
    sender = Sender(email=short, client=short, agent=text[:500], referrer=text[:500], fields=fields)
    yield _comment("Oui.", author=short or "a", url=text[:200], parent=short, reader=short), sender


def _ask(judge: object, host: Host, comment: Comment, sender: Sender, now: datetime = _NOW) -> Judgement | None:
    """Return the answer, asked as a site asks; a failure is the test's."""
    hooks = Hooks([("judge", judge)])
    if not hooks.implementers("judge_comment"):
        pytest.fail(f"{type(judge).__name__} has no @hookimpl called judge_comment")
    for _, answer in hooks.ask("judge_comment", comment, _ENTRY, now, sender, host):
        if isinstance(answer, PressframeError):
            pytest.fail(f"{answer}: a judge that fails holds every comment")
        assert isinstance(answer, Judgement)
        return answer
    return None
