"""What the filter learns of a comment: its words, where its links lead, who says to have written it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator

import attrs

from pressframe.model import Comment
from pressframe_comments import fold, hosts

MOST = 400
"""Tokens looked at of one comment: half of them from the start of its text, half from its end."""

_LINK = re.compile(r"(?:https?://|www\.)[^\s<>\"]+")
_WORD = re.compile(r"\w+")
_SHORTEST, _LONGEST = 3, 24
_FIELDS = ("name", "mail", "site", "link", "path", "links", "long")


@attrs.frozen
class Sample:
    """One comment as the filter sees it.

    Attributes:
        tokens: Each once. A word of the text stands as it is; others begin with where they are from: ``name:``,
            ``mail:``, ``site:``, ``link:``, ``path:``, ``links:``, ``long:``, which no word can.
        digest: The same for equal texts.
    """

    tokens: tuple[str, ...]
    digest: str

    @classmethod
    def of(cls, comment: Comment, *, email: str = "") -> Sample:
        """Return what can be learned of *comment*; the domain of *email* counts, never the address."""
        folded = fold(comment.body)
        text = list(dict.fromkeys(_text_tokens(folded)))
        around = list(dict.fromkeys(_outer_tokens(comment, fold(email))))[: MOST // 2]
        room = MOST - len(around)
        kept = text if len(text) <= room else [*text[: room // 2], *text[-(room - room // 2) :]]
        plain = " ".join(_WORD.findall(folded))
        return cls(
            tokens=tuple(dict.fromkeys([*around, *kept])),
            digest=hashlib.sha256(plain.encode("utf-8", "replace")).hexdigest()[:32],
        )


def _outer_tokens(comment: Comment, email: str) -> Iterator[str]:
    for word in _words(fold(comment.author)):
        yield f"name:{word}"
    domain = email.rpartition("@")[2]
    if domain:
        yield f"mail:{domain}"
        yield f"mail:.{domain.rpartition('.')[2]}"
    found = hosts(comment)
    own = found[:1] if comment.url else ()
    for host in own:
        yield f"site:{host}"
    for host in found[len(own) :]:
        yield f"link:{host}"
        parent = ".".join(host.split(".")[-2:])
        if parent != host:
            yield f"link:{parent}"
    yield f"links:{_size(len(found) - len(own))}"


def _size(number: int) -> str:
    return str(number) if number < 3 else "3+" if number < 10 else "10+"


def _text_tokens(folded: str) -> Iterator[str]:
    end = 0
    for link in _LINK.finditer(folded):
        yield from _words(folded[end : link.start()])
        path = link[0].partition("://")[2].partition("/")[2]
        yield from (f"path:{word}" for word in _words(path) if word.isalpha())
        end = link.end()
    yield from _words(folded[end:])


def _words(text: str) -> Iterator[str]:
    """Yield words of three letters and more; what French elides (l’, qu’) falls away, and so does English ’s."""
    for word in _WORD.findall(text):
        if len(word) > _LONGEST:
            yield f"long:{word[:2]}"
        elif len(word) >= _SHORTEST:
            yield word


def split(token: str) -> tuple[str, str]:
    """Return where *token* is from, empty for the text, and what it says."""
    field, found, text = token.partition(":")
    return (field, text) if found and field in _FIELDS else ("", token)


def storable(tokens: Iterable[str]) -> list[str]:
    """Return the tokens that a database can hold: texts of comments may hold what none can."""
    return [token for token in tokens if "\0" not in token and token.isprintable()]
