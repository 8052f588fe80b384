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
        (
            r"the same text came (?P<times>\d+) times lately, under other names or to other entries",
            _("the same text came %(times)s times lately, under other names or to other entries"),
        ),
        ('it says "(?P<text>.*)"', _("it says “%(text)s”")),
        ('its name fits "(?P<text>.*)"', _("its name fits “%(text)s”")),
        ('its address fits "(?P<text>.*)"', _("its address fits “%(text)s”")),
        ('it leads to "(?P<text>.*)"', _("it leads to “%(text)s”")),
        (r"it came from (?P<network>[\da-f.:/]+)", _("it came from %(network)s")),
        (r"(?P<plugin>[a-z]{1,40}) failed", _("%(plugin)s failed")),
        (
            r"(?P<plugin>[a-z]{1,40}) said nothing within (?P<s>[\d.]{1,9}) seconds",
            _("%(plugin)s took more than %(s)s s"),
        ),
        (
            r"(?P<plugin>[a-z]{1,40}) is still busy with earlier comments",
            _("%(plugin)s is still busy with earlier comments"),
        ),
        # altcha and akismet
        (
            "no proof of work came with it, as from a browser without JavaScript",
            _("no proof of work came with it, as from a browser without JavaScript"),
        ),
        ("its proof of work came too late", _("its proof of work came too late")),
        ("Akismet says that it is spam", _("Akismet says that it is spam")),
        ("Akismet says that it is spam without doubt", _("Akismet says that it is spam without doubt")),
        ("Akismet cannot tell yet, and will be asked again", _("Akismet cannot tell yet, and will be asked again")),
        ("Akismet does not accept the key", _("Akismet does not accept the key")),
        ("Akismet does not accept the key: (?P<why>.*)", _("Akismet does not accept the key: %(why)s")),
        ("Akismet could not be asked: (?P<why>.*)", _("Akismet could not be asked: %(why)s")),
        (
            r"Akismet answered [a-z-]+ with status (?P<status>\d+)",
            _("Akismet answered with status %(status)s"),
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
