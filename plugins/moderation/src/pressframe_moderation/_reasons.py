"""Why a comment waits, in the site's language: the words of some judges are known, those of others stay theirs."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pressframe.model import Json


def _(text: str) -> str:
    return text  # marks what is translated when shown


_KNOWN = tuple(
    (re.compile(pattern), text)
    for pattern, text in (
        ("nothing by its sender has been accepted yet", _("nothing by its sender has been accepted yet")),
        ("every comment is read first", _("every comment is read first")),
        ("no rule spoke for it", _("no rule spoke for it")),
        (r"it came within (?P<s>\d+) seconds of its form", _("it came within %(s)s seconds of its form")),
        (r"it has more than (?P<most>\d+) links: (?P<links>\d+)", _("it has more than %(most)s links: %(links)s")),
        (r"(?P<plugin>[a-z]{1,40}) failed", _("%(plugin)s failed")),
        (
            r"(?P<plugin>[a-z]{1,40}) said nothing within (?P<s>[\d.]{1,9}) seconds",
            _("%(plugin)s took more than %(s)s s"),
        ),
    )
)


def read(reasons: Iterable[str]) -> list[Json]:
    """Return each reason by itself: its text, and where that is known what to translate, with its values."""
    return [_read(part) for reason in reasons for part in reason.split("; ")]


def _read(text: str) -> dict[str, Json]:
    for pattern, known in _KNOWN:
        if found := pattern.fullmatch(text):
            return {"text": text, "known": known, "values": dict(found.groupdict())}
    return {"text": text, "known": "", "values": {}}
