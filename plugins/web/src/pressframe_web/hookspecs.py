"""The hooks that the server asks: for who reads, for routes, for what hands mail over.

Declared with the core's ``hookspec``, and implemented like the core's own. Verbs, stages and failures mean the same.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from pressframe.hookspecs import hookspec
from pressframe.model import Card, Host, Live, Reader
from pressframe.press import Release
from pressframe_web.model import Cookie, Grant, Mailer, Request, Route


@hookspec("live", "shut", answer=Reader)
def find_reader(request: Request, host: Host) -> Reader | None:
    """Say who asks.

    Called when a request with a cookie asks for something that depends on the reader. The first answer wins. The server
    may use an answer for the same cookies again for 30 seconds, None for 2, so look at nothing else of the request; but
    not once the plugin has called ``Web.forget_reader`` for it, in the same process. If a plugin fails, the reader is a
    stranger.
    """


@hookspec("live", "shut")
def on_name(reader: Reader, name: str, host: Host) -> None:
    """Hear how a signed-in reader without a name wishes to be called, and keep it for the next time.

    Called once something is safely stored that stands under the name, such as a comment; so whatever is no name for you
    is left alone. If a plugin fails, the reader is asked again the next time.
    """


@hookspec("live", "shut", answer=Grant)
def register_grants(
    entry: Card, requires: frozenset[str], request: Request, host: Host, sections: frozenset[str]
) -> Iterable[Grant]:
    """Let a reader count as of an audience, for one entry and at this moment.

    Called when a request with a cookie asks for an entry, or for a file of one, of which the reader's own audiences do
    not open all: never for anything else, so the rest stays as fast as it is. All are kept, beside the audiences that
    the reader has; the entry opens if they are all that it requires. If a plugin fails, its grants are missing.
    Sections open with it only where a plugin grants their audiences as well, not counted: who grants no more than
    `requires` opens what a reader of these audiences gets.

    Who was let in reads, and does no more: routes see them as the stranger that they are. Their page is made for them,
    with ``made_for`` in its ``data``, and ``granted`` if they came past a gate, so that blocks leave out what they
    could not use, such as the form for comments.

    Args:
        entry: As strangers see it.
        requires: What the reader lacks to get past the gate; nothing where it is open for them.
        request: Says who asks, with which cookies, and when.
        sections: What they lack besides for sections of the entry.
    """


@hookspec("live", "shut")
def on_reading(entry: Card, grants: tuple[Grant, ...], request: Request, host: Host) -> Iterable[Cookie]:
    """Hear that counted grants open an entry, and give the cookies that go with the answer.

    Called before anything is sent, for the grants that were needed, whoever gave them: know your own by their reason.
    All cookies are set. A plugin whose count forbids it after all raises. If any plugin fails, the entry stays shut, as
    it does where one that gave such a grant does not listen here.
    """


@hookspec("start", answer=Route)
def register_routes(host: Host) -> Iterable[Route]:
    """Bring addresses that are answered live.

    Called once when the server starts. All are kept; two with one path and method are an error. A planned page at the
    same address wins.
    """


@hookspec("start")
def find_mailer(host: Host) -> Mailer | None:
    """Give what hands messages over.

    Called once when the server starts; the first answer wins.
    """


@hookspec("start")
def register_headers(host: Host) -> Iterable[tuple[str, str]]:
    r"""Bring headers that go with every HTML page: a name and a value, such as ``("Link", "</x>; rel=\"y\"")``.

    Called once when the server starts. All are kept. Pages built for other servers than this one carry none, so say
    the same in the page as well where that is possible.
    """


@hookspec("live", "shut")
def on_release(site: Live, changed: Sequence[str], now: datetime, release: Release) -> None:
    """Hear that the server answers with a new release.

    Called for the first one and whenever a build has changed something, in the thread that builds: note a job for what
    takes long. What changes nothing is told only where ``release.until`` is another moment. If a plugin fails, the
    others are told all the same; where it raises StoreError, all are told once more a few seconds later, of the release
    that is served then.

    Args:
        site: As a stranger sees it, at that release; may be kept, until the next one comes.
        changed: Addresses at which not every reader gets the same as before; all of them for the first release.
        now: The server's time.
        release: The same for readers with any audiences, by ``release.view``: for what is sent to them, such as mail.
            Whoever asks for it is trusted to give each of them no more than they may read.
    """
