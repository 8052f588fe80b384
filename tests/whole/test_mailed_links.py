"""Every link in every mail of every plugin: programs that open them change nothing, and people still can."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
import sqlalchemy as sa

from pressframe_sql import database
from pressframe_testing import EVERY_DATABASE

from .postbag import KINDS, PARTS, Postbag, text_of

PLUGINS = Path(__file__).parents[2] / "plugins"
LINK = re.compile(r"https://essai\.example(/[^\s<>\"]*)")
TRIED_BY_PROGRAMS = (
    ("GET", {}),
    ("HEAD", {}),
    ("GET", {"sec-purpose": "prefetch", "purpose": "prefetch"}),
    ("GET", {"sec-purpose": "prefetch;prerender", "x-moz": "prefetch"}),
    ("GET", {"user-agent": "Mozilla/5.0 (compatible; SafeLinks)", "range": "bytes=0-100"}),
)
PRESSED = {
    "/admin/link/": 303, "/members/confirm/": 303, "/comments/follow/": 200, "/comments/leave/": 200,
    "/newsletter/leave/": 200, "/newsletter/preferences/": 200, "/moderation/": 200,
}  # fmt: skip
"""Links with a button behind them, by what their path begins with, and what pressing it is answered with."""


@pytest.fixture
def bag(site) -> Postbag:
    return Postbag.of(site(text_of("fr")), "fr")


def rows(bag: Postbag) -> dict[str, list[str]]:
    """Return all that the database holds, table by table."""
    with database(bag.served.app.site).read() as connection:
        tables = sa.inspect(connection).get_table_names()
        return {name: sorted(map(repr, connection.execute(sa.text(f'SELECT * FROM "{name}"')))) for name in tables}


def links(bag: Postbag) -> Iterator[str]:
    """Yield each address of the site in any mail: text, HTML and headers."""
    for mail in bag.served.mails:
        bodies = [mail.get_body((kind,)) for kind in ("plain", "html")]
        said = [unescape(body.get_content()) for body in bodies if body is not None]
        yield from LINK.findall("\n".join([*said, mail["list-unsubscribe"] or ""]))


def test_no_kind_of_mail_is_left_out():
    """Threat 32: what a plugin newly mails gets its place in the postbag."""
    found = {
        f"{file.parents[1].name}/{file.stem}"
        for file in PLUGINS.glob("*/src/*/templates/*/mail/*.*")
        if file.stem not in PARTS
    }

    assert found == {kind.template for kind in KINDS.values()}


@EVERY_DATABASE
def test_programs_that_open_every_mailed_link_change_nothing(bag):
    """Threat 32: GET, HEAD and fetching ahead, ten times each; then each button still does what it says."""
    assert len(bag.by_kind) == len(KINDS)
    found = sorted(set(links(bag)))
    before, mails = rows(bag), len(bag.served.mails)

    for address in found:
        for method, headers in TRIED_BY_PROGRAMS * 10:
            reply = bag.served.browser().get(address, method=method, headers=headers)
            assert reply.status in (200, 206, 303, 410), address
            assert reply.cookies == (), address
    bag.served.run_jobs()

    assert rows(bag) == before
    assert len(bag.served.mails) == mails
    doors = {door: [one for one in found if one.startswith(door)] for door in PRESSED}
    assert all(doors.values()), doors
    answers = {door: [bag.served.browser().post(one, {}).status for one in doors[door]] for door in PRESSED}
    for door, status in PRESSED.items():
        assert status in answers[door], (door, answers[door])
    assert rows(bag) != before


@pytest.mark.browser
def test_a_browser_that_opens_every_mailed_link_and_runs_its_scripts_changes_nothing(bag, browser_page):
    """Threat 32: no script presses a button, now or after a while; nor does one when the page is left."""
    asked = []

    def answer(route):
        request = route.request
        path = request.url.removeprefix("https://essai.example")
        asked.append((request.method, path))
        form = dict(parse_qsl(request.post_data or ""))
        reply = visitor.post(path, form) if request.method == "POST" else visitor.get(path)
        while reply.status in (303, 308):  # whose next request would not come here
            reply = visitor.get(reply.headers["location"])
        headers = {name: value for name, value in reply.headers.items() if name != "content-length"}
        route.fulfill(status=reply.status, headers=headers, body=reply.body)

    visitor = bag.served.browser()
    browser_page.route("**/*", answer)
    browser_page.clock.install()
    found = sorted(set(links(bag)))
    before, mails = rows(bag), len(bag.served.mails)

    for address in found:
        browser_page.goto(f"https://essai.example{address}")
        browser_page.clock.run_for(60_000)
    browser_page.goto("about:blank")
    bag.served.run_jobs()

    assert {method for method, _ in asked} == {"GET"}
    assert {path for _, path in asked} >= {address.partition("#")[0] for address in found}
    assert rows(bag) == before
    assert len(bag.served.mails) == mails
    assert visitor.cookies == {}
