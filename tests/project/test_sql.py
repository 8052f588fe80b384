"""No SQL is put together from anything but the code's own words."""

import ast
from collections.abc import Iterator

OWN_WORDS = {
    "pressframe_press/_memory.py": "names of tables and columns, from one tuple in the module",
    "pressframe_sql/_backend.py": "pragmas, from one list in the function",
}
"""Modules that put SQL together, and of what."""
_ASKING = frozenset({"execute", "executemany", "executescript", "exec_driver_sql", "scalar", "scalars", "text"})


def test_no_sql_is_put_together_from_what_comes_in(core, plugins):
    """Threat 47: SQLAlchemy's expressions and bound parameters; the exceptions are read by hand."""
    found = {
        path.relative_to(project.folder / "src").as_posix()
        for project in [core, *plugins]
        for path in project.sources
        if any(_put_together(ast.parse(path.read_bytes())))
    }

    assert found == set(OWN_WORDS)


def _put_together(tree: ast.AST) -> Iterator[ast.Call]:
    """Yield each call that asks a database with a text that is not written there as a whole."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and _name(node.func) in _ASKING:
            asked = node.args[0]
            is_formatted = isinstance(asked, ast.Call) and _name(asked.func) in ("format", "join", "replace")
            if isinstance(asked, ast.JoinedStr | ast.BinOp) or is_formatted:
                yield node


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
