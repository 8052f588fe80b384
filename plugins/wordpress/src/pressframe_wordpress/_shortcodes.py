"""WordPress's own shortcodes as HTML; those of its plugins stay as the text that they are."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping

import attrs

_ATTRIBUTE = re.compile(r"""([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s'"]+))|"([^"]*)"|'([^']*)'|([^\s'"=]+)""")
_CODE = re.compile(r"\[(/?)([A-Za-z][\w-]*)((?:[ \t\n/][^\[\]<>]*)?)\]")
_OWN = re.compile(r"\[(\[?)(wp_caption|caption|gallery|embed|audio|video)((?:[ \t\n][^\[\]]*)?)\](\]?)")
_PICTURE = re.compile(r"\s*((?:<a\s[^<>]*>)?\s*<img\s[^<>]*>\s*(?:</a>)?)(.*)", re.DOTALL)
_SOUND = ("mp3", "m4a", "ogg", "oga", "wav", "flac")
_FILM = ("mp4", "m4v", "webm", "ogv", "mov")
_CLOSED = ("caption", "wp_caption", "embed", "audio", "video")
"""Those that may have an end: ``[caption]…[/caption]``."""


@attrs.frozen(kw_only=True)
class File:
    """A picture, sound or document that the export names: where it is, and what was written about it."""

    id: int
    address: str
    parent: int
    alternative: str
    caption: str

    @property
    def is_picture(self) -> bool:
        return _ending(self.address) in ("jpg", "jpeg", "png", "gif", "webp", "avif", "svg")


def expand_shortcodes(text: str, files: Mapping[int, File], *, entry: int) -> str:
    """Return *text* with the shortcodes that WordPress itself brings as HTML.

    Args:
        files: All that the export names, by number.
        entry: The post's number, whose own pictures are shown by a gallery that names none.
    """
    return "".join(_expand(text, files, entry)) if "[" in text else text


def _expand(text: str, files: Mapping[int, File], entry: int) -> Iterator[str]:
    at = 0
    without_end: set[str] = set()
    for code in _OWN.finditer(text):
        if code.start() < at:
            continue
        yield text[at : code.start()]
        at = code.end()
        if code[1] and code[4]:  # [[gallery]] is how to write about it
            yield code[0][1:-1]
            continue
        name, content = code[2], ""
        if name in _CLOSED and name not in without_end:
            end = text.find(f"[/{name}]", at)
            if end < 0:
                without_end.add(name)
            else:
                content, at = text[at:end], end + len(name) + 3
        yield code[1] + _html_of(name, read_attributes(code[3]), content, files=files, entry=entry) + code[4]
    yield text[at:]


def _html_of(name: str, given: Mapping[str, str], content: str, *, files: Mapping[int, File], entry: int) -> str:
    if name == "gallery":
        return _gallery(given, files, entry)
    if name in ("caption", "wp_caption"):
        return _caption(given, content)
    if name == "embed":
        return embed(html.unescape(content.strip() or given.get("src", "")))
    endings = _SOUND if name == "audio" else _FILM
    sources = [given[key] for key in ("src", *endings, "0") if key in given]
    return _player(name, html.unescape(sources[0]), given) if sources else ""


def read_attributes(text: str) -> dict[str, str]:
    """Return what stands in a shortcode behind its name; values without a name are numbered from ``"0"``."""
    given: dict[str, str] = {}
    for found in _ATTRIBUTE.finditer(text):
        name = found[1].lower() if found[1] else str(sum(key.isdigit() for key in given))
        given[name] = next(filter(None, found.groups()[1:]), "")
    return given


def find_unknown(text: str) -> tuple[str, ...]:
    """Return the names of what look like shortcodes of WordPress's plugins, each once.

    That is what has attributes or an end tag: ``[sic]`` is none.
    """
    codes = [code for code in _CODE.finditer(text) if code[2].lower() not in ("gallery", *_CLOSED)]
    return tuple(dict.fromkeys(code[2] for code in codes if code[1] or "=" in code[3]))


def _caption(given: Mapping[str, str], content: str) -> str:
    found = _PICTURE.fullmatch(content)
    picture, words = (found[1], found[2]) if found else (content, "")
    words = words.strip() or html.unescape(given.get("caption", ""))
    side = given.get("align", "alignnone")
    label = f'<figcaption class="wp-caption-text">{words}</figcaption>' if words else ""
    return f'<figure class="wp-caption {html.escape(side)}">{picture}{label}</figure>'


def _gallery(given: Mapping[str, str], files: Mapping[int, File], entry: int) -> str:
    named = given.get("ids") or given.get("include") or ""
    left_out = set(_numbers(given.get("exclude", "")))
    own = [file.id for file in files.values() if file.parent == entry]
    pictures = [files[id] for id in (_numbers(named) if named else own) if id in files and id not in left_out]
    figures = "".join(_figure(file, given.get("link", "")) for file in pictures if file.is_picture)
    columns = next(iter(_numbers(given.get("columns", ""))), 3)
    return f'\n<div class="gallery gallery-columns-{columns}">{figures}</div>\n' if figures else ""


def _figure(file: File, link: str) -> str:
    address = html.escape(file.address)
    picture = f'<img src="{address}" alt="{html.escape(file.alternative)}" loading="lazy">'
    shown = picture if link == "none" else f'<a href="{address}">{picture}</a>'
    label = f'<figcaption class="gallery-caption">{html.escape(file.caption)}</figcaption>' if file.caption else ""
    return f'<figure class="gallery-item">{shown}{label}</figure>'


def _numbers(text: str) -> list[int]:
    return [int(part) for part in re.split(r"[\s,]+", text) if part.isascii() and part.isdigit() and len(part) < 20]


def embed(address: str) -> str:
    """Return a player for a file of sound or film, and a link for a page elsewhere: nothing is fetched from there."""
    ending = _ending(address)
    if ending in _SOUND or ending in _FILM:
        return _player("audio" if ending in _SOUND else "video", address, {})
    shown = html.escape(address)
    return f'<p class="embed"><a href="{shown}">{shown}</a></p>'


def _player(name: str, address: str, given: Mapping[str, str]) -> str:
    shown = html.escape(address)
    sizes = "".join(f' {key}="{given[key]}"' for key in ("width", "height") if given.get(key, "").isdigit())
    poster = f' poster="{html.escape(given["poster"])}"' if given.get("poster") else ""
    link = f'<a href="{shown}">{html.escape(address.rpartition("/")[2])}</a>'
    return f'\n<{name} controls preload="none" src="{shown}"{sizes}{poster}>{link}</{name}>\n'


def _ending(address: str) -> str:
    path = address.partition("?")[0].partition("#")[0]
    return path.rpartition("/")[2].rpartition(".")[2].lower()
