"""A site that takes and sends mentions, and somebody else's server on 127.0.0.2, which it may ask."""

import pytest

from pressframe_comments import comment_store
from pressframe_testing import Elsewhere

SITE = """
== pressframe.toml ==
[site]
title = "PRland"
url = "https://prland.example"
language = "fr"
plugins = ["markdown", "sql", "web", "comments", "webmention", "journal"]

[plugins.comments]
moderation = "{moderation}"
close_after = "60 days"

[plugins.webmention]
allow = ["127.0.0.2/32"]
ports = [80, 443, {port}]
{settings}

== content/posts/billet.md ==
---
title: Un billet
date: 2026-11-20
---
Du texte.

== content/posts/ferme.md ==
---
title: Fermé
date: 2026-11-20
comments: false
---
Du texte.

== content/posts/vieux.md ==
---
title: Vieux
date: 2026-01-20
---
Du texte.

== content/posts/reserve.md ==
---
title: Réservé
date: 2026-11-20
audience: subscribers
---
Du texte.
"""
TARGET = "https://prland.example/2026/11/billet/"


@pytest.fixture
def elsewhere():
    server = Elsewhere()
    yield server
    server.close()


@pytest.fixture
def blog(site, elsewhere):
    """Makes the site, with further settings of the plugin."""

    def make(settings="receive = true", *, moderation="first-time", plugins=(), more=""):
        text = SITE.format(port=elsewhere.port, settings=settings, moderation=moderation)
        if "gates" not in plugins:  # without which nothing that is for some is built
            text = text.replace("audience: subscribers\n", "")
        for name in plugins:
            text = text.replace('"webmention",', f'"webmention", "{name}",')
        return site(text + more)

    return make


@pytest.fixture
def stored():
    """Returns the comments of a served site, oldest first."""

    def find(served):
        from pressframe_comments import Search

        return comment_store(served.app.site).search(Search(oldest_first=True), count=500).comments

    return find


@pytest.fixture
def mention():
    """Sends a webmention as another server does."""

    def send(served, source, target=TARGET, *, address="198.51.100.7"):
        headers = {"origin": "", "sec-fetch-site": ""}
        return served.browser(address).post("/webmention", {"source": source, "target": target}, headers=headers)

    return send
