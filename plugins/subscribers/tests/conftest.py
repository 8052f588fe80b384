"""A blog whose owner looks after members: three of them, one unconfirmed, one with a paid audience."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import attrs
import pytest

from pressframe_members.store import Members
from pressframe_testing import Served, TestSite

LIST = "/admin/members/"
SITE = """
== pressframe.toml ==
[site]
title = "PRland"
url = "{url}"
language = "{language}"
timezone = "Europe/Paris"
plugins = ["markdown", "sql", "web", "admin", "gates", "members", "subscribers", "comments", "journal"]
[plugins.gates]
archive_after = "300 days"
[plugins.gates.audiences.paid]
[plugins.gates.audiences.gold]
== content/posts/one.md ==
---
title: Un billet
date: 2026-11-10
---
Un texte.
"""


@attrs.frozen
class Desk:
    """The blog being served, and its members."""

    site: TestSite
    served: Served

    def __getattr__(self, name):
        return getattr(self.served, name)

    @property
    def members(self) -> Members:
        return Members(self.served.app.site)

    @property
    def now(self):
        return self.site.clock.now

    def add(self, name, *, days=0, is_confirmed=True, **more):
        """Store a member who came so many days ago; return them."""
        at = self.now - timedelta(days=days)
        confirmed = at if is_confirmed else None
        return self.members.add(f"{name}@example.org", now=at, confirmed_at=confirmed, name=name.title(), **more)

    def rights(self, member):
        """Return what a member has besides being a subscriber: audience, source and end."""
        return [(one.audience, one.source, one.until) for one in self.members.memberships(member.id)[1:]]


def shown(reply) -> list[str]:
    """Return the addresses on a page of the list, in their order."""
    return re.findall(r'class="who-link" href="/admin/members/member/[^"]+"><bdi>([^<]+)</bdi>', reply.text)


def fields(reply, action) -> dict[str, str]:
    """Return the hidden fields of the form on a page that is sent to *action*."""
    form = reply.text.partition(f'action="{action}"')[2].partition("</form>")[0]
    return {name: unescape(value) for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form)}


def flash(reply) -> str:
    """Return what the page says was done."""
    said = re.search(r'class="flash[^"]*" role="\w+"[^>]*>\n<p>(.*?)</p>', reply.text)
    return unescape(said[1]) if said else ""


def undo(browser, reply):
    """Press the button that takes back what was just done; return the page that follows."""
    return browser.follow(browser.send(f"{LIST}undo", fields(reply, f"{LIST}undo")))


@pytest.fixture
def serve(site) -> Callable[..., Desk]:
    """Return a function that serves the blog."""

    def start(*, language="en", url="https://prland.example") -> Desk:
        made = site(SITE.format(language=language, url=url))
        return Desk(made, made.serve())

    return start


@pytest.fixture
def desk(serve) -> Desk:
    return serve()


@pytest.fixture
def owner(desk):
    return desk.sign_in_as("owner")
