"""A blog whose owner has a desk: a plugin of the site's own brings two screens, and notes what reached it."""

import re
from collections.abc import Callable

import attrs
import pytest

from pressframe_testing import Served, TestSite, cheap_hasher

OWNER = "florian@prland.example"
PASSWORD = "quatre mots tirés au sort"
SETTINGS = """
== pressframe.toml ==
[site]
title = "PRland"
url = "https://prland.example"
language = "{language}"
timezone = "Europe/Paris"
plugins = ["markdown", "sql", "web", "admin", "desk", "gates", "members", "archives", "journal"]
[plugins.members]
"""
CONTENT = """
== content/authors.toml ==
[odile]
name = "Odile Marchenoir"
== content/first.md ==
---
title: Premier billet
date: 2026-11-01
authors: [odile]
---
Un texte.
== content/second.md ==
---
title: Second billet
date: 2026-11-20
---
Un autre.
"""
DESK = '''
== templates/desk/list.html ==
{% extends "admin/base.html" %}
{% block title %}Desk{% endblock %}
{% block main %}<h1>{{ what }}</h1>
<form action="/admin/desk/approve" method="post">{% include "admin/token.html" %}</form>{% endblock %}
== plugins/desk.py ==
"""Two screens, one for each who may help."""

import attrs

from pressframe import Page, hookimpl
from pressframe_admin import Action, Done, Flash, Role, Screen, Tile, Undo
from pressframe_web import Response


@attrs.frozen(eq=False)
class Desk:
    needs = ("admin",)

    @hookimpl
    def register_admin(self, host):
        def endpoint(name):
            def answer(request, site, account):
                with (host.folder / "calls").open("a") as calls:
                    print(name, account.role, file=calls)
                if name == "broken":
                    raise KeyError("a plugin's own mistake")
                if name == "odd":
                    return "no response"
                if request.method == "GET":
                    page = Page(address="/admin/desk/", template="desk/list.html", data={"what": name})
                    return Response(page=page, headers={"Cache-Control": "public, max-age=60"})
                values = {"who": request.form.get("who", "")}
                undo = Undo(action="/admin/desk/undo", fields={"batch": "17"})
                one, many = "%(num)s comment of %(who)s approved.", "%(num)s comments of %(who)s approved."
                flash = Flash(text=one, plural=many, count=3, values=values, undo=undo)
                return Done(location="/admin/desk/", flash=flash)

            return answer

        def action(path, name, *methods, roles=None):
            return Action(methods=methods or ("GET",), path=path, endpoint=endpoint(name), roles=roles)

        return [
            Screen(
                path="/admin/desk/", title="Desk", roles=(Role.OWNER, Role.MODERATOR),
                badge=lambda account, site: 4004, tile=lambda account, site: Tile(title="Desk", value="quatre"),
                routes=(
                    action("/admin/desk/", "list"),
                    action("/admin/desk/approve", "approve", "POST"),
                    action("/admin/desk/undo", "undo", "POST"),
                    action("/admin/desk/purge", "purge", "POST", roles=[Role.OWNER]),
                    action("/admin/desk/broken", "broken"),
                    action("/admin/desk/odd", "odd"),
                    action("/admin/desk/item/{id}", "item", "GET", "POST"),
                ),
            ),
            Screen(
                path="/admin/mine/", title="Mine", roles=[Role.AUTHOR], routes=[action("/admin/mine/", "mine")],
                badge=lambda account, site: 1 / 0, tile=lambda account, site: 1 / 0,
            ),
        ]
'''


@attrs.frozen
class Desk:
    """The blog being served, and what happens on its owner's side."""

    site: TestSite
    served: Served

    def __getattr__(self, name):
        return getattr(self.served, name)

    @classmethod
    def of(cls, site: TestSite) -> "Desk":
        return cls(site, site.serve())

    @property
    def calls(self) -> list[str]:
        """What reached the plugin's endpoints."""
        file = self.site.folder / "calls"
        return file.read_text().split("\n")[:-1] if file.exists() else []

    def command(self, *arguments: str) -> str:
        """Run ``pressframe admin`` and return what it prints."""
        ran = self.site.run("admin", *arguments)
        assert ran.status == 0, ran.errors
        return ran.output

    def enter(self, address=OWNER, password=PASSWORD, *, browser=None, **fields):
        """Send the form that asks for a password."""
        return (browser or self.browser()).post("/admin/sign-in", {"address": address, "password": password, **fields})

    def ask(self, address=OWNER, *, browser=None, **fields):
        """Send the form that asks for a link."""
        return (browser or self.browser()).post("/admin/sign-in/link", {"address": address, **fields})

    def mail(self, address=OWNER, **how):
        """Ask for a link and return its path; None if no mail was sent."""
        before = len(self.mails)
        assert self.ask(address, **how).status == 200
        self.run_jobs()
        return self.links()[0] if len(self.mails) > before else None

    def owner(self):
        """Return a browser in which the owner has signed in by password."""
        browser = self.browser()
        assert self.enter(browser=browser).status == 303
        return browser


@pytest.fixture
def blog(site) -> Callable[..., TestSite]:
    """Return a function that makes the blog, without an account."""

    def make(*, more: str = "", language: str = "fr") -> TestSite:
        return site(SETTINGS.format(language=language) + CONTENT + DESK + more)

    return make


@pytest.fixture(scope="session")
def hashed() -> str:
    """The owner's password as it is stored."""
    return cheap_hasher().hash(PASSWORD)


@pytest.fixture
def make_owner(hashed, clock) -> Callable[[TestSite], None]:
    """Return a function that gives a site its owner."""
    from pressframe_admin import Role
    from pressframe_admin._accounts import AccountStore, Wanted
    from pressframe_web.addresses import read_address

    def make(site: TestSite) -> None:
        wanted = Wanted(address=read_address(OWNER), name="Florian", role=Role.OWNER, hash=hashed)
        AccountStore(site.open()).create(wanted, clock.now)

    return make


@pytest.fixture
def serve(blog, make_owner) -> Callable[..., Desk]:
    """Return a function that serves the blog, with its owner."""

    def start(**how) -> Desk:
        site = blog(**how)
        make_owner(site)
        return Desk.of(site)

    return start


@pytest.fixture
def desk(serve) -> Desk:
    return serve()


def main_of(html: str) -> str:
    """Return the text in a page's <main>, without markup."""
    inside = html.partition("<main")[2].partition(">")[2].partition("</main>")[0]
    return re.sub(r"[ \n]+", " ", re.sub(r"<[^>]*>", " ", inside)).strip()
