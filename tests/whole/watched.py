"""Chromium as a witness: shows pages without the policy that would protect them, and tells what they did."""

import re
from collections import Counter
from collections.abc import Mapping
from urllib.parse import urlsplit

import attrs
from playwright.sync_api import ConsoleMessage, Dialog, Page, Route

from pressframe_testing import Reply

AUDIT = """() => {
  const flaws = [], plain = /^(https?:|[/#?]|$)/i
  const ours = /^<script src="\\/[\\w.\\/-]+(\\?v=\\w+)?" defer=""><\\/script>$/
  const attributesOf = Object.getOwnPropertyDescriptor(Element.prototype, 'attributes').get  // no form's own names
  for (const element of document.querySelectorAll('*')) {
    const name = element.localName, note = what => flaws.push(`${what}: ${element.outerHTML.slice(0, 200)}`)
    const isTheirs = element.parentElement?.closest(
      '.comment-content, .fn, .comment-answers, .pingback, .webmention, .from-feed')
    if (isTheirs && !ALLOWED.includes(name)) note('element')
    if (['iframe', 'object', 'embed', 'applet', 'base', 'frame', 'math'].includes(name)) note('element')
    if (name === 'script' && element.type !== 'application/ld+json' && !ours.test(element.outerHTML)) note('script')
    if (name === 'meta' && element.httpEquiv) note('element')
    for (const {name: attribute, value} of attributesOf.call(element)) {
      if (/^on/i.test(attribute) || /^(srcdoc|formaction|background|dynsrc|lowsrc)$/i.test(attribute)) note(attribute)
      if (isTheirs && /^(style|id|name)$/i.test(attribute)) note(attribute)
      if (/^(.*:)?(href|src|action|data|poster)$/i.test(attribute) && !plain.test(value)) note(attribute)
    }
  }
  return flaws
}""".replace(
    "ALLOWED",
    "['a', 'abbr', 'b', 'bdi', 'blockquote', 'br', 'cite', 'code', 'del', 'div', 'em', 'hr', 'i', 'ins', 'kbd', 'li', "
    "'ol', 'p', 'pre', 'q', 's', 'strike', 'strong', 'sub', 'sup', 'u', 'ul']",
)
"""Lists what could run, load, lead astray or take a name that the page's own scripts look for."""

COUNT = "selector => document.querySelectorAll(selector).length"
COUNTED = ("#comments .comment", "#comments .pingback", "#comments .webmention", "#comments .comment-answers")


def listen(page: Page, noted: list[str], *, but: str | None = None) -> None:
    """Have *noted* what no harmless page does; of what it tells developers not the lines with *but*."""

    def tell(message: ConsoleMessage) -> None:
        if but is None or but not in message.text:
            noted.append(f"console: {message.text}")

    def close(dialog: Dialog) -> None:
        noted.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    page.on("dialog", close)
    page.on("console", tell)
    page.on("pageerror", lambda error: noted.append(f"a script failed: {error}"))
    page.on("popup", lambda popup: noted.append(f"opened: {popup.url}"))
    page.on("download", lambda download: noted.append(f"downloaded: {download.url}"))


def audit(page: Page) -> list[str]:
    """Return what *page* has that could run, once what is due at once, such as the error of an image, has happened."""
    page.evaluate("() => new Promise(done => setTimeout(() => requestAnimationFrame(() => done()), 0))")
    flaws: list[str] = page.evaluate(AUDIT)
    return flaws


@attrs.define(eq=False, slots=False)  # Playwright marks the object whose methods it is given
class Watched:
    """One page of a browser, told what a site answers; it notes whatever no harmless page does.

    Attributes:
        origin: The site's own; anything asked of another is noted, and not asked.
        replies: What the site answers, by address; gathered before, for Playwright has the thread's event loop.
        noted: What happened so far.
        counted: How many elements were seen so far, by selector, and how many ``items`` of feeds.
    """

    page: Page
    origin: str
    replies: Mapping[str, Reply]
    noted: list[str] = attrs.field(factory=list)
    counted: Counter[str] = attrs.field(factory=Counter)

    _shown: str = ""

    def __attrs_post_init__(self) -> None:
        listen(self.page, self.noted)
        self.page.context.route(re.compile(""), self._fulfil)

    def visit(self, address: str) -> None:
        """Open an address of the site, and look at all that is on its page."""
        self.page.goto(self.origin + address)
        self._look(self.origin + address)

    def show(self, html: str) -> None:
        """Show HTML that is at no address of its own."""
        self._shown = html
        self.visit("/shown")

    def show_screen(self, html: str) -> None:
        """Show a page of the owner's side, without the icon that is the shell's own."""
        self.show(html.replace('<link rel="icon" href="data:,">', ""))

    def show_items(self, items: list[str]) -> None:
        """Show the HTML of comments from a feed, as those do that read feeds."""
        self.show("".join(f'<div class="from-feed">{html}</div>' for html in items))
        self.counted["items"] += len(items)

    def _look(self, url: str) -> None:
        flaws = audit(self.page)
        if self.page.url != url:
            self.noted.append(f"went from {url} to {self.page.url}")
        self.noted += flaws
        for selector in COUNTED:
            self.counted[selector] += self.page.evaluate(COUNT, selector)

    def _fulfil(self, route: Route) -> None:
        url = route.request.url
        if not url.startswith(f"{self.origin}/"):
            self.noted.append(f"asked for {url}")
            route.abort()
            return
        path = urlsplit(url).path
        if path == "/shown":
            route.fulfill(headers={"content-type": "text/html; charset=utf-8"}, body=self._shown)
        elif path in self.replies:
            reply = self.replies[path]
            route.fulfill(headers={"content-type": reply.headers["content-type"]}, body=reply.body)
        else:
            self.noted.append(f"asked for {url}")
            route.abort()
