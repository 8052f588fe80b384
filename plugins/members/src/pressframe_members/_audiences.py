"""Which audiences a site has."""

from __future__ import annotations

from pressframe.model import Host
from pressframe_members.model import SUBSCRIBERS


def known_audiences(host: Host) -> frozenset[str]:
    """Return the audiences that members may have: ``subscribers`` and those of ``[plugins.gates.audiences]``."""
    from pressframe_gates import Gates

    return frozenset({SUBSCRIBERS, *host.plugin(Gates).audiences})
