"""The proof catches plugins whose pages depend on what the build cannot know, and lets right ones pass."""

from collections import Counter

import pytest

from pressframe_testing.stateful import BuildMachine, prove

SITE = """
== pressframe.toml ==
[site]
title = "A site"
plugins = ["own"]

== words.txt ==
mark0000

== plugins/own.py ==
from pathlib import Path
import attrs
from pressframe import Page, hookimpl

KEPT = attrs.__dict__.setdefault("kept", {})  # outlives the site, as what an installed plugin's module holds does

@attrs.frozen(eq=False)
class Own:
    @hookimpl
    def register_pages(self, site):
        yield Page(address="/own.txt", template="own.txt")

    @hookimpl
    def register_blocks(self, slot, page, site):
        return []

    @hookimpl
    def register_filters(self):
        HOW
        return {"said": said}

== templates/own.txt ==
{{ site.settings.title | said }} {{ slot("head") }}
"""
HERE = "builder: this process, 1 jobs"
RIGHT = "said = lambda text: text.upper()"
WRONG = {
    "a file that is no source": "said = lambda text: Path(__file__).parents[1].joinpath('words.txt').read_text()",
    "what was true once": "said = lambda text: KEPT.setdefault(__file__, text)",
    "the process": "import os; said = lambda text: os.getpid()",
}


def machine(how):
    """Return the proof of a site whose plugin has such a filter."""

    class Proof(BuildMachine):
        text = SITE.replace("HOW", how)
        settings = {"title": ['"A site"', '"Another"']}  # noqa: RUF012 - as plugins' authors write it

    return Proof


def test_a_right_plugin_passes():
    prove(machine(RIGHT), examples=3)


def test_a_file_with_one_further_text_gets_its_first_one_back(monkeypatch):
    class Proof(machine(RIGHT)):
        variants = {"words.txt": ["other"]}  # noqa: RUF012 - as plugins' authors write it

    monkeypatch.setattr(Proof, "tally", Counter())
    prove(Proof, examples=3, steps=20)

    assert Proof.tally["words.txt: changed"] > 1


@pytest.mark.parametrize("what", WRONG)
def test_a_plugin_that_depends_on_something_else_is_caught(what):
    with pytest.raises(AssertionError, match=r"differ: .*own\.txt"):
        prove(machine(WRONG[what]), examples=20)


def test_what_differs_is_shown_with_the_steps_that_lead_there():
    with pytest.raises(AssertionError) as caught:
        prove(machine(WRONG["a file that is no source"]), examples=20)

    assert "-mark0000" in str(caught.value)
    assert any("state.change_mark(" in note for note in caught.value.__notes__)


def test_it_goes_on_for_as_long_as_it_is_told_to(monkeypatch, capsys):
    monkeypatch.setenv("PRESSFRAME_PROVE_MINUTES", "0.001")

    prove(machine(RIGHT), examples=1, steps=1)

    assert "Proof, round 1, seed " in capsys.readouterr().out


def test_it_tells_how_often_what_happened():
    tally = prove(machine(RIGHT), examples=8)

    assert tally["build: right"] > 0
    assert tally.keys() & {"setting: changed", "file of a plugin: changed", "damage: public", "kill: half way"}


def test_no_build_begins_when_the_time_is_over():
    tally = prove(machine(RIGHT), seconds=1e-9)

    assert not [what for what in tally if what.startswith("build")]


@pytest.fixture
def started():
    """Return a proof whose steps the test takes itself."""
    made = machine(RIGHT)()
    made.tally.clear()
    yield made
    made.teardown()


def test_a_step_that_changed_nothing_is_not_built_for(started):
    started.looks_like_a_clean_build()
    started.put("words.txt", started.site.read("words.txt"))
    started.looks_like_a_clean_build()
    started.put("words.txt", "other")
    started.looks_like_a_clean_build()

    assert dict(started.tally) == {"build: right": 1, "build: changed nothing": 1, "words.txt: changed": 1, HERE: 2}


def test_what_fails_twice_is_put_back(started):
    before = started.site.read("templates/own.txt")
    started.looks_like_a_clean_build()
    started.put("templates/own.txt", "{{ broken")
    started.looks_like_a_clean_build()
    assert started.site.read("templates/own.txt") != before

    started.looks_like_a_clean_build()

    assert started.site.read("templates/own.txt") == before
    assert started.tally["build: failed"] == 2
