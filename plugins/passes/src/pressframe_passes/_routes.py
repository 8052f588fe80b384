"""Readers' pages: the month's free posts begin, a gift is made, a gift is taken. A GET changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import attrs

from pressframe.model import Host, Live
from pressframe_passes._gifts import cookie_with, lets_past, taken
from pressframe_passes._meter import Meter
from pressframe_passes._pages import page, spent
from pressframe_passes._presses import Presses
from pressframe_passes._store import Link, LinkStore, Wanted
from pressframe_web import Request, Response, Route
from pressframe_web.addresses import own_path
from pressframe_web.identity import make_id

if TYPE_CHECKING:
    from pressframe_passes._plugin import Passes


@attrs.frozen
class Pages:
    """The endpoints of one site."""

    _host: Host
    _passes: Passes
    _presses: Presses = attrs.field(init=False)

    @_presses.default
    def _no_presses(self) -> Presses:
        return Presses(LinkStore(self._host))

    def routes(self) -> Iterable[Route]:
        yield Route(methods=("POST",), path="/passes/read", endpoint=self.start_reading)
        yield Route(methods=("POST",), path="/passes/gift", endpoint=self.give)
        yield Route(methods=("GET",), path="/passes/gift/{token}", endpoint=self.show_gift)
        yield Route(methods=("POST",), path="/passes/gift/{token}", endpoint=self.take_gift)

    def start_reading(self, request: Request, site: Live) -> Response:
        """Begin to count, and lead to the post; it is counted when it is read."""
        back = own_path(request.form.get("next", "")) or "/"
        if not self._passes.free:
            return Response(location=back)
        if request.reader is not None:  # counted without a cookie
            return Response(location=back) if self._is_left(request, site, back) else self._used_up(site, back)
        cookie, is_left = Meter(self._host, self._passes.free).start(request)
        return Response(location=back, cookies=(cookie,)) if is_left else self._used_up(site, back)

    def _is_left(self, request: Request, site: Live, back: str) -> bool:
        found = site.page(back)
        card = site.card(found.subject) if found and found.subject else None
        return card is None or Meter(self._host, self._passes.free).has_read(card, request) is not None

    def _used_up(self, site: Live, back: str) -> Response:
        """Say that no free post is left, and what opens this one all the same."""
        found = site.page(back)
        gate = site.gate(found.subject) if found and found.subject else None
        requires = sorted(gate.requires - site.audiences) if gate else []
        return page("used-up", {"free": self._passes.free, "next": back, "requires": requires})

    def give(self, request: Request, site: Live) -> Response:
        """Make a gift link of an entry that the reader may read whole."""
        back = own_path(request.form.get("next", "")) or "/"
        found = site.page(back)
        card = site.card(found.subject) if found and found.subject else None
        if card is None or card.gated or request.reader is None or not self._passes.gifts:
            return Response(location=back)
        wanted = Wanted(
            kind="gift", entry=card.id, title=card.title, expires=request.now + self._passes.gift_for,
            most=self._passes.gift_readers,
        )  # fmt: skip
        store = LinkStore(self._host)
        link = store.give(wanted, request.reader.id, request.now, most=self._passes.gifts)
        if link is None:
            return page("no-gifts", {"gifts": self._passes.gifts, "next": card.address}, status=429)
        return page(
            "given",
            {
                "link": f"{self._host.settings.url}{store.address(link)}",
                "title": card.title,
                "next": card.address,
                "readers": link.most - link.used,
                "until": link.expires.isoformat(),
            },
        )

    def show_gift(self, request: Request, site: Live) -> Response:
        """Show the button that takes a gift: programs that open every link press none."""
        link = LinkStore(self._host).read(request.parameters.get("token", ""), "gift", request.now)
        card = site.card(link.entry) if link else None
        if link is None or card is None:
            return spent()
        is_mine = link.id in taken(self._host, request)
        if is_mine or not (card.gated or _withholds(site, card.id)):
            return Response(location=card.address)
        if link.is_taken or not self._is_worth(link, card.id, request, site):
            return spent()
        told = {"title": card.title, "excerpt": card.excerpt, "action": request.path, "press": make_id()}
        return page("gift", told)

    def take_gift(self, request: Request, site: Live) -> Response:
        """Have the browser take the gift, once however often it presses, and lead to the entry."""
        link = LinkStore(self._host).read(request.parameters.get("token", ""), "gift", request.now)
        card = site.card(link.entry) if link else None
        if link is None or card is None:
            return spent()
        if not self._is_worth(link, card.id, request, site):
            return spent()
        is_mine = link.id in taken(self._host, request)
        if not is_mine and not self._presses.take(link, request.form.get("press", "")[:64], request.now):
            return spent()
        return Response(location=card.address, cookies=(cookie_with(self._host, request, link),))

    def _is_worth(self, link: Link, id: str, request: Request, site: Live) -> bool:
        """Say whether a gift opens what it promises: its giver may have left, or lost the right to read it."""
        gate = site.gate(id)
        return gate is None or lets_past(self._host, link, request.now, gate.requires - site.audiences)


def _withholds(site: Live, id: str) -> bool:
    """Say whether an open entry has sections that these readers don't get, as the plugin ``gates`` notes."""
    entry = site.entry(id)
    kept = entry.data.get("gates") if entry else None
    return isinstance(kept, Mapping) and bool(kept.get("withholds"))
