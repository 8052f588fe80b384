"""``pressframe akismet``: ask whether the key is good."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from pressframe.errors import ConfigError, StoreError
from pressframe.model import Host
from pressframe_akismet._api import AkismetError

if TYPE_CHECKING:
    from pressframe_akismet._plugin import Akismet


def make_akismet_command(plugin: Akismet, host: Host) -> click.Group:
    """Return the command ``akismet`` for one site."""
    group = click.Group("akismet", help="Akismet, the service that is asked about comments.")

    @click.command("verify", help="Ask Akismet whether the key is good for this site.")
    @click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
    def verify(*, as_json: bool) -> None:
        try:
            is_good = plugin.api(host).verify()
        except AkismetError as error:
            raise StoreError(str(error), fix="try again later; comments are held meanwhile") from error
        if as_json:
            click.echo(json.dumps({"is_valid": is_good, "blog": host.settings.url}))
        elif is_good:
            click.echo(f"the key is good for {host.settings.url}")
        if not is_good:
            raise ConfigError("Akismet does not accept the key", fix="see [plugins.akismet] key, and [site] url")

    group.add_command(verify)
    return group
