"""A line between a site and its PostgreSQL server that can be cut without either of them being told."""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

import attrs

_BYTES = 65_536


@attrs.define(eq=False)
class Line:
    """Hands on bytes between a port of this machine and the socket of a server."""

    _target: Path
    _listener: socket.socket = attrs.field(factory=lambda: socket.create_server(("127.0.0.1", 0)), init=False)
    _lock: threading.Condition = attrs.field(factory=threading.Condition, init=False)
    _is_cut: bool = attrs.field(default=False, init=False)
    _is_over: bool = attrs.field(default=False, init=False)
    _generation: int = attrs.field(default=0, init=False)
    _sockets: list[socket.socket] = attrs.field(factory=list, init=False)
    _threads: list[threading.Thread] = attrs.field(factory=list, init=False)

    @classmethod
    def to(cls, target: Path) -> "Line":
        """Return one that hands on to the Unix socket *target*, from now on."""
        line = cls(target)
        line._begin(line._accept)
        return line

    @property
    def url(self) -> str:
        """Return the address of the server's empty database by this line, for ``[plugins.sql] url``."""
        port = self._listener.getsockname()[1]
        return f"postgresql://press@127.0.0.1:{port}/postgres?sslmode=disable&gssencmode=disable"

    def cut(self) -> None:
        """Hand on nothing more: connections stay, new ones come about, and nobody hears anything."""
        self._is_cut = True

    def mend(self) -> None:
        """Hand on again, first what was sent meanwhile; connections from before ``lead_to`` stay mute."""
        with self._lock:
            self._is_cut = False
            self._lock.notify_all()

    def lead_to(self, target: Path) -> None:
        """Hand on to another server's socket; connections to the one before are mute for ever."""
        self._target = target
        self._generation += 1

    def close(self) -> None:
        """End it, and all its connections."""
        with self._lock:
            self._is_over = True
            self._lock.notify_all()
        _hang_up(self._listener)
        while self._threads:
            for one in self._sockets:
                _hang_up(one)
            self._threads.pop(0).join()
        for one in [self._listener, *self._sockets]:
            one.close()

    def _begin(self, work: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            self._sockets.append(near)
            self._begin(self._connect, near)

    def _connect(self, near: socket.socket) -> None:
        if not self._flows(lambda: True):
            return
        far, generation = socket.socket(socket.AF_UNIX), self._generation
        self._sockets.append(far)
        try:
            far.connect(str(self._target))
        except OSError:
            _hang_up(near)
            return
        belongs = partial(self._belongs, generation)
        for source, target in ((near, far), (far, near)):
            self._begin(self._pump, source, target, belongs)

    def _belongs(self, generation: int) -> bool:
        return generation == self._generation

    def _pump(self, source: socket.socket, target: socket.socket, belongs: Callable[[], bool]) -> None:
        with suppress(OSError):
            while data := source.recv(_BYTES):
                if not self._flows(belongs):
                    return
                target.sendall(data)
        if self._flows(belongs):
            _hang_up(source)
            _hang_up(target)

    def _flows(self, belongs: Callable[[], bool]) -> bool:
        """Return True as soon as the line is whole; False if it never is again for this connection."""
        with self._lock:
            self._lock.wait_for(lambda: self._is_over or not belongs() or not self._is_cut)
        return belongs() and not self._is_over


def _hang_up(one: socket.socket) -> None:
    """End a connection without giving its number back, which another one might get while a thread still uses it."""
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
