"""A conversation in a real browser: by keyboard, with and without scripts, and as a screen reader gets it."""

import pytest
from playwright.sync_api import Page

from pressframe_testing import find_barriers

pytestmark = pytest.mark.browser

SITE = """
== pressframe.toml ==
[site]
title = "Essai"
language = "fr"
plugins = ["markdown", "sql", "web", "comments", "archives", "feeds", "journal"]

[plugins.comments]
moderation = "never"
flood_limit = 0
per_page = 2

== content/billet.md ==
---
title: Un billet
date: 2026-11-20
---
Un texte.

== content/billet.comments.toml ==
""" + "".join(
    f'[[comment]]\nid = {number}\nauthor = "Ada"\ndate = 2026-11-21T1{number}:00:00+01:00\nbody = "Texte {number}."\n'
    for number in range(1, 6)
)
FLAWS = """() => {
  const flaws = [], ids = new Map(), note = (what, element) => flaws.push(`${what}: ${element.outerHTML.slice(0, 120)}`)
  const text = element => (element.getAttribute('aria-label') || element.textContent || element.value || '').trim()
  for (const element of document.querySelectorAll('[id]')) {
    if (ids.has(element.id)) note('the same id twice', element)
    ids.set(element.id, element)
  }
  const navs = Array.from(document.querySelectorAll('nav'), text)
  if (new Set(Array.from(document.querySelectorAll('nav'), nav => nav.getAttribute('aria-label'))).size < navs.length) {
    flaws.push('two landmarks of one name')
  }
  for (const element of document.querySelectorAll('[aria-describedby], [aria-labelledby]')) {
    const names = ['aria-describedby', 'aria-labelledby'], of = name => (element.getAttribute(name) || '').split(/\\s+/)
    const named = names.flatMap(of)
    if (named.some(id => id && !ids.has(id))) note('told by what is not there', element)
  }
  for (const element of document.querySelectorAll('#comments :is(input:not([type=hidden], [type=submit]), textarea)')) {
    if (!element.labels.length || !text(element.labels[0])) note('no label', element)
  }
  for (const element of document.querySelectorAll('#comments :is(a, button, h1, h2, h3)')) {
    if (!element.closest('[hidden]') && !text(element)) note('no name', element)
  }
  for (const element of document.querySelectorAll('#comments [aria-invalid]')) {
    const error = document.getElementById((element.getAttribute('aria-describedby') || '').split(' ')[0])
    if (!error || !text(error)) note('an error that is tied to nothing', element)
  }
  for (const element of document.querySelectorAll('ol.comment-list > *, ol.children > *')) {
    if (element.localName !== 'li') note('no item in a list', element)
  }
  for (const element of document.querySelectorAll('#comments :is(svg, img)')) {
    if (!(element.getAttribute('aria-hidden') || element.getAttribute('alt') !== null)) note('a picture', element)
  }
  const levels = Array.from(document.querySelectorAll('h1, h2, h3, h4'), one => Number(one.localName[1]))
  levels.forEach((level, index) => {
    if (level > (levels[index - 1] ?? 0) + 1) flaws.push(`from h${levels[index - 1]} to h${level}`)
  })
  if (!document.documentElement.lang) flaws.push('no language')
  return flaws
}"""
"""What a screen reader would stumble over in a conversation."""


@pytest.fixture
def url(site) -> str:
    return site(SITE).start().url + "/2026/11/billet/"


@pytest.fixture
def page(browser_page, url) -> Page:
    """The post, opened; without what reloads pages of sites that are being written."""
    browser_page.route("**/-/**", lambda route: route.abort())
    browser_page.goto(url)
    return browser_page


def write(page: Page, text: str, *, author: str = "Zoé", email: str = "zoe@example.org") -> None:
    page.fill("#comment", text)
    page.fill("#author", author)
    page.fill("#email", email)


def focused(page: Page) -> str:
    return page.evaluate("() => document.activeElement.id || document.activeElement.className")


def check(page: Page) -> None:
    """Fail over what a screen reader would stumble over."""
    assert page.evaluate(FLAWS) == []
    assert find_barriers(page) == []


def test_a_comment_is_sent_without_leaving_the_place(page):
    before, reads = page.url, []
    page.on("framenavigated", lambda frame: reads.append(frame.url))

    write(page, "Bonjour *à tous*.")
    page.keyboard.press("Control+Enter") if focused(page) == "comment" else page.click("#submit")
    page.wait_for_selector("[data-own]")

    assert (page.url, reads) == (before, [])
    assert focused(page) == "comment-c1"
    assert page.inner_html("#comment-c1 .comment-content em") == "à tous"
    page.wait_for_selector(".comment-status:not(:empty)")
    assert page.text_content(".comment-status") == "Votre commentaire est en ligne."
    check(page)


def test_a_comment_that_comes_back_shows_why_on_a_phone_and_stays_when_the_site_is_built_again(site, browser_page):
    """What is wrong with no field in particular stands above the form alone."""
    made = site(SITE.replace("flood_limit = 0", "flood_limit = 1"))
    process = made.start()
    browser_page.set_viewport_size({"width": 390, "height": 844})
    browser_page.goto(f"{process.url}/2026/11/billet/")
    write(browser_page, "Un.")
    browser_page.click("#submit")
    browser_page.wait_for_selector("[data-own]")
    process.wait_for("built again")

    write(browser_page, "Deux, plus long.")
    browser_page.evaluate("document.getElementById('comment').scrollIntoView()")
    browser_page.press("#comment", "Control+Enter")
    browser_page.wait_for_selector("#comment-errors")
    box = browser_page.locator("#comment-errors").bounding_box()
    made.edit("content/billet.md", made.read("content/billet.md").replace("Un texte", "Un autre texte"))
    process.wait_for("built again")
    for _ in range(2):
        browser_page.wait_for_event("response", lambda response: "/-/changes" in response.url)

    assert 0 <= box["y"] < box["y"] + box["height"] <= 844
    assert focused(browser_page) == "comment"
    assert browser_page.input_value("#comment") == "Deux, plus long."


def test_who_was_still_typing_when_comments_closed_is_told_and_keeps_the_text(site, browser_page):
    made = site(SITE)
    process = made.start()
    browser_page.route("**/-/**", lambda route: route.abort())
    browser_page.goto(f"{process.url}/2026/11/billet/")
    write(browser_page, "Lentement.")
    made.edit("content/billet.md", made.read("content/billet.md").replace("title:", "comments: false\ntitle:"))
    process.wait_for("built again")

    browser_page.click("#submit")
    browser_page.wait_for_selector("#comment-lost")
    browser_page.wait_for_selector(".comment-status:has-text('Votre texte n’a pas pu être envoyé')")

    assert focused(browser_page) == "comment-lost"
    assert browser_page.input_value("#comment-lost").strip() == "Lentement."
    check(browser_page)


def test_what_was_just_sent_stays_with_its_links_when_the_site_is_built_again(site, browser_page):
    """Where the site is only on this machine, pages are loaded again after each build."""
    process = site(SITE).start()
    browser_page.goto(f"{process.url}/2026/11/billet/")
    write(browser_page, "Bonjour.")
    browser_page.click("#submit")
    browser_page.wait_for_selector("[data-own]")
    process.wait_for("built again")

    for _ in range(2):  # it has heard of the build, and asks again
        browser_page.wait_for_event("response", lambda response: "/-/changes" in response.url)

    assert browser_page.locator(".comment-own a").count() == 2
    assert focused(browser_page) == "comment-c1"


def test_what_is_wrong_is_announced_and_the_focus_goes_to_the_first_of_it(page):
    page.eval_on_selector("#commentform", "form => { form.noValidate = true }")
    write(page, "Bonjour.", author=" ", email="nulle part")

    page.click("#submit")
    page.wait_for_selector("#comment-errors")

    assert focused(page) == "author"
    assert page.input_value("#comment") == "Bonjour."
    check(page)
    page.click("#comment-errors a[href='#email']")
    assert focused(page) == "email"


def test_a_preview_comes_in_place_and_what_is_edited_too(page):
    write(page, "Un **mot**.")
    page.click("button[name=preview]")
    page.wait_for_selector("#comment-preview")
    assert focused(page) == "comment-preview"
    check(page)

    page.click("#submit")
    page.wait_for_selector(".comment-own")
    page.click(".comment-own a[href$='/edit']")
    page.wait_for_selector("form[action$='/edit']")
    assert focused(page) == "comment"
    check(page)
    page.fill("#comment", "Un autre mot.")
    page.click("#submit")
    page.wait_for_selector(".comment-own")

    assert page.inner_text("[id=comment-c1] .comment-content") == "Un autre mot."


def test_answering_by_keyboard_and_giving_it_up(page):
    page.focus("#comment-2 .comment-reply-link")
    page.keyboard.press("Enter")

    assert focused(page) == "comment"
    assert page.input_value("#comment_parent") == "2"
    assert page.inner_text("#reply-to") == "Répondre à Ada"
    check(page)
    page.keyboard.press("Escape")
    assert focused(page) == "comment-reply-link"
    assert page.input_value("#comment_parent") == ""


def test_what_is_remembered_is_filled_in_when_somebody_begins_to_type(page, url):
    write(page, "Un.")
    page.check("#comment-remember")
    page.click("#submit")
    page.wait_for_selector("[data-own]")

    page.goto(url)
    page.focus("#comment")
    page.wait_for_selector("#comment-remember:checked")

    assert page.input_value("#author") == "Zoé"
    assert page.input_value("#email") == "zoe@example.org"


def test_who_comes_back_is_told_what_was_said_meanwhile_and_how_many_there_are_now(page, url):
    come_back = "document.dispatchEvent(new Event('visibilitychange'))"
    last, asked = page.context.browser.new_context().new_page(), []
    last.route("**/-/**", lambda route: route.abort())
    for one, address in ((page, url), (last, f"{url}comments-3/")):
        one.clock.install()
        one.goto(address)
    page.on("request", lambda request: asked.append(request.url) if request.url == url else None)
    host = url.partition("/2026/")[0]
    sent = {"author": "Zoé", "email": "zoe@example.org", "comment": "Entre-temps."}
    assert page.request.post(f"{host}/comments/billet", form=sent, headers={"origin": host}).ok
    while "comment-c1" not in page.request.get(f"{url}comments-3/").text():
        pass

    page.evaluate(come_back)
    assert asked == []
    assert page.inner_text(".comments-title").startswith("5 ")
    for one in (page, last):
        one.clock.fast_forward(31_000)
        one.evaluate(come_back)
    page.locator(".comments-title", has_text="6 réponses").wait_for()
    last.wait_for_selector("#comments-news")

    assert page.locator("#comments-news").count() == 0, "it stands on another page"
    check(last)
    last.click("#comments-news")
    assert focused(last) == "comment-c1"
    assert last.inner_text("#comment-c1 .comment-content") == "Entre-temps."
    assert last.locator("#comments-news").count() == 0


def test_a_link_to_a_comment_on_another_page_leads_there(page, url):
    page.goto("about:blank")
    page.goto(f"{url}#comment-5")
    page.wait_for_url("**/comments-3/#comment-5")

    assert page.locator("#comment-5").count() == 1
    check(page)


def test_without_scripts_all_of_it_is_pages(page, url):
    context = page.context.browser.new_context(java_script_enabled=False)
    plain = context.new_page()
    plain.set_default_timeout(60_000)

    plain.goto(url)
    plain.click(".comment-navigation a[rel=next] >> nth=0")
    plain.click("#comment-3 .comment-reply-link")
    write(plain, "Une *réponse*.")
    plain.click("button[name=preview]")
    assert plain.inner_text("#comment-preview em") == "réponse"
    plain.click("#submit")
    assert plain.inner_text("#comment-c1 .comment-content") == "Une réponse."
    plain.click(".comment-own a[href$='/delete']")
    plain.click("article button")

    assert plain.inner_text(".comment-notice") == "Votre commentaire a été supprimé."
    assert plain.locator("#comment-c1").count() == 0
    context.close()


def test_the_pages_ask_nobody_else(page, url):
    asked = []
    page.on("request", lambda request: asked.append(request.url))

    page.goto(url)
    write(page, "Bonjour.")
    page.click("#submit")
    page.wait_for_selector("[data-own]")

    host = url.split("/2026/")[0]
    assert [one for one in asked if not one.startswith((host, "data:"))] == []
