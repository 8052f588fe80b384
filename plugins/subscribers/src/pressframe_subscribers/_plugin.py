"""The plugin: its hooks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import ClassVar

import attrs

from pressframe.hookspecs import hookimpl
from pressframe.model import Asset, Host
from pressframe_admin import Screen
from pressframe_members.model import Change, Member

_HERE = Path(__file__).parent


@attrs.frozen(eq=False)
class Subscribers:
    """See the site's members in the browser, at ``/admin/members/``, give and take what they may read."""

    needs: ClassVar[tuple[str, ...]] = ("sql", "web", "admin", "members")

    @hookimpl
    def register_admin(self, host: Host) -> Iterable[Screen]:
        from pressframe_subscribers._screen import make_screen

        return [make_screen(host)]

    @hookimpl
    def on_subscription(self, member: Member, change: Change, now: datetime, host: Host) -> None:
        """Remember that somebody left, not who: the growth of the past stays as it was."""
        if change == "left" and member.confirmed is not None:
            from pressframe_subscribers._growth import note_gone

            note_gone(host, member.confirmed, now)

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
    def register_assets(self) -> Iterable[Asset]:
        return [Asset(address="/subscribers.css", file=_HERE / "static" / "subscribers.css")]
