"""What is wrong with addresses: those that no file can have, and those that two want."""

from __future__ import annotations

import functools
import os
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence

from pressframe.errors import ContentError, PressframeError
from pressframe_press._output import path_of

_RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{digit}" for port in ("com", "lpt") for digit in range(1, 10))}
"""Names that Windows keeps for devices."""

_PLAIN = re.compile(r"(?:[a-z0-9_-][a-z0-9_.-]{0,200}/)*[a-z0-9_-][a-z0-9_.-]{0,200}")
"""Paths in lower case that can be anywhere, but for names that are reserved."""
_MAYBE_RESERVED = re.compile(r"(?:\A|/)(?:con|prn|aux|nul|com\d|lpt\d)(?:[./]|\Z)")


def are_plain(addresses: Sequence[str]) -> bool:
    """Say, in a fifth of the time of looking for flaws, whether all are too ordinary to have any: most always are."""
    paths = {path_of(address).lower() for address in addresses}
    folders: set[str] = set()
    for path in paths:
        while (path := path.rpartition("/")[0]) and path not in folders:
            folders.add(path)
    return (
        len(paths) == len(addresses)
        and paths.isdisjoint(folders)
        and all(map(_PLAIN.fullmatch, paths))
        and not any(map(_MAYBE_RESERVED.search, paths))
    )


def flaws(claims: Iterable[tuple[str, str]]) -> Iterator[PressframeError]:
    """Yield addresses that no file can have, and those of one file, also where case and Unicode form don't count."""
    owners: dict[str, str] = {}
    clashing = False
    for owner, address in claims:
        path = path_of(address)
        flaw = _unsafe(path)
        if flaw:
            yield ContentError(f"{owner} has the address {address}, {flaw}", fix="give it another slug or address")
        same = path.lower() if path.isascii() else unicodedata.normalize("NFC", path).casefold()
        if same in owners and not (clashing and owners[same] == owner):  # files of entries that clash go with them
            clashing = True
            message = f"{owners[same]} and {owner} have the same address, {address}"
            yield ContentError(message, fix="give one of them another slug or address")
        owners[same] = owner
    folders: dict[str, str] = {}
    for path, owner in owners.items():
        while (path := path.rpartition("/")[0]) and path not in folders:
            folders[path] = owner
    for path in folders.keys() & owners.keys():
        message = f"{owners[path]} has the address /{path}, where {folders[path]} needs a folder"
        yield ContentError(message, fix="give one of them another address")


def _unsafe(path: str) -> str | None:
    """Return why no file can be at *path*, None if one can."""
    return next((flaw for part in path.split("/") if (flaw := _unsafe_part(part))), None)


@functools.lru_cache(maxsize=100_000)
def _unsafe_part(part: str) -> str | None:
    if part in ("", ".", "..") or re.search(r"[\x00-\x1f\\\ud800-\udc7f]", part):
        return "which leads out of the site or to no file"
    if len(os.fsencode(part)) > 240:
        return "of which a part is longer than 240 bytes"
    if part.split(".")[0].casefold() in _RESERVED:
        return "of which a part is a name that Windows keeps for a device"
    return None


def can_come(addresses: Collection[str], taken: str) -> bool:
    """Say whether pages can be at new addresses, where nothing was wrong before; False, too, if that is hard to say.

    Args:
        taken: Every path that there is, a line each.
    """
    if not taken.isascii() or not are_plain([*addresses]):
        return False
    lines = f"\n{taken.lower()}\n"
    paths = [path_of(address).lower() for address in addresses]
    return not any(
        f"\n{path}\n" in lines or f"\n{path}/" in lines or any(f"\n{one}\n" in lines for one in _above(path))
        for path in paths
    )


def _above(path: str) -> Iterator[str]:
    while path := path.rpartition("/")[0]:
        yield path
