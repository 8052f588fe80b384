"""The style sheets: they parse, and what they draw can be read."""

import re
from pathlib import Path

import pytest
import tinycss2

import pressframe_journal
from pressframe import ConfigError, ManyErrors

STATIC = Path(pressframe_journal.__file__).parent / "static"
SHEET = STATIC / "journal.css"


@pytest.fixture(scope="module")
def sheet() -> str:
    return SHEET.read_text("utf-8")


def test_the_sheet_parses_to_its_last_declaration(sheet):
    rules = tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True)

    assert list(_errors(rules)) == []
    assert len(sheet.splitlines()) <= 600


def test_every_colour_is_a_property_of_the_scheme(sheet):
    screen = sheet.partition("@layer print {")[0]

    assert re.findall(r"#[0-9a-f]{3,8}\b|:\s*(?:white|black|red|gr[ae]y)\b", screen) == []


def test_every_property_used_without_a_fallback_is_set(publish, sheet):
    look = publish()["/journal/b3123f-own.css"]

    used = set(re.findall(r"var\((--[\w-]+)\)", sheet))
    assert used - set(re.findall(r"(--[\w-]+):", sheet + look)) == set()


def test_every_font_is_there_and_they_are_light(sheet):
    fonts = [STATIC / name for name in re.findall(r'url\("([^"]+)"\)', sheet)]

    assert sum(font.stat().st_size for font in fonts) < 120_000
    assert all(font.read_bytes()[:4] == b"wOF2" for font in fonts)
    assert {font.name for font in STATIC.rglob("*.woff2")} == {font.name for font in fonts}


def test_motion_is_left_to_those_who_want_it(sheet):
    assert re.search(r"(?<!-)\b(?:transition|animation)\b", sheet) is None or "prefers-reduced-motion" in sheet


@pytest.mark.parametrize("accent", ["#b3123f", "#fd0", "#000000", "#FFFFFF", "#00aa00", "#767676", "#0000ff"])
def test_any_accent_can_be_read_light_and_dark(publish, accent):
    digits = accent.removeprefix("#").lower()

    look = publish(settings=f'accent = "{accent}"')[f"/journal/{digits}-own.css"]

    for scheme in look.split("@media"):
        colour = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", scheme))
        for paper in (colour["paper"], colour["raised"]):
            assert min(_contrast(colour[text], paper) for text in ("ink", "muted", "accent", "error")) >= 4.5
            assert _contrast(colour["edge"], paper) >= 3
        assert _contrast(colour["on-mark"], colour["mark"]) >= 4.5


def test_the_accent_is_used_as_given_where_it_is_a_block(publish):
    look = publish(settings='accent = "#B3123F"')["/journal/b3123f-own.css"]

    assert look.count("--mark: #b3123f;") == 2
    assert "--accent: #b3123f;" in look.partition("@media")[0]
    assert 'fill="#b3123f"' in publish(settings='accent = "#b3123f"')["/icon.svg"]


def test_system_fonts_load_nothing(publish):
    site = publish(settings='fonts = "system"')

    assert "Newsreader" not in site["/journal/b3123f-system.css"]
    assert "woff2" not in site["/"]


GALLERY = """
== content/walk.md ==
---
title: A walk
date: 2026-11-20
---
<figure class="wp-block-gallery columns-2"><ul class="blocks-gallery-grid">
<li class="blocks-gallery-item"><figure><img src="/one.png" alt="One"></figure></li>
<li class="blocks-gallery-item"><figure><img src="/two.png" alt="Two"></figure></li>
</ul><figcaption>Both</figcaption></figure>
== pressframe.toml ==
[site]
title = "A site"
plugins = ["markdown", "sql", "web", "archives", "journal"]
"""


@pytest.mark.browser
def test_pictures_of_an_older_wordpress_gallery_stand_side_by_side_over_its_caption(site, browser_page):
    browser_page.goto(f"{site(GALLERY).start().url}/2026/11/walk/")

    one, two, caption = (
        browser_page.locator(name).bounding_box()
        for name in (".blocks-gallery-item >> nth=0", ".blocks-gallery-item >> nth=1", "figcaption")
    )

    assert one["y"] == two["y"]
    assert one["x"] < two["x"]
    assert caption["y"] >= one["y"] + one["height"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('accent = "red"', 'must be a colour such as "#b3123f", got "red"'),
        ('accent = "#b3123"', 'must be a colour such as "#b3123f"'),
        ('fonts = "comic"', 'must be "own" or "system"'),
        ("reading_speed = -1", "must be 0 (no reading time is shown) or more, got -1"),
        ('links = { X = "javascript:alert(1)" }', "X must start with https://, mailto: or /"),
    ],
)
def test_a_wrong_setting_is_refused_with_its_line(publish, line, message):
    with pytest.raises((ConfigError, ManyErrors)) as caught:
        publish(settings=line)

    assert message in str(caught.value)
    assert re.match(r"pressframe.toml:\d+: plugins\.journal\.", str(caught.value))


def _errors(nodes):
    """Yield what could not be parsed, in rules, blocks and declarations."""
    for node in nodes:
        if node.type == "error":
            yield node.message
        elif node.type in ("qualified-rule", "at-rule") and node.content:
            yield from _errors(tinycss2.parse_blocks_contents(node.content, skip_comments=True, skip_whitespace=True))


def _contrast(one: str, other: str) -> float:
    """Return the contrast ratio of WCAG 2.2, from 1 to 21; written apart from the theme's own."""
    low, high = sorted(
        sum(w * _linear(c[i : i + 2]) for w, i in ((0.2126, 1), (0.7152, 3), (0.0722, 5))) for c in (one, other)
    )
    return (high + 0.05) / (low + 0.05)


def _linear(digits: str) -> float:
    value = int(digits, 16) / 255
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
