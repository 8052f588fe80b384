"""Versions are pinned in one file, which names no registry; nor does any other file."""

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PIN = re.compile(r"(?P<name>[a-z0-9]+(-[a-z0-9]+)*)==(?P<version>[0-9][\w.!+]*)( ; \S.*)?")
LOCK_FILES = {
    "uv.lock",
    "poetry.lock",
    "pdm.lock",
    "pylock.toml",
    "Pipfile.lock",
    "package-lock.json",
    "yarn.lock",
    "pnpm-lock.yaml",
}
# Put together from parts, so that this file is not found itself.
HOSTS = "|".join(
    re.escape(f"{host}.{top}")
    for host, top in [("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("deb.debian", "org")]
)
FOLDERS = "|".join(["work", "farm", "root", r"home/\w+", r"Users/\w+"])
FOREIGN = re.compile(rf"(?<![\w.]){HOSTS}|(?<![\w./}}>)-])/(?:{FOLDERS})/".encode())


@pytest.fixture(scope="module")
def lines(root: Path) -> list[str]:
    return (root / "constraints.txt").read_text("utf-8").splitlines()


@pytest.fixture(scope="module")
def pins(lines: list[str]) -> dict[str, str]:
    return {found["name"]: found["version"] for line in lines if (found := PIN.fullmatch(line))}


def test_each_constraint_is_a_name_and_a_version(lines):
    odd = [line for line in lines if not PIN.fullmatch(line)]

    assert odd == []


def test_constraints_are_sorted_and_name_each_package_once(lines):
    names = [line.partition("==")[0] for line in lines]

    assert names == sorted(set(names))


def test_everything_that_is_installed_for_us_is_pinned_and_installed_as_pinned(root, projects, pins):
    groups = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["dependency-groups"]
    ours = {project.name for project in projects}

    installed = _closure([*ours, *groups["dev"]])

    wrong = {name: version for name, version in installed.items() if name not in ours and pins.get(name) != version}
    assert wrong == {}


def test_what_builds_the_distributions_is_pinned(projects, pins):
    backends = {
        canonicalize_name(Requirement(line).name)
        for project in projects
        for line in tomllib.loads((project.folder / "pyproject.toml").read_text("utf-8"))["build-system"]["requires"]
    }

    assert backends - pins.keys() == set()


def test_no_lock_file_is_tracked(tracked):
    assert [path.name for path in tracked if path.name in LOCK_FILES] == []


def test_no_tracked_file_names_a_registry_or_a_folder_of_one_machine(root, tracked):
    found = [
        f"{path.relative_to(root)}: {match[0].decode()}"
        for path in tracked
        for match in FOREIGN.finditer(path.read_bytes())
    ]

    assert found == []


def _closure(requirements: list[str]) -> dict[str, str]:
    """Return name and version of all that *requirements* bring along in this environment."""
    found: dict[str, str] = {}
    waiting = [Requirement(line) for line in requirements]
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        if name not in found:
            distribution = metadata.distribution(name)
            found[name] = distribution.version
            waiting += [_with_extras(line, requirement.extras) for line in distribution.requires or []]
    return found


def _with_extras(line: str, extras: set[str]) -> Requirement:
    """Return the requirement without its marker if one of *extras* asks for it."""
    requirement = Requirement(line)
    if requirement.marker and any(requirement.marker.evaluate({"extra": extra}) for extra in extras):
        requirement.marker = None
    return requirement
