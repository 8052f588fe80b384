"""What somebody who has proved who they are has mailed of conversations, for the page where they can stop it."""

from __future__ import annotations

import attrs

from pressframe.model import Host
from pressframe_comments._followers import Followers
from pressframe_comments._plugin import Comments

__all__ = ["Followed", "followed_by", "is_offered", "stop_following"]


@attrs.frozen(kw_only=True)
class Followed:
    """An entry whose new comments are mailed to somebody; ``answers_only`` if only those to their own."""

    entry: str
    title: str
    answers_only: bool


def is_offered(host: Host) -> bool:
    """Say whether the site mails new comments at all.

    Raises:
        PluginError: The plugin ``comments`` is not enabled.
    """
    return host.plugin(Comments).follow


def followed_by(host: Host, *, address: str, reader: str) -> tuple[Followed, ...]:
    """Return what is mailed to *address*, or was asked for by the ``id`` of a *reader*; the newest first."""
    found = Followers(host).of_person(address, reader)
    everything = {one.entry for one in found if not one.comment}
    titles = {one.entry: one.title for one in reversed(found)}
    return tuple(
        Followed(entry=entry, title=titles[entry], answers_only=entry not in everything)
        for entry in dict.fromkeys(one.entry for one in found)
    )


def stop_following(host: Host, entry: str | None, *, address: str, reader: str) -> None:
    """Mail nothing more of *entry* to them, or of any entry if that is None; of nobody else's wishes."""
    followers = Followers(host)
    for one in followers.of_person(address, reader):
        if entry is None or one.entry == entry:
            followers.leave(one.id)
