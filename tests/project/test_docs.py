"""The docs tell what the code does: the reference is made from it, and the code in the tutorials runs."""

import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from pressframe.cli import main


@pytest.fixture(scope="module")
def reference(root: Path):
    """Return the pages as the code makes them now, by file."""
    spec = importlib.util.spec_from_file_location("generate", root / "docs" / "reference" / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.pages()


@pytest.mark.parametrize("page", ["hooks.md", "models.md", "settings.md", "commands.md"])
def test_the_reference_says_what_the_code_does(root, reference, page):
    written = (root / "docs" / "reference" / page).read_text("utf-8")

    assert written == reference[page], "run make docs"


def test_every_setting_is_explained(reference):
    rows = [line for line in reference["settings.md"].splitlines() if line.startswith("| `")]

    assert rows
    assert [row for row in rows if row.split("|")[-2].strip() == ""] == []


def test_every_hook_is_implemented_by_a_bundled_plugin(reference):
    assert "Implemented by none" not in reference["hooks.md"]


def test_every_model_that_a_hook_takes_or_gives_is_told(reference):
    signatures = re.findall(r"```python\n(.*?)```", reference["hooks.md"], re.DOTALL)
    named = set(re.findall(r"\b[A-Z]\w+", "\n".join(signatures)))
    told = set(re.findall(r"^### (\w+)", reference["models.md"], re.MULTILINE))
    others = {"Callable", "Command", "Executor", "Iterable", "Literal", "Mapping", "None", "Path", "Sequence"}

    assert named - told - others == {"Release", "Sanitizer"}  # which the hooks themselves explain


def test_the_plugin_of_the_tutorial_works_as_the_tutorial_says(root, tmp_path):
    plugin, test = _blocks(root / "docs" / "tutorial-plugin.md", "python")
    (tmp_path / "test_night.py").write_text(f"{plugin}\n\n{test}", "utf-8")

    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_night.py"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert ran.returncode == 0, ran.stdout


@pytest.mark.parametrize("paper", ["README.md", "docs/tutorial-plugin.md"])
def test_plugins_in_the_docs_load_in_a_site(root, tmp_path, paper):
    from pressframe import Site

    plugin = _blocks(root / paper, "python")[0]
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "night.py").write_text(plugin, "utf-8")
    (tmp_path / "pressframe.toml").write_text(
        '[site]\ntitle = "T"\nplugins = ["night"]\n[plugins.night]\nstart = 22:00:00\n'
    )

    assert Site.open(tmp_path).hooks.implementers("judge_comment") == ("night",)


@pytest.mark.parametrize(
    "paper",
    [
        "README.md",
        "docs/tutorial-site.md",
        "docs/how-to/several-machines.md",
        "docs/how-to/gates.md",
        "docs/how-to/members.md",
        "docs/how-to/paid-members.md",
        "docs/how-to/spam.md",
        "docs/how-to/moderate.md",
        "docs/how-to/publish.md",
    ],
)
def test_settings_in_the_docs_are_right(root, tmp_path, paper, monkeypatch):
    from pressframe import Site

    monkeypatch.setenv("SMTP_PASSWORD", "secret")
    for settings in _blocks(root / paper, "toml"):
        (tmp_path / "pressframe.toml").write_text(settings, "utf-8")

        assert Site.open(tmp_path).settings.plugins


def test_mistakes_in_the_tutorial_for_plugins_are_told_as_it_says(root, tmp_path):
    page = root / "docs" / "tutorial-plugin.md"
    (tmp_path / "plugins").mkdir()
    misspelt = _blocks(page, "python")[0].replace("judge_comment(", "judge_coment(")
    (tmp_path / "plugins" / "night.py").write_text(misspelt, "utf-8")
    (tmp_path / "pressframe.toml").write_text('[site]\ntitle = "T"\nplugins = ["night"]\n', "utf-8")

    ran = CliRunner().invoke(main, ["build", str(tmp_path)])

    assert [ran.stderr] == _blocks(page, "text")


def test_mistakes_in_the_tutorial_for_sites_are_told_as_it_says(root, tmp_path):
    page = root / "docs" / "tutorial-site.md"
    post = tmp_path / "content" / "posts" / "a-walk.md"
    post.parent.mkdir(parents=True)
    post.write_text(_blocks(page, "markdown")[0].replace("title:", "tittle:"), "utf-8")
    (tmp_path / "pressframe.toml").write_text(_blocks(page, "toml")[0], "utf-8")

    ran = CliRunner().invoke(main, ["build", str(tmp_path)])

    assert ran.stderr.removeprefix("error: ") in _blocks(page, "text")[1]


def test_explanations_in_the_tutorial_are_told_as_it_says(root, tmp_path, monkeypatch):
    page = root / "docs" / "tutorial-site.md"
    post = tmp_path / "content" / "posts" / "a-walk.md"
    post.parent.mkdir(parents=True)
    post.write_text(_blocks(page, "markdown")[0], "utf-8")
    (tmp_path / "pressframe.toml").write_text(_blocks(page, "toml")[0].replace("30 days", "30000 days"), "utf-8")
    monkeypatch.chdir(tmp_path)
    CliRunner().invoke(main, ["build"])
    post.write_text(post.read_text("utf-8").replace("The rest", "All the rest"), "utf-8")

    ran = CliRunner().invoke(main, ["explain", "content/posts/a-walk.md"])

    assert _blocks(page, "text")[2] in ran.stdout


def test_the_docs_are_a_site_in_order_whose_first_page_leads_to_all_others(root, tmp_path):
    shutil.copytree(root / "docs", tmp_path / "docs", ignore=shutil.ignore_patterns(".pressframe", "public"))

    ran = CliRunner().invoke(main, ["check", str(tmp_path / "docs")])

    assert (ran.stdout, ran.stderr) == ("All is well.\n", "")
    pages = {path.relative_to(root / "docs").as_posix() for path in (root / "docs").rglob("*.md")} - {"index.md"}
    assert set(re.findall(r"\]\(([\w/-]+\.md)\)", (root / "docs" / "index.md").read_text("utf-8"))) == pages


def test_commands_in_the_docs_exist(root):
    papers = [root / "README.md", *sorted((root / "docs").rglob("*.md"))]
    named = {name for paper in papers for name in re.findall(r"`?pressframe (\w+)", "\n".join(_blocks(paper, "sh")))}

    assert named <= {
        *main.commands,
        "build",
        "check",
        "explain",
        "hooks",
        "new",
        "plugins",
        "serve",
        "comments",
        "members",
        "passes",
        "newsletter",
        "admin",
        "db",
        "webmention",
        "bayes",
        "akismet",
        "stripe",
    }


def _blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text("utf-8"), re.DOTALL | re.MULTILINE)
