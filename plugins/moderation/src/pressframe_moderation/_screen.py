"""The screen: its list, its badge, its card on the dashboard, and what else lies below it."""

from __future__ import annotations

import attrs

from pressframe.errors import StoreError
from pressframe.model import Host, Json, Live
from pressframe_admin import Account, Action, Role, Screen, Tile
from pressframe_comments import CommentStore, Filed, Found, Search, State, comment_store
from pressframe_moderation import _cards as cards
from pressframe_moderation._acts import Acts
from pressframe_moderation._desk import Desk, page_of
from pressframe_moderation._single import Single
from pressframe_moderation._wanted import LIST, TABS, Wanted
from pressframe_web import Request, Response

_NEWEST = 3


def _(text: str) -> str:
    return text  # marks what is translated when shown


def make_screen(host: Host, per_page: int) -> Screen:
    """Return the screen; the store is opened when it is first asked."""
    store = comment_store(host)
    queue = Queue(host, store, per_page)
    routes = [Action(path=LIST, endpoint=queue.show), *Acts(host, store).actions(), *Single(host, store).actions()]
    return Screen(
        path=LIST, title=_("Comments"), roles=frozenset(Role), routes=routes, badge=queue.count, tile=queue.tile
    )


@attrs.frozen
class Queue:
    """The list of comments."""

    _host: Host
    _store: CommentStore
    _per_page: int

    def show(self, request: Request, site: Live, account: Account) -> Response:
        """Show a page of the list."""
        desk, wanted = Desk(self._host, self._store, site, account, request.now), Wanted.read(request.query)
        search = desk.within(wanted.search)
        found, wanted = self._search(search, wanted)
        counts = self._store.counts(search)
        on = site.card(wanted.entry) if wanted.entry else None
        tabs: list[Json] = [
            {
                "name": name,
                "count": sum(counts.values()) if state is None else counts[state],
                "query": wanted.at(name).query,
                "is_current": name == wanted.tab,
            }
            for name, state in TABS.items()
        ]
        fields = ("tab", "q", "author", "address", "entry", "kind", "network", "sender", "select")
        data: dict[str, Json] = {
            "tabs": tabs,
            "comments": cards.show(desk, found.comments, wanted),
            "wanted": {name: getattr(wanted, name) for name in fields},
            "query": wanted.query,
            "is_narrowed": wanted.is_narrowed,
            "entry_title": on.title if on else "",
            "is_first": not wanted.after,
            "first": wanted.at(wanted.tab).query,
            "next": attrs.evolve(wanted, after=found.next, select=False).query if found.next else None,
            "everybody": desk.entries is None,
        }
        return page_of("list", data)

    def _search(self, search: Search, wanted: Wanted) -> tuple[Found, Wanted]:
        """Return the part of the list; its beginning if it is asked from a place that is none."""
        if wanted.after:
            try:
                return self._store.search(search, after=wanted.after, count=self._per_page), wanted
            except StoreError:
                wanted = attrs.evolve(wanted, after="")
        return self._store.search(search, count=self._per_page), wanted

    def count(self, account: Account, site: Live) -> int:
        """Return how many comments wait for *account*."""
        return self._store.counts(Desk.of(self._host, self._store, site, account).within(Search()))[State.PENDING]

    def tile(self, account: Account, site: Live) -> Tile:
        """Return what waits, the newest three by name."""
        desk = Desk.of(self._host, self._store, site, account)
        search = desk.within(Search(state=State.PENDING))
        waiting = self._store.counts(search)[State.PENDING]
        newest = self._store.search(search, count=_NEWEST).comments if waiting else ()
        texts = (_("Nothing waits."), "%(one)s", "%(one)s · %(two)s", "%(one)s · %(two)s · %(three)s")
        said = [_line(desk, filed) for filed in newest]
        values = dict(zip(("one", "two", "three"), said, strict=False))
        return Tile(title=_("Comments that wait"), value=waiting, text=texts[len(said)], values=values, location=LIST)


def _line(desk: Desk, filed: Filed) -> str:
    """Return who wrote a comment, and under what, for the card."""
    card = desk.site.card(filed.comment.entry)
    author, title = filed.comment.author, card.title if card else ""
    author = author if len(author) <= 30 else f"{author[:29]}…"
    return f"{author} – {title if len(title) <= 50 else title[:49] + '…'}" if title else author
