"""All that the site keeps of a member, for them to take away."""

from __future__ import annotations

import json

from pressframe.model import Host
from pressframe_members.model import Member
from pressframe_sql import find_personal_data
from pressframe_web import Response


def export(host: Host, member: Member) -> Response:
    """Return everything that any plugin keeps of *member*, as a file; nothing in it lets anybody in.

    Raises:
        StoreError: The database cannot be read.
    """
    kept = find_personal_data(host, member.address)
    told = {"site": host.settings.url, "address": member.address, **{name: list(found) for name, found in kept.items()}}
    return Response(
        body=json.dumps(told, ensure_ascii=False, indent=2).encode(errors="replace"),
        media_type="application/json",
        headers={"Content-Disposition": 'attachment; filename="my-data.json"', "X-Robots-Tag": "noindex"},
    )
