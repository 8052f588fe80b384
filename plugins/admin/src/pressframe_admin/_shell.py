"""The shell of the owner's screens: who is signed in, where they can go, what has just been done."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

import attrs

from pressframe.model import Host, Json, Live, Page
from pressframe_admin._sessions import Signed
from pressframe_admin.model import Account, Flash, Screen, Tile
from pressframe_web import Cookie, Request, Response

if TYPE_CHECKING:
    from itsdangerous import URLSafeSerializer

T = TypeVar("T")

log = logging.getLogger("pressframe")

HOME, SIGN_IN = "/admin/", "/admin/sign-in"
FLASH = "admin-flash"
SAFE = ("GET", "HEAD")
_PERSONAL = {"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex, nofollow"}
_SHELL = {"account": None, "token": "", "screens": (), "flash": None}


@attrs.frozen
class Brought:
    """A screen, with the plugin that brought it."""

    plugin: str
    screen: Screen

    def ask(self, what: str, function: Callable[[Account, Live], T], account: Account, site: Live) -> T | None:
        """Return what a badge or a tile answers; None, and a line in the log that names the plugin, if it fails."""
        try:
            return function(account, site)
        except Exception as error:  # noqa: BLE001 - the screens of other plugins must not go with it
            log.error("%s: the %s of %s failed: %s", self.plugin, what, self.screen.path, error)
            return None


@attrs.frozen
class Shell:
    """What is around every page of the owner's side.

    Attributes:
        brought: All screens, in the order of the plugins.
    """

    _host: Host
    brought: Sequence[Brought]

    def bare(self, site: Live, response: Response) -> Response:
        """Return *response* with its page rendered for a stranger: no navigation, no account."""
        return self._rendered(site, response, _SHELL)

    def show(self, request: Request, site: Live, signed: Signed, response: Response) -> Response:
        """Return *response* with its page, if it has one, rendered for who is signed in."""
        if response.page is None:
            return attrs.evolve(response, headers={**response.headers, **_PERSONAL})
        account, flash = signed.account, self._read_flash(request, signed.account)
        if request.cookies.get(FLASH):
            response = attrs.evolve(response, cookies=(*response.cookies, Cookie(name=FLASH, value="")))
        shell: dict[str, Json] = {
            "account": {"name": account.name, "address": account.address, "role": account.role.value},
            "token": signed.token,
            "screens": self._screens(request, site, account),
            "flash": flash,
        }
        return self._rendered(site, response, shell)

    def tiles(self, account: Account, site: Live) -> tuple[Tile, ...]:
        """Return the cards of *account*'s dashboard."""
        found = [
            one.ask("tile", one.screen.tile, account, site)
            for one in self.brought
            if one.screen.tile is not None and account.role in one.screen.roles
        ]
        return tuple(tile for tile in found if tile is not None)

    def flash_cookie(self, account: Account, flash: Flash) -> Cookie:
        """Return the cookie by which the next page of *account* says *flash*."""
        told = {
            "text": flash.text, "plural": flash.plural, "count": flash.count, "values": dict(flash.values),
            "problem": flash.problem, "undo": None,
        }  # fmt: skip
        if flash.undo is not None:
            told["undo"] = {**attrs.asdict(flash.undo), "fields": dict(flash.undo.fields)}
        return Cookie(name=FLASH, value=str(self._signer(account).dumps(told)))

    def _read_flash(self, request: Request, account: Account) -> Mapping[str, Json] | None:
        from itsdangerous import BadData

        try:
            told: dict[str, Json] = self._signer(account).loads(request.cookies.get(FLASH, ""))
        except BadData:
            return None
        return told

    def _signer(self, account: Account) -> URLSafeSerializer:
        from itsdangerous import URLSafeSerializer

        return URLSafeSerializer(self._host.secret("admin flash"), salt=f"account {account.id}", serializer=json)

    def _screens(self, request: Request, site: Live, account: Account) -> list[Json]:
        """Return the navigation: what *account* may see, and how much waits there."""
        seen = [one for one in self.brought if one.screen.listed and account.role in one.screen.roles]
        fits = [
            path
            for path in (one.screen.path for one in self.brought)
            if request.path == path or (path != HOME and request.path.startswith(path))
        ]
        current = max(fits, key=len, default="")
        return [
            {
                "path": one.screen.path,
                "title": one.screen.title,
                "badge": one.ask("badge", one.screen.badge, account, site) or 0 if one.screen.badge else 0,
                "is_current": one.screen.path == current,
            }
            for one in seen
        ]

    def _rendered(self, site: Live, response: Response, shell: Mapping[str, Json]) -> Response:
        """Render the page here, so that what the server adds to readers' pages while a site is written stays out."""
        assert response.page is not None
        page = attrs.evolve(response.page, data={**response.page.data, "admin": shell}, indexed=False)
        output = site.render(page)
        return attrs.evolve(
            response, page=None, body=output.body, media_type=output.media_type,
            headers={**response.headers, **_PERSONAL},
        )  # fmt: skip


def page_of(name: str, **data: Json) -> Page:
    """Return a page of this plugin's own."""
    return Page(address=f"/admin/{name}", template=f"admin/{name}.html", data=data, indexed=False)
