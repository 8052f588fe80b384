"""``pressframe serve``: build, serve, watch, reload the browser."""

from __future__ import annotations

import errno
import gc
import logging
import os
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from pressframe.errors import PluginError
from pressframe.model import Host
from pressframe_web._plugin import Web
from pressframe_web.errors import ServeError

if TYPE_CHECKING:
    from pressframe import Site
    from pressframe_web.app import App

_LOCAL = ("127.0.0.1", "localhost", "::1")
_END_SECONDS = 1.0
_YOUNGER_LOOKS = 100
"""After so many looks at what is new for cycles, all that was made since the start is looked through once: releases are
much, and hold none."""
_TURN = 0.001
"""Seconds for which one thread may keep another waiting for Python's lock: readers of pages wait for this."""


def make_serve_command(host: Host) -> click.Command:
    """Return the command, bound to the site *host*."""

    @click.command("serve")
    @click.argument("site", required=False, type=click.Path(path_type=Path))
    @click.option("--host", "address", help="Network address to listen on; the setting's if left out.")
    @click.option("--port", type=click.IntRange(0, 65_535), help="The setting's if left out; 0 for any that is free.")
    @click.option(
        "--url", help="What links and mails carry; the setting's, `live` first, or where it is served if local."
    )
    @click.option("--drafts", is_flag=True, help="Also show drafts and scheduled entries.")
    def serve(site: Path | None, address: str | None, port: int | None, url: str | None, drafts: bool) -> None:
        """Build the site, serve it live, and build again whatever changes.

        While the site's address is this machine, the browser reloads by itself. Ctrl-C ends it.
        """
        from pressframe import Site

        web = host.plugin(Web)
        address = address or web.host
        with listen(address, web.port if port is None else port) as listening:
            here = f"http://{_shown(address)}:{listening.getsockname()[1]}"
            if url is None:
                url = here if _is_local(host.settings.url) else web.served_at(host)
            starts_again = run(Site.open(host.folder, url=url), listening, here, drafts=drafts)
        if starts_again:
            os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # this very command once more
        _leave_behind_what_hangs()

    return serve


def run(site: Site, listening: socket.socket, here: str, *, drafts: bool) -> bool:
    """Serve *site* until it is interrupted; return True if it should be served again with new settings.

    Args:
        here: The address to be told.

    Raises:
        PressframeError: The first build failed, or what readers send could not be stored.
    """
    from pressframe_web._reload import Reloading, add_script
    from pressframe_web._server import Server
    from pressframe_web._watch import Watcher
    from pressframe_web.app import App

    is_local = _is_local(site.settings.url)

    def make(site: Site) -> App:
        change = add_script if is_local else lambda page: page
        return App(site, drafts=drafts, change=change)

    def try_settings() -> None:
        make(type(site).open(site.folder, url=site.settings.url)).close()

    logging.getLogger("pressframe.web").setLevel(logging.DEBUG if is_local else logging.INFO)
    click.echo(f"building {site.settings.title} …")
    with ExitStack() as stack:
        app = make(site)
        server = Server(app, Reloading(app) if is_local else app)
        stack.enter_context(app.running())
        _start_worker(site, app, stack)
        watcher = Watcher(app, try_settings, server.end)
        stack.callback(watcher.stop)
        gc.collect()
        gc.freeze()  # looking through all that is served or imported for cycles would keep readers waiting
        gc.set_threshold(*gc.get_threshold()[:2], _YOUNGER_LOOKS)
        report = app.served.release.report
        click.echo(f"{report.entries} entries, {report.pages} pages, in {report.seconds:.2f} s")
        click.echo(f"serving {site.settings.title} on {here}   (Ctrl-C ends it)")
        if not is_local:
            click.echo(f"links and mails lead to {site.settings.url}; to follow them here, add --url {here}")
        sys.setswitchinterval(_TURN)
        server.run(sockets=[listening])
    starts_again = watcher.has_new_settings and not server.is_stopped
    click.echo("settings or plugins have changed: starting again." if starts_again else "stopped.")
    return starts_again


def listen(address: str, port: int) -> socket.socket:
    """Return a socket that listens.

    Raises:
        ServeError: Another program has the port, or it may not be had.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    opened = socket.socket(family, socket.SOCK_STREAM)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        opened.bind((address, port))
        opened.listen(2048)
    except (OSError, UnicodeError) as error:
        opened.close()
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            raise ServeError(
                f"port {port} is in use", fix=f"end what uses it, or choose another: --port {port % 65_535 + 1}"
            ) from None
        reason = error.strerror if isinstance(error, OSError) else error
        raise ServeError(
            f"cannot listen on {address}:{port}: {reason}", fix="choose another --host or --port"
        ) from None
    return opened


def _start_worker(site: Site, app: App, stack: ExitStack) -> None:
    """Do what plugins have left to be done later, while the site is served; the plugin sql keeps it."""
    from pressframe_sql import Sql, Worker

    try:
        sql = site.plugin(Sql)
    except PluginError:
        return
    sql.database(site).open()  # what is wrong with it is for the owner to hear now, not for the first reader
    site.secret("serving")  # as is a secret that can be guessed
    jobs = [job for _, job in site.hooks.all("register_jobs", site)]
    worker = Worker(site, jobs, app.clock)
    worker.start()
    stack.callback(_within, _END_SECONDS, worker.hand_back)
    stack.callback(_within, _END_SECONDS, worker.stop)


def _within(seconds: float, work: Callable[[], None]) -> None:
    """Wait for *work*, but not for longer: what is cut off is done again after the next start."""
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(seconds)


def _leave_behind_what_hangs() -> None:
    """End the process if threads that answer for plugins do not come to an end; Python would wait for them."""
    threads = [one for one in threading.enumerate() if one.name.startswith("pressframe-web")]
    for thread in threads:
        thread.join(_END_SECONDS / len(threads))
    if any(thread.is_alive() for thread in threads):
        click.echo("a plugin is still busy with a request: left behind.", err=True)
        sys.stdout.flush()
        os._exit(0)


def _is_local(url: str) -> bool:
    return urlsplit(url).hostname in _LOCAL


def _shown(address: str) -> str:
    if address in (*_LOCAL, "0.0.0.0", "::", ""):
        return "localhost"
    return f"[{address}]" if ":" in address else address
