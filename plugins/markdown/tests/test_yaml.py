"""Front matter as YAML: one meaning whichever library reads it, in bounds, and one error with a line."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pressframe_markdown import _yaml
from pressframe_markdown._events import read_carefully
from pressframe_markdown._yaml import Unreadable, read_table

SAME = """\
title: "Communiqué : l’essai"
no: no
yes: yes
on: on
time: 1:30
day: 2012-05-01
moment: 2012-05-01 10:00
number: 12
octal: 0o17
real: 1.5
word: true
upper: TRUE
nothing: ~
empty:
quoted: '12'
list: [a, "b, c", 3, no]
block:
  - x
  - y
folded: >
  one
  two
kept: |
  one
  two
nbsp: à vos marques\u00a0!
nested: {a: [1, {b: c}]}
"""


def test_both_libraries_read_the_same():
    assert read_table(SAME) == read_carefully(SAME)
    assert [read_table(SAME)[key] for key in ("no", "on", "time", "day")] == ["no", "on", "1:30", "2012-05-01"]


@given(
    st.dictionaries(st.from_regex(r"[a-z]{1,8}", fullmatch=True), st.text(st.characters(codec="utf-8"), max_size=30))
)
def test_both_libraries_read_any_text_in_quotes_the_same(table):
    table = {key: "".join(letter for letter in text if letter.isprintable()) for key, text in table.items()}
    quoted = "".join(f"{key}: '{text.replace(chr(39), chr(39) * 2)}'\n" for key, text in table.items())

    assert read_table(quoted) == read_carefully(quoted) == table


def test_front_matter_is_read_without_yaml_rs(monkeypatch):
    monkeypatch.setitem(sys.modules, "yaml_rs", None)
    _yaml._quick_parser.cache_clear()

    read = read_table("title: no\ntags: [a, 1]\n")

    _yaml._quick_parser.cache_clear()
    assert read == {"title": "no", "tags": ["a", 1]}


def test_a_panic_of_yaml_rs_leaves_the_careful_reader(monkeypatch):
    class Panic(BaseException):
        pass

    def panic(*_: object, **__: object) -> None:
        raise Panic

    monkeypatch.setattr("yaml_rs.loads", panic)
    _yaml._quick_parser.cache_clear()

    read = read_table("title: a\n")

    _yaml._quick_parser.cache_clear()
    assert read == {"title": "a"}


@pytest.mark.parametrize(
    ("front", "line", "reason"),
    [
        ("a: 1\nb: !!python/object/apply:os.system ['true']\n", 2, "!!python/object/apply:os.system"),
        ("a: &a [x, x]\nb: [*a, *a]\nc: [*b, *b]\n", 1, "an anchor or alias"),
        ("a: 1\nb: *missing\n", 2, "an anchor or alias"),
        (f"a: {'[' * 10_000}{']' * 10_000}\n", 1, "more than 20 lists or tables"),
        (f"a:\n  {'- ' * 1_500}x\n", 2, "more than 20 lists or tables"),
        (f"a:\n  {'- ' * 30_000}x\n", 2, "more than 20 lists or tables"),
        ("".join(f"{' ' * depth}a:\n" for depth in range(300)), 21, "more than 20 lists or tables"),
        ("a: 1\nb: 2\na: 3\n", 3, "the key a is there twice"),
        ("a:\n\tb: 1\n", 2, "a tab"),
        ("a: " + "x" * 5_000_000 + "\n", 1, "longer than 64 kB"),
        ("a: one\nb: two: three\n", 2, "a colon in a value without quotes"),
        ("a: 'one\n", 2, "a quotation mark that nothing closes"),
        ('a: "one" two\n', 1, "words after a closing bracket or quotation mark"),
        ("a: 1\nb: [c#, #d]\n", 3, "an unfinished list"),
        ("a: 1\n? [x]\n: y\n", 2, "a key that is no plain text"),
        ("a: " + "9" * 5000 + "\n", 1, "a number of too many digits"),
        ("- a\n- b\n", 1, "no table of keys and values"),
        ("only text\n", 1, "no table of keys and values"),
        ("a: 1\n...\nb: 2\n", 3, "more after the mark of its end"),
        ("a: 1\n---\nb: 2\n", 1, "more than one document"),
        ('a: "\\ud800"\n', 1, "Unicode"),
        (f"a: b\nc: d\x01{'x' * 5000}\n", 2, "a control character"),
    ],
)
def test_hostile_or_broken_front_matter_is_refused_with_its_line(front, line, reason):
    """Threat 51."""
    with pytest.raises(Unreadable) as caught:
        read_table(front)

    assert (caught.value.line, reason in caught.value.reason) == (line, True), caught.value.reason


def test_an_empty_front_matter_has_no_keys():
    assert read_table("") == read_table("# nothing but a remark\n") == {}
