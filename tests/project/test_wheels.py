"""A bundled plugin is like a stranger's: built as wheels and installed far from this tree, it makes a site."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.packaging

WANTED = ["pressframe", "pressframe-press", "pressframe-markdown", "pressframe-journal"]
SETTINGS = """
[site]
title = "Ailleurs"
url = "https://ailleurs.example"
language = "fr"
timezone = "Europe/Paris"
plugins = ["markdown", "journal"]
"""
POST = """---
title: Bonjour
date: 2024-05-02
---

Un billet *loin* du dépôt.
"""
UNREACHABLE = re.compile(r"failed to fetch|error sending request|dns error", re.IGNORECASE)


@pytest.fixture(scope="module")
def uv() -> str:
    found = shutil.which("uv", path=Path(sys.executable).parent)
    if found is None:
        pytest.skip("uv is not in this environment")
    return found


@pytest.fixture(scope="module")
def environment(uv, root, projects, tmp_path_factory) -> Path:
    """An environment outside the tree that holds our wheels and what they depend on."""
    away = tmp_path_factory.mktemp("away")
    pins = root / "constraints.txt"
    for project in projects:
        if project.name in WANTED:
            _run(away, uv, "build", "--wheel", "--build-constraint", pins, "--out-dir", away / "wheels", project.folder)
    _run(away, uv, "venv", "--python", sys.executable, away / "env")
    wheels = sorted((away / "wheels").glob("*.whl"))
    _run(away, uv, "pip", "install", "--python", away / "env", "--constraint", pins, *wheels)
    return away / "env"


def test_wheels_build_a_site_in_an_environment_of_their_own(environment, tmp_path):
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "bonjour.md").write_text(POST, "utf-8")
    (tmp_path / "pressframe.toml").write_text(SETTINGS, "utf-8")

    _run(tmp_path, environment / "bin" / "pressframe", "build", ".", "--output", "made")

    pages = [path.read_text("utf-8") for path in (tmp_path / "made").rglob("*.html")]
    assert any("<em>loin</em>" in page for page in pages)


def test_the_wheels_carry_the_mark_that_they_are_typed(environment):
    packages = {name.replace("-", "_") for name in WANTED}

    typed = {path.parent.name for path in environment.glob("lib/python*/site-packages/pressframe*/py.typed")}

    assert typed == packages


def _run(folder: Path, *command: str | Path) -> None:
    """Run *command* in *folder*, without a trace of the environment that the tests run in."""
    clean = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    done = subprocess.run(command, cwd=folder, env=clean, text=True, capture_output=True)
    if done.returncode and UNREACHABLE.search(done.stderr) and "CI" not in os.environ:
        pytest.skip("no registry can be reached, so there is nothing to install from")
    if done.returncode:
        pytest.fail(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}", pytrace=False)
