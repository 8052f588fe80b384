"""Which audiences a site has, and what they are called."""

from __future__ import annotations

from pressframe.model import Host
from pressframe_members.model import SUBSCRIBERS


def known_audiences(host: Host) -> frozenset[str]:
    """Return the audiences that members may have: ``subscribers`` and those of ``[plugins.gates.audiences]``."""
    from pressframe_gates import Gates

    return frozenset({SUBSCRIBERS, *host.plugin(Gates).audiences})


def audience_name(host: Host, audience: str) -> str:
    """Return what the settings call an audience, as templates do with ``| audience_name``; its key where they don't."""
    from pressframe_gates import Gates

    return host.plugin(Gates).name_of(audience)
