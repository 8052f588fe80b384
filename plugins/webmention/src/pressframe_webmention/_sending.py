"""Mentions of others: what links where is looked at when a release is new, and told to each by a job."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urljoin, urlsplit

import attrs

from pressframe.model import Entry, Host, Json, Live
from pressframe_web.fetching import Fetched, Fetcher, FetchError, normalize_url
from pressframe_webmention import _xmlrpc as xmlrpc
from pressframe_webmention._asking import LaterError, ask
from pressframe_webmention._outbox import FAILED, NOWHERE, SENT, WAITING, Link, Links, Outbox
from pressframe_webmention._reading import Endpoint, find_endpoint
from pressframe_webmention._rules import may_send

if TYPE_CHECKING:
    from pressframe_webmention._told import Told

log = logging.getLogger("pressframe")

ATTEMPTS = 6
"""So often a server is asked that does not answer: over half an hour."""
_MOST_LINKS = 100
"""Links of one entry that are told of: the first."""
_REGISTERED = 48
_ANY_PORT = frozenset(range(1, 65_536))


@attrs.frozen
class Scout:
    """Finds what is to be sent for a site."""

    host: Host
    outbox: Outbox
    told: Told

    def hear(self, site: Live, changed: Sequence[str], now: datetime) -> None:
        """Leave for later what a new release has to be sent for; all of it is looked at where one could not be.

        Raises:
            StoreError: The database cannot be used.
        """
        looks_at_all, self.told.is_behind = self.told.is_behind, True
        self.look(site, None if looks_at_all else changed, now)
        self.told.is_behind = False

    def look(self, site: Live, changed: Sequence[str] | None, now: datetime) -> int:
        """Return how many mentions were left for later: of entries at the *changed* addresses, of all for None."""
        since, known = self.outbox.since(now), self.outbox.entries()
        ids = _published(site, since) if changed is None else _at(site, changed, self.host.settings.url, known)
        looked_at = dict.fromkeys([*ids, *(known if changed is None else ())])
        count = 0
        for id in looked_at:
            links = self.links(id, site, now)
            if links is not None and (id in known or (links.published is not None and links.published >= since)):
                count += self.outbox.note(links, now)
        return count

    def links(self, id: str, site: Live, now: datetime) -> Links | None:
        """Return where an entry links to: nowhere if it is not there any more; None where it is not to be looked at.

        What a gate closes is not: its links are withheld with it (and were told of, if it was open before).
        """
        card = site.card(id)
        if card is None:
            return Links(entry=id)
        entry = None if card.gated else site.entry(id)
        if entry is None or not may_send(entry, now):
            return None
        source = self.host.settings.url + entry.address
        return Links(
            entry=id, source=source, version=_version(entry), targets=tuple(_targets(entry, source)),
            published=entry.published,
        )  # fmt: skip


def _published(site: Live, since: datetime) -> Iterator[str]:
    """Yield the entries that were published since; nobody is told of the links of an old blog all at once."""
    for kind in ("post", "page"):
        for card in site.latest(kind=kind, count=site.size(kind=kind)):
            if card.published >= since:
                yield card.id


def _at(site: Live, changed: Iterable[str], url: str, known: Mapping[str, str]) -> Iterator[str]:
    """Yield the entries whose pages are among *changed*, also those that have gone."""
    gone = {source: id for id, source in known.items()}
    for address in changed:
        page = site.page(address)
        if page is not None and page.subject is not None:
            yield page.subject
        elif url + address in gone:
            yield gone[url + address]


def _version(entry: Entry) -> str:
    said = "\0".join((entry.title, entry.address, entry.body.html))
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def _targets(entry: Entry, source: str) -> Iterator[str]:
    """Yield the addresses on other sites that an entry links to, each once, as they are written."""
    from selectolax.lexbor import LexborHTMLParser

    seen, here = set[str](), urlsplit(source).netloc
    for node in LexborHTMLParser(entry.body.html).css("a[href]"):
        try:
            url = urljoin(source, (node.attributes.get("href") or "").strip())
            same = normalize_url(url)
        except (ValueError, FetchError):
            continue
        if urlsplit(same).netloc != here and same not in seen and len(seen) < _MOST_LINKS:
            seen.add(same)
            yield url


@attrs.frozen
class Sender:
    """Sends mentions of one site."""

    host: Host
    outbox: Outbox
    fetcher: Fetcher
    with_pingbacks: bool

    def run(self, payload: Mapping[str, Json]) -> None:
        """Tell one server of one link; what a job runs.

        Raises:
            LaterError: It did not answer; it may later.
            StoreError: The database cannot be used.
        """
        link = self.outbox.get(int(str(payload["link"])))
        if link is None or link.state != WAITING or link.version != payload["version"]:
            return  # a newer version has a job of its own
        try:
            self._send(link)
        except LaterError as error:
            self._put_off(link, error)
        except FetchError as error:
            self.outbox.settle(link, FAILED, answer=error.message)

    def _send(self, link: Link) -> None:
        endpoint = find_endpoint(self._get(link.target))
        if endpoint is None or (endpoint.kind == "pingback" and not self.with_pingbacks):
            self.outbox.settle(link, NOWHERE, answer="it takes no mentions")
        elif endpoint.kind == "webmention":
            form = urlencode({"source": link.source, "target": link.target}).encode()
            answer = self._post(endpoint, form, "application/x-www-form-urlencoded")
            state, kind = (SENT, "webmention") if answer.is_ok else (FAILED, "")
            self.outbox.settle(link, state, kind=kind, answer=f"it answered {answer.status}")
        elif link.is_linked and link.kind != "pingback":  # what was pinged once is not pinged again
            self._ping(link, endpoint)
        else:
            self.outbox.settle(link, SENT, kind="pingback", answer=link.answer)

    def _ping(self, link: Link, endpoint: Endpoint) -> None:
        call = xmlrpc.write_call("pingback.ping", link.source, link.target)
        answer = self._post(endpoint, call, "text/xml")
        try:
            fault, said = xmlrpc.read_answer(answer.body)
        except xmlrpc.UnreadableError:
            raise FetchError(f"it answered {answer.status}, and no XML-RPC", permanent=True) from None
        state = SENT if fault in (0, _REGISTERED) and answer.is_ok else FAILED
        what = f"it answered fault {fault}: {said}" if fault else "it answered: " + said
        self.outbox.settle(link, state, kind="pingback" if state == SENT else "", answer=what)

    def _get(self, url: str) -> Fetched:
        fetched = ask(lambda: self.fetcher.get(url, accept="text/html, */*;q=0.5"))
        if not fetched.is_ok:
            raise FetchError(f"its page answers {fetched.status}", permanent=True)
        return fetched

    def _post(self, endpoint: Endpoint, body: bytes, media_type: str) -> Fetched:
        return ask(lambda: self.fetcher.post(endpoint.url, body, media_type=media_type))

    def _put_off(self, link: Link, error: LaterError) -> None:
        if link.attempts + 1 >= ATTEMPTS:
            self.outbox.settle(link, FAILED, answer=f"{error.message}; asked {ATTEMPTS} times")
            return
        self.outbox.settle(link, WAITING, answer=error.message, attempts=link.attempts + 1)
        raise error


def is_reachable(url: str, allow: Iterable[str]) -> bool:
    """Tell whether others can look at the site at *url*; at an address of this machine alone, nobody is told of it."""
    host = urlsplit(url).hostname or ""
    is_local = host == "localhost" or host.endswith(".localhost")
    try:
        Fetcher(user_agent="", ports=_ANY_PORT, allow=frozenset(allow)).check(url)
    except FetchError:
        return False
    return not is_local
