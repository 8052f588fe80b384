"""The plugin: its settings and its hooks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import attrs
from attrs.validators import and_, ge, gt, le

from pressframe.errors import ConfigError, Place, did_you_mean
from pressframe.hookspecs import hookimpl
from pressframe.model import Block, Card, Host, Page, View
from pressframe_admin import Screen
from pressframe_sql import PersonalData
from pressframe_web import Cookie, Grant, Request, Route, Web
from pressframe_web.model import MADE_FOR

if TYPE_CHECKING:
    import click

_HERE = Path(__file__).parent


@attrs.frozen(eq=False)
class Passes:
    """Let readers past a gate now and then: some posts a month, what somebody gives them, drafts that they are shown.

    Attributes:
        free: Closed posts a month that everybody may read; 0 for none.
        metered: The audiences as which these count; entries that require another one stay closed.
        gifts: Gift links that a reader may make in 30 days, of what they may read; 0 leaves gifts to the owner.
        gift_readers: How many browsers may take a gift link.
        gift_for: How long it is good.
        preview_for: How long a preview link of a draft is good.
    """

    needs: ClassVar[tuple[str, ...]] = ("sql", "web", "admin")

    free: int = attrs.field(default=0, validator=and_(ge(0), le(100)))
    metered: tuple[str, ...] = ("subscribers",)
    gifts: int = attrs.field(default=0, validator=ge(0))
    gift_readers: int = attrs.field(default=5, validator=and_(ge(1), le(10_000)))
    gift_for: timedelta = attrs.field(default=timedelta(days=14), validator=gt(timedelta(0)))
    preview_for: timedelta = attrs.field(default=timedelta(days=14), validator=gt(timedelta(0)))

    # ----------------------------------------------------------------------------------------- grants

    @hookimpl
    def register_grants(
        self, entry: Card, requires: frozenset[str], request: Request, host: Host, sections: frozenset[str]
    ) -> Iterable[Grant]:
        from pressframe_passes._gifts import grants
        from pressframe_passes._meter import METERED, Meter

        given = grants(host, request, entry.id, requires, sections)
        if given or not (self.free and requires) or not requires <= {*self.metered}:
            return given
        has_read = Meter(host, self.free).has_read(entry, request)
        if has_read is None:
            return []
        return [Grant(audience=name, counted=not has_read, reason=METERED) for name in requires]

    @hookimpl
    def on_reading(self, entry: Card, grants: tuple[Grant, ...], request: Request, host: Host) -> Iterable[Cookie]:
        from pressframe_passes._meter import METERED, Meter

        if all(grant.reason != METERED for grant in grants):
            return []
        return Meter(host, self.free).note(entry, request)

    # --------------------------------------------------------------------------------------- rendering

    @hookimpl
    def register_pages(self, site: View) -> Iterable[Page]:
        """Plan none; but look whether the audiences that are counted are there, where the plugin gates alone knows."""
        if "members" in site.settings.plugins and len(site.hooks.implementers("judge_gate")) == 1:
            from pressframe_members import known_audiences

            known = known_audiences(site)
            for name in self.metered:
                if name not in known:
                    message = f'names "{name}", an audience that no entry can be for'
                    fix = did_you_mean(name, known) or f"name some of {', '.join(sorted(known))}"
                    raise ConfigError(message, at=Place("pressframe.toml", key="plugins.passes.metered"), fix=fix)
        return []

    @hookimpl
    def register_templates(self) -> Iterable[Path]:
        return [_HERE / "templates"]

    @hookimpl
    def register_translations(self) -> Iterable[Path]:
        return [_HERE / "locale"]

    @hookimpl
    def register_blocks(self, slot: str, page: Page, site: View) -> Iterable[Block]:
        if slot == "before_body" and "preview_until" in page.data:
            return [Block(template="passes/preview.html")]
        if slot != "after_body" or page.subject is None:
            return []
        gate = site.gate(page.subject)
        if gate is not None:
            if site.plugin(Web).elsewhere(site):  # the button needs the server; there, gates leads to it
                return []
            is_metered = self.free and gate.requires - site.audiences <= {*self.metered}
            return [Block(template="passes/free.html", data={"free": self.free})] if is_metered else []
        # More than strangers get: other pages are not built for readers of an audience.
        is_given = self.gifts and site.audiences and page.indexed and MADE_FOR not in page.data
        return [Block(template="passes/give.html", data={"readers": self.gift_readers})] if is_given else []

    # ----------------------------------------------------------------------------------------- serving

    @hookimpl
    def register_routes(self, host: Host) -> Iterable[Route]:
        from pressframe_passes._previews import Previews
        from pressframe_passes._routes import Pages

        return [*Pages(host, self).routes(), *Previews(host).routes()]

    @hookimpl
    def register_admin(self, host: Host) -> Iterable[Screen]:
        from pressframe_passes._screen import make_screen

        return [make_screen(host, self)]

    @hookimpl
    def register_migrations(self) -> Iterable[Path]:
        return [_HERE / "migrations"]

    @hookimpl
    def register_personal_data(self, host: Host) -> Iterable[PersonalData]:
        from pressframe_passes._personal import Kept

        return [Kept(host).data()]

    @hookimpl
    def register_commands(self, host: Host) -> Iterable[click.Command]:
        from pressframe_passes._commands import make_passes_command

        return [make_passes_command(host, self)]
