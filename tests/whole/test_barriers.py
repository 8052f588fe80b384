"""What readers meet around a conversation and a subscription, as axe sees it: both schemes, a phone and a desk."""

import itertools
import re
from datetime import UTC, datetime

import pytest

from pressframe_testing import find_barriers

pytestmark = pytest.mark.browser

SITE = """
== pressframe.toml ==
[site]
title = "Essai"
language = "fr"
plugins = ["markdown", "sql", "web", "comments", "gates", "members", "archives", "feeds", "journal"]
[plugins.comments]
flood_limit = 0
per_page = 2
[plugins.gates]
archive_after = "300 days"
closed_comments = "shown"
== content/billet.md ==
---
title: Un billet
date: 2026-11-20
---
Un texte.
== content/ferme.md ==
---
title: Un billet fermé
date: 2026-11-19
comments: false
---
Un texte.
== content/vieux.md ==
---
title: Un vieux billet
date: 2012-01-01
---
Le début.

<!--more-->

Corps réservé.
== content/ferme.comments.toml ==
[[comment]]
id = 31
author = "Ada"
date = 2026-11-21T10:00:00+01:00
body = "Texte."
== content/billet.comments.toml ==
""" + "".join(
    f'[[comment]]\nid = {number}\nauthor = "Ada"\ndate = 2026-11-21T10:{number}:00+01:00\nbody = "Texte {number}."\n'
    for number in range(10, 31)
)
POST = "/2026/11/billet/"


@pytest.fixture
def mailed(site, clock):
    """Return the site, and the links that were mailed to somebody just now."""
    clock.move(datetime.now(UTC) - clock.now)
    made = site(SITE)
    served = made.serve()
    links = {door: _mailed(served, door) for door in ("subscribe", "sign-in", "comments")}
    served.close()
    return made, links


@pytest.fixture(params=itertools.product(["light", "dark"], [390, 1280]), ids=lambda how: f"{how[0]}-{how[1]}")
def walk(mailed, browser_page, request):
    """Return a browser, the address of the site, links that were mailed, what looks at a page, and what it found."""
    scheme, width = request.param
    made, links = mailed
    url, found = made.start().url, {}
    browser_page.route("**/-/**", lambda route: route.abort())  # what reloads pages of sites that are being written
    browser_page.emulate_media(color_scheme=scheme)
    browser_page.set_viewport_size({"width": width, "height": 900})

    def look(name):
        barriers = find_barriers(browser_page, name=f"readers {name} {scheme} {width}")
        if browser_page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            barriers.append("wider than the screen")
        if barriers:
            found[name] = barriers

    return browser_page, url, links, look, found


def _mailed(served, door):
    """Return the link that is mailed to who subscribes, signs in, or wants answers mailed."""
    if door == "sign-in":  # for who has an address already
        served.browser().post(served.links()[0], {})
    if door == "comments":
        form = {"author": "Zoé", "email": "zoe@example.org", "comment": "Oui.", "follow_all": "1"}
        served.browser().post("/comments/billet", form)
    else:
        served.browser().post(f"/members/{door}", {"email": "zoe@example.org", "next": "", "website": ""})
    served.run_jobs()
    return served.links()[0]


def test_what_readers_meet_of_a_conversation_is_without_barriers(walk):
    page, url, links, look, found = walk

    def send(button):
        page.eval_on_selector("#commentform", "form => { form.noValidate = true }")
        with page.expect_navigation():
            page.click(button)

    for name, address in {
        "conversation": POST, "page 5": f"{POST}comments-5/", "last page": f"{POST}comments-11/",
        "closed": "/2026/11/ferme/", "reserved": "/2012/01/vieux/", "answer": "/comments/reply/billet?to=12",
    }.items():  # fmt: skip
        page.goto(url + address)
        look(name)
    page.route(re.compile(r"/comments[^/]*\.js"), lambda route: route.abort())
    page.goto(url + POST)
    page.fill("#email", "nulle part")
    send("#submit")
    look("form with mistakes")
    page.fill("#comment", "Un *mot*.")
    page.fill("#author", "Zoé")
    page.fill("#email", "zoe@example.org")
    send("[name=preview]")
    look("preview")
    send("#submit")
    look("awaiting")
    page.click(".comment-own a[href$='/edit']")
    look("edit")
    page.go_back()
    page.click(".comment-own a[href$='/delete']")
    look("delete")
    page.click("article button")
    look("deleted")
    page.goto(url + links["comments"])
    look("follow")
    page.click("main button")
    look("following")
    page.goto(url + links["comments"])
    look("follow spent")

    assert found == {}


def test_what_readers_meet_of_a_subscription_is_without_barriers(walk):
    page, url, links, look, found = walk

    for name, address in {
        "subscribe": "/members/subscribe", "sign in": "/members/sign-in", "spent": "/members/confirm/no-such-link",
    }.items():  # fmt: skip
        page.goto(url + address)
        look(name)
    page.goto(f"{url}/members/subscribe")
    page.eval_on_selector("main form", "form => { form.noValidate = true }")
    page.fill("main [name=email]", "nulle part")
    page.click("main form button")
    look("subscribe with a mistake")
    page.fill("main [name=email]", "ada@example.org")
    page.click("main form button")
    look("mail on its way")
    page.goto(url + links["sign-in"])
    look("confirm")
    page.click("main form button")
    look("signed in")
    page.goto(f"{url}/members/account")
    look("account")
    page.goto(f"{url}/members/leave")
    look("leave")

    assert found == {}
