"""The hooks that the server asks: for who reads, for routes, for what hands mail over.

Declared with the core's ``hookspec``, and implemented like the core's own. Verbs, stages and failures mean the same.
"""

from collections.abc import Iterable

from pressframe.hookspecs import hookspec
from pressframe.model import Host, Reader
from pressframe_web.model import Mailer, Request, Route


@hookspec("live", "shut", answer=Reader)
def find_reader(request: Request, host: Host) -> Reader | None:
    """Say who asks.

    Called when a request with a cookie asks for something that depends on the reader. The first answer wins. The server
    may use an answer for the same cookies again for 30 seconds, so look at nothing else of the request. If a plugin
    fails, the reader is a stranger.
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
