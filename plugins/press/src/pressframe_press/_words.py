"""What pages ask, in words for people."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo


class _Words(NamedTuple):
    """How a kind of question is told: under which heading and how there, and as a whole."""

    group: str
    item: str
    whole: str


_WORDS: Mapping[str, _Words] = {
    "entry": _Words("text of", "{0}", "the text of {0}"),
    "card": _Words("card of", "{0}", "the card of {0}"),
    "gate": _Words("gate of", "{0}", "the gate of {0}"),
    "comments": _Words("comments on", "{0}", "what is said under {0}"),
    "count": _Words("number of comments on", "{0}", "the number of comments on {0}"),
    "talk": _Words("lists", "{0}", "the list of {0}"),
    "conversations": _Words("lists", "{0}", "the list of {0}"),
    "near": _Words("neighbours of", "{0}", "a neighbour of {0}"),
    "latest": _Words("lists", "{0}", "the list of {0}"),
    "size": _Words("lists", "how many {0}", "the number of {0}"),
    "groups": _Words("groups", "every {0}", "the list of every {0}"),
    "past": _Words("moments", "{0}", "the moment {0}"),
    "template": _Words("templates", "{0}", "the template {0}"),
    "asset": _Words("files", "{0}", "the file {0}"),
    "pages": _Words("pages", "all", "the list of all pages"),
    "listed": _Words("pages", "those that search engines may list", "the list for search engines"),
}
"""In the order in which they are told."""


def reason_of(question: str) -> str:
    """Return a sentence on *question*, whose answer has changed."""
    name, about = _parts(question)
    return f"{_WORDS[name].whole.format(about)} {'has come' if name == 'past' else 'has changed'}"


def grouped(questions: Iterable[str]) -> dict[str, list[str]]:
    """Return what questions are about, by group."""
    order = [*_WORDS]
    groups: dict[str, list[str]] = {}
    for name, about in sorted(map(_parts, questions), key=lambda one: (order.index(one[0]), one[1])):
        groups.setdefault(_WORDS[name].group, []).append(_WORDS[name].item.format(about))
    return groups


def _parts(question: str) -> tuple[str, str]:
    """Return the kind of a question, and what it is about in words."""
    name, _, rest = question.partition("\t")
    if name == "past":
        return name, moment_in(ZoneInfo("UTC"), rest)
    if name == "talk":
        return name, "all comments" if int(rest) == sys.maxsize else f"the {rest} newest comments"
    if name == "conversations":
        return name, "entries with comments"
    if name in ("latest", "size"):
        kind, start, end, *within = rest.split("\t", 4)
        group = f" of the {within[0]} {within[1]}" if within else ""
        return name, f"{kind}s{group}" if name == "size" else f"{kind}s {int(start) + 1} to {end}{group}, newest first"
    return name, rest


def moment_in(zone: ZoneInfo, text: str) -> str:
    """Return a remembered moment as the clock on the wall in *zone* shows it."""
    return f"{datetime.fromisoformat(text).astimezone(zone):%Y-%m-%d %H:%M:%S %Z}"


def several(names: Iterable[str]) -> str:
    """Return names as a sentence has them: ``a, b and c``."""
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def shortened(items: Sequence[str], some: int = 8) -> str:
    """Return a list of texts of which a reader wants to see but *some*."""
    rest = len(items) - some
    return "; ".join(items if rest <= 1 else [*items[:some], f"and {rest} more"])
