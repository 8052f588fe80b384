"""Files beside an entry that its text shows: found when it is loaded, their addresses written into its HTML."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from posixpath import normpath
from urllib.parse import unquote

from pressframe_markdown._files import is_inside

_INLINE = re.compile(r"\]\([ \t]*(?:<([^<>\n]+)>|([^\s<>():/#][^\s<>():]*)(?=[\s)]))")
_REFERENCE = re.compile(r"^ {0,3}\[[^\]\n]+\]:[ \t]*(?:<([^<>\n]+)>|([^\s<>:/#][^\s<>:]*)(?=\s))", re.MULTILINE)
_ATTRIBUTE = re.compile(r"\b(?:src|href|poster)=(?:\"([^\"<>:]+)\"|'([^'<>:]+)')")
_TAG = re.compile(r"<[A-Za-z][^<>]*>")
_LINK = re.compile(r"\b(src|href|poster)=\"([^\":?#]+)")


def find_beside(text: str, folder: Path) -> tuple[str, ...]:
    """Return the files in *folder* and below that *text* shows or links to, as paths from there, each once."""
    named = dict.fromkeys(filter(None, map(name_of, _references(text))))
    return tuple(name for name in named if is_beside(name, folder))


def is_beside(name: str, folder: Path) -> bool:
    """Say whether *name* is a file in *folder* or below, for readers to see."""
    hidden = any(part.startswith(".") for part in name.split("/")) or name.endswith((".md", ".markdown", ".toml"))
    path = folder / name
    return not hidden and path.is_file() and is_inside(folder, str(path))


def name_of(reference: str) -> str | None:
    """Return the path from the entry's folder that *reference*, an attribute's value, leads to; None if elsewhere."""
    path = normpath(unquote(html.unescape(reference)).partition("#")[0].partition("?")[0])
    return None if path.startswith(("/", "..")) or path == "." or "\0" in path else path


def _references(text: str) -> Iterator[str]:
    """Yield what may be a path in Markdown or HTML: more than is one, but quickly, as most entries show no file."""
    patterns = [_INLINE] if "](" in text else []
    patterns += [_REFERENCE] if "]:" in text else []
    patterns += [_ATTRIBUTE] if "src=" in text or "href=" in text or "poster=" in text else []
    for pattern in patterns:
        for found in pattern.finditer(text):
            yield found[1] or found[2]


def address_files(text: str, addresses: Mapping[str, str]) -> str:
    """Return the HTML *text* with the *addresses* of files, by their names, in place of relative paths."""

    def replace(found: re.Match[str]) -> str:
        address = addresses.get(name_of(found[2]) or "")
        return f'{found[1]}="{html.escape(address)}' if address else found[0]

    return _TAG.sub(lambda tag: _LINK.sub(replace, tag[0]), text)
