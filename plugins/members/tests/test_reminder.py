"""The reminder over open posts: there, put away, and away for good."""

import re
from urllib.parse import urlsplit

import pytest

from .conftest import NEW, OLD, PAGE

PUT_AWAY = ".reminder { display: none !important }\n:root { --reminder-room: 0px }"


NEWER = "/2026/11/newer/"
FURTHER = "\n== content/newer.md ==\n---\ntitle: Plus neuf\ndate: 2026-11-21\nslug: newer\n---\nUn texte.\n"


def reminder(html: str) -> str:
    return html.partition('<aside id="reminder" class="reminder"')[2].partition("</aside>")[0]


def test_it_stands_over_open_posts_alone(readers):
    there = {
        address: bool(reminder(readers.visitor.get(address).text)) for address in ("/", NEW, OLD, PAGE, "/archives/")
    }

    assert there == {"/": False, NEW: True, OLD: False, PAGE: False, "/archives/": False}


def test_it_covers_no_form_that_somebody_is_filling_in(readers):
    """What the server answers one reader alone, as the preview of a comment, is no page to be reminded on."""
    sent = {"author": "Zoé", "email": "zoe@example.org", "comment": "Oui.", "preview": "1"}

    answer = readers.visitor.post("/comments/new", sent)

    assert "comment-preview" in answer.text
    assert reminder(answer.text) == ""


def test_it_is_left_out_where_nobody_asked_for_it(blog):
    built = blog().build()

    assert not any("reminder" in text for path, text in built.files.items() if path.endswith(".html"))
    assert "/members.css" not in built.release.files


def test_it_has_the_words_that_readers_know(readers):
    text = reminder(readers.visitor.get(NEW).text)

    assert ">En savoir plus sur PRland</h2>" in text
    assert "Abonnez-vous pour poursuivre la lecture et avoir accès à l’ensemble des archives." in text
    assert f'name="next" value="{NEW}"' in text
    assert re.findall(r'<a class="reminder-close" href="#reminder">(.*?)</a>', text) == ["Continuer la lecture"]
    assert re.findall(r'<button class="quiet" type="submit">(.*?)</button>', text) == ["Continuer la lecture"]


@pytest.mark.parametrize(
    ("line", "language", "words"),
    [
        ("", "en", "Continue reading"),
        ('way_out = "Continue reading"', "fr", "Continue reading"),
        ('way_out = "Non & merci"', "fr", "Non &amp; merci"),
    ],
)
def test_a_site_may_choose_the_words_of_the_way_out(blog, line, language, words):
    built = blog(f"overlay = true\n{line}", language=language).build()

    assert f'href="#reminder">{words}</a>' in reminder(built.read(NEW))


def test_put_away_it_stays_away(readers):
    browser = readers.visitor
    assert PUT_AWAY not in browser.get("/members/reminder.css").text

    done = browser.post("/members/reminder", {"next": NEW})

    assert (done.status, done.headers["location"]) == (303, NEW)
    assert "Max-Age=15552000" in done.cookies[0]
    assert browser.get("/members/reminder.css").text.strip() == PUT_AWAY
    assert PUT_AWAY not in readers.browser().get("/members/reminder.css").text


def test_subscribers_never_see_it(readers):
    browser = readers.sign_up()

    assert browser.get("/members/reminder.css").text.strip() == PUT_AWAY


def test_the_page_is_the_same_for_all_and_may_be_cached(readers):
    """Threat 9: what differs is a style sheet that no cache keeps."""
    subscriber, stranger = readers.sign_up().get(NEW), readers.visitor.get(NEW)

    assert subscriber.body == stranger.body
    assert stranger.headers["cache-control"].startswith("public")
    sheet = readers.visitor.get("/members/reminder.css")
    assert sheet.headers["cache-control"] == "private, no-store"
    assert sheet.headers["content-type"] == "text/css; charset=utf-8"
    assert sheet.headers["x-content-type-options"] == "nosniff"


def test_without_a_server_the_link_closes_it_for_this_view(blog):
    built = blog("overlay = true").build()

    text = reminder(built.read(NEW))
    assert '<form class="reminder-away" action="/members/reminder" method="post" hidden>' in text
    assert ".reminder:target { display: none !important }" in built.read("/members.css")
    assert 'href="/members.css?v=' in built.read(NEW)


@pytest.mark.browser
def test_on_a_static_host_the_browser_remembers_that_it_was_put_away(blog, browser_page):
    site = blog("overlay = true", more=FURTHER)
    site.edit("pressframe.toml", site.read("pressframe.toml") + '[plugins.web]\nlive = "https://live.example"\n')
    release = site.build().release

    def answer(route):
        stored = release.find(urlsplit(route.request.url).path, frozenset())
        route.fulfill(path=stored.file, content_type=stored.media_type) if stored else route.fulfill(status=404)

    def is_there(address):
        browser_page.goto(f"http://localhost:8000{address}")
        return browser_page.locator("#reminder").is_visible()

    browser_page.route("**/*", answer)
    first, second = is_there(NEW), is_there(NEWER)
    browser_page.click(".reminder-close")

    assert (first, second) == (True, True)
    assert not browser_page.locator("#reminder").is_visible()
    assert [is_there(address) for address in (NEW, NEWER)] == [False, False]
    browser_page.evaluate("localStorage.setItem('reminder-away', String(Date.now() - 181 * 86400000))")
    assert is_there(NEW)


def test_where_a_server_remembers_it_no_script_does(blog):
    assert "/reminder.js" not in blog("overlay = true").build().read(NEW)


def test_a_get_does_not_put_it_away(readers):
    """Threat 32."""
    answer = readers.visitor.get("/members/reminder")

    assert (answer.status, answer.cookies) == (405, ())
