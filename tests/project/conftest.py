"""What the rules on the code look at: the tree's own files, read as text and as syntax."""

import ast
import functools
import subprocess
import tomllib
from pathlib import Path

import attrs
import pytest

ROOT = Path(__file__).parents[2]


@attrs.frozen
class Project:
    """One distribution of the workspace: the core or a plugin.

    Attributes:
        name: As its pyproject.toml names it: ``pressframe-sql``.
        package: What it is imported as: ``pressframe_sql``.
        folder: Where its pyproject.toml is.
        dependencies: Requirements as written, those of extras too.
    """

    name: str
    package: str
    folder: Path
    dependencies: tuple[str, ...]

    @property
    def sources(self) -> list[Path]:
        return sorted((self.folder / "src").rglob("*.py"))

    @property
    def modules(self) -> list[str]:
        return [_module(path.relative_to(self.folder / "src")) for path in self.sources]

    @functools.cached_property
    def imports(self) -> tuple[tuple[str, str], ...]:
        """Each place (``file:line``) that imports, with what it imports: ``package.module.name``."""
        return tuple(
            (f"{path.relative_to(ROOT)}:{node.lineno}", name)
            for path in self.sources
            for node in ast.walk(ast.parse(path.read_bytes()))
            for name in _imported(node, path.relative_to(self.folder / "src"))
        )


def _module(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imported(node: ast.AST, path: Path) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        above = path.parts[: -node.level] if node.level else ()
        start = ".".join([*above, *([node.module] if node.module else [])])
        return [f"{start}.{alias.name}" for alias in node.names]
    return []


def _read_project(folder: Path) -> Project:
    table = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["project"]
    extras = table.get("optional-dependencies", {}).values()
    dependencies = (*table["dependencies"], *(line for extra in extras for line in extra))
    return Project(table["name"], table["name"].replace("-", "_"), folder, dependencies)


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def core() -> Project:
    return _read_project(ROOT)


@pytest.fixture(scope="session")
def plugins() -> list[Project]:
    return [_read_project(path.parent) for path in sorted(ROOT.glob("plugins/*/pyproject.toml"))]


@pytest.fixture(scope="session")
def projects(core: Project, plugins: list[Project]) -> list[Project]:
    return [core, *plugins]


@pytest.fixture(scope="session")
def tracked(root: Path) -> list[Path]:
    """The files under version control that are there."""
    if not (root / ".git").exists():
        pytest.skip("not a git checkout, so nothing tells which files are tracked")
    names = subprocess.run(["git", "ls-files", "-z"], cwd=root, check=True, capture_output=True).stdout
    return [path for name in names.decode().split("\0") if name and (path := root / name).is_file()]
