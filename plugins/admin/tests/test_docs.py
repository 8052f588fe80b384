"""The how-to for owner's screens and the README hold: their code runs as they say."""

import re
import subprocess
import sys
from pathlib import Path

from pressframe import Site

ROOT = Path(__file__).parents[3]
HOW_TO = ROOT / "docs" / "how-to" / "owners-screen.md"
README = ROOT / "plugins" / "admin" / "README.md"
SETTINGS = '[site]\ntitle = "T"\nplugins = ["sql", "web", "admin", "notes"]\n'


def _blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text("utf-8"), re.DOTALL | re.MULTILINE)


def test_the_screen_of_the_how_to_works_as_its_test_says(tmp_path):
    plugin, test = _blocks(HOW_TO, "python")
    (template,) = _blocks(HOW_TO, "html")
    files = {"pressframe.toml": SETTINGS, "plugins/notes.py": plugin, "templates/notes/list.html": template}
    text = "".join(f"== {path} ==\n{content}" for path, content in files.items())
    (tmp_path / "test_notes.py").write_text(f"SITE = {text!r}\n\n\n{test}", "utf-8")

    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--basetemp=made", "test_notes.py"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert ran.returncode == 0, ran.stdout


def test_the_screen_of_the_readme_loads(tmp_path):
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "notes.py").write_text(_blocks(README, "python")[0], "utf-8")
    (tmp_path / "pressframe.toml").write_text(SETTINGS, "utf-8")
    site = Site.open(tmp_path)

    assert [(plugin, screen.path) for plugin, screen in site.hooks.all("register_admin", site)] == [
        ("admin", "/admin/"),
        ("admin", "/admin/account/"),
        ("notes", "/admin/notes/"),
    ]


def test_the_settings_of_the_readme_are_right(tmp_path):
    (tmp_path / "pressframe.toml").write_text(
        _blocks(README, "toml")[0].replace("[site]", '[site]\ntitle = "T"'), "utf-8"
    )

    assert Site.open(tmp_path).settings.plugins[3] == "admin"
