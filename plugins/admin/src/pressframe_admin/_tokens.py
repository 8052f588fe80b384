"""The token that every form on the owner's side carries."""

from __future__ import annotations

import hmac

from pressframe.model import Host


def form_token(host: Host, session_digest: str) -> str:
    """Return what every form of one session brings along, and no other site can know."""
    return hmac.digest(host.secret("admin forms"), session_digest.encode(), "sha256").hex()[:32]
