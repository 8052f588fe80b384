"""Pictures of who comments, drawn here: nobody else is asked, and nothing of an address can be read out of them."""

from __future__ import annotations

import functools
import hashlib
import hmac
from collections.abc import Callable

from pressframe.model import Host

_SIDE = 5
_HALF = (_SIDE + 1) // 2


def make_finder(host: Host) -> Callable[[str], str | None]:
    """Return what tells the avatar of a mail address, as ``Comment.avatar``; None for no address.

    It is what the first plugin answers to ``find_avatar``; else 16 hexadecimal digits of a hash that is keyed with the
    site's secret, so that nobody can try addresses until one fits.
    """
    find_seed = make_seeder(host)

    @functools.cache
    def find(email: str) -> str | None:
        folded = email.strip().lower()
        found: str | None = host.hooks.first("find_avatar", folded) if folded else None
        return found or find_seed(folded)

    return find


def make_seeder(host: Host) -> Callable[[str], str | None]:
    """Return what makes 16 hexadecimal digits of a mail address, whatever plugins say; None for no address."""
    key = functools.cache(lambda: host.secret("comments.avatar"))

    def find(email: str) -> str | None:
        folded = email.strip().lower()
        return hmac.digest(key(), folded.encode("utf-8", "replace"), "sha256").hex()[:16] if folded else None

    return find


def seed_of_name(name: str) -> str:
    """Return the same of a name, for who has no address: a name is public, so it needs no secret."""
    return hashlib.sha256(name.casefold().encode("utf-8", "replace")).hexdigest()[:16]


@functools.lru_cache(maxsize=1000)
def draw(seed: str) -> tuple[str, int]:
    """Return a path in a square of 5 by 5, the same left and right, and a hue in degrees."""
    bits = int(seed, 16)
    cells = [
        (column, row)
        for row in range(_SIDE)
        for column in range(_SIDE)
        if bits >> (row * _HALF + min(column, _SIDE - 1 - column)) & 1
    ]
    return "".join(f"M{column} {row}h1v1h-1z" for column, row in cells), (bits >> 20) % 360
