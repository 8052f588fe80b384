"""The start of a build: what it needs to find that nothing has changed, and no more."""

import subprocess
import sys

LATER = {
    "concurrent.futures", "difflib", "email", "importlib.metadata", "jinja2", "msgspec", "pressframe.model.comments",
    "pressframe.model.content", "pressframe.model.gating", "pressframe.model.rendering", "pressframe_feeds._formats",
    "pressframe_markdown._front", "pressframe_press._load", "pressframe_press._make", "pyromark", "shutil", "zipfile",
}  # fmt: skip
"""What a build is made of, and what would take as long to import as looking at a thousand files."""


def test_a_build_with_nothing_to_do_imports_nothing_that_makes_a_page(bare):
    bare.plugins = ["markdown", "archives", "feeds", "journal"]
    bare.write({"content/a.md": "---\ntitle: A\ndate: 2026-01-01\n---\nText\n"}).open()
    code = "import sys; from pressframe.cli import main\ntry: main(sys.argv[1:])\nfinally: print(*sys.modules)"
    command = [sys.executable, "-c", code, "build"]
    made = subprocess.run(command, cwd=bare.path, capture_output=True, text=True, check=True).stdout
    assert {"jinja2", "pressframe.model.content", "pressframe_markdown._front"} <= set(made.split())

    again = subprocess.run(command, cwd=bare.path, capture_output=True, text=True, check=True).stdout

    assert "nothing changed" in again
    assert set(again.split()) & LATER == set()
