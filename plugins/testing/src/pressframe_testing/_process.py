"""A site served by a process of its own, as its owner would serve it: for real sockets, signals and browsers."""

import http.client
import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from signal import SIGKILL, SIGTERM, Signals
from urllib.parse import urlencode, urlsplit

import attrs

from pressframe_testing._client import Ask, Reply, Visitor

_SERVE = (sys.executable, "-m", "pressframe", "serve", ".", "--port", "0")
_SERVING = re.compile(r"^serving .* on (http://\S+)", re.MULTILINE)
_PATIENCE = 60.0


@attrs.define
class Process:
    """``pressframe serve`` on a free port.

    Attributes:
        log: What it has printed so far, errors included.
    """

    _process: subprocess.Popen[str]
    log: str = ""
    _printed: threading.Condition = attrs.field(factory=threading.Condition, init=False)
    _reading: threading.Thread | None = attrs.field(default=None, init=False)
    _has_ended: bool = attrs.field(default=False, init=False)

    @classmethod
    def start(cls, folder: Path, *arguments: str) -> "Process":
        """Return when the site in *folder* is served.

        Raises:
            RuntimeError: It ended instead, or took a minute; with what it printed.
        """
        environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
        started = subprocess.Popen(
            [*_SERVE, *arguments], cwd=folder, env=environment, text=True, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        process = cls(started)
        process._reading = threading.Thread(target=process._read)
        process._reading.start()
        try:
            process.wait_for(_SERVING)
        except TimeoutError as error:
            process.kill()
            raise RuntimeError(f"the site was not served:\n{process.log}") from error
        return process

    def wait_for(self, pattern: str | re.Pattern[str]) -> re.Match[str]:
        """Return where *pattern* is in the log, as soon as it is there.

        Raises:
            TimeoutError: The process ended without printing it, or a minute went by.
        """
        with self._printed:
            self._printed.wait_for(lambda: re.search(pattern, self.log) or self._has_ended, _PATIENCE)
            found = re.search(pattern, self.log)
        if found is None:
            raise TimeoutError(f"{pattern} was not printed:\n{self.log}")
        return found

    def ask(
        self, method: str, address: str, form: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """Return what is answered at *address*, a path with its query, over a connection of its own."""
        sent = {"content-type": "application/x-www-form-urlencoded"} if form is not None else {}
        body = urlencode(form or {}).encode()
        return self._send(Ask(address=address, method=method, headers={**sent, **(headers or {})}, body=body))

    def _send(self, request: Ask) -> Reply:
        connection = http.client.HTTPConnection(*self.address, timeout=_PATIENCE)
        try:
            address = request.address.partition("#")[0]
            connection.request(request.method, address, request.body or None, dict(request.headers))
            answer = connection.getresponse()
            pairs = [(name.lower(), value) for name, value in answer.getheaders()]
            cookies = tuple(value for name, value in pairs if name == "set-cookie")
            return Reply(status=answer.status, headers=dict(pairs), cookies=cookies, body=answer.read())
        finally:
            connection.close()

    def get(self, address: str) -> Reply:
        """Return what is answered to a GET."""
        return self.ask("GET", address)

    def browser(self) -> Visitor:
        """Return a browser without cookies, each of whose requests has a connection of its own."""
        return Visitor(self._send, self.url)

    def connect(self) -> socket.socket:
        """Return a connection, to send bytes over that no client would send."""
        return socket.create_connection(self.address, timeout=_PATIENCE)

    @property
    def id(self) -> int:
        """Return the number that the operating system knows it by."""
        return self._process.pid

    @property
    def address(self) -> tuple[str, int]:
        """Return host and port; of several starts, those of the last."""
        parts = urlsplit(_SERVING.findall(self.log)[-1])
        return str(parts.hostname), int(parts.port or 80)

    @property
    def url(self) -> str:
        """Return where it answers, without a slash at the end."""
        host, port = self.address
        return f"http://{host}:{port}"

    def signal(self, which: Signals) -> None:
        """Send it a signal."""
        self._process.send_signal(which)

    def stop(self, how: Signals = SIGTERM) -> int:
        """End it in order, and return its exit status."""
        self.signal(how)
        return self._ended()

    def kill(self) -> None:
        """End it at once, with all processes that it started."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, SIGKILL)
        self._ended()

    def _ended(self) -> int:
        status = self._process.wait(_PATIENCE)
        if self._reading is not None:
            self._reading.join()
        return status

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as printed:
            for line in printed:
                with self._printed:
                    self.log += line
                    self._printed.notify_all()
        with self._printed:
            self._has_ended = True
            self._printed.notify_all()
