"""Why a comment waits: kept once, said in any language."""

import copy
import json
import pickle
from datetime import UTC, datetime

import pytest

from pressframe import Comment, ContentError, Judgement, Verdict
from pressframe_comments import Reason, _codec, read_reasons, reasons_of, say_reasons, write_reasons
from pressframe_comments._store import Filed, Record, State
from pressframe_testing import TestSite

SITE = """
== pressframe.toml ==
[site]
title = "Essai"
language = "{language}"
plugins = ["sql", "web", "comments", "odd"]
== plugins/odd.py ==
from pathlib import Path

import attrs

from pressframe import hookimpl


@attrs.frozen(eq=False)
class Odd:
    @hookimpl
    def register_translations(self):
        return [Path(__file__).with_name("words")]
"""
MESSAGE, FRENCH = "its moon is %(moon)s: %(why)s", "sa lune est %(moon)s\u00a0: %(why)s"


def a_filed(*reasons: str) -> Filed:
    """Return a comment that waits because of *reasons*."""
    now = datetime(2026, 11, 23, 10, tzinfo=UTC)
    comment = Comment(id="c1", entry="posts/one", author="Zoé", body="Oui.", received=now)
    return Filed(comment=comment, state=State.PENDING, reasons=reasons, changed=now)


def a_site(site, language: str = "fr", french: dict[str, str] | None = None) -> TestSite:
    """Return a site with a plugin of a stranger's, which brings its own words."""
    made = site(SITE.format(language=language))
    folder = made.folder / "plugins" / "words" / "fr" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "odd.mo").write_bytes(compiled(french or {MESSAGE: FRENCH, "it is late": "il est tard"}))
    return made


def compiled(texts: dict[str, str]) -> bytes:
    """Return a catalogue as msgfmt makes it."""
    rows = sorted({"": "Content-Type: text/plain; charset=UTF-8\n", **texts}.items())
    tables, data, start = [b"", b""], b"", 28 + 16 * len(rows)
    for side in (0, 1):
        for row in rows:
            text = row[side].encode()
            tables[side] += len(text).to_bytes(4, "little") + (start + len(data)).to_bytes(4, "little")
            data += text + b"\0"
    head = (0x950412DE, 0, len(rows), 28, 28 + 8 * len(rows), 0, 0)
    return b"".join(number.to_bytes(4, "little") for number in head) + tables[0] + tables[1] + data


def test_a_reason_is_the_english_text():
    reason = Reason("spam at %(percent)d%%: %(words)s", percent=98, words=[Reason("“%(t)s”", t="a%"), Reason("b")])

    assert reason == "spam at 98%: “a%”, b"
    assert Judgement(verdict=Verdict.HOLD, reason=reason).reason.message == "spam at %(percent)d%%: %(words)s"


@pytest.mark.parametrize("again", [copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))])
def test_a_copy_of_a_reason_can_be_said_in_other_languages_too(again):
    reason = again(Reason("%(a)s%% %(b)s", a=1, b=Reason("“%(c)s”", c="%(a)s")))

    assert (reason, reason.message, reason.values["b"].values) == ("1% “%(a)s”", "%(a)s%% %(b)s", {"c": "%(a)s"})


def test_a_judge_with_several_reasons_gives_each_by_itself():
    one, two = Reason("one"), Reason("two; or three")
    judgements = [
        Judgement(verdict=Verdict.SPAM, reason=Reason.several([one, two])),
        Judgement(verdict=Verdict.HOLD, reason="four; or five"),
        Judgement(verdict=Verdict.ACCEPT, reason="six"),
    ]

    assert judgements[0].reason == "one; two; or three"
    assert reasons_of(judgements) == ["one", "two; or three", "four; or five"]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", ["sa lune est 3\u00a0: il est tard", "il est tard", "just so: 5%"]),
        ("fr-CA", ["sa lune est 3\u00a0: il est tard", "il est tard", "just so: 5%"]),
        ("en", ["its moon is 3: it is late", "it is late", "just so: 5%"]),
    ],
)
def test_a_strangers_judge_is_heard_in_the_sites_language(site, language, said):
    reasons = [Reason(MESSAGE, moon=3, why=Reason("it is late")), "it is late", "just so: 5%"]
    kept = read_reasons(write_reasons(reasons))

    assert say_reasons(kept, a_site(site, language).open()) == said


def test_the_sites_own_words_win_and_are_read_again_when_they_change(site):
    made = a_site(site)
    host, own = made.open(), made.folder / "locale" / "fr" / "LC_MESSAGES" / "site.mo"
    assert say_reasons(["it is late"], host) == ["il est tard"]

    own.parent.mkdir(parents=True)
    own.write_bytes(compiled({"it is late": "trop tard"}))

    assert say_reasons(["it is late"], host) == ["trop tard"]


@pytest.mark.parametrize("wrong", ["lune %(lune)s", "%(moon)99999999d", "%", "%(", "%s %d", "%(moon)x"])
def test_a_catalogue_with_a_mistake_breaks_no_list(site, wrong):
    (said,) = say_reasons([Reason(MESSAGE, moon=3, why="x")], a_site(site, french={MESSAGE: wrong}).open())

    assert said == wrong


def test_what_is_stored_is_of_no_language_and_no_format():
    reason = Reason("it says “%(text)s”", text="%(text)s%s{}<script>")

    assert json.loads(write_reasons([reason, "a"])) == [
        {"message": "it says “%(text)s”", "values": {"text": "%(text)s%s{}<script>"}},
        "a",
    ]
    assert reason == "it says “%(text)s%s{}<script>”"


def test_an_export_tells_reasons_as_texts_and_as_they_can_be_said():
    filed = a_filed(Reason("it came from %(text)s", text="192.0.2.0/24"), "so")

    text = "\n".join(_codec.lines_of(iter([Record(filed=filed, steps=())])))

    (told,) = json.loads(text)["comments"]
    assert told["reasons"] == ["it came from 192.0.2.0/24", "so"]
    (again,) = _codec.read(text, "x.json")
    assert again.filed == filed
    assert again.filed.reasons[0].message == "it came from %(text)s"


@pytest.mark.parametrize(
    "phrases",
    [[1], [{}], [{"message": "x"}], [{"message": 1, "values": {}}], [{"message": "x", "values": []}], ["\ud800"], "x",
     [{"message": "x", "values": {"a": None}}], [{"message": "x", "values": {"a": [{"values": {}}]}}]],
)  # fmt: skip
def test_an_export_with_odd_reasons_is_refused(phrases):
    text = "\n".join(_codec.lines_of(iter([Record(filed=a_filed(), steps=())])))
    table = json.loads(text)
    table["comments"][0]["phrases"] = phrases

    with pytest.raises(ContentError, match="comment 1"):
        _codec.read(json.dumps(table), "x.json")


def test_reasons_nested_without_end_are_refused():
    nested: object = "x"
    for _ in range(50):
        nested = {"message": "%(a)s", "values": {"a": nested}}

    with pytest.raises(TypeError, match="a reason must be"):
        read_reasons(json.dumps([nested]))
