"""Files that a form brings: forms of the type multipart/form-data, RFC 7578."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress

import attrs

from pressframe_web.model import Request

__all__ = ["MULTIPART", "File", "read_fields", "read_files"]

MULTIPART = "multipart/form-data"
"""What a route that takes files names among its ``media_types``."""

_PARTS = 100


@attrs.frozen
class File:
    """A file as a browser sent it.

    Attributes:
        name: What it is called there, without folders; never to be used as a path.
    """

    name: str
    content: bytes = attrs.field(repr=False)


def read_files(request: Request) -> Mapping[str, File]:
    """Return the files in the body of *request*, by field; none where it brings no such form."""
    return {field: File(name, content) for field, name, content in _parts(request) if name is not None}


def read_fields(request: Request) -> Mapping[str, str]:
    """Return the other fields in it, the last of several values; those that are no UTF-8 are left out."""
    found: dict[str, str] = {}
    for field, name, content in _parts(request):
        if name is None:
            try:
                found[field] = content.decode()
            except UnicodeDecodeError:
                continue
    return found


def _parts(request: Request) -> Iterator[tuple[str, str | None, bytes]]:
    """Yield each part's field, its file's name if it is one, and what it holds, up to the first nonsense."""
    from multipart import (  # type: ignore[import-untyped] # it has no types
        MultipartError,
        MultipartParser,
        parse_options_header,
    )

    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind != MULTIPART or not options.get("boundary"):
        return
    size = len(request.body) + 1  # which the server has limited: nothing of it need lie on disk
    stream = io.BytesIO(request.body)
    parser = MultipartParser(
        stream, options["boundary"], len(request.body), part_limit=_PARTS, spool_limit=size, memory_limit=size
    )
    with suppress(MultipartError):
        for part in parser:
            name = None if part.filename is None else re.split(r"[/\\]", part.filename)[-1]
            yield part.name or "", name, part.raw
