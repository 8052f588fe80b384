# ruff: noqa: E501 - the site is a text of its own
"""A site with a plugin that answers in every odd way, served in this process."""

import pytest

SITE = """
== pressframe.toml ==
[site]
title = "Essai"
url = "https://essai.example"
language = "fr"
plugins = ["markdown", "web", "answers", "archives", "journal"]

[plugins.web]
trusted_proxies = ["10.0.0.0/24"]

== content/posts/2026/open.md ==
---
title: Ouvert
date: 2026-11-20
---
Du texte pour tous, assez long pour être comprimé. Du texte pour tous, assez long pour être comprimé.

== content/posts/2026/closed.md ==
---
title: Fermé
date: 2026-11-19
---
Le début.

<!--more-->

canari-serveur-1

== plugins/answers.py ==
import attrs
from pressframe import *
from pressframe_web import *

SEEN = []

def record(request, site):
    SEEN.append(request)
    return Response(body=f"{request.client} {request.reader.id if request.reader else 'stranger'}".encode())

def boom(request, site):
    raise RuntimeError("secret-in-the-cause")

def locked(request, site):
    raise StoreError("locked by another process")

def page(request, site):
    return Response(status=422, page=Page(address="/said/", template="message.html", data={"heading": "Bonjour", "text": request.form.get("name", "")}))

def header(request, site):
    return Response(headers={"x-given": request.query.get("v", "")}, body=b"-")

def away(request, site):
    return Response(location=request.query.get("to", "/"), cookies=(Cookie(name="session", value=request.query.get("v", "1")),))

@attrs.frozen(eq=False)
class Answers:
    @hookimpl
    def register_routes(self):
        for path, endpoint in {"/do/record": record, "/do/boom": boom, "/do/locked": locked, "/do/page": page, "/do/header": header, "/do/away": away}.items():
            yield Route(methods=("GET", "POST"), path=path, endpoint=endpoint)
        yield Route(methods=("POST",), path="/do/post/{name}", endpoint=record)

    @hookimpl
    def judge_gate(self, entry):
        return Gate(requires=frozenset({"friends"}), reason="a test") if entry.title == "Fermé" else None

    @hookimpl
    def find_reader(self, request):
        if request.cookies.get("session") == "broken":
            raise RuntimeError("no database")
        return Reader(id="r1", audiences=frozenset({"friends"})) if request.cookies.get("session") == "friend" else None
"""


@pytest.fixture
def served(site):
    """Return the site, served."""
    return site(SITE).serve()


@pytest.fixture
def friend(served):
    """Return a browser whose reader may read what is gated."""
    visitor = served.browser()
    visitor.cookies["__Host-session"] = "friend"
    return visitor
