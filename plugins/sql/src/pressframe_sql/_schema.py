"""Bring the tables of every plugin to the state that its revisions describe, in one transaction."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import attrs
import sqlalchemy
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext, MigrationStep
from alembic.script import Script, ScriptDirectory
from alembic.script.revision import RevisionError
from alembic.util import CommandError

from pressframe.errors import PluginError, StoreError
from pressframe.files import stamp
from pressframe_sql._backend import Backend, SQLite


@attrs.frozen(kw_only=True)
class Chain:
    """Where one plugin's tables are, and where they should be.

    Attributes:
        now: Its revision in the database; None if it has no tables there yet.
        newest: The last of its revisions.
        missing: Those to be run, in order.
    """

    plugin: str
    script: ScriptDirectory
    now: str | None
    newest: str
    missing: tuple[Script, ...]


def upgrade(backend: Backend, folders: Sequence[tuple[str, Path]]) -> tuple[Chain, ...]:
    """Run what is missing of each plugin's revisions; killed at any point, the old schema is there whole.

    A SQLite database with older tables is copied first. Several processes may do this at once: one waits for the other.

    Args:
        folders: Each plugin's name and folder of revisions, in the order in which they are run.

    Returns:
        The chains as they were found.

    Raises:
        StoreError: The database cannot be opened, is newer than this program, or would be left inconsistent.
    """
    backend.prepare()
    with connected(backend, writes=False) as connection:
        chains = read_chains(connection, folders)
    if not any(chain.missing for chain in chains):
        return chains
    with connected(backend, writes=True) as connection:
        backend.keep_others_out(connection)
        chains = read_chains(connection, folders)  # again: another process may just have done it
        if any(chain.now and chain.missing for chain in chains) and isinstance(backend, SQLite):
            backend.backup(None, label="before-upgrade")
        for chain in chains:
            _run(connection, chain)
        if connection.dialect.name == "sqlite" and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
            raise StoreError("the upgrade would leave rows that refer to nothing; nothing was changed")
    return chains


@contextmanager
def connected(backend: Backend, *, writes: bool) -> Iterator[sqlalchemy.Connection]:
    """Give a connection of its own in a transaction, committed at the end if it *writes*."""
    engine = backend.engine(writes=writes, hurries=not writes)
    try:
        with engine.connect() as connection:
            if writes and connection.dialect.name == "sqlite":
                # Revisions may rebuild a table that others refer to; what refers to nothing is looked for afterwards.
                cursor = connection.connection.cursor()
                cursor.execute("PRAGMA foreign_keys = OFF")
                cursor.close()
            with connection.begin():
                yield connection
    except Exception as error:
        explained = backend.explain(error)
        if explained is None:
            raise
        raise explained from error
    finally:
        engine.dispose()


def read_chains(connection: sqlalchemy.Connection, folders: Sequence[tuple[str, Path]]) -> tuple[Chain, ...]:
    """Return where each plugin's tables are and should be.

    Raises:
        StoreError: The database has a revision that this program does not know.
        PluginError: A plugin's revisions are not one chain.
    """
    return tuple(_read_chain(connection, plugin, folder) for plugin, folder in folders)


def _read_chain(connection: sqlalchemy.Connection, plugin: str, folder: Path) -> Chain:
    script = _script(folder, tuple(stamp(file) for file in sorted(folder.glob("*.py"))))
    context = MigrationContext.configure(connection, opts={"version_table": _version_table(plugin)})
    now = context.get_current_revision()
    try:
        newest = script.get_current_head()
        if newest is None:
            raise PluginError(f"{plugin} brings no revisions in {folder}")
        missing = tuple(reversed(list(script.iterate_revisions(newest, now or "base")))) if now != newest else ()
        if now is not None:
            script.get_revision(now)
    except (CommandError, RevisionError) as error:
        if now is not None and not _knows(script, now):
            raise StoreError(
                f"the database is newer than this program: it has {plugin}'s revision {now}",
                fix="update pressframe and its plugins, or restore an older backup",
            ) from error
        raise PluginError(f"the revisions of {plugin} in {folder} are no chain: {error}") from error
    return Chain(plugin=plugin, script=script, now=now, newest=newest, missing=missing)


@functools.lru_cache
def _script(folder: Path, stamps: tuple[str, ...]) -> ScriptDirectory:
    """Return the revisions in *folder*, each a module that is run: once, while the *stamps* of all are the same."""
    return ScriptDirectory(str(folder), version_locations=[str(folder)])


def _knows(script: ScriptDirectory, revision: str) -> bool:
    return any(known.revision == revision for known in script.walk_revisions())


def _version_table(plugin: str) -> str:
    """Return the table that keeps a plugin's revision: one each, so that other plugins may come and go."""
    return f"{plugin.replace('-', '_')}_version"


def _run(connection: sqlalchemy.Connection, chain: Chain) -> None:
    """Run what *chain* misses."""
    if not chain.missing:
        return
    steps = [MigrationStep.upgrade_from_script(chain.script.revision_map, script) for script in chain.missing]
    context = MigrationContext.configure(
        connection, opts={"version_table": _version_table(chain.plugin), "fn": lambda heads, context: steps}
    )
    with Operations.context(context):
        context.run_migrations()
