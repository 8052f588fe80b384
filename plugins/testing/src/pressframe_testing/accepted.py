"""A kit for authors of sources of accepted comments: subclass it, and bring the fixture ``shelf``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from pressframe import Comment, Comments

__all__ = ["TEXTS", "AcceptedCommentsKit", "Shelf"]

_NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
_ENTRY = "posts/one"
TEXTS = (
    "'; DROP TABLE comments_comment; --", "%_\\/\"'`", "<script>alert(1)</script>", "{{ 7*7 }}", "\n",
    "\u202eabc\u2066\u200b\ufeff", "e" + "\u0301" * 500, "🙂" * 16_381 + "x", "\x01\x1b[31m\x7f\u2028",
    "=cmd|' /C calc'!A0\t",
)  # fmt: skip
"""Texts that have broken stores."""


class Shelf:
    """What ``AcceptedCommentsKit`` asks for.

    Args:
        source: Of accepted comments, for the entries ``posts/one`` and ``posts/two``.
        put: Makes these comments, all of one entry, the accepted ones of that entry.
    """

    def __init__(self, source: Comments, put: Callable[[Sequence[Comment]], None]) -> None:
        self.source = source
        self.put = put


class AcceptedCommentsKit:
    """What every source of accepted comments does. Bring the fixture ``shelf``: a ``Shelf`` with none."""

    entries = frozenset({_ENTRY, "posts/two"})

    @pytest.fixture
    def shelf(self) -> Shelf:
        """Return a shelf without comments."""
        pytest.fail("bring a fixture called shelf that returns an empty one", pytrace=False)

    def _comment(self, number: int, **more: object) -> Comment:
        known = {"id": f"c{number}", "entry": _ENTRY, "author": "Zoé", "received": _NOW + timedelta(minutes=number)}
        return Comment(**{"body": "Oui.", **known, **more})  # type: ignore[arg-type] # a test says what it means

    def test_none_are_none(self, shelf: Shelf) -> None:
        assert not any(shelf.source.of(self.entries).values())
        assert shelf.source.fingerprint() == shelf.source.fingerprint()

    def test_comments_are_given_whole(self, shelf: Shelf) -> None:
        comments = [
            self._comment(n, body=text, author=text.split("\n")[0][:245] or "a", url="https://e.org/?a=1&b=2")
            for n, text in enumerate(TEXTS, 1)
        ]
        more = self._comment(50, parent="c1", by_author=True, kind="pingback", format="html", body="<b>\n\"\"\"'''</b>")

        shelf.put([*comments, more])

        given = {comment.id: comment for comment in shelf.source.of(self.entries)[_ENTRY]}
        assert given == {comment.id: comment for comment in (*comments, more)}

    def test_only_entries_that_are_asked_for_are_told_of(self, shelf: Shelf) -> None:
        shelf.put([self._comment(1)])

        assert not shelf.source.of(frozenset({"posts/two"})).get(_ENTRY)
        assert not shelf.source.of(self.entries).get("posts/two")

    def test_the_fingerprint_changes_when_comments_do(self, shelf: Shelf) -> None:
        seen = [shelf.source.fingerprint()]
        for comments in ([self._comment(1)], [self._comment(1), self._comment(2)], [self._comment(2)]):
            shelf.put(comments)
            seen.append(shelf.source.fingerprint())

        assert len(set(seen)) == 4
