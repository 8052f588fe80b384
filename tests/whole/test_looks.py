"""PRland in a browser: nothing runs out of a small screen, links can be hit, the reminder hides no text."""

from urllib.parse import urlsplit

import pytest

from pressframe import Site

from .conftest import NOW

pytestmark = pytest.mark.browser

OPEN = "/2026/11/ma-revue-de-presse-sans-les-mains/"
CLOSED = "/2011/05/ce-que-la-conversation-fait-a-l-entreprise/"
PAGES = ["/", OPEN, CLOSED, "/archives/", "/category/", "/category/crise/", "/a-propos/", "/404.html"]

WHERE = """() => {
    const reached = document.activeElement, reminder = document.querySelector(".reminder");
    if (reminder.contains(reached)) return "reminder";
    const [own, over] = [reached, reminder].map(element => element.getBoundingClientRect());
    const isHidden =
        own.top >= over.top && own.bottom <= over.bottom && own.left >= over.left && own.right <= over.right;
    return (isHidden ? "behind it: " : "") + reached.outerHTML.slice(0, 80);
}"""


@pytest.fixture
def visit(prland, browser_page):
    """Return a function that opens a page of PRland as a stranger, on a screen so wide."""
    release = Site.open(prland).build(now=NOW)

    def answer(route):
        stored = release.find(urlsplit(route.request.url).path, frozenset())
        if stored is None:
            route.fulfill(status=404)
        else:
            route.fulfill(path=stored.file, content_type=stored.media_type)

    def visit(address, width):
        browser_page.set_viewport_size({"width": width, "height": 860})
        browser_page.goto(f"http://localhost:8000{address}")
        return browser_page

    browser_page.route("**/*", answer)
    return visit


@pytest.mark.parametrize("width", [320, 1280])
def test_no_page_is_wider_than_the_screen(visit, width):
    widths = {address: visit(address, width).evaluate("document.documentElement.scrollWidth") for address in PAGES}

    assert widths == dict.fromkeys(PAGES, width)


def test_links_of_a_comments_head_are_as_high_as_a_finger_needs(visit):
    """WCAG 2.5.8: 24 pixels."""
    links = visit(CLOSED, 390).locator(".comment-meta a")

    heights = links.evaluate_all("links => links.map(link => link.getBoundingClientRect().height)")

    assert len(heights) > 11
    assert min(heights) >= 24


def test_the_reminder_stands_beside_the_text_where_there_is_room(visit):
    page = visit(OPEN, 1280)

    text, reminder = page.locator(".entry-content > p").first.bounding_box(), page.locator(".reminder").bounding_box()

    assert text["x"] + text["width"] <= reminder["x"]


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_reached_by_keyboard_hides_behind_the_reminder(visit, width):
    """WCAG 2.4.11."""
    page = visit(OPEN, width)
    reached = []

    while "reminder" not in reached:
        page.keyboard.press("Tab")
        reached.append(page.evaluate(WHERE))

    assert len(reached) > 20
    assert [where for where in reached if where.startswith("behind")] == []


def test_the_reminder_leaves_no_room_where_it_was_put_away(visit):
    page = visit(OPEN, 390)
    footer = page.locator(".site-footer")
    before = footer.bounding_box()["height"]

    page.click(".reminder-close")

    assert not page.locator(".reminder").is_visible()
    assert footer.bounding_box()["height"] < before - 300
