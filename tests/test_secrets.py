"""A site's secret: drawn once, kept by its owner, never empty."""

import multiprocessing
import re
import resource
from pathlib import Path

import pytest

from pressframe import ConfigError, Site

FORK = multiprocessing.get_context("fork")


def answer(path, answers):
    answers.put(Site.open(path).secret("a"))


@pytest.fixture(autouse=True)
def _own(monkeypatch):
    monkeypatch.delenv("PRESSFRAME_SECRET", raising=False)


def test_secrets_differ_by_purpose_and_stay_the_same_after_a_restart(bare):
    site = bare.open()

    drawn = [site.secret("a"), site.secret("b"), Site.open(bare.path).secret("a")]

    assert drawn[0] == drawn[2] != drawn[1]
    assert len(drawn[0]) == 32
    assert (bare.path / "data" / "secret").stat().st_mode & 0o777 == 0o600
    assert [file.name for file in (bare.path / "data").iterdir()] == ["secret"]


def test_two_sites_have_two_secrets(bare, tmp_path):
    assert bare.open().secret("a") != type(bare)(tmp_path / "other").open().secret("a")


def test_the_environment_may_hold_the_secret_in_place_of_a_file(bare, monkeypatch):
    monkeypatch.setenv("PRESSFRAME_SECRET", "from outside, drawn at random 7f3a")
    first = bare.open().secret("a")
    assert not (bare.path / "data").exists()

    monkeypatch.setenv("PRESSFRAME_SECRET", "from elsewhere, drawn at random 91")

    assert bare.open().secret("a") != first


def test_processes_that_need_it_at_once_draw_one_secret(bare):
    bare.open()
    for _ in range(5):
        (bare.path / "data" / "secret").unlink(missing_ok=True)
        answers = FORK.SimpleQueue()
        processes = [FORK.Process(target=answer, args=(bare.path, answers)) for _ in range(4)]
        for process in processes:
            process.start()
        assert len({answers.get() for _ in processes}) == 1
        for process in processes:
            process.join()


@pytest.mark.parametrize("content", ["", "short"])
def test_a_secret_that_was_cut_short_signs_nothing(bare, content):
    """Threat 46: an empty key is one that everybody knows."""
    site = bare.write({"data/secret": content}).open()

    with pytest.raises(ConfigError, match="holds no secret worth the name\n  delete it: another is drawn"):
        site.secret("a")


@pytest.mark.parametrize("given", ["changeme", "secret", "x", "a" * 31])
def test_a_secret_of_the_environment_that_can_be_guessed_signs_nothing(bare, monkeypatch, given):
    """Threat 46: what a person types is known to who tries what people type."""
    monkeypatch.setenv("PRESSFRAME_SECRET", given)

    with pytest.raises(ConfigError, match="PRESSFRAME_SECRET: holds no secret worth the name\n  delete it: another"):
        bare.open().secret("a")


def test_no_example_brings_a_secret():
    """Threat 46: one that stands in an example is everybody's."""
    root = Path(__file__).parents[1]
    files = [file for folder in ("docs", "examples") for file in (root / folder).rglob("*") if file.is_file()]
    texts = {
        file: file.read_text("utf-8", "replace") for file in [*files, *root.glob("*.md"), *root.glob("plugins/*/*.md")]
    }

    assert len(texts) > 50
    assert [file for file, text in texts.items() if re.search(r"PRESSFRAME_SECRET\s*[=:]\s*[\"']?\w", text)] == []
    assert [file for file in texts if file.name == "secret"] == []


def test_a_disk_that_is_full_leaves_no_half_of_a_secret(bare):
    """Threats 46, 76."""
    site, before = bare.open(), resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, before[1]))
    try:
        with pytest.raises(ConfigError, match="cannot be kept: File too large\n  set PRESSFRAME_SECRET in the environ"):
            site.secret("a")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    assert list((bare.path / "data").iterdir()) == []
    assert len(site.secret("a")) == 32
