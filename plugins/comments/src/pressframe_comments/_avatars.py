"""Pictures of who comments, drawn here: nobody else is asked, and nothing of an address can be read out of them."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable

from pressframe.model import Host

_SIDE = 5
_HALF = (_SIDE + 1) // 2


def make_seeds(host: Host) -> Callable[[str], str]:
    """Return what makes 16 hexadecimal digits of a mail address, with the site's secret: the same for the same one."""
    key = host.secret("comments.avatar")
    return lambda email: hmac.digest(key, email.strip().lower().encode("utf-8", "replace"), "sha256").hex()[:16]


def seed_of_name(name: str) -> str:
    """Return the same of a name, for who has no address: a name is public, so it needs no secret."""
    return hashlib.sha256(name.casefold().encode("utf-8", "replace")).hexdigest()[:16]


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
