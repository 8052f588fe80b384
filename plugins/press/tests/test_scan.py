"""What loaders list: a loader that tells fingerprints by key makes sources only where one of them has changed."""

import json
import subprocess
import sys

import pytest

from pressframe import Site
from pressframe.errors import PluginError
from pressframe_press._pool import shared
from pressframe_press._scan import scan

CODE = """
import json
import os
import time
from datetime import UTC, datetime
from pathlib import Path

import attrs
from pressframe import Body, Entry, Manuscript, Source, hookimpl

@attrs.define(eq=False, slots=False)
class Notes:
    folder: Path
    name: str = "notes"

    def _told(self, what):
        with (self.folder / "told").open("a") as file:
            file.write(f"{what}\\n")

    def keys(self):
        self._listed = json.loads((self.folder / "notes.json").read_text())
        return list(self._listed)

    def fingerprints(self, keys):
        (self.folder / f"asked-{os.getpid()}").touch()
        patience = time.monotonic() + 20
        while (self.folder / "together").exists() and len([*self.folder.glob("asked-*")]) < 2:
            assert time.monotonic() < patience, "no other process was asked"
            time.sleep(0.01)
        return [self._listed[key] for key in keys if key != "uncounted"]

    def source(self, key, fingerprint):
        self._told(f"source {key}")
        return Source(loader="notes", key=key, fingerprint=fingerprint)

    def scan(self):
        return []

    def load(self, source):
        self._told(f"load {source.key}")
        entry = Entry(
            id=source.key, source=source, title=source.fingerprint, body=Body(html=""), address=f"/{source.key}/",
            published=datetime(2026, 1, 1, tzinfo=UTC),
        )
        return Manuscript(entry=entry, format="plain", text=source.fingerprint)

class Plain:
    version = "1"

    def render(self, text):
        return Body(html=text)

@attrs.frozen(eq=False)
class Own:
    @hookimpl
    def register_loaders(self, host):
        return [Notes(host.folder)]

    @hookimpl
    def find_markup(self, format):
        return Plain()
"""


@pytest.fixture
def notes(tmp_path):
    """Return a folder with a site whose loader lists what ``notes.json`` tells, and writes down what it is asked."""
    (tmp_path / "plugins").mkdir()
    (tmp_path / "templates").mkdir()
    (tmp_path / "plugins" / "own.py").write_text(CODE, "utf-8")
    (tmp_path / "templates" / "post.html").write_text("{{ entry.title }}", "utf-8")
    (tmp_path / "pressframe.toml").write_text('[site]\ntitle = "N"\nplugins = ["own"]\n', "utf-8")
    (tmp_path / "notes.json").write_text(json.dumps({"a": "1", "b": "1"}), "utf-8")
    return tmp_path


def built(folder):
    """Return the release, and what the loader was asked meanwhile."""
    (folder / "told").unlink(missing_ok=True)
    release = Site.open(folder).build()
    told = folder / "told"
    return release, told.read_text("utf-8").splitlines() if told.exists() else []


def test_no_source_is_made_where_nothing_has_changed(notes):
    assert built(notes)[1] == ["source a", "source b", "load a", "load b"]

    release, told = built(notes)

    assert told == []
    assert release.find("/b/").file.read_text("utf-8") == "1"


def test_a_source_whose_fingerprint_is_another_is_loaded_and_no_other(notes):
    built(notes)
    (notes / "notes.json").write_text(json.dumps({"a": "1", "b": "2"}), "utf-8")

    release, told = built(notes)

    assert told == ["source b", "load b"]
    assert release.find("/b/").file.read_text("utf-8") == "2"


@pytest.mark.parametrize("listing", [{"a": "1"}, {"a": "1", "b": "1", "c": "1"}, {"b": "1", "a": "1"}])
def test_sources_that_come_go_or_change_places_are_seen(notes, listing):
    before = scan(Site.open(notes)).digest
    built(notes)
    (notes / "notes.json").write_text(json.dumps(listing), "utf-8")

    release, _ = built(notes)

    assert scan(Site.open(notes)).digest != before
    assert set(release.files) == {f"/{key}/" for key in listing}


def by_two(work, size):
    return shared(work, size, processes=2)


def test_processes_share_what_takes_a_while_and_nothing_else_is_seen(notes):
    (notes / "notes.json").write_text(json.dumps({f"n{number:03}": str(number) for number in range(200)}), "utf-8")
    alone = scan(Site.open(notes))
    for asked in notes.glob("asked-*"):
        asked.unlink()
    (notes / "together").touch()

    together = scan(Site.open(notes), by_two)

    assert together.marks == alone.marks
    assert together.digest == alone.digest
    assert len([*notes.glob("asked-*")]) == 2


def test_what_a_process_that_helps_meets_is_told(notes):
    names = [f"n{number:03}" for number in range(200)]
    (notes / "notes.json").write_text(json.dumps(dict.fromkeys([*names, "uncounted"], "1")), "utf-8")

    with pytest.raises(PluginError, match='the loader notes of "own" gave 18 fingerprints of 19 keys'):
        scan(Site.open(notes), by_two)


def test_a_build_of_many_shares_what_takes_a_while(notes):
    """In a process of its own: where other threads run, nothing is forked."""
    (notes / "notes.json").write_text(json.dumps({f"n{number:04}": "1" for number in range(2000)}), "utf-8")
    (notes / "together").touch()

    subprocess.run([sys.executable, "-m", "pressframe", "build", notes, "--jobs", "2"], check=True, timeout=100)

    assert len([*notes.glob("asked-*")]) == 2


def test_markdown_lists_what_it_scans(blog):
    site = Site.open(blog.folder)
    loader = next(loader for _, loader in site.hooks.register_loaders(site) if loader.name == "markdown")
    keys = loader.keys()

    assert [*map(loader.source, keys, loader.fingerprints(keys))] == list(loader.scan())
    assert len(keys) > 0
