"""The plugin: the address of a reader's picture at gravatar.com. Hooks: find_avatar."""

from __future__ import annotations

import hashlib
from typing import ClassVar, Literal

import attrs

from pressframe.hookspecs import hookimpl


@attrs.frozen(eq=False)
class Gravatar:
    """Show the pictures that readers have at gravatar.com; every reader's browser asks there for them.

    Attributes:
        missing: What Gravatar shows for who has none.
        rating: How far pictures may go.
    """

    needs: ClassVar[tuple[str, ...]] = ("comments",)

    missing: Literal["identicon", "mp", "monsterid", "wavatar", "retro", "robohash", "blank"] = "identicon"
    rating: Literal["g", "pg", "r", "x"] = "g"

    @hookimpl
    def find_avatar(self, email: str) -> str:
        """Return the picture's address. Source: Gravatar's documentation, "Avatar URL" (SHA-256, since 2023)."""
        digest = hashlib.sha256(email.encode("utf-8", "replace")).hexdigest()
        return f"https://gravatar.com/avatar/{digest}?s=96&d={self.missing}&r={self.rating}"
