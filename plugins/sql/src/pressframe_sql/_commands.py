"""``pressframe db``: upgrade, check and copy the database."""

from __future__ import annotations

import click

from pressframe.model import Host


def make_db_command(host: Host) -> click.Group:
    """Return the command ``db`` for one site."""
    return click.Group("db", help="The site's database.")
