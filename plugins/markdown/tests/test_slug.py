"""Slugs, compared with WordPress's."""

import pytest

from pressframe_markdown import slug
from pressframe_markdown._slug import remove_accents


def test_slugs_are_those_of_wordpress(cases):
    pairs = [(case["input"], case["slug"]) for case in cases("slugs/wordpress.jsonl") if "slug" in case]

    assert [(title, slug(title)) for title, _ in pairs] == pairs


def test_accents_go_where_wordpress_takes_them_away(cases):
    pairs = [(case["input"], case["ascii"]) for case in cases("slugs/wordpress.jsonl") if "ascii" in case]

    assert [(text, remove_accents(text)) for text, _ in pairs] == pairs


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("L’équivalent publicitaire : 4 312 €", "lequivalent-publicitaire-4-312-e"),
        ("Cœur & œuvre", "coeur-oeuvre"),
        ("🎉 Fête", "fete"),
        ("AT&T is big; yes", "att-is-big-yes"),
        ("日本", "%e6%97%a5%e6%9c%ac"),
        ("E\u0301te\u0301", "ete"),
        ("a\u00adb", "ab"),
        ("… !", ""),
        ("../../x", "x"),
        ("a\0b", "a-b"),
    ],
)
def test_slugs_keep_letters_and_digits_and_join_words_by_hyphens(title, expected):
    assert slug(title) == expected


def test_long_slugs_end_between_two_letters():
    assert slug("é" * 300) == "e" * 200
    assert slug("日" * 100) == "%e6%97%a5" * 22
    assert slug("ab cd", limit=3) == "ab"
