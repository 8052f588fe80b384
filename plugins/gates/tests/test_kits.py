"""The plugin stands up to the kits; and for each rule of the kits there is a plugin that breaks it, and fails."""

import inspect
import itertools
from datetime import timedelta
from typing import ClassVar

import attrs
import pytest

from pressframe import Gate, Section, Term, hookimpl
from pressframe_gates import Audience, Gates, Rule
from pressframe_testing.gates import CANARY, GateKit, SectionKit, TeaserKit, _entry

RULES = (
    Rule(tag="crise", audience=("paid",)),
    Rule(until=timedelta(days=20), kind="post"),
    Rule(after=timedelta(days=5), until=timedelta(days=50), kind="page"),
)


class TestRules(GateKit):
    @pytest.fixture
    def gate(self):
        return Gates(archive_after=timedelta(days=90), rules=RULES, audiences={"paid": Audience()})

    @pytest.fixture
    def entries(self):
        crisis = (Term(taxonomy="tag", slug="crise", name="Crise"),)
        return [_entry(terms=crisis), _entry(data={"kit": {"extra": {"audience": "public"}}})]


class TestFirstParagraph(TeaserKit):
    @pytest.fixture
    def teaser(self):
        return Gates()


class TestSomeWords(TeaserKit):
    @pytest.fixture
    def teaser(self):
        return Gates(teaser_words=40)


class TestSections(SectionKit):
    @pytest.fixture
    def sections(self):
        return Gates()

    @pytest.fixture
    def mark(self):
        return marked


def marked(html):
    return f"<!-- only: subscribers -->\n{html}\n<!-- end only -->"


# ------------------------------------------------------------------------------------------- wrong ones

CLOSED = Gate(requires=frozenset({"a"}), reason="a rule")


COUNT = itertools.count()


def failing(kit, test, plugin):
    """Say whether *plugin* fails this test of the kit."""
    asked = getattr(kit(), test)
    named = inspect.signature(asked).parameters
    more = {name: value for name, value in {"entries": [], "mark": marked}.items() if name in named}
    try:
        asked(plugin, **more)
    except (AssertionError, pytest.fail.Exception):
        return True
    return False


@attrs.frozen(eq=False)
class Judge:
    """Answers what a function answers."""

    answer: object

    @hookimpl
    def judge_gate(self, entry, now):
        return self.answer(entry, now)


def _raises(entry, now):
    raise ValueError(entry.title)


def _late(entry, now):
    return CLOSED if now - entry.published > timedelta(days=50) else None


def _past(entry, now):
    return attrs.evolve(CLOSED, until=entry.published)


def _early(entry, now):
    moment = entry.published + timedelta(days=50)
    return CLOSED if now >= moment else Gate(requires=frozenset(), until=moment + timedelta(seconds=1), reason="later")


WRONG_JUDGES = {
    "test_every_entry_is_judged": [_raises, lambda entry, now: True],
    "test_it_closes_something_and_not_everything": [lambda entry, now: None, lambda entry, now: CLOSED],
    "test_the_order_of_entries_does_not_matter": [lambda entry, now, count=COUNT: CLOSED if next(count) % 2 else None],
    "test_what_it_is_asked_about_stays_as_it_is": [
        lambda entry, now: object.__setattr__(entry, "title", f"{entry.title}!")
    ],
    "test_its_answer_changes_only_when_it_said_that_it_would": [_late, _past, _early],
    "test_it_says_why": [
        lambda entry, now: attrs.evolve(CLOSED, reason=""),
        lambda entry, now: attrs.evolve(CLOSED, reason=entry.body.html),
    ],
    "test_the_text_that_it_closes_does_not_decide": [
        lambda entry, now: CLOSED if f"<p>{CANARY}</p>" in entry.body.html else None
    ],
}


@pytest.mark.parametrize(
    ("test", "answer"), [(test, answer) for test, answers in WRONG_JUDGES.items() for answer in answers]
)
def test_a_gate_that_breaks_a_rule_fails_that_test(test, answer):
    assert failing(GateKit, test, Judge(answer))


@attrs.frozen(eq=False)
class Cutter:
    """Makes public what a function makes of a body."""

    cut: object

    @hookimpl
    def find_teaser(self, entry, gate):
        from pressframe import Teaser

        return Teaser(html=self.cut(entry.body))


WRONG_TEASERS = {
    "test_something_is_public": [lambda body: ""],
    "test_the_end_is_never_public": [lambda body: body.html],
    "test_nothing_behind_the_authors_mark_is_public": [lambda body: body.html[: (body.more or 0) + 150]],
    "test_no_block_is_cut": [lambda body: body.html[:20], lambda body: body.html.partition("</p>\n")[2]],
    "test_it_is_the_same_each_time": [lambda body, count=COUNT: f"<p>{next(count)}</p>"],
}


@pytest.mark.parametrize(("test", "cut"), [(test, cut) for test, cuts in WRONG_TEASERS.items() for cut in cuts])
def test_a_public_part_that_breaks_a_rule_fails_that_test(test, cut):
    assert failing(TeaserKit, test, Cutter(cut))


@attrs.frozen(eq=False)
class Finder:
    """Changes what is found."""

    change: object

    @hookimpl
    def register_sections(self, entry, text):
        return self.change(Gates().register_sections(entry, text))


def _moved(found, start, end):
    return [attrs.evolve(one, start=one.start + start, end=one.end + end) for one in found]


WRONG_FINDERS = {
    "test_a_section_is_found_and_no_word_of_it_is_left": [
        lambda found: [], lambda found: [attrs.evolve(one, end=one.start) for one in found], lambda found: found[1:],
    ],
    "test_sections_are_whole_blocks_that_do_not_overlap": [
        lambda found: [*found, *found], lambda found: _moved(found, 4, 0), lambda found: _moved(found, 0, 9_999),
    ],
    "test_a_text_without_them_has_none": [
        lambda found: found or [Section(start=0, end=0, requires=frozenset({"a"}))],
    ],
    "test_they_are_the_same_each_time": [lambda found, count=COUNT: found[: next(count) % 2]],
}  # fmt: skip


@pytest.mark.parametrize(
    ("test", "change"), [(test, one) for test, changes in WRONG_FINDERS.items() for one in changes]
)
def test_sections_that_break_a_rule_fail_that_test(test, change):
    assert failing(SectionKit, test, Finder(change))


KITS = [(GateKit, {*WRONG_JUDGES}), (TeaserKit, {*WRONG_TEASERS}), (SectionKit, {*WRONG_FINDERS})]


@pytest.mark.parametrize(("kit", "tests"), KITS)
def test_every_rule_has_a_wrong_plugin(kit, tests):
    assert {name for name in vars(kit) if name.startswith("test_")} == tests


class TestNothingPublic:
    """What the kits cannot see in one answer: the whole way through a build."""

    words: ClassVar = ("canary-body", "canary-alt", "canary-code", "canary-note", "canary-heading", "canary-cell")

    def test_no_canary_is_in_any_public_byte(self, blog):
        """Threats 1-5, 7, 8."""
        post = """
== content/planted.md ==
---
title: Planté
date: 2012-03-01
slug: planted
tags: [Crise]
---
Début.

canary-body ![canary-alt](/canary-src.png) `canary-code`[^1]

## canary-heading

| a |
|---|
| canary-cell |

[^1]: canary-note
"""
        settings = 'archive_after = "30 days"\nteaser_words = 50\nrules = [{ tag = "crise", audience = ["paid"] }]'

        built = blog(f"{settings}\naudiences.paid = {{}}", more=post).build()

        whole = built.read("/2012/03/planted/", "subscribers", "paid")
        assert [word for word in self.words if word not in whole] == []
        assert [path for path, text in built.files.items() if "canary-" in text.lower()] == []
