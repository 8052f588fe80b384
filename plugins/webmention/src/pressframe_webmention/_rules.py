"""Which entries take mentions, and which may send them."""

from __future__ import annotations

import ipaddress
from datetime import datetime

from pressframe.model import Card, Entry, View
from pressframe_comments import Comments


def takes_mentions(card: Card, site: View, now: datetime) -> bool:
    """Tell whether an entry takes mentions: what strangers may read, and comment on, at this moment."""
    entry = site.entry(card.id)
    is_open = entry is not None and entry.open_to_comments and not card.gated
    comments = site.plugin(Comments)
    return is_open and not comments.closed and not comments.rules.is_closed(card.published, now)


def may_send(entry: Entry, now: datetime) -> bool:
    """Tell whether an entry is published, also where a server shows drafts."""
    return entry.status == "published" and entry.published <= now


def shorten(client: str) -> str:
    """Return the neighbourhood of a network address, as comments keep it; empty if it is none."""
    try:
        address = ipaddress.ip_address(client)
    except ValueError:
        return ""
    mapped = getattr(address, "ipv4_mapped", None)
    address = mapped or address
    return str(ipaddress.ip_network((address, 24 if address.version == 4 else 48), strict=False))
