"""What a package publishes, it lists: `__all__` is complete, and everything in it is there."""

import ast
import importlib

import pytest


@pytest.fixture(scope="module")
def fronts(projects):
    """Each package's name, what its ``__init__`` binds from its own code, and its ``__all__``."""
    answer = []
    for project in projects:
        source = project.folder / "src" / project.package / "__init__.py"
        tree = ast.parse(source.read_bytes())
        published = getattr(importlib.import_module(project.package), "__all__", [])
        answer.append((project.package, _own_names(tree, project.package), published))
    return answer


def test_every_public_name_of_a_package_is_in_its_all(fronts):
    missing = {package: names - set(published) for package, names, published in fronts if names - set(published)}

    assert missing == {}


def test_every_name_in_all_is_there(fronts):
    missing = [
        f"{package}.{name}"
        for package, _, published in fronts
        for name in published
        if not hasattr(importlib.import_module(package), name)
    ]

    assert missing == []


def _own_names(tree: ast.Module, package: str) -> set[str]:
    """Return the public names that the module defines, or imports from its own package."""
    names: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.ImportFrom) and (node.level or (node.module or "").partition(".")[0] == package):
            names |= {alias.asname or alias.name for alias in node.names}
    return {name for name in names if not name.startswith("_")}
