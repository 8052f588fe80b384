"""No SQL is put together from anything but the code's own words."""

import ast
from collections.abc import Iterator

import pytest

OWN_WORDS = {
    "pressframe_comments/_receiving.py": "the name of a state, from the enumeration of them",
    "pressframe_press/_memory.py": "names of tables and columns, from one tuple in the module",
    "pressframe_sql/_backend.py": "pragmas, from one list in the function",
}
"""Modules that put SQL together, and of what."""
_ASKING = frozenset(
    (
        "execute", "executemany", "executescript", "exec_driver_sql", "scalar", "scalars", "text", "literal_column",
        "prefix_with", "suffix_with", "with_hint", "op",
    )
)  # fmt: skip


def test_no_sql_is_put_together_from_what_comes_in(core, plugins):
    """Threat 47: SQLAlchemy's expressions and bound parameters; the exceptions are read by hand."""
    found = {
        path.relative_to(project.folder / "src").as_posix()
        for project in [core, *plugins]
        for path in project.sources
        if any(_put_together(ast.parse(path.read_bytes())))
    }

    assert found == set(OWN_WORDS)


@pytest.mark.parametrize(
    ("code", "is_put_together"),
    [
        ("connection.execute(sa.text(f'DELETE FROM {table}'))", True),
        ("connection.execute('DELETE FROM ' + table)", True),
        ("connection.scalar('SELECT %s' % name)", True),
        ("file.execute('SELECT {}'.format(name))", True),
        ("query = f'SELECT {name}'\nconnection.execute(sa.text(query))", True),
        ("sa.select(sa.literal_column(f'{name}'))", True),
        ("column.op(f'{name}')(1)", True),
        ("connection.execute(sa.text('SELECT 1'))", False),
        ("name = f'{a} {b}'\nconnection.execute(sa.select(TABLE.c.id).where(TABLE.c.name == name))", False),
    ],
)
def test_what_is_put_together_is_found(code, is_put_together):
    assert any(_put_together(ast.parse(code))) is is_put_together


def _put_together(tree: ast.AST) -> Iterator[ast.Call]:
    """Yield each call that asks a database with a text that is not written there, or just before, as a whole."""
    names = {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign) and node.value is not None
        if _is_formatted(node.value, with_texts=True)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and _name(node.func) in _ASKING:
            asked = node.args[0]
            if _is_formatted(asked) or (isinstance(asked, ast.Name) and asked.id in names):
                yield node


def _is_formatted(value: ast.expr, *, with_texts: bool = False) -> bool:
    """Say whether a text is put together: of what may be texts, or only where one of them is written there."""
    match value:
        case ast.JoinedStr():
            return True
        case ast.BinOp(left=left, right=right):
            return not with_texts or _is_text(left) or _is_text(right)
        case ast.Call(func=ast.Attribute(value=said, attr="format" | "join" | "replace")):
            return not with_texts or _is_text(said)
    return False


def _is_text(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and isinstance(value.value, str)


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
