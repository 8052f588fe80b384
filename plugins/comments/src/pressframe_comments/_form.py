"""What a reader sent, checked before anything else looks at it."""

from __future__ import annotations

import re
from collections.abc import Mapping

import attrs

from pressframe_comments._links import website
from pressframe_sql.texts import is_storable, storable

AUTHOR, EMAIL, URL, BODY = 245, 100, 200, 65_525
"""The most characters of each; WordPress's limits."""

TRAP = "subject"
"""A field that people do not see."""

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w](?:[\w-]*[\w])?(?:\.[\w](?:[\w-]*[\w])?)+")


@attrs.frozen(kw_only=True)
class Typed:
    """The fields of the form, as typed but for line ends and the spaces around.

    Attributes:
        parent: ``id`` of the comment answered; empty at the top level.
        stamp: When the form was made; empty if it came with a page that everybody shares.
        key: What a script made for this one form; empty without scripts.
        trap: Empty unless a robot filled it.
        remember: True if name, address and site are to be remembered in the browser.
        follow_answers: True if answers to the comment are to be mailed.
        follow_all: True if all new comments under the entry are.
    """

    author: str = ""
    email: str = ""
    url: str = ""
    body: str = ""
    parent: str = ""
    stamp: str = ""
    key: str = ""
    trap: str = ""
    remember: bool = False
    follow_answers: bool = False
    follow_all: bool = False

    @classmethod
    def read(cls, form: Mapping[str, str]) -> Typed:
        """Return the fields of a posted form; those that are missing are empty."""
        return cls(
            author=" ".join(re.split(r"[ \t\r\n\u00a0]+", form.get("author", "").strip())),
            email=form.get("email", "").strip(),
            url=form.get("url", "").strip(),
            body=form.get("comment", "").replace("\r\n", "\n").replace("\r", "\n").strip("\n"),
            parent=form.get("comment_parent", "").strip().removeprefix("0"),
            stamp=form.get("stamp", ""),
            key=form.get("key", "")[:200],
            trap=form.get(TRAP, ""),
            remember=bool(form.get("remember")),
            follow_answers=bool(form.get("follow_answers")),
            follow_all=bool(form.get("follow_all")),
        )

    @property
    def follows(self) -> bool:
        """True if anything is to be mailed."""
        return self.follow_answers or self.follow_all

    @property
    def website(self) -> str | None:
        """The site as an address; None if none was typed."""
        return website(self.url) if self.url else None

    def problems(self, *, is_signed_in: bool) -> list[str]:
        """Return what is wrong, each as ``<field>-<what>``, in the order of the form."""
        return [
            *(["trap-filled"] if self.trap else []),
            *self.body_problems(),
            *_text_problems("author", self.author, AUTHOR),
            *([] if is_signed_in and not self.email and not self.follows else self._email_problems()),
            *(["url-long"] if len(self.url) > URL else ["url-bad"] if self.url and self.website is None else []),
        ]

    def body_problems(self) -> list[str]:
        """Return what is wrong with the text alone."""
        if not self.body.strip():
            return ["comment-missing"]
        if len(self.body) > BODY:
            return ["comment-long"]
        return [] if is_storable(self.body) else ["comment-characters"]

    def _email_problems(self) -> list[str]:
        if not self.email:
            return ["email-missing"]
        if len(self.email) > EMAIL:
            return ["email-long"]
        return [] if _ADDRESS.fullmatch(self.email) else ["email-bad"]

    def printable(self) -> Typed:
        """Return this as a page can hold it: characters that none can are replaced."""
        return attrs.evolve(
            self,
            author=storable(self.author),
            email=storable(self.email),
            url=storable(self.url),
            body=storable(self.body),
        )


def _text_problems(field: str, text: str, limit: int) -> list[str]:
    if not text:
        return [f"{field}-missing"]
    if len(text) > limit:
        return [f"{field}-long"]
    return [f"{field}-characters"] if _CONTROL.search(text) else []
