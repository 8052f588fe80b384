"""The theme's colours, light and dark, and an accent that stays readable on them."""

from __future__ import annotations

import colorsys
import functools
import re

import attrs

READABLE = 4.5  # WCAG 2.2, success criterion 1.4.3, for text of any size
_HEX = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE | re.ASCII)


@attrs.frozen(kw_only=True)
class Scheme:
    """What each thing is drawn in, as ``#rrggbb``.

    Attributes:
        paper: The page.
        raised: What stands out from it: boxes, fields, code.
        ink: Text.
        muted: Text of less weight: dates, counts.
        line: Rules between things; never the only sign of anything.
        edge: The border of a field, which has to be seen.
        accent: Links and labels: the site's colour, as far darkened or lightened as reading needs.
        mark: Blocks of colour: the site's colour as it was given.
        on_mark: Text on such a block.
        error: Text that says what is wrong.
    """

    paper: str
    raised: str
    ink: str
    muted: str
    line: str
    edge: str
    error: str
    accent: str
    mark: str
    on_mark: str


@functools.lru_cache(maxsize=16)  # asked for each page
def schemes(accent: str) -> tuple[Scheme, Scheme]:
    """Return the light and the dark scheme for *accent*, which is ``#rgb`` or ``#rrggbb``."""
    mark = _full(accent)
    on_mark = max("#ffffff", "#141316", key=lambda text: contrast(text, mark))
    light = Scheme(
        paper="#fdfcfb",
        raised="#f3f0ed",
        ink="#1a171b",
        muted="#655f66",
        line="#dcd7d3",
        edge="#857e86",
        error="#b00020",
        accent=_readable(mark, "#fdfcfb", "#f3f0ed"),
        mark=mark,
        on_mark=on_mark,
    )
    dark = Scheme(
        paper="#151417",
        raised="#201e23",
        ink="#ebe7e3",
        muted="#a8a1aa",
        line="#38343b",
        edge="#7d7680",
        error="#ff8f8f",
        accent=_readable(mark, "#151417", "#201e23"),
        mark=mark,
        on_mark=on_mark,
    )
    return light, dark


def is_colour(text: str) -> bool:
    """Return whether *text* is ``#rgb`` or ``#rrggbb``."""
    return _HEX.fullmatch(text) is not None


def contrast(one: str, other: str) -> float:
    """Return how far two colours ``#rrggbb`` are apart, from 1 to 21.

    Source: WCAG 2.2, "contrast ratio" and "relative luminance".
    """
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _readable(colour: str, *papers: str) -> str:
    """Return the colour of the same hue, nearest to *colour* in lightness, that can be read on all *papers*."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*_channels(colour))
    step = -0.005 if _luminance(papers[0]) > 0.5 else 0.005
    while min(contrast(colour, paper) for paper in papers) < READABLE:
        lightness = min(max(lightness + step, 0.0), 1.0)
        red, green, blue = (round(255 * channel) for channel in colorsys.hls_to_rgb(hue, lightness, saturation))
        colour = f"#{red:02x}{green:02x}{blue:02x}"
    return colour


def _full(colour: str) -> str:
    digits = colour.removeprefix("#").lower()
    return "#" + (digits if len(digits) == 6 else "".join(2 * digit for digit in digits))


def _channels(colour: str) -> tuple[float, float, float]:
    """Return red, green and blue of ``#rrggbb``, from 0 to 1."""
    return int(colour[1:3], 16) / 255, int(colour[3:5], 16) / 255, int(colour[5:7], 16) / 255


def _luminance(colour: str) -> float:
    linear = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in _channels(colour))
    return sum(weight * channel for weight, channel in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
