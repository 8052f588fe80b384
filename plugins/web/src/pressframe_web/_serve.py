"""``pressframe serve``: build, serve, watch, reload the browser."""

from __future__ import annotations

import errno
import logging
import socket
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from pressframe.errors import PluginError, ServeError
from pressframe.model import Host
from pressframe_web._plugin import Web

if TYPE_CHECKING:
    from pressframe import Site
    from pressframe_web.app import App

_GRACE_SECONDS = 8
_LOCAL = ("127.0.0.1", "localhost", "::1")


def make_serve_command(host: Host) -> click.Command:
    """Return the command, bound to the site *host*."""

    @click.command("serve")
    @click.argument("site", required=False, type=click.Path(path_type=Path))
    @click.option("--host", "address", help="Network address to listen on; the setting's if left out.")
    @click.option("--port", type=click.IntRange(1, 65_535), help="The setting's if left out.")
    @click.option("--url", help="What links and mails carry; the setting's, or where it is served if that is local.")
    @click.option("--drafts", is_flag=True, help="Also show drafts and scheduled entries.")
    def serve(site: Path | None, address: str | None, port: int | None, url: str | None, drafts: bool) -> None:
        """Build the site, serve it live, and build again whatever changes.

        While the site's address is this machine, the browser reloads by itself. Ctrl-C ends it.
        """
        from pressframe import Site

        web = host.plugin(Web)
        address, port = address or web.host, port or web.port
        if url is None and _is_local(host.settings.url):
            url = f"http://{_shown(address)}:{port}"
        run(Site.open(host.folder, url=url), address, port, drafts=drafts)

    return serve


def run(site: Site, address: str, port: int, *, drafts: bool) -> None:
    """Serve *site* until it is interrupted.

    Raises:
        ServeError: The port cannot be had.
        PressframeError: The first build failed.
    """
    import uvicorn

    from pressframe_web._reload import Reloading, add_script
    from pressframe_web.app import App

    logging.getLogger("pressframe.web").setLevel(logging.INFO)
    listening = listen(address, port)
    is_local = _is_local(site.settings.url)
    with listening, ExitStack() as stack:
        click.echo(f"building {site.settings.title} …")
        app = App(
            site,
            build=lambda now: site.build(now=now, drafts=drafts),
            change=add_script if is_local else lambda page: page,
        )
        stack.enter_context(app.running())
        _start_worker(site, app, stack)
        _watch(site, app, stack)
        front = Reloading(app)
        config = uvicorn.Config(
            front if is_local else app, log_level="warning", access_log=False, server_header=False,
            proxy_headers=False, timeout_graceful_shutdown=_GRACE_SECONDS, h11_max_incomplete_event_size=65_536,
        )  # fmt: skip
        report = app.served.release.report
        click.echo(f"{report.entries} entries, {report.pages} pages, in {report.seconds:.2f} s")
        click.echo(f"serving {site.settings.title} on http://{_shown(address)}:{port}   (Ctrl-C ends it)")
        server = uvicorn.Server(config)
        front.is_ending = lambda: server.should_exit
        server.run(sockets=[listening])
    click.echo("stopped.")


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
                f"port {port} is in use", fix=f"end what uses it, or choose another: --port {port + 1}"
            ) from None
        reason = error.strerror if isinstance(error, OSError) else error
        raise ServeError(
            f"cannot listen on {address}:{port}: {reason}", fix="choose another --host or --port"
        ) from None
    return opened


def _start_worker(site: Site, app: App, stack: ExitStack) -> None:
    """Run plugins' jobs while the site is served; they are kept by the plugin sql."""
    jobs = [job for _, job in site.hooks.all("register_jobs", site)]
    if not jobs:
        return
    try:
        from pressframe_sql import Sql, Worker

        site.plugin(Sql)
    except (ImportError, PluginError):
        raise PluginError(
            "plugins have work to do later, and nothing keeps it", fix='add "sql" to [site] plugins'
        ) from None
    worker = Worker(site, jobs, app.clock)
    worker.start()
    stack.callback(worker.stop)


def _watch(site: Site, app: App, stack: ExitStack) -> None:
    """Ask for a build whenever a file of the site changes."""
    stopping = threading.Event()

    def look() -> None:
        import watchfiles

        def concerns(_: watchfiles.Change, path: str) -> bool:
            first = Path(path).relative_to(site.folder).parts[0]
            return not first.startswith(".") and first not in ("public", "data", str(site.plugin(Web).outbox))

        for changes in watchfiles.watch(site.folder, watch_filter=concerns, stop_event=stopping, debounce=100, step=20):
            app.rebuilder.ask()
            names = {Path(path).relative_to(site.folder).parts[0] for _, path in changes}
            if names & {"pressframe.toml", "plugins"}:
                click.echo("settings or plugins have changed: end this with Ctrl-C and start it again to see it.")

    thread = threading.Thread(target=look, name="pressframe-watch", daemon=True)
    thread.start()
    stack.callback(thread.join)
    stack.callback(stopping.set)


def _is_local(url: str) -> bool:
    return urlsplit(url).hostname in _LOCAL


def _shown(address: str) -> str:
    return "localhost" if address in _LOCAL else address
