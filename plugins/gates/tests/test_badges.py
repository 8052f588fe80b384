"""What lists, feeds and the post itself say of a post that is not for everybody."""

import json
import re
from urllib.parse import urlsplit

import pytest

from .conftest import ALONE, LIVE, NEW, OLD

NAMED = """archive_after = "30 days"
rules = [{ tag = "presse", audience = ["paid"] }]
[plugins.gates.audiences.paid]
name = "les mécènes"
"""
PLAIN = tuple(name for name in ALONE if name != "journal")


def badges(page: str) -> dict[str, str]:
    """Return the badge of each post in a list, by address."""
    cards = re.findall(r"<article class=\"(?:card|post) .*?</article>", page, re.DOTALL)
    found = {re.search(r'href="([^"]*)" rel="bookmark"', card)[1]: card for card in cards}
    return {at: "".join(re.findall(r'<span class="badge">([^<]*)</span>', card)) for at, card in found.items()}


@pytest.mark.parametrize("plugins", [ALONE, PLAIN], ids=["journal", "without a theme"])
def test_lists_say_whom_a_post_is_for(blog, plugins):
    site = blog(NAMED, plugins=plugins, more=BASE if plugins is PLAIN else "")

    files = site.build().files

    assert badges(files["index.html"]) == {OLD: "Pour les abonnés", NEW: "Pour les mécènes"}
    assert badges(files["2026/index.html"]) == {NEW: "Pour les mécènes"}


BASE = """
== templates/base.html ==
<!doctype html>
<title>{% block title %}{% endblock %}</title>
<main>{% block main %}{% endblock %}</main>
== templates/post.html ==
{% extends "base.html" %}
{% block main %}{{ entry.body.html | safe }}{% endblock %}
== templates/page.html ==
{% extends "base.html" %}
"""


def test_open_posts_have_no_badge(blog):
    assert badges(blog().build().files["index.html"])[NEW] == ""


@pytest.mark.parametrize(
    ("gates", "said"),
    [
        (NAMED.replace('["paid"]', '["subscribers", "paid"]'), "Pour les abonnés qui comptent aussi parmi les mécènes"),
        (NAMED.replace('name = "les mécènes"', ""), "Accès réservé"),
        (NAMED + '[plugins.gates.audiences.subscribers]\nname = "nos abonnés & amis"\n', "Pour les mécènes"),
    ],
)
def test_the_post_itself_says_it_in_the_same_words(blog, gates, said):
    built = blog(gates).build()

    assert badges(built.files["index.html"])[NEW] == said
    assert f'<span class="badge">{said}</span>' in built.read(NEW)


def test_an_owners_words_are_text(blog):
    """Threat 26."""
    page = blog(NAMED.replace("les mécènes", "<b>nous & vous</b>")).build().files["index.html"]

    assert "Pour &lt;b&gt;nous &amp; vous&lt;/b&gt;" in page


def test_lists_follow_the_gate_and_the_settings(blog):
    """An incremental build leaves the bytes of a clean one."""
    site = blog(NAMED)
    site.build()

    site.edit("content/new.md", site.read("content/new.md").replace("slug: new", "slug: new\naudience: subscribers"))
    assert badges(site.build().files["index.html"])[NEW] == "Pour les abonnés"
    site.edit("content/new.md", site.read("content/new.md").replace("subscribers", "public"))
    assert badges(site.build().files["index.html"])[NEW] == ""
    site.edit(
        "pressframe.toml", site.read("pressframe.toml") + '[plugins.gates.audiences.subscribers]\nname = "nous"\n'
    )

    assert badges(site.build().files["index.html"]) == {OLD: "Pour nous", NEW: ""}


def test_feeds_say_it_where_the_public_part_ends(blog):
    files = blog(NAMED, plugins=LIVE).build().files

    items = {item["url"]: item["content_html"] for item in json.loads(files["feed.json"])["items"]}
    assert "Lire la suite (pour les mécènes)</a>" in items[f"https://prland.example{NEW}"]
    assert "Lire la suite (pour les abonnés)</a>" in items[f"https://prland.example{OLD}"]
    assert files["feed.xml"].count("(pour les mécènes)") == 1
    assert files["rss.xml"].count("(pour les mécènes)") == 1


@pytest.mark.browser
def test_a_badge_of_many_words_is_no_wider_than_a_phone(blog, browser_page):
    both = NAMED.replace('["paid"]', '["subscribers", "paid"]').replace("les mécènes", "les abonnés de soutien du blog")
    release = blog(both).build().release

    def answer(route):
        stored = release.find(urlsplit(route.request.url).path, frozenset())
        route.fulfill(path=stored.file, content_type=stored.media_type) if stored else route.fulfill(status=404)

    browser_page.route("**/*", answer)
    browser_page.set_viewport_size({"width": 320, "height": 860})
    widths = []
    for address in ("/", "/2026/", NEW):
        browser_page.goto(f"http://localhost:8000{address}")
        widths.append(browser_page.evaluate("document.documentElement.scrollWidth"))

    assert widths == [320] * 3
