"""The hook that the owner's side asks: for screens.

Declared with the core's ``hookspec``, and implemented like the core's own.
"""

from collections.abc import Iterable

from pressframe.hookspecs import hookspec
from pressframe.model import Host
from pressframe_admin.model import Screen


@hookspec("start", answer=Screen)
def register_admin(host: Host) -> Iterable[Screen]:
    """Bring screens for the owner and those who help, under ``/admin/``.

    Called once when the server starts. All are kept, and stand in the navigation in the order of the plugins; two that
    answer one path and method are an error. A screen says which roles may see it, and each of its actions may allow
    fewer: whoever else asks is refused before an endpoint is called. If an endpoint, a badge or a tile fails later, the
    log names the plugin.
    """
