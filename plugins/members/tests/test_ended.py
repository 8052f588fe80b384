"""What is at an end, in the process that serves: nobody goes on for as long as the server remembers who they were."""

import pytest

from pressframe_members.care import end_sessions
from pressframe_members.store import Members
from pressframe_testing import EVERY_DATABASE

from .conftest import OLD, WITHHELD
from .test_account import asked_to_move, save

pytestmark = EVERY_DATABASE

ENDS = {
    "all are ended": lambda readers, browser: save(browser, "sessions", end="all"),
    "they sign out": lambda readers, browser: browser.post("/members/sign-out", {}),
    "they leave": lambda readers, browser: browser.post("/members/leave", {}),
    "another session takes its place": lambda readers, browser: browser.post(
        readers.mail("autre@example.org", browser=browser), {}
    ),
    "another address takes its place": lambda readers, browser: readers.browser().post(
        asked_to_move(readers, browser), {}
    ),
    "the owner removes them": lambda readers, browser: Members(readers.app.site).remove(
        Members(readers.app.site).find_by_address("lectrice@example.org").id, now=readers.app.clock()
    ),
    "the owner signs them out": lambda readers, browser: end_sessions(
        readers.app.site, Members(readers.app.site).find_by_address("lectrice@example.org").id
    ),
}
"""What ends a member's session."""


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_a_session_that_is_ended_opens_nothing_from_that_moment_on(readers, end):
    """Threat 36: though the server remembers who sends its cookie. Others are not asked for anew."""
    browser, other, copy = readers.sign_up(), readers.sign_up("amie@example.org"), readers.browser()
    copy.cookies = {**browser.cookies, "theme": "dark"}
    assert [WITHHELD in one.get(OLD).text for one in (browser, other, copy)] == [True] * 3

    end(readers, browser)

    assert WITHHELD not in copy.get(OLD).text
    readers.app.readers._ask = None  # so that asking fails
    assert WITHHELD in other.get(OLD).text


PAID = """
[plugins.gates.audiences.paid]
name = "membres"
[[plugins.gates.rules]]
tag = "étude"
audience = ["paid"]
"""
STUDY = (
    "\n== content/study.md ==\n---\ntitle: Une étude\ndate: 2026-11-21\nslug: study\ntags: [étude]\n---\nUn.\n\nDeux.\n"
)


def test_what_is_given_opens_at_once_and_what_is_taken_back_is_closed_at_once(serve):
    """Threat 10: in the process that serves, though it remembers who sends the cookie."""
    readers = serve(gates=PAID, more=STUDY)
    browser, members = readers.sign_up(), Members(readers.app.site)
    id, given = members.find_by_address("lectrice@example.org").id, {"source": "complimentary"}

    for change, is_open in ((members.grant, True), (members.revoke, False)):
        assert ("Deux." in browser.get("/2026/11/study/").text) is not is_open
        change(id, "paid", **given, now=readers.app.clock())
        assert ("Deux." in browser.get("/2026/11/study/").text) is is_open
