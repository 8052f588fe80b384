"""The screens in a real browser: keys, what assistive technology is told, and that nothing sticks out."""

import pytest

from pressframe_comments import State

from .conftest import CONTENT, LIST, SETTINGS, Desk

pytestmark = pytest.mark.browser

PASSWORD = "quatre mots tirés au sort"
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


@pytest.fixture
def live(site, browser_page):
    """Return the blog in a process of its own, with a browser that is signed in, and what its console says."""
    made = site(SETTINGS.format(language="fr", settings="", url="http://localhost:8000") + CONTENT)
    desk = Desk(made, made.serve())
    with_password = ["admin", "create", "o@example.org", "--role", "owner", "--mail-link"]
    assert made.run(*with_password).status == 0
    for number in range(4):
        desk.add(f"Texte {number}", author=f"A{number}", url="https://a.example/" + "x" * 120)
    desk.add("Supercalifragilistic" * 9, author="Long " * 20, reasons=["y" * 200], state=State.SPAM)
    link = _welcome(desk)
    desk.served.close()
    process = made.start()
    said = []
    browser_page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    browser_page.goto(process.url + link)
    browser_page.click("main button")
    browser_page.wait_for_url(f"{process.url}/admin/**")
    return browser_page, process.url, said


def _welcome(desk):
    desk.run_jobs()
    return desk.links()[0]


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
    page.wait_for_function("document.querySelector('[data-keys=say]').textContent === 'Commentaire 2 sur 4'")
    key("a", goes=True)
    assert page.locator(".flash").inner_text().startswith("1 commentaire approuvé.")
    assert page.evaluate(focused) == first[2]  # where the next one is now
    key("u", goes=True)
    assert "comme avant" in page.locator(".flash").inner_text()
    page.locator("article").first.focus()
    for name in ("x", "j", "x"):
        key(name)
    page.wait_for_function("document.querySelector('.chosen').textContent === '2 choisis'")
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
