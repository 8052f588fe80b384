"""One request for an entry's page, and the answers that it can get."""

from __future__ import annotations

from datetime import timedelta

import attrs

from pressframe.model import Card, Comment, Json, Page, Reply
from pressframe.model import Live as Site
from pressframe_comments._form import Typed
from pressframe_comments._live import Live
from pressframe_comments._pages import Place, make_page
from pressframe_comments._remember import read_details
from pressframe_comments._signing import SOONEST, Age, Signer
from pressframe_comments._telling import public_card
from pressframe_comments._thread import Paging
from pressframe_web import Request, Response

COOKIE = "commenter"
"""Names a browser that has commented; signed."""


@attrs.frozen(kw_only=True)
class Visit:
    """Who asks, what the site looks like to them, and the entry that it is about."""

    request: Request
    site: Site
    card: Card
    signer: Signer
    paging: Paging

    @property
    def is_gated(self) -> bool:
        """True if this reader may not read the entry, and so may not comment on it."""
        return self.site.gate(self.card.id) is not None

    @property
    def public_card(self) -> Card:
        """The entry's card as a stranger sees it: what plugins are told of a comment, whoever sends it."""
        return public_card(self.card, self.site, self.request.now)

    @property
    def replies(self) -> list[Reply]:
        """The comments that stand under the entry, other sites' links left out."""
        return [reply for reply in self.site.comments(self.card.id) if reply.comment.kind == "comment"]

    @property
    def shown(self) -> frozenset[str]:
        """``id`` of every comment that stands under the entry."""
        return frozenset(reply.comment.id for reply in self.replies)

    def holds(self, id: str) -> bool:
        """Tell whether *id* is on the entry's pages: a comment, or another site's link."""
        return any(reply.comment.id == id for reply in self.site.comments(self.card.id))

    @property
    def answerable(self) -> frozenset[str]:
        """``id`` of every comment that a link to answer it stands under: those of erased persons say nothing."""
        return frozenset(reply.comment.id for reply in self.replies if reply.comment.body)

    @property
    def sender(self) -> str | None:
        """What the store knows the browser by; None if it never commented, or its cookie is not ours."""
        return self.signer.read_sender(self.request.cookies.get(COOKIE, ""))

    @property
    def name(self) -> str | None:
        """Name of the signed-in reader, empty if they never said; None for a stranger."""
        return None if self.request.reader is None else self.request.reader.name or ""

    def age_of(self, typed: Typed) -> Age:
        """Tell how old the form is that *typed* was typed into."""
        return self.signer.age_of(typed.stamp, self.card.id, self.request.now)

    def address_of(self, id: str) -> str:
        """Return where the comment called *id* is shown, on whichever page of the conversation."""
        replies = self.replies
        pages = self.paging.cut(replies) if len(replies) > self.paging.per_page else None
        number = pages.where.get(id, 0) if pages else 0
        return f"{self._place.of(number if pages and number in pages.elsewhere else 0)}#comment-{id}"

    @property
    def _place(self) -> Place:
        return Place(entry=self.card.id, address=self.card.address, is_live=bool(self.site.audiences))

    def page(self, number: int) -> Page | None:
        """Return the page *number* of the conversation as this reader sees it; None if it has no such page."""
        if number not in self.paging.cut(self.replies).elsewhere:
            return None
        return make_page(self._place, number, self.card.title)

    def _page_with(self, live: Live) -> Page | None:
        """Return the page of the conversation that holds what *live* is about: the comment, or the one answered."""
        replies, own = self.replies, live.own
        focus = own.comment.id if own else live.typed.parent
        if focus and len(replies) >= self.paging.per_page:
            is_new = own is not None and all(reply.comment.id != focus for reply in replies)
            pages = self.paging.cut([*replies, own] if own and is_new else replies)
            number = pages.where.get(focus, 0)
            if number in pages.elsewhere:
                return make_page(self._place, number, self.card.title)
        return self.site.page(self.card.address)

    def show(self, live: Live, *, status: int = 200, retry_after: timedelta | None = None) -> Response:
        """Return the entry's page as this reader sees it, with what is for this reader alone."""
        page = self._page_with(live)
        if page is None:
            return missing(self.site)
        headers = {} if retry_after is None else {"Retry-After": str(max(round(retry_after.total_seconds()), 1))}
        known = attrs.evolve(live, name=self.name)
        return Response(status=status, page=known.put_into(page), headers=headers)

    def show_form(
        self, live: Live, *problems: str, status: int = 422, retry_after: timedelta | None = None
    ) -> Response:
        """Return the page with the form in its place, filled with what was typed."""
        is_again = self.request.method == "POST"  # whoever has typed it already may send it at once
        stamp = self.signer.make_stamp(self.card.id, self.request.now - (SOONEST if is_again else timedelta(0)))
        typed = live.typed.printable()
        parent = typed.parent if typed.parent in self.shown else ""
        refilled = attrs.evolve(typed, parent=parent, stamp=stamp, trap="")
        shown = attrs.evolve(live, typed=refilled, problems=problems)
        return self.show(shown, status=status, retry_after=retry_after)

    def ask(self, what: str, comment: Comment) -> Response:
        """Return the page that asks whether *comment* is to be deleted; it changes nothing itself."""
        data: dict[str, Json] = {
            "author": comment.author,
            "html": self.site.hooks.filter_comment(comment),
            "action": f"/comment/{comment.id}/{what}",
            "back": self.address_of(comment.id),
        }
        page = Page(address=f"/comments/{what}", template=f"comments/{what}.html", data=data, indexed=False)
        return Response(page=page)

    def remembered(self, *, parent: str = "") -> Typed:
        """Return a form that holds what the browser remembers of its reader, to answer the comment *parent*."""
        return attrs.evolve(read_details(self.request.cookies), parent=parent)


def missing(site: Site) -> Response:
    """Return the theme's page for what is not there."""
    page = site.page("/404.html")
    return Response(status=404, page=page) if page else Response(status=404, body=b"Not found")
