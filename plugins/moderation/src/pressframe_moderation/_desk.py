"""One request of somebody who is signed in: which comments are theirs to decide about, and how they are told."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cached_property

import attrs

from pressframe.model import Card, Host, Json, Live, Page
from pressframe_admin import Account, Role
from pressframe_comments import Act, CommentStore, Filed, Search, public_card, tell_act
from pressframe_web import Response

_KINDS = ("post", "page")


@attrs.frozen(slots=False)
class Desk:
    """What an endpoint works with."""

    host: Host
    store: CommentStore
    site: Live
    account: Account
    now: datetime

    @classmethod
    def of(cls, host: Host, store: CommentStore, site: Live, account: Account) -> Desk:
        """Return one for a badge or a card, which are asked without a request."""
        return cls(host, store, site, account, datetime.now(UTC))

    @cached_property
    def entries(self) -> frozenset[str] | None:
        """The entries whose comments they may see; None for all. An author's are their own."""
        if self.account.role is not Role.AUTHOR:
            return None
        mine, found = ("author", self.account.author), set()
        for kind in _KINDS:
            cards = self.site.latest(kind=kind, within=mine, count=max(self.site.size(kind=kind, within=mine), 1))
            found |= {card.id for card in cards if self.account.writes(card)}
        return frozenset(found)

    def may_see(self, filed: Filed) -> bool:
        """Tell whether a comment is theirs to see and to decide about."""
        return self.entries is None or filed.comment.entry in self.entries

    def within(self, search: Search) -> Search:
        """Return *search* within what they may see."""
        return attrs.evolve(search, entries=self.entries)

    def find(self, id: str) -> Filed | None:
        """Return a comment that they may see; of others it is not said that they are there."""
        filed = self.store.find([id]).get(id)
        return filed if filed and self.may_see(filed) else None

    def public_card(self, entry: str) -> Card | None:
        """Return an entry's card as a stranger sees it: what plugins are told of a comment."""
        card = self.site.card(entry)
        return None if card is None else public_card(card, self.site, self.now)

    def tell(self, act: Act) -> None:
        """Tell plugins what *act* has done, and have the pages made again that show it."""
        tell_act(self.host, act, card=self.public_card)
        if act.changed:
            self.site.changed()


def page_of(name: str, data: dict[str, Json], *, status: int = 200) -> Response:
    """Return a page of this plugin's own."""
    page = Page(address="/admin/comments/", template=f"moderation/{name}.html", data=data, indexed=False)
    return Response(status=status, page=page)


def missing() -> Response:
    """Return what is said of a comment that is not there, or not theirs."""
    return page_of("missing", {}, status=404)
