"""A member leaves: all that any plugin keeps of their address goes, in one transaction."""

from __future__ import annotations

from datetime import datetime

from pressframe.model import Host
from pressframe_members._telling import Told, tell
from pressframe_members.model import SUBSCRIBERS
from pressframe_members.store import Members
from pressframe_sql import erase_personal_data


def leave(host: Host, reader: str, now: datetime) -> bool:
    """Erase everything of a member; return False if there is no such member.

    Raises:
        StoreError: Nothing was erased.
    """
    member = Members(host).find(reader)
    if member is None:
        return False
    erase_personal_data(host, member.address)
    tell(host, [Told(member, SUBSCRIBERS, "left", now)])
    return True
