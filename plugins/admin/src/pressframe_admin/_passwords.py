"""Passwords: hashed with argon2id, and compared in the same time whether there is one or not."""

from __future__ import annotations

import functools
import secrets
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST, LONGEST = 12, 1_024
"""Characters. Longer ones are refused before they cost any work."""
_AT_ONCE = 2
"""Passwords that are hashed at the same time: each takes 64 MB, and a tenth of a second or more of a processor."""


class Passwords:
    """Hashes passwords and verifies them; one of these serves a site, so that floods wait in line."""

    def __init__(self) -> None:
        self._slots = threading.BoundedSemaphore(_AT_ONCE)

    def hash(self, password: str) -> str:
        """Return what is stored: argon2id with the parameters of RFC 9106, section 4, for little memory."""
        with self._slots:
            return self._hasher.hash(_text(password))

    def verify(self, password: str, hash: str | None) -> bool:
        """Say whether *password* is the one that was hashed; without a hash, False after the same work."""
        from argon2.exceptions import InvalidHashError, VerificationError

        if len(password) > LONGEST:
            return False
        nobodys = self._nobodys
        with self._slots:
            try:
                self._hasher.verify(hash or nobodys, _text(password))
            except (VerificationError, InvalidHashError):
                return False
        return hash is not None

    def is_outdated(self, hash: str) -> bool:
        """Say whether *hash* was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(hash)

    @functools.cached_property
    def _hasher(self) -> PasswordHasher:
        from argon2 import PasswordHasher

        return PasswordHasher()

    @functools.cached_property
    def _nobodys(self) -> str:
        """A hash of what nobody knows; made before the first comparison, whoever asks for that."""
        return self._hasher.hash(secrets.token_bytes(16))


def flaw(password: str, address: str) -> str:
    """Return what is wrong with a new password: "short", "long", "address"; nothing if nothing is."""
    if len(password) < SHORTEST:
        return "short"
    if len(password) > LONGEST:
        return "long"
    return "address" if password.casefold() == address.casefold() else ""


def _text(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")
