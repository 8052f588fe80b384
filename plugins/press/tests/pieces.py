"""What several sites of these tests are made of."""

SETTINGS = """
== pressframe.toml ==
[site]
title = "A site"
url = "https://one.example"
plugins = ["markdown", "own"]
"""
"""Settings of a site with a plugin ``own``."""

SAID = """
import json
from datetime import UTC, datetime
from pathlib import Path
import attrs
from pressframe import Comment, Gate, Page, hookimpl

FOLDER = Path(__file__).parents[1]

@attrs.frozen
class Said:
    name: str = "said"

    def fingerprint(self):
        return FOLDER.joinpath("said.json").read_text()

    def of(self, entries):
        return {
            entry: [Comment(id=id, entry=entry, author="Ann", body="Yes.", received=datetime(2026, 2, 1, tzinfo=UTC))]
            for entry, id in json.loads(self.fingerprint()).items() if entry in entries
        }
"""
"""The beginning of such a plugin: a source of comments, one an entry as ``said.json`` tells, with what it needs."""
