"""Small and readable: the core, each file, each function."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

CORE_LINES = 2_600
FILE_LINES = 400
FUNCTION_LINES = 60


@pytest.fixture(scope="module")
def files(root: Path) -> list[Path]:
    folders = ["src", "tests", "bench", "plugins"]
    return [path for folder in folders for path in sorted((root / folder).rglob("*.py"))]


def test_the_core_stays_small(core):
    lines = [line.strip() for path in core.sources for line in path.read_text("utf-8").splitlines()]

    assert sum(line != "" and not line.startswith("#") for line in lines) <= CORE_LINES


def test_no_file_is_long(root, files):
    lengths = {str(path.relative_to(root)): len(path.read_text("utf-8").splitlines()) for path in files}

    assert {path: length for path, length in lengths.items() if length > FILE_LINES} == {}


def test_no_function_is_long(root, files):
    lengths = {f"{path.relative_to(root)}: {name}": length for path in files for name, length in _functions(path)}

    assert {place: length for place, length in lengths.items() if length > FUNCTION_LINES} == {}


def _functions(path: Path) -> Iterator[tuple[str, int]]:
    """Yield each function's name and its lines, signature counted and docstring not."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0]
            docstring = first.end_lineno - first.lineno + 1 if ast.get_docstring(node) is not None else 0
            yield node.name, node.end_lineno - node.lineno + 1 - docstring
