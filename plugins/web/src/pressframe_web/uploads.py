"""Files that a form brings: forms of the type multipart/form-data, RFC 7578."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import attrs

from pressframe_web.model import Request

__all__ = ["MULTIPART", "File", "read_fields", "read_files"]

MULTIPART = "multipart/form-data"
"""What a route that takes files names among its ``media_types``."""

_BOUNDARY = re.compile(r'boundary="?([\x21\x23-\x3a\x3c-\x7e]{1,70})"?\s*(?:;|$)')
_NAME = re.compile(rb'(?:^|[;\s])name="([^"\r\n]{0,200})"')
_FILE_NAME = re.compile(rb'(?:^|[;\s])filename="([^"\r\n]{0,500})"')
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
    """Yield each part's field, its file's name if it is one, and what it holds."""
    kind = request.headers.get("content-type", "")
    boundary = _BOUNDARY.search(kind) if kind.lower().startswith(MULTIPART) else None
    if boundary is None:
        return
    mark = b"\r\n--" + boundary[1].encode()
    for part in (b"\r\n" + request.body).split(mark, _PARTS + 1)[1 : _PARTS + 1]:
        if part.startswith(b"--"):
            return
        head, _, content = part.partition(b"\r\n\r\n")
        line = next((one for one in head.split(b"\r\n") if one.lower().startswith(b"content-disposition:")), b"")
        name, file = _NAME.search(line), _FILE_NAME.search(line)
        if name is not None:
            told = re.split(r"[/\\]", file[1].decode(errors="replace"))[-1] if file else None
            yield name[1].decode(errors="replace"), told, content
