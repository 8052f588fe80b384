"""The check of a mention that came: its source is fetched, read, judged, and becomes a comment; or one goes."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import attrs

from pressframe.errors import StoreError
from pressframe.model import Card, Host, Json, Sender, Verdict
from pressframe_comments import Comments, Draft, State, Texts, comment_store, reasons_of, tell_act, tell_new
from pressframe_web.fetching import Fetcher, FetchError
from pressframe_webmention._asking import LaterError, ask
from pressframe_webmention._reading import Said, read_source
from pressframe_webmention._received import CHECKING, REFUSED, REMOVED, TAKEN, WAITING, Mention, Received
from pressframe_webmention._rules import takes_mentions

if TYPE_CHECKING:
    from pressframe_comments import Act, CommentStore, Filed
    from pressframe_webmention._told import Told

log = logging.getLogger("pressframe")

ATTEMPTS = 5
"""So often a source is asked that does not answer: over a quarter of an hour."""
_ACCEPTED = "text/html, application/xhtml+xml, application/json;q=0.8, text/plain;q=0.5"
_GONE = (404, 410)
_BY = "webmention"
_STATES = {Verdict.ACCEPT: State.APPROVED, Verdict.HOLD: State.PENDING, Verdict.SPAM: State.SPAM}
_SHOWABLE = (State.APPROVED, State.PENDING)


@attrs.frozen
class Checker:
    """Checks mentions of one site."""

    host: Host
    received: Received
    fetcher: Fetcher
    told: Told

    @property
    def comments(self) -> CommentStore:
        """The store of the site's comments."""
        return comment_store(self.host)

    def run(self, payload: Mapping[str, Json]) -> None:
        """Check one mention; what a job runs.

        Raises:
            LaterError: Its source did not answer; it may later.
            StoreError: The database cannot be used, or nothing is served yet.
        """
        mention = self.received.get(int(str(payload["mention"])))
        if mention is None or mention.state not in (WAITING, CHECKING):  # the latter where a program was cut off
            return
        if self.told.site is None:
            raise StoreError("the site is not served yet")
        self.received.begin(mention.id)
        card = self.told.site.card(mention.entry)
        if card is None or not takes_mentions(card, self.told.site, mention.received):
            self._refuse(mention, "its target takes no mentions any more")
            return
        try:
            self._look(mention, card, str(payload.get("client", "")))
        except LaterError as error:
            self._put_off(mention, error)
        except FetchError as error:
            self._refuse(mention, error.message)

    # ------------------------------------------------------------------------------------------- looking

    def _look(self, mention: Mention, card: Card, client: str) -> None:
        fetched = ask(lambda: self.fetcher.get(mention.source, accept=_ACCEPTED))
        if fetched.status in _GONE:
            self._remove(mention, f"its source answers {fetched.status}")
            return
        if not fetched.is_ok:
            raise FetchError(f"its source answers {fetched.status}", permanent=True)
        said = read_source(fetched, mention.target)
        if not said.is_linked:
            self._remove(mention, "its source does not link to its target")
        else:
            self._take(mention, card, _draft(mention, said, client))

    def _put_off(self, mention: Mention, error: LaterError) -> None:
        attempts = mention.attempts + 1
        if attempts >= ATTEMPTS:
            self._refuse(mention, error.message)
            return
        self.received.settle(mention.id, WAITING, reason=mention.reason, attempts=attempts)
        raise error

    # ------------------------------------------------------------------------------------------- deciding

    def _take(self, mention: Mention, card: Card, draft: Draft) -> None:
        assert self.told.site is not None
        state, reasons = self._judge(draft, card)
        filed = self.comments.get(mention.comment) if mention.comment else None
        if state is None:
            self._remove(mention, "; ".join(reasons))
            return
        if filed is None:
            filed = self.comments.add(draft, state, reasons)
            tell_new(self.host, filed, card)
        else:
            self._update(mention, filed, draft, state)
        self.received.settle(mention.id, TAKEN, comment=filed.comment.id)

    def _judge(self, draft: Draft, card: Card) -> tuple[State | None, list[str]]:
        """Return the state that the rules give it, None for none, and why it is not shown at once."""
        sender = Sender(client=draft.client, referrer=draft.url or "")
        judgements = self.host.plugin(Comments).judge(draft.as_comment(), card, draft.received, sender, self.host)
        verdict = max(judgement.verdict for judgement in judgements)
        return _STATES.get(verdict), reasons_of(judgements)

    def _update(self, mention: Mention, filed: Filed, draft: Draft, state: State) -> None:
        """Follow the source; what the owner has put away stays away, and what is new must pass the rules again."""
        texts = Texts(author=draft.author, url=draft.url, body=draft.body)
        comes_back = mention.reason != "" and filed.state is State.TRASH  # it was we who put it there
        is_changed = texts != Texts.of(filed.comment)
        if is_changed:
            self._tell(self.comments.edit(filed.comment.id, texts, by=_BY))
        if comes_back or (is_changed and filed.state in _SHOWABLE and filed.state is not state):
            self._tell(self.comments.move([filed.comment.id], state, by=_BY))

    def _remove(self, mention: Mention, reason: str) -> None:
        """Put the comment away that was made of it, if there is one."""
        filed = self.comments.get(mention.comment) if mention.comment else None
        if filed is None:
            self._refuse(mention, reason)
            return
        if filed.state in _SHOWABLE:
            self._tell(self.comments.move([filed.comment.id], State.TRASH, by=_BY))
            self.received.settle(mention.id, REMOVED, reason=reason)
        else:
            self.received.settle(mention.id, REMOVED, reason=mention.reason)

    def _tell(self, act: Act) -> None:
        assert self.told.site is not None
        tell_act(self.host, act, card=self.told.site.card)

    def _refuse(self, mention: Mention, reason: str) -> None:
        """Say why it is not taken; a comment that was made of it earlier stays, as its source may only be ill."""
        state = REFUSED if mention.comment is None else TAKEN
        self.received.settle(mention.id, state, reason=reason if state is REFUSED else mention.reason)
        log.info("a %s was refused", mention.kind)


def _draft(mention: Mention, said: Said, client: str) -> Draft:
    name = said.author or said.title or urlsplit(mention.source).hostname or "?"
    text = said.text or said.title
    if said.author and said.title and not text.startswith(said.title):
        text = f"{said.title}\n\n{text}" if text else said.title
    return Draft(
        entry=mention.entry,
        kind="pingback" if mention.kind == "pingback" else "webmention",
        author=name[:245],
        email="",
        url=mention.source,
        body=text,
        received=mention.received,
        client=client,
        key=f"webmention-{mention.id}",
    )
