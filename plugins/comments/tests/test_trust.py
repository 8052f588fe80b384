"""Who is known again: a browser by its signed cookie, a reader who is signed in, and nobody by what they type."""

import re

import pytest

from pressframe import Reader
from pressframe_comments import Search, comment_store
from pressframe_testing import EVERY_DATABASE

pytestmark = EVERY_DATABASE


def stored(served):
    return comment_store(served.site).search(Search()).comments


def test_a_browser_whose_comment_was_accepted_is_known_again(served):
    served.post(comment="un")
    served.moderate("approve", "c1")

    served.post(comment="deux", author="Autre nom", email="autre@example.org")

    assert served.page().comments == ["c1", "c2"]
    assert stored(served)[0].comment.accepted_before


def test_whoever_types_the_same_name_and_address_is_not_known(served):
    served.post(comment="un")
    served.moderate("approve", "c1")
    served.cookies.clear()

    served.post(comment="deux")

    assert served.page().comments == ["c1"]


def test_who_was_accepted_is_known_when_all_of_it_is_archived_and_until_they_are_erased(served):
    served.post(comment="un")
    served.moderate("approve", "c1")
    assert served.moderate("archive", "posts/billet").exit_code == 0
    served.post(comment="deux")
    known = served.page().comments

    served.moderate("erase-person", "zoe@example.org", "--yes")
    served.post(comment="trois", email="autre@example.org")

    assert known == ["c1", "c2"]
    assert "c3" not in served.page().comments


def test_who_is_deleted_for_ever_is_a_stranger_again(served):
    served.post(comment="un")
    served.moderate("approve", "c1")
    served.moderate("delete", "c1", "--for-ever")

    served.post(comment="deux")

    assert served.page().comments == []


@pytest.mark.parametrize(
    "forge",
    [lambda c: c[:-9] + ("A" if c[-9] != "A" else "B") + c[-8:], lambda c: "x" + c, lambda c: ".", lambda c: "é.é"],
)
def test_a_cookie_that_we_did_not_make_proves_nothing(served, forge):
    """Threat 11."""
    served.post(comment="un")
    served.moderate("approve", "c1")
    served.cookies["commenter"] = forge(served.cookies["commenter"])

    served.post(comment="deux")

    assert served.page().comments == ["c1"]


def test_a_browser_whose_comment_was_spam_is_not_known(served):
    served.post(comment="un")
    served.moderate("approve", "c1")
    served.moderate("spam", "c1")

    served.post(comment="deux")

    assert served.page().comments == []


def test_a_signed_in_reader_is_known_and_needs_no_address(served):
    served.reader = Reader(id="r1", audiences=frozenset({"subscribers"}))

    answer = served.post(email="")

    assert answer.status == 303
    assert served.page().comments == ["c1"]
    assert "byuser" in served.page().text


def test_the_cookie_is_set_once_and_says_nothing(served):
    served.post(comment="un")
    cookie = served.cookies["commenter"]
    served.post(comment="deux")

    assert served.cookies["commenter"] == cookie
    assert re.fullmatch(r"[\w-]{20}\.[\w-]{24}", cookie)
