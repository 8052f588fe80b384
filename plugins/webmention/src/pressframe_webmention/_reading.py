"""Strangers' pages, read in a process of its own that cannot take more than its share."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from urllib.parse import urljoin

import attrs

from pressframe.model import Json
from pressframe_web.fetching import Fetched, FetchError, normalize_url

_SECONDS = 20.0
"""By the clock, for a machine that is busy; the process itself ends sooner, by its own time."""
_HTML = ("text/html", "application/xhtml+xml", "")
_URL = re.compile(r"https?://[^\s<>\"'`{}|\\^\[\]]+")
_LINK = re.compile(r"<([^<>]*)>([^<]*)")
_REL = re.compile(r""";\s*rel\s*=\s*(?:"([^"]*)"|([^",;\s]+))""", re.IGNORECASE)


@attrs.frozen(kw_only=True)
class Said:
    """What a page says: whether it links to what was asked for, who wrote it, what it is called, what it says."""

    is_linked: bool = False
    author: str = ""
    title: str = ""
    text: str = ""


@attrs.frozen
class Endpoint:
    """Where mentions of a page are sent: ``kind`` is "webmention" or "pingback"."""

    kind: str
    url: str


def read_source(fetched: Fetched, target: str) -> Said:
    """Return what a page says that should link to *target*, normalized: an HTML page, a JSON or a plain text.

    Raises:
        FetchError: It cannot be read.
    """
    if fetched.media_type in _HTML:
        said = _ask(fetched, target)
        texts = {field: str(said.get(field, "")) for field in ("author", "title", "text")}
        return Said(is_linked=said.get("is_linked") is True, **texts)
    if fetched.media_type == "application/json" or fetched.media_type.endswith("+json"):
        return Said(is_linked=target in _normal(_strings(fetched)))
    if fetched.media_type.startswith("text/"):
        return Said(is_linked=target in _normal(_URL.findall(fetched.text)))
    raise FetchError("its page is no text that could link here", permanent=True)


def find_endpoint(fetched: Fetched) -> Endpoint | None:
    """Return where mentions of a page are sent: what its headers name first, else its first element that does.

    Raises:
        FetchError: It cannot be read.

    Source: Webmention (W3C, 2017) 3.1.2; Pingback 1.0, which is asked for where there is no webmention.
    """
    linked = _in_header(fetched, "webmention")
    if linked is not None:
        return Endpoint("webmention", linked)
    said = _ask(fetched, None) if fetched.media_type in _HTML else {}
    if isinstance(url := said.get("endpoint"), str):
        return Endpoint("webmention", url)
    pingback = fetched.headers.get("x-pingback") or said.get("pingback")
    return Endpoint("pingback", urljoin(fetched.url, pingback)) if isinstance(pingback, str) else None


def _in_header(fetched: Fetched, rel: str) -> str | None:
    for address, parameters in _LINK.findall(fetched.headers.get("link", "")):
        found = _REL.search(parameters)
        if found and rel in (found[1] or found[2]).lower().split():
            return str(urljoin(fetched.url, address.strip()))
    return None


def _normal(urls: Iterator[str] | list[str]) -> Iterator[str]:
    for url in urls:
        try:
            yield normalize_url(url.rstrip(".,;:!?)"))
            yield normalize_url(url)
        except FetchError:
            continue


def _strings(fetched: Fetched) -> Iterator[str]:
    """Yield every text of a JSON value."""
    try:
        waiting: list[Json] = [json.loads(fetched.text)]
    except (ValueError, RecursionError):
        raise FetchError("its JSON cannot be read", permanent=True) from None
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, list):
            waiting += value
        elif isinstance(value, dict):
            waiting += value.values()


def _ask(fetched: Fetched, target: str | None) -> dict[str, Json]:
    asked = json.dumps({"html": fetched.text, "url": fetched.url, "target": target})
    try:
        ran = subprocess.run(
            [sys.executable, "-I", "-m", "pressframe_webmention._html"],
            input=asked.encode(), capture_output=True, timeout=_SECONDS, check=True,
        )  # fmt: skip
        said: dict[str, Json] = json.loads(ran.stdout)
    except (subprocess.SubprocessError, OSError, ValueError):
        raise FetchError("its page takes too much to be read", permanent=True) from None
    return said
