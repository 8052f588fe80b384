"""A reader who is signed in and has a name, in a real browser: what pages that are one file for all make of them."""

from datetime import UTC, datetime

import pytest

pytestmark = pytest.mark.browser

SITE = """
== pressframe.toml ==
[site]
title = "Essai"
language = "fr"
plugins = ["markdown", "sql", "web", "comments", "gates", "members", "archives", "journal"]
[plugins.members]
== content/un.md ==
---
title: Un billet
date: 2026-11-20
---
Un texte.
"""
POST = "/2026/11/un/"
NAME = "Zoé <b>$& Martin"


@pytest.fixture
def signed(site, clock):
    """Return the site, and the cookies of somebody with a name who is signed in."""
    clock.move(datetime.now(UTC) - clock.now)
    made = site(SITE)
    served = made.serve()
    member = served.sign_in("zoe@example.org")
    assert member.post("/members/account/name", {"name": NAME}).status == 303
    served.close()
    return made, member.cookies


@pytest.fixture
def page(signed, browser_page):
    """Return their browser, at a post."""
    made, kept = signed
    url = made.start().url
    cookies = [{"name": name, "value": value, "url": url} for name, value in kept.items()]
    browser_page.context.add_cookies(cookies)
    browser_page.route("**/-/**", lambda route: route.abort())  # what reloads pages of sites that are being written
    browser_page.goto(url + POST)
    return browser_page


def test_the_form_says_under_which_name_they_write_once_they_begin(page):
    assert page.locator(".logged-in-as").count() == 0  # the page is everybody's

    page.focus("#comment")

    page.wait_for_selector(".logged-in-as")
    assert page.inner_text(".logged-in-as") == f"Connecté·e en tant que {NAME}."
    assert not page.is_visible("#author")
    assert page.locator("#respond b").count() == 0
    page.fill("#comment", "Un mot.")
    page.click("#submit")
    page.wait_for_selector("[data-own]")
    assert page.inner_text("[data-own] .comment-body .fn") == NAME


def test_an_open_page_offers_them_their_account_and_no_subscription(page):
    """Without a question to the server, and without having drawn the offer."""
    assert page.inner_text(".members-nav").strip() == "Votre compte"
    assert not page.is_visible(".members-nav form")
    assert (
        page.evaluate("performance.getEntriesByType('resource').map(one => new URL(one.name).pathname)").count(
            "/members.js"
        )
        == 1
    )


def test_the_offer_is_back_once_they_have_signed_out(page):
    page.click(".members-nav >> text=Votre compte")
    assert page.inner_text("h1") == "Votre compte"

    page.click("text=Se déconnecter")

    page.wait_for_selector(".members-nav form")
    page.goto(page.url + POST.lstrip("/"))
    assert page.is_visible(".members-nav form")
    page.click(".members-nav >> text=Votre compte")
    assert page.inner_text("h1") == "Se connecter"


def test_without_javascript_the_foot_of_a_page_suits_whoever_is_signed_in_or_not(signed, chromium):
    made, kept = signed
    url = made.start().url
    context = chromium.new_context(java_script_enabled=False)
    try:
        page = context.new_page()
        page.goto(url + POST)
        assert page.inner_text(".members-nav a") == "Votre compte"
        context.add_cookies([{"name": name, "value": value, "url": url} for name, value in kept.items()])
        page.goto(url + POST)
        assert page.is_visible(".members-nav form")
        page.click(".members-nav >> text=Votre compte")

        assert page.inner_text("h1") == "Votre compte"
    finally:
        context.close()


def test_it_is_read_out(page):
    page.focus("#comment")

    page.wait_for_function("() => document.querySelector('.comment-status').textContent.includes('en tant que')")
