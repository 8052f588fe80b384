"""A mail server that takes everything and notes who got what: ``python -m bench.sink PORT FILE``."""

from __future__ import annotations

import asyncio
import re
import sys
import time
from pathlib import Path
from typing import BinaryIO

_ID = re.compile(rb"(?im)^message-id: *(\S+)")


class Sink(asyncio.Protocol):
    """One connection; a mail is noted when its last line has come, before it is answered."""

    def __init__(self, notes: BinaryIO) -> None:
        self._notes = notes
        self._rest = b""
        self._to = b""
        self._is_data = False
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        assert self._transport is not None
        self._rest += data
        while True:
            end = b"\r\n.\r\n" if self._is_data else b"\r\n"
            line, found, rest = self._rest.partition(end)
            if not found:
                return
            self._rest = rest
            self._transport.write(self._take(line) if self._is_data else self._answer(line))

    def _take(self, mail: bytes) -> bytes:
        self._is_data = False
        id = _ID.search(mail)
        self._notes.write(b"%.6f %s %s\n" % (time.time(), self._to, id[1] if id else b"-"))
        self._notes.flush()
        return b"250 taken\r\n"

    def _answer(self, line: bytes) -> bytes:
        word = line[:4].upper()
        if word == b"RCPT":
            self._to = line.partition(b"<")[2].partition(b">")[0]
        if word == b"DATA":
            self._is_data = True
            return b"354 go on\r\n"
        if word == b"EHLO":
            return b"250-sink\r\n250 PIPELINING\r\n"
        return b"221 bye\r\n" if word == b"QUIT" else b"250 sink\r\n"


async def _serve(port: int, file: Path) -> None:
    with file.open("ab") as notes:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: Sink(notes), "127.0.0.1", port)
        async with server:
            await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), Path(sys.argv[2])))
