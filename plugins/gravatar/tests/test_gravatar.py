"""Pictures from elsewhere: only if the owner wants them."""

import hashlib
import re

import pytest

SITE = """
== pressframe.toml ==
[site]
title = "Essai"
language = "fr"
plugins = ["markdown", "sql", "web", "comments", {more}"journal"]
[plugins.comments]
moderation = "never"
== content/posts/billet.md ==
---
title: Un billet
date: 2026-11-20
---
Du texte.
"""
ZOE = hashlib.sha256(b"zoe@example.org").hexdigest()


@pytest.fixture
def commented(site):
    """Return a function that makes a site where Zoé has commented, with the plugin or without."""

    def make(*, more=""):
        made = site(SITE.format(more=more))
        served = made.serve()
        (address,) = [card.address for card in served.app.served.release.view().latest()]
        form = {"author": "Zoé", "email": "Zoe@Example.org", "comment": "Bonjour."}
        assert served.visitor.post("/comments/posts/billet", form).status == 303
        served.rebuild()
        return served, served.visitor.get(address).text

    return make


def test_without_the_plugin_pictures_are_drawn_and_nothing_tells_the_address(commented):
    _, page = commented()

    assert re.search(
        r'<svg class="avatar" viewBox="-1 -1 7 7" aria-hidden="true" fill="hsl\(\d+ 45% 48%\)"><path d="M', page
    )
    assert "gravatar" not in page
    for digest in (hashlib.md5, hashlib.sha1, hashlib.sha256):
        assert digest(b"zoe@example.org").hexdigest()[:16] not in page
    assert "zoe@example.org" not in page.lower()


def test_with_it_the_picture_is_the_one_that_the_reader_has_there(commented):
    _, page = commented(more='"gravatar", ')

    assert f'<img class="avatar" src="https://gravatar.com/avatar/{ZOE}?s=96&amp;d=identicon&amp;r=g" alt=""' in page
    assert 'referrerpolicy="no-referrer"' in page
    assert "zoe@example.org" not in page.lower()


@pytest.mark.parametrize("embeds", ["", 'embeds = ["https://gravatar.com"]'])
def test_browsers_show_it_where_the_settings_let_them(site, embeds):
    made = site(
        SITE.format(more='"gravatar", ').replace("[plugins.comments]", f"[plugins.web]\n{embeds}\n[plugins.comments]")
    )

    policy = made.serve().visitor.get("/").headers["content-security-policy"]

    allowed = re.search("img-src ([^;]*)", policy)[1].split()
    assert ("https://gravatar.com" in allowed) is bool(embeds)
    assert "unsafe-inline" not in policy


def test_turning_it_on_and_off_changes_the_pages(site):
    made = site(SITE.format(more=""))
    settings = made.read("pressframe.toml")
    served = made.serve()
    (address,) = [card.address for card in served.app.served.release.view().latest()]
    served.visitor.post("/comments/posts/billet", {"author": "Zoé", "email": "zoe@example.org", "comment": "Bonjour."})

    shown = []
    for text in (settings, settings.replace('"journal"', '"gravatar", "journal"'), settings):
        made.edit("pressframe.toml", text)
        shown.append("gravatar.com" in made.build().read(address))

    assert shown == [False, True, False]
