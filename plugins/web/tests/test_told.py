"""What plugins add to pages' headers, take in besides forms, and hear of new releases."""

import threading

import pytest

from pressframe import PluginError, Site
from pressframe_testing import Ask, ask
from pressframe_web.app import App

SITE = """
== pressframe.toml ==
[site]
title = "Essai"
plugins = ["markdown", "web", "ear", "broken", "journal"]

== plugins/ear.py ==
from pressframe import hookimpl
from pressframe_web import Response, Route
import attrs

TOLD = []

@attrs.frozen(eq=False)
class Ear:
    headers: tuple[tuple[str, str], ...] = (("Link", '</x>; rel="y"'), ("X-Ear", "on"))

    @hookimpl
    def register_headers(self, host):
        return self.headers

    @hookimpl
    def register_routes(self, host):
        def take(request, site):
            return Response(body=request.body + repr(dict(request.form)).encode())

        return [Route(methods=("POST",), path="/take", endpoint=take, media_types=("text/xml",))]

    @hookimpl
    def on_release(self, site, changed):
        posts = [address for address in changed if address.startswith("/2026/11/") and address.count("/") > 3]
        TOLD.append((site.size(), sorted(posts)))

== plugins/broken.py ==
from pressframe import hookimpl
import attrs

@attrs.frozen(eq=False)
class Broken:
    @hookimpl
    def on_release(self, site, changed):
        raise RuntimeError("no")

== content/posts/one.md ==
---
title: One
date: 2026-11-20
---
Text.
"""


@pytest.fixture
def ears(site):
    return site(SITE)


def told(served):
    return served.app.site.plugins["ear"][0].kind.on_release.__globals__["TOLD"]


def test_pages_carry_the_headers_of_plugins_and_files_do_not(ears):
    visitor = ears.serve().visitor

    page, style = visitor.get("/2026/11/one/").headers, visitor.get("/journal.css").headers

    assert (page["link"], page["x-ear"]) == ('</x>; rel="y"', "on")
    assert "x-ear" not in style


@pytest.mark.parametrize("header", ['["X: y", "z"]', '["X", "a\\r\\nSet-Cookie: b"]', '["X", "é"]', '["", "a"]'])
def test_a_header_that_cannot_be_sent_stops_the_server(ears, header):
    """Threat 58."""
    text = ears.read("pressframe.toml")
    ears.edit("pressframe.toml", f"{text}\n[plugins.ear]\nheaders = [{header}]\n")

    with pytest.raises(PluginError, match="no header can be called"):
        ears.serve()


def test_a_route_gets_what_it_takes_besides_forms_as_it_came(ears):
    app = ears.serve().app

    def send(kind, body):
        return ask(app, Ask(address="/take", method="POST", headers={"content-type": kind}, body=body))

    assert send("text/xml; charset=utf-8", b"<a/>").body == b"<a/>{}"
    assert send("application/x-www-form-urlencoded", b"a=b").body == b"{'a': 'b'}"
    assert send("application/json", b"{}").status == 415
    assert send("text/xml", b"x" * 2_000_000).status == 413


@pytest.mark.parametrize(
    ("error", "times"), [("StoreError('locked')", 2), ("OSError('no room')", 1), ("PluginError('odd')", 1)]
)
def test_plugins_hear_of_a_release_again_where_one_could_not_store_what_it_made_of_it(ears, error, times):
    """F8: whatever follows from a new post must not wait for the next one."""
    plugin = ears.read("plugins/broken.py")
    ears.edit(
        "plugins/broken.py",
        f"from pressframe.errors import PluginError, StoreError\n{plugin}".replace(
            'raise RuntimeError("no")', f"TOLD.append(site)\n        if len(TOLD) == 1:\n            raise {error}"
        ).replace("import attrs\n", "import attrs\n\nTOLD = []\n"),
    )
    served = ears.serve()

    for _ in range(3):
        assert not served.rebuild()

    assert len(told(served)) == times


def test_a_plugin_that_would_end_the_program_as_it_hears_of_a_release_does_not_end_the_building(ears):
    ears.edit("plugins/broken.py", ears.read("plugins/broken.py").replace('RuntimeError("no")', "SystemExit(1)"))
    site = Site.open(ears.folder)
    app, built = App(site), threading.Event()
    app.switch = lambda release: (type(app).switch(app, release), built.set())

    with app.running():
        ears.edit("content/posts/two.md", "---\ntitle: Two\ndate: 2026-11-21\n---\nMore.\n")
        app.rebuilder.ask()

        assert built.wait(60)


def test_plugins_hear_when_the_release_that_they_know_is_out_of_date_earlier(ears):
    """Though nothing has changed yet: of posts that appear at a moment, those who send something then must know."""
    served = ears.serve()
    ears.edit("content/posts/two.md", "---\ntitle: Two\ndate: 2026-11-25\n---\nLater.\n")
    for _ in range(2):
        served.app.rebuilder.ask()
        served.rebuild()

    assert told(served) == [(1, ["/2026/11/one/"]), (1, [])]


def test_plugins_hear_of_each_release_that_changed_something_whoever_fails(ears):
    served = ears.serve()
    served.rebuild()
    ears.edit("content/posts/two.md", "---\ntitle: Two\ndate: 2026-11-21\n---\nMore.\n")
    served.app.rebuilder.ask()

    served.rebuild()

    assert told(served) == [(1, ["/2026/11/one/"]), (2, ["/2026/11/one/", "/2026/11/two/"])]
