"""What readers meet around a conversation and a subscription, as axe sees it: both schemes, a phone and a desk."""

import re
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa

from pressframe_sql import database

pytestmark = pytest.mark.browser

SITE = """
== pressframe.toml ==
[site]
title = "Essai"
language = "fr"
plugins = [
    "markdown", "sql", "web", "admin", "comments", "moderation", "gates", "passes", "members", "archives", "feeds",
    "journal",
]
[plugins.comments]
flood_limit = 0
per_page = 2
[plugins.gates]
archive_after = "300 days"
closed_comments = "shown"
[plugins.passes]
free = 1
gifts = 1
[plugins.moderation]
mail_every = "0 seconds"
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
== content/ancien.md ==
---
title: Un autre vieux billet
date: 2012-01-02
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
POST, OLD, OLDER = "/2026/11/billet/", "/2012/01/ancien/", "/2012/01/vieux/"


@pytest.fixture
def mailed(site, clock):
    """Return the site, and the links that were mailed to somebody just now."""
    clock.move(datetime.now(UTC) - clock.now)
    made = site(SITE)
    served = made.serve()
    links = {door: _mailed(served, door) for door in ("subscribe", "sign-in", "comments")}
    links["decide"] = _mailed_to_owner(served)
    served.close()
    return made, links


@pytest.fixture
def walk(mailed, browser_page):
    """Return a browser, the address of the site, and links that were mailed."""
    made, links = mailed
    browser_page.route("**/-/**", lambda route: route.abort())  # what reloads pages of sites that are being written
    return browser_page, made.start().url, links


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


def _mailed_to_owner(served):
    """Return the link by which the owner decides about a comment."""
    served.sign_in_as("owner")
    served.browser().post("/comments/billet", {"author": "Bo", "email": "bo@example.org", "comment": "Un mot. " * 40})
    served.app.rebuilder.run_due()
    due = "UPDATE sql_job SET due = 0 WHERE state = 'waiting'"
    for _ in range(2):  # what is new is gathered first, then mailed
        database(served.app.site).write(lambda connection: connection.execute(sa.text(due)))
        served.run_jobs()
    texts = [mail.get_body(("plain",)).get_content() for mail in served.mails if mail["to"] == "owner@example.org"]
    return re.search(r"https?://[^/]+(/moderation/\S+\?do=approve)", texts[-1])[1]


def test_what_readers_meet_of_a_conversation_is_without_barriers(walk, look):
    page, url, links = walk

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

    assert look.found == {}


def test_what_readers_meet_of_a_subscription_is_without_barriers(walk, look):
    page, url, links = walk

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
    page.fill("main [name=code]", "12345678")
    page.click("main form button")
    look("wrong code")
    page.goto(f"{url}/members/code")
    look("code")
    page.goto(url + links["sign-in"])
    look("confirm")
    page.click("main form button")
    look("signed in")
    page.goto(f"{url}/members/")
    look("account")
    page.fill("#member-name", "Zoé Martin")
    page.click("#name button")
    look("account, name saved")
    page.fill("#member-name", "é" * 81)
    page.eval_on_selector("#member-name", "field => field.form.noValidate = true")
    page.click("#name button")
    look("account with a mistake")
    page.goto(f"{url}/members/leave")
    look("leave")

    assert look.found == {}


def test_what_readers_meet_of_a_closed_entry_is_without_barriers(walk, look):
    page, url, links = walk

    page.goto(url + OLD)
    look("closed")
    page.click(".gate-free button")
    look("one that is free this month")
    page.goto(url + OLDER)
    page.click(".gate-free button")
    look("all were read")
    page.context.clear_cookies()
    page.goto(url + links["sign-in"])
    page.click("main form button")
    page.goto(url + OLD)
    look("whole")
    page.click(".gate-give button")
    look("gift to give")
    gift = urlsplit(page.input_value("#gift-link")).path
    page.goto(url + OLDER)
    page.click(".gate-give button")
    look("no gifts left")
    page.context.clear_cookies()
    page.goto(url + gift)
    look("gift")
    page.click("main form button")
    look("read by a gift")
    page.goto(f"{url}/passes/gift/none")
    look("gift spent")

    assert look.found == {}


def test_what_the_owner_meets_behind_a_mailed_link_is_without_barriers(walk, look):
    page, url, links = walk

    page.goto(url + links["decide"])
    look("decide")
    page.click("main form button")
    look("decided")
    page.goto(url + links["decide"])
    look("decided before")

    assert look.found == {}
