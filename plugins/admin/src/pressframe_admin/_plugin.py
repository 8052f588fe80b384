"""The plugin: its setting and its hooks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import attrs
from attrs.validators import ge

from pressframe.hookspecs import hookimpl
from pressframe.model import Asset, Host
from pressframe_admin._passwords import Passwords
from pressframe_admin.model import Account, Screen
from pressframe_sql import Job
from pressframe_web import Route

if TYPE_CHECKING:
    import click

    from pressframe_admin._shell import Shell

_HERE = Path(__file__).parent


@attrs.frozen(eq=False)
class Admin:
    """Give the owner, and those who help, a place of their own at ``/admin/``.

    Accounts are made by ``pressframe admin create``; there is none at first, and no page makes one.

    Attributes:
        session: How long somebody stays signed in.
    """

    session: timedelta = attrs.field(default=timedelta(days=30), validator=ge(timedelta(minutes=5)))

    _passwords: Passwords = attrs.field(factory=Passwords, init=False, repr=False)

    hookspecs: ClassVar[str] = "pressframe_admin.hookspecs"
    needs: ClassVar[tuple[str, ...]] = ("sql", "web")

    @hookimpl
    def register_admin(self, host: Host) -> Iterable[Screen]:
        from pressframe_admin._home import Home, OwnAccount

        def shell() -> Shell:
            return _shell(host)

        return [Home(shell).screen(), OwnAccount(host, shell, self._passwords, self.session).screen()]

    @hookimpl
    def register_routes(self, host: Host) -> Iterable[Route]:
        from pressframe_admin._doors import Doors
        from pressframe_admin._guard import guarded

        shell = _shell(host)
        yield from Doors(host, shell, self._passwords, self.session).routes()
        yield from guarded(host, shell)

    @hookimpl
    def register_jobs(self, host: Host) -> Iterable[Job]:
        from pressframe_admin._links import ANSWER, MAIL, LinkStore
        from pressframe_admin._mail import LinkMail

        return [Job(name=ANSWER, run=LinkStore(host).answer), Job(name=MAIL, run=LinkMail(host).send)]

    @hookimpl
    def register_migrations(self) -> Iterable[Path]:
        return [_HERE / "migrations"]

    @hookimpl
    def register_templates(self) -> Iterable[Path]:
        return [_HERE / "templates"]

    @hookimpl
    def register_translations(self) -> Iterable[Path]:
        return [_HERE / "locale"]

    @hookimpl
    def register_filters(self) -> Mapping[str, Callable[..., object]]:
        return {"grouped": _make_grouped()}

    @hookimpl
    def register_assets(self) -> Iterable[Asset]:
        return [Asset(address="/admin.css", file=_HERE / "static" / "admin.css")]

    @hookimpl
    def register_commands(self, host: Host) -> Iterable[click.Command]:
        from pressframe_admin._commands import make_admin_command

        return [make_admin_command(host)]


def _make_grouped() -> Callable[..., object]:
    """Return the filter that writes a whole number with what the site's language puts between thousands."""
    import jinja2

    @jinja2.pass_context
    def grouped(context: jinja2.runtime.Context, number: int) -> str:
        gettext = partial(context.call, context.resolve("gettext"))
        return f"{number:,}".replace(",", str(gettext(",")))

    return grouped


def accounts(host: Host) -> tuple[Account, ...]:
    """Return everybody who may sign in on the owner's side of *host*'s site, oldest first: whom mail may go to.

    Raises:
        StoreError: The database cannot be read.
    """
    from pressframe_admin._accounts import AccountStore

    return tuple(filed.account for filed in AccountStore(host).all() if filed.disabled is None)


def _shell(host: Host) -> Shell:
    from pressframe_admin._shell import Brought, Shell

    brought = host.hooks.all("register_admin", host)
    return Shell(host, tuple(Brought(plugin, screen) for plugin, screen in brought))
