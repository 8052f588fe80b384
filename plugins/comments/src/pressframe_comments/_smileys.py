"""Smileys become emoji, exactly where WordPress makes them so."""

from __future__ import annotations

import re

SMILEYS = {
    ":neutral:": "😐", ":twisted:": "😈", ":arrow:": "➡", ":shock:": "😯", ":smile:": "🙂", ":???:": "😕",
    ":cool:": "😎", ":evil:": "👿", ":grin:": "😀", ":idea:": "💡", ":oops:": "😳", ":razz:": "😛", ":roll:": "🙄",
    ":wink:": "😉", ":cry:": "😥", ":eek:": "😮", ":lol:": "😆", ":mad:": "😡", ":sad:": "🙁", "8-)": "😎",
    "8-O": "😯", ":-(": "🙁", ":-)": "🙂", ":-?": "😕", ":-D": "😀", ":-P": "😛", ":-o": "😮", ":-x": "😡",
    ":-|": "😐", ";-)": "😉", "8O": "😯", ":(": "🙁", ":)": "🙂", ":?": "😕", ":D": "😀", ":P": "😛", ":o": "😮",
    ":x": "😡", ":|": "😐", ";)": "😉", ":!:": "❗", ":?:": "❓",
}  # fmt: skip
"""WordPress's list, ``smilies_init``, but for ``:mrgreen:``, which is a picture there."""

_SPACE = "[\r\n\t \u00a0]"
_SMILEY = re.compile(
    rf"(?:(?<={_SPACE})|^)(?:{'|'.join(re.escape(one) for one in sorted(SMILEYS, reverse=True))})(?={_SPACE}|$)",
    re.MULTILINE,
)
_TAG = re.compile(r"(<[^<>]*>)")
_LEFT_ALONE = re.compile(r"<(/?)(?:code|pre|style|script|textarea)\b", re.IGNORECASE)


def smile(text: str) -> str:
    """Return *text*, which holds no markup, with smileys that stand alone between spaces or line ends as emoji."""
    if ":" not in text and ";" not in text and "8" not in text:  # each has one of these, most comments none
        return text
    return _SMILEY.sub(lambda found: SMILEYS[found[0]], text)


def smile_html(html: str) -> str:
    """Return *html* with the smileys in its text as emoji, but for those in code."""
    pieces, depth = _TAG.split(html), 0
    for index, piece in enumerate(pieces):
        if index % 2:
            tag = _LEFT_ALONE.match(piece)
            depth = max(depth + (-1 if tag[1] else 1), 0) if tag else depth
        elif depth == 0:
            pieces[index] = smile(piece.replace("&nbsp;", "\u00a0"))
    return "".join(pieces)
