"""PRland with a moderator's desk: two authors, three posts, one of them reserved."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import attrs
import pytest

from pressframe_comments import Draft, Filed, State, comment_store
from pressframe_testing import Served, TestSite

LIST = "/admin/comments/"
SETTINGS = """
== pressframe.toml ==
[site]
title = "PRland"
url = "{url}"
language = "{language}"
timezone = "Europe/Paris"
plugins = [
    "markdown", "sql", "web", "admin", "comments", "moderation", "gates", "members", "archives", "feeds", "journal",
]
[plugins.comments]
flood_limit = 0
max_links = 9999
[plugins.gates]
archive_after = "300 days"
closed_comments = "hidden"
[plugins.moderation]
{settings}
"""
CONTENT = """
== content/authors.toml ==
[odile]
name = "Odile Marchenoir"
[basile]
name = "Basile Quintrec"
== content/posts/crise.md ==
---
title: La crise & ses « suites »
date: 2026-11-01
authors: [odile]
---
Un texte.
== content/posts/blog.md ==
---
title: Un blog de plus
date: 2026-11-10
authors: [basile]
---
Un autre.
== content/posts/vieux.md ==
---
title: Un vieux billet
date: 2012-01-01
authors: [odile]
---
Le début.

<!--more-->

Corps réservé.
"""
CRISE, BLOG, OLD = "posts/crise", "posts/blog", "posts/vieux"


@attrs.define
class Desk:
    """The blog being served, and its comments."""

    site: TestSite
    served: Served
    number: int = 0

    def __getattr__(self, name):
        return getattr(self.served, name)

    @property
    def store(self):
        return comment_store(self.served.app.site)

    def add(self, body="Bravo !", *, state=State.PENDING, reasons=(), **more) -> Filed:
        """Store a comment, a minute after the last one."""
        self.number += 1
        known = {
            "entry": CRISE, "author": "Zoé", "email": "zoe@example.org", "url": None, "key": f"k{self.number}",
            "received": self.site.clock.now - timedelta(days=1) + timedelta(minutes=self.number),
        }  # fmt: skip
        return self.store.add(Draft(**{**known, "body": body, **more}), state, reasons)

    def post(self, body="Bonjour à tous.", *, entry=CRISE, author="Ada", **fields) -> str:
        """Send a comment as a reader does; return its id."""
        form = {"author": author, "email": "ada@example.org", "comment": body, **fields}
        reply = self.browser().post(f"/comments/{entry}", form)
        assert reply.status == 303, reply.text
        return reply.headers["location"].rpartition("#comment-")[2]

    def state(self, id: str) -> State:
        filed = self.store.get(id)
        assert filed is not None
        return filed.state


def does(what: str, filed: Filed) -> dict[str, str]:
    """Return the form that a comment's own button sends."""
    return {"do": f"{what} {filed.comment.id} {filed.version}"}


def picks(*comments: Filed) -> dict[str, str]:
    """Return what the boxes of comments send."""
    return {f"pick.{filed.comment.id}": str(filed.version) for filed in comments}


def undo(reply) -> dict[str, str]:
    """Return the form behind the button that takes back what was just done."""
    form = reply.text.partition('class="flash')[2].partition("</form>")[0]
    return {name: unescape(value) for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', form)}


def flash(reply) -> str:
    """Return what the page says was done."""
    said = re.search(r'class="flash[^"]*" role="\w+"[^>]*>\n<p>(.*?)</p>', reply.text)
    return unescape(said[1]) if said else ""


def shown(reply) -> list[str]:
    """Return the ids of the comments on a page, in their order."""
    return re.findall(r'<article class="panel one \w+" id="([^"]+)"', reply.text)


@pytest.fixture
def blog(site) -> Callable[..., TestSite]:
    """Return a function that makes the blog."""

    def make(*, language="fr", settings="", url="https://prland.example") -> TestSite:
        return site(SETTINGS.format(language=language, settings=settings, url=url) + CONTENT)

    return make


@pytest.fixture
def serve(blog) -> Callable[..., Desk]:
    """Return a function that serves it."""

    def start(**how) -> Desk:
        made = blog(**how)
        return Desk(made, made.serve())

    return start


@pytest.fixture
def desk(serve) -> Desk:
    return serve()


@pytest.fixture
def live_site(site):
    """Return the blog that ``live`` serves."""
    return site(SETTINGS.format(language="fr", settings="", url="http://localhost:8000") + CONTENT)


@pytest.fixture
def live(live_site, browser_page):
    """Return the blog in a process of its own, with a browser that is signed in, and what its console says."""
    made = live_site
    desk = Desk(made, made.serve())
    with_password = ["admin", "create", "o@example.org", "--role", "owner", "--mail-link"]
    assert made.run(*with_password).status == 0
    for number in range(4):
        desk.add(f"Texte {number}", author=f"A{number}", url="https://a.example/" + "x" * 120)
    desk.add("Supercalifragilistic" * 9, author="Long " * 20, reasons=["y" * 200], state=State.SPAM)
    link = _welcome(desk)
    desk.served.close()
    process = made.start()
    said = []
    browser_page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    browser_page.goto(process.url + link)
    browser_page.click("main button")
    browser_page.wait_for_url(f"{process.url}/admin/**")
    return browser_page, process.url, said


def _welcome(desk):
    desk.run_jobs()
    return desk.links()[0]
