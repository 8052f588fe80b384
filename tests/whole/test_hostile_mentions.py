"""Hostile pages that link here, in a real browser: nothing of their names, titles and texts runs in ours."""

from html import escape

import pytest

from pressframe_comments import Draft, State, comment_store
from pressframe_testing import Elsewhere
from pressframe_webmention._html import read

from .conftest import NOW
from .hostile import ORIGIN, POST

pytestmark = pytest.mark.browser

UNDER_A_POST, SENT = 600, 25
SITE = """
== pressframe.toml ==
[site]
title = "Essai"
url = "https://essai.example"
plugins = ["markdown", "sql", "web", "comments", "webmention", "archives", "feeds", "journal"]

[plugins.comments]
moderation = "never"
max_links = 9999

[plugins.webmention]
receive = true
flood_limit = 0
allow = ["127.0.0.2/32"]
ports = [{}]
"""
PAGE = """<div class="h-entry"><p class="p-author">{0}</p><b class="p-name">{0}</b><p class="p-summary">{0}</p>
<a href="{1}">x</a></div>"""


@pytest.fixture
def elsewhere():
    server = Elsewhere()
    yield server
    server.close()


def test_nothing_of_a_page_that_links_here_runs(site, some_payloads, watch):
    """Threat 19: every payload as author, title and summary of a source, and in its address."""
    target, parts = f"{ORIGIN}/p0/", range(0, len(some_payloads), UNDER_A_POST)
    served = site(SITE.format(80) + "".join(POST.format(number) for number in range(len(parts)))).serve()
    store = comment_store(served.app.site)
    for number, text in enumerate(some_payloads):
        said = read(PAGE.format(escape(text), target), "https://source.example/", target)
        store.add(_draft(f"p{number // UNDER_A_POST}", number, said), State.APPROVED)
    served.rebuild()

    watched = watch(served)
    for card in served.app.served.release.view().latest(count=1000):
        watched.visit(card.address)

    assert watched.noted == []
    assert watched.counted["#comments .webmention"] == len(some_payloads)


def _draft(entry, number, said):
    return Draft(
        entry=entry, kind="webmention", author=said["author"] or "?", email="", received=NOW,
        url=f"https://source.example/{number}/{said['title']}", body=said["text"], key=f"webmention-{number}",
    )  # fmt: skip


def test_nothing_of_a_mention_that_was_sent_runs_nor_upsets_a_terminal(site, payloads, watch, elsewhere):
    """Threats 19, 57 and 60: through the endpoint and the check, as markup and as text."""
    blog = site(SITE.format(elsewhere.port) + POST.format(0))
    served = blog.serve()
    address = served.app.served.release.view().latest()[0].address
    target = ORIGIN + address
    step = max(len(payloads) // SENT, 1)
    for number, text in enumerate(payloads[::step][:SENT]):
        made = PAGE.format(text if number % 2 else escape(text), target)
        source = elsewhere.put(f"/{number}", f'<a href="{target}">x</a>{made}')
        reply = served.visitor.post("/webmention", {"source": source, "target": target})
        assert reply.status == 201
    served.run_jobs()
    served.rebuild()

    table = blog.run("webmention", "list", "--received").output
    watched = watch(served)
    watched.visit(address)

    assert watched.noted == []
    assert watched.counted["#comments .webmention"] == SENT
    assert len(table.splitlines()) == SENT
    assert table.replace("\n", "").isprintable()
