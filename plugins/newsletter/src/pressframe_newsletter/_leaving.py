"""The links in each mail: what ends the newsletter, and what leads to a member's choices; signed, for one of each."""

from __future__ import annotations

from pressframe.model import Host
from pressframe_web import Web
from pressframe_web.identity import Links
from pressframe_web.leaving import WayOut

LEAVE, PREFERENCES = "/newsletter/leave/", "/newsletter/preferences/"


def live_url(host: Host) -> str:
    """Return where the site answers: its own address, or that of the server behind a site of mere files."""
    return host.plugin(Web).live or host.settings.url


def way_out(host: Host) -> WayOut:
    """Return what makes the links that end a newsletter; ``make_id`` gives the ids."""
    links = Links(host, "newsletter")
    return WayOut(url=live_url(host), path=LEAVE, sign=links.sign, read=links.read)


def read_id(id: str | None) -> tuple[str, str] | None:
    """Return the member and the newsletter that a link is for; None if the site never signed it."""
    member, found, newsletter = (id or "").partition("~")
    return (member, newsletter) if found else None


def make_id(member: str, newsletter: str) -> str:
    """Return what a link is for: one newsletter of one member."""
    return f"{member}~{newsletter}"
