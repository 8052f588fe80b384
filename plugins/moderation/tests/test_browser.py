"""The screens in a real browser: keys, what assistive technology is told, and that nothing sticks out."""

import pytest

from .conftest import CRISE, LIST

pytestmark = pytest.mark.browser

FLAWS = """() => {
  const flaws = [], note = (what, element) => flaws.push(`${what}: ${element.outerHTML.slice(0, 120)}`)
  const textOf = id => document.getElementById(id)?.textContent
  const NAMED = 'a, button, input:not([type=hidden]), select, textarea, nav, article, dialog'
  const nameOf = element => (element.getAttribute('aria-label')
    || (element.getAttribute('aria-labelledby') || '').split(' ').map(textOf).join('')
    || element.labels?.[0]?.textContent || element.textContent || '').trim()
  const ids = [...document.querySelectorAll('[id]')].map(element => element.id)
  if (new Set(ids).size !== ids.length) flaws.push('an id twice')
  for (const element of document.querySelectorAll(NAMED))
    if (!nameOf(element)) note('no name', element)
  for (const element of document.querySelectorAll('[aria-describedby], [aria-labelledby]'))
    for (const name of ['aria-describedby', 'aria-labelledby'])
      for (const id of (element.getAttribute(name) || '').split(' ').filter(Boolean))
        if (!document.getElementById(id)) note(`${name} leads nowhere`, element)
  let level = 0
  for (const heading of document.querySelectorAll('main :is(h1, h2, h3, h4)')) {
    if (!heading.closest('dialog') && +heading.localName[1] > level + 1) note('a level left out', heading)
    level = +heading.localName[1]
  }
  if (document.querySelectorAll('h1').length !== 1) flaws.push('not one h1')
  for (const element of document.querySelectorAll('button, .button, input[type=checkbox], .tabs a')) {
    const box = element.getBoundingClientRect()
    if (box.width && (box.width < 24 || box.height < 24)) note('too small', element)
  }
  if (document.documentElement.scrollWidth > innerWidth) flaws.push('sticks out')
  return flaws
}"""


def heard(page, text):
    """Wait until assistive technology is told *text*."""
    page.locator("[data-keys=say]", has_text=text).wait_for(state="attached")


def test_comments_are_decided_about_by_keys_alone(live):
    """Threat 31: under the policy in place."""
    page, url, said = live
    focused = "document.activeElement.id"

    def key(name, *, goes=False):
        if goes:
            with page.expect_navigation():
                page.keyboard.press(name)
        else:
            page.keyboard.press(name)

    page.goto(url + LIST)
    first = [one.get_attribute("id") for one in page.locator("article").all()]
    key("j")
    key("j")
    assert page.evaluate(focused) == first[1]
    heard(page, "Commentaire 2 sur 4")
    key("a", goes=True)
    assert page.locator(".flash").inner_text().startswith("1 commentaire approuvé.")
    assert page.evaluate(focused) == first[2]  # where the next one is now
    heard(page, "1 commentaire approuvé. Commentaire 2 sur 3")
    key("u", goes=True)
    assert "remis comme avant" in page.locator(".flash").inner_text()
    page.locator("article").first.focus()
    for name in ("x", "j", "x"):
        key(name)
    page.wait_for_function("document.querySelector('.chosen').textContent === '2 sélectionnés'")
    key("Shift+S", goes=True)
    assert "2 commentaires marqués" in page.locator(".flash").inner_text()
    key("/")
    page.keyboard.type("ask?")
    assert page.input_value("#q") == "ask?"
    page.locator("article").first.focus()
    key("e", goes=True)
    assert page.url.startswith(f"{url}{LIST}c")
    assert page.url.endswith("/edit")
    assert said == []


def test_keys_turn_the_pages_of_a_long_list_and_say_where_there_is_nothing(live):
    page, url, said = live
    page.goto(f"{url}{LIST}?state=trash")
    page.keyboard.press("j")
    heard(page, "Cette touche ne fait rien ici")
    page.goto(url + LIST)
    page.keyboard.press("n")
    heard(page, "Cette touche ne fait rien ici")
    for number in range(26):
        sent = {"author": "Ada", "email": "ada@example.org", "comment": f"Encore, {number}."}
        assert page.request.post(f"{url}/comments/{CRISE}", form=sent, headers={"origin": url}).ok
    page.goto(url + LIST)

    with page.expect_navigation():
        page.keyboard.press("n")

    assert "after=" in page.url
    heard(page, "Commentaire 1 sur")
    assert page.locator("article").first.get_attribute("id") == page.evaluate("document.activeElement.id")
    with page.expect_navigation():
        page.keyboard.press("p")
    assert page.url == url + LIST
    assert page.locator("article").count() == 25
    assert said == []


def test_keys_can_be_switched_off_and_stay_off(live):
    page, url, said = live
    page.goto(url + LIST)

    assert page.locator("article:first-of-type [aria-keyshortcuts=a]").count() >= 1
    page.keyboard.press("?")
    assert page.locator("dialog").is_visible()
    page.locator("dialog input").uncheck()
    page.keyboard.press("Escape")
    page.reload()
    page.keyboard.press("j")
    page.keyboard.press("?")

    assert not page.locator("dialog").is_visible()
    assert page.locator("[aria-keyshortcuts]").count() == 0
    assert page.evaluate("document.activeElement === document.body")
    page.click("[data-keys=help]")
    assert not page.locator("dialog input").is_checked()
    assert said == []


@pytest.mark.parametrize("width", [390, 1280])
def test_pages_have_names_order_and_room(live, width):
    """What axe looks for, as far as the page itself tells it; and nothing wider than a phone."""
    page, url, said = live
    page.set_viewport_size({"width": width, "height": 800})
    addresses = [
        "",
        "?state=all",
        "?state=trash",
        "?state=all&q=texte&kind=comment&select=all",
        "c1",
        "c1?do=spam",
        "c1/edit",
        "c5",
    ]

    flaws = {}
    for address in addresses:
        page.goto(url + LIST + address)
        flaws[address] = page.evaluate(FLAWS)
    page.goto(f"{url}{LIST}c1/edit")
    page.fill("#url", "javascript:1")
    page.click("main form button")
    flaws["wrong"] = page.evaluate(FLAWS)
    page.wait_for_function("document.activeElement.id === 'url'")

    assert {address: found for address, found in flaws.items() if found} == {}
    assert [one for one in said if "422" not in one] == []


def test_whoever_presses_a_button_goes_on_where_they_were(live):
    page, url, said = live
    focused = "document.activeElement.id || document.activeElement.className"

    page.goto(url + LIST)
    ids = [one.get_attribute("id") for one in page.locator("article").all()]
    with page.expect_navigation():
        page.click(f"#{ids[1]} [data-act=spam]")

    assert page.evaluate(focused) == ids[2]
    heard(page, "1 commentaire marqué comme indésirable. Commentaire 2 sur 3")
    for id in (ids[0], ids[2], ids[3]):
        with page.expect_navigation():
            page.click(f"#{id} [data-act=approve]")
    assert page.evaluate(focused) == "flash", "nothing is left to go on with"
    assert said == []


def test_without_scripts_what_was_done_has_the_focus(live):
    page, url, _ = live
    context = page.context.browser.new_context(java_script_enabled=False, storage_state=page.context.storage_state())
    plain = context.new_page()
    plain.goto(url + LIST)

    plain.click("article [data-act=approve]")

    plain.wait_for_selector(".flash:focus")
    assert plain.locator(".flash").count() == 1
    assert plain.locator("[aria-keyshortcuts]").count() == 0
    assert not plain.locator("[data-keys=help]").is_visible()
    context.close()


def test_keys_are_shown_at_the_comment_that_they_are_for(live):
    page, url, _ = live
    page.goto(url + LIST)
    shown = """() => Array.from(document.querySelectorAll('[data-key]'))
        .filter(one => getComputedStyle(one, '::after').content !== 'none').length"""
    assert page.evaluate(shown) == 0

    page.keyboard.press("j")

    keys = page.locator("article:focus [data-key]").count()
    assert page.evaluate(shown) == keys > 3
    assert page.get_by_role("button", name="Approuver – A3", exact=True).count() == 1, "they are no part of names"
    assert page.locator("[data-keys=help]").bounding_box()["y"] < 200
