"""What a newcomer reads holds: the commands exist and links lead somewhere."""

import re

import pytest

PAPERS = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "plugins/*/README.md"]
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)(?:#[^)]*)?\)")
COMMAND = re.compile(r"\bmake ([a-z]+)")


@pytest.mark.parametrize("command", ["make serve", "make test"])
def test_the_readme_shows_the_two_commands_to_begin_with(root, command):
    blocks = re.findall(r"```\w*\n(.*?)```", (root / "README.md").read_text("utf-8"), re.DOTALL)

    assert any(command in block for block in blocks)


def test_every_make_command_that_is_written_about_exists(root):
    targets = set(re.findall(r"^([a-z]+):", (root / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = {
        (paper.name, target)
        for paper in _papers(root)
        for code in re.findall(r"```.*?```|`[^`\n]+`", paper.read_text("utf-8"), re.DOTALL)
        for target in COMMAND.findall(code)
    }

    assert {(paper, target) for paper, target in named if target not in targets} == set()


def test_links_between_the_papers_lead_somewhere(root):
    broken = [
        f"{paper.relative_to(root)}: {link}"
        for paper in _papers(root)
        for link in LINK.findall(paper.read_text("utf-8"))
        if not (paper.parent / link).exists()
    ]

    assert broken == []


def test_every_distribution_has_a_readme_that_says_what_it_is(projects):
    for project in projects:
        text = (project.folder / "README.md").read_text("utf-8")

        assert text.startswith(f"# {project.name}\n"), project.name


def _papers(root):
    return [paper for pattern in PAPERS for paper in sorted(root.glob(pattern))]
