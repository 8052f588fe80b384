"""Large files: sent a piece at a time, from wherever a player or an interrupted download wants to go on."""

import asyncio
import os
import re
from typing import BinaryIO

from pressframe import Stored
from pressframe_web._http import Receive, Refused, Scope, Send, header, reply
from pressframe_web._served import FRESH, Headers, content_type

_PIECE = 262_144
_RANGE = re.compile(rb"bytes=(\d{1,18})-(\d{0,18})|bytes=-(\d{1,18})")


async def send_file(stored: Stored, common: Headers, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with *stored*, or with the one range of it that is asked for (RFC 9110, 14).

    Raises:
        Refused: The range is beyond its end, or the file is just being replaced.
    """
    tag = b'"%s"' % stored.tag.encode()
    headers = [(b"content-type", content_type(stored.media_type)), (b"cache-control", FRESH), (b"etag", tag)]
    if tag in header(scope, b"if-none-match"):
        await reply(send, 304, headers[1:])
        return
    status, start, end = 200, 0, stored.size
    wanted = _RANGE.fullmatch(header(scope, b"range"))
    if wanted is not None and scope["method"] == "GET" and header(scope, b"if-range") in (b"", tag):
        status, (start, end) = 206, _bounds(wanted, stored.size)
        headers.append((b"content-range", b"bytes %d-%d/%d" % (start, end - 1, stored.size)))
    headers += [(b"accept-ranges", b"bytes"), (b"content-length", str(end - start).encode()), *common]
    if scope["method"] == "HEAD":
        await reply(send, status, headers)
        return
    with _opened(stored) as file:
        file.seek(start)
        await send({"type": "http.response.start", "status": status, "headers": headers})
        gone = asyncio.create_task(_until_gone(receive))
        while start < end and not gone.done():
            piece = file.read(min(_PIECE, end - start))
            start = start + len(piece) if piece else end
            await send({"type": "http.response.body", "body": piece, "more_body": start < end})
            await asyncio.sleep(0)  # others' turn: a reader who is fast enough would never be waited for
        gone.cancel()


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _bounds(wanted: re.Match[bytes], size: int) -> tuple[int, int]:
    if wanted[3]:
        start, end = max(0, size - int(wanted[3])), size
    else:
        start, end = int(wanted[1]), min(int(wanted[2]) + 1, size) if wanted[2] else size
    if start >= end:
        raise Refused(416, [(b"content-range", b"bytes */%d" % size)])
    return start, end


def _opened(stored: Stored) -> BinaryIO:
    try:
        file = stored.file.open("rb")
    except FileNotFoundError as error:
        raise Refused(503, [(b"retry-after", b"1")]) from error
    if os.fstat(file.fileno()).st_size != stored.size:
        file.close()
        raise Refused(503, [(b"retry-after", b"1")])
    return file
