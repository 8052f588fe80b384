"""Which audiences a site has."""

from __future__ import annotations

from pressframe.model import Host
from pressframe_members.model import SUBSCRIBERS


def known_audiences(host: Host) -> frozenset[str]:
    """Return the audiences that members of the site may have: ``subscribers`` and those of its settings."""
    from pressframe_members._plugin import Members

    return frozenset({SUBSCRIBERS, *host.plugin(Members).audiences})
