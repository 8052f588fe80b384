"""What is around every screen: navigation, badges, the dashboard, what has just been done."""

import re

import pytest

from .conftest import main_of


def _navigation(page: str) -> list[str]:
    inside = page.partition("<nav")[2].partition("</nav>")[0]
    return [re.sub(r"<[^>]+>", "", link) for link in re.findall(r"<a [^>]*>(.*?)</a>", inside)]


@pytest.mark.parametrize(
    ("role", "links", "tiles"),
    [
        ("owner", ["Tableau de bord", "Desk (4\u202f004 en attente)"], ["Articles", "Desk"]),
        ("moderator", ["Tableau de bord", "Desk (4\u202f004 en attente)"], ["Articles", "Desk"]),
        ("author", ["Tableau de bord", "Mine"], ["Vos articles"]),
    ],
)
def test_everybody_sees_their_own_screens(desk, role, links, tiles):
    browser = desk.sign_in_as(role, author="odile" if role == "author" else "")

    page = browser.get("/admin/").text

    assert _navigation(page) == links
    assert [re.sub("<[^>]+>", "", title) for title in re.findall(r"<h2>(.*?)</h2>", page)] == tiles
    said = "4\u202f004 choses vous attendent." if role != "author" else "Rien ne vous attend."
    assert main_of(page).startswith(f"Bonjour, {'odile' if role == 'author' else role} {said}")


@pytest.mark.parametrize("address", ["/admin/nowhere/", "/admin/desk/none/", "/admin/account/password", "/admin/é"])
def test_where_no_screen_is_owners_find_a_way_back_and_strangers_the_way_in(desk, address):
    page = desk.sign_in_as("owner").get(address)

    assert page.status == 404
    assert main_of(page.text).startswith("Introuvable Il n’y a pas d’écran à cette adresse")
    assert _navigation(page.text)[0] == "Tableau de bord"
    assert ('aria-current="page"' in page.text) is address.startswith("/admin/desk/")
    stranger = desk.browser().get(address)
    assert stranger.status == 303
    assert stranger.headers["location"].startswith("/admin/sign-in?next=%2Fadmin%2F")


def test_a_screens_address_without_its_last_slash_leads_there(desk):
    assert desk.sign_in_as("owner").get("/admin/desk").headers["location"] == "/admin/desk/"


def test_an_author_is_told_of_their_own_posts(desk):
    page = desk.sign_in_as("author", author="odile").get("/admin/").text

    assert main_of(page).endswith("Vos articles 1 Le dernier\xa0: Premier billet")
    assert "Odile Marchenoir" in desk.sign_in_as("author", author="odile").get("/admin/account/").text


def test_a_badge_that_fails_takes_nothing_else_with_it(desk, caplog):
    """Threat 62."""
    assert desk.sign_in_as("author", author="odile").get("/admin/").status == 200

    assert "desk: the badge of /admin/mine/ failed: division by zero" in caplog.text
    assert "desk: the tile of /admin/mine/ failed: division by zero" in caplog.text


def test_what_was_done_is_said_once_with_its_undo(desk):
    owner = desk.owner()

    done = owner.send("/admin/desk/approve", {"who": "Zoé"}, page="/admin/desk/")
    assert (done.status, done.headers["location"]) == (303, "/admin/desk/")
    page = owner.follow(done).text

    assert main_of(page).startswith("3 comments of Zoé approved. Annuler list")
    assert '<div class="flash" role="status" tabindex="-1" autofocus>' in page
    undo = page.partition('class="flash"')[2].partition("</form>")[0]
    assert 'action="/admin/desk/undo" method="post"' in undo
    assert 'name="batch" value="17"' in undo
    assert 'name="token"' in undo
    assert "approved" not in owner.get("/admin/desk/").text


def test_what_people_typed_is_text_in_what_is_said(desk):
    """Threats 19, 26: markup, placeholders and templates in a value."""
    owner = desk.owner()
    for typed in ("<img src=x onerror=alert(1)>", "%(num)s %s %", "{{ 7*7 }}", '"><script>', "é" * 5_000):
        page = owner.follow(owner.send("/admin/desk/approve", {"who": typed}, page="/admin/desk/")).text
        assert "<img" not in page
        assert "<script" not in page
        assert ">49" not in page
        if "%" in typed:
            assert "3 comments of %(num)s %s % approved." in page


def test_a_forged_flash_says_nothing(desk):
    """Threat 19: a cookie that another's page, or another account, set."""
    owner, moderator = desk.owner(), desk.sign_in_as("moderator")
    moderator.send("/admin/desk/approve", {}, page="/admin/desk/")
    others = moderator.cookies["__Host-admin-flash"]

    for value in (others, "x.y", "eyJ0ZXh0IjoieCJ9.AAAA", ""):
        owner.cookies["__Host-admin-flash"] = value
        assert 'class="flash"' not in owner.get("/admin/").text


@pytest.mark.parametrize(
    "address",
    [
        "/admin/", "/admin/desk/", "/admin/account/", "/admin/sign-in", "/admin/mine/", "/admin/link/x", "/admin",
        "/admin/nowhere/",
    ],
)  # fmt: skip
def test_no_cache_and_no_search_engine_keeps_an_answer(desk, address):
    """Threats 9, 31: whatever the plugin's own headers say."""
    for browser in (desk.owner(), desk.browser()):
        answer = browser.get(address)

        assert answer.headers["cache-control"] == "private, no-store"
        assert "default-src 'self'" in answer.headers["content-security-policy"]
        if answer.status != 303:
            assert answer.headers["x-robots-tag"] == "noindex, nofollow"
            assert '<meta name="robots" content="noindex, nofollow">' in answer.text
            assert not re.search(r"<style|<script|\son\w+=|\sstyle=", answer.text)


def test_readers_pages_show_nothing_of_it(desk):
    """No bar, no cookie, no other byte for an owner who reads."""
    owner, stranger = desk.owner(), desk.browser()

    for address in ("/", "/2026/11/second/", "/archives/", "/nothing/", "/robots.txt"):
        mine, theirs = owner.get(address), stranger.get(address)
        assert (mine.status, mine.body, mine.cookies) == (theirs.status, theirs.body, ())
        assert b"/admin" not in mine.body


def test_it_needs_no_theme(site, make_owner):
    bare = site('== pressframe.toml ==\n[site]\ntitle = "Bare"\nplugins = ["sql", "web", "admin"]\n')
    make_owner(bare)
    served = bare.serve()
    browser = served.visitor

    form = {"address": "florian@prland.example", "password": "quatre mots tirés au sort"}
    assert browser.follow(browser.post("/admin/sign-in", form)).status == 200
    assert (
        main_of(browser.get("/admin/").text)
        == "Hello, Florian Nothing waits for you. Posts 0 Nothing is published yet."
    )
    assert browser.get("/admin.css").status == 200


def test_a_database_that_cannot_be_read_lets_nobody_in(desk, monkeypatch):
    """Threat 13: 503, and the door stays shut."""
    from pressframe.errors import StoreError
    from pressframe_sql import Database

    owner = desk.owner()

    def fails(self):
        raise StoreError("the database is locked")

    monkeypatch.setattr(Database, "read", fails)

    answer = owner.get("/admin/desk/")
    assert (answer.status, answer.headers["retry-after"]) == (503, "5")
    assert desk.calls == []


def test_every_page_can_be_walked_through_without_seeing_it(desk):
    """One main, one h1, a skip link first, labels for fields, names for buttons."""
    owner = desk.owner()
    pages = [owner.get(address).text for address in ("/admin/", "/admin/account/", "/admin/desk/")]
    pages += [desk.browser().get(address).text for address in ("/admin/sign-in", "/admin/link/x")]
    pages.append(desk.browser().get(desk.mail()).text)

    for page in pages:
        assert page.count("<main") == page.count("<h1") == 1
        assert page.index('class="skip" href="#main"') < page.index("<header")
        assert '<html lang="fr">' in page
        fields = set(re.findall(r'<input id="([^"]+)"', page))
        assert fields <= set(re.findall(r'<label for="([^"]+)"', page))
        assert not re.search(r"<button[^>]*>\s*</button>", page)
