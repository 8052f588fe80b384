"""What loaders list: a loader that tells fingerprints by key makes sources only where one of them has changed."""

import json

import pytest

from pressframe import Site
from pressframe_press._scan import scan

CODE = """
import json
from datetime import UTC, datetime
from pathlib import Path

import attrs
from pressframe import Body, Entry, Manuscript, Source, hookimpl

@attrs.define(eq=False)
class Notes:
    folder: Path
    name: str = "notes"

    def _told(self, what):
        with (self.folder / "told").open("a") as file:
            file.write(f"{what}\\n")

    def listing(self):
        return json.loads((self.folder / "notes.json").read_text())

    def source(self, key, fingerprint):
        self._told(f"source {key}")
        return Source(loader="notes", key=key, fingerprint=fingerprint)

    def scan(self):
        return [self.source(*one) for one in self.listing().items()]

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


def test_markdown_lists_what_it_scans(blog):
    site = Site.open(blog.folder)
    loader = next(loader for _, loader in site.hooks.register_loaders(site) if loader.name == "markdown")

    assert [loader.source(*one) for one in loader.listing().items()] == list(loader.scan())
    assert len(loader.listing()) > 0
