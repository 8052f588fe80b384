"""What is signed: the address that shows a waiting comment, a form's time, and a browser that has commented."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta
from typing import Literal, TypeAlias

import attrs

from pressframe.model import Host

Age: TypeAlias = Literal["none", "wrong", "old", "early", "right"]

SOONEST = timedelta(seconds=2)
LATEST = timedelta(hours=24)


@attrs.frozen
class Signer:
    """Signs for one site; what another site or another purpose signed is worth nothing here."""

    host: Host
    _keys: dict[str, bytes] = attrs.field(factory=dict, init=False, repr=False)

    def _sign(self, purpose: str, text: str) -> str:
        if purpose not in self._keys:
            self._keys[purpose] = self.host.secret(f"comments.{purpose}")
        digest = hmac.digest(self._keys[purpose], text.encode("utf-8", "replace"), hashlib.sha256)
        return base64.urlsafe_b64encode(digest[:18]).decode()

    def _is_signed(self, purpose: str, text: str, signature: str) -> bool:
        return hmac.compare_digest(self._sign(purpose, text).encode(), signature.encode("utf-8", "replace"))

    # --------------------------------------------------------------------------------- private addresses

    def make_token(self, id: str) -> str:
        """Return what shows the comment called *id* to whom it is told: its sender."""
        return f"{id}.{self._sign('pending', id)}"

    def read_token(self, token: str) -> str | None:
        """Return the id of the comment that *token* shows; None if we did not make it."""
        id, _, signature = token.partition(".")
        return id if self._is_signed("pending", id, signature) else None

    def make_mark(self, purpose: str, id: str) -> str:
        """Return what proves, in a mailed link, that we wrote *id* there for *purpose*."""
        return f"{id}.{self._sign(purpose, id)}"

    def read_mark(self, purpose: str, mark: str) -> str | None:
        """Return the id in *mark*; None if we did not make it for *purpose*."""
        id, _, signature = mark.partition(".")
        return id if id and self._is_signed(purpose, id, signature) else None

    # --------------------------------------------------------------------------------------------- forms

    def make_stamp(self, entry: str, now: datetime) -> str:
        """Return what says when a form was made, for which entry, and that it was this one form."""
        made = f"{int(now.timestamp())}.{secrets.token_urlsafe(9)}"
        return f"{made}.{self._sign('stamp', f'{entry} {made}')}"

    def age_of(self, stamp: str, entry: str, now: datetime) -> Age:
        """Tell how old a form is; "none" for one that carries no stamp, as those on pages that everybody shares."""
        if not stamp:
            return "none"
        made, _, signature = stamp.rpartition(".")
        if not self._is_signed("stamp", f"{entry} {made}", signature):
            return "wrong"
        age = now - datetime.fromtimestamp(int(made.partition(".")[0]), UTC)
        if age < SOONEST:
            return "early"
        return "right" if age <= LATEST else "old"

    # ------------------------------------------------------------------------------------------ browsers

    def make_sender(self) -> str:
        """Return the cookie of a browser that comments for the first time: random, and signed."""
        name = secrets.token_urlsafe(15)
        return f"{name}.{self._sign('sender', name)}"

    def read_sender(self, cookie: str) -> str | None:
        """Return what the store knows a browser by; None if we did not make its cookie."""
        name, _, signature = cookie.partition(".")
        if not name or not self._is_signed("sender", name, signature):
            return None
        return hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:32]
