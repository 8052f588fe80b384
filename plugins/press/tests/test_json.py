"""Models as JSON and back."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, cast, get_args
from zoneinfo import ZoneInfo

import attrs
import pytest

from pressframe.errors import Place
from pressframe.model import Asset, Author, Body, Card, Entry, Heading, Page, Source, Term
from pressframe_press import _json
from pressframe_press._load import _kept

TERM = Term(taxonomy="category", slug="crise", name="Crise & cœur", parent="monde")
ENTRY = Entry(
    id="posts/été",
    source=Source(loader="markdown", key="été.md", fingerprint="1-2", place=Place("content/été.md", 3)),
    title="Où l’on « voit » 🜚",
    body=Body(html="<h2 id='a'>A</h2>\n", headings=(Heading(level=2, id="a", text="A"),), more=4),
    published=datetime(2012, 5, 1, 10, 0, 0, 5, tzinfo=timezone(timedelta(hours=2))),
    updated=datetime(2012, 6, 1, tzinfo=UTC),
    address="/2012/05/%C3%A9t%C3%A9/",
    authors=(Author(slug="anne", name="Anne"),),
    terms=(TERM,),
    assets=(Asset(address="/2012/05/a.png", file=Path("/tmp/a.png")),),
    data={"seo": {"words": [1, 2.5, None, {"deep": [True, "x"]}], "large": 2**70}},
)
CARD = Card(
    id="a", kind="post", address="/a/", title="A", excerpt="…", published=ENTRY.published, updated=None,
    terms=(TERM,), authors=ENTRY.authors, image=None, comments=3, gated=True,
)  # fmt: skip
PAGE = Page(address="/tag/a/", template="list.html", title="A", data={"within": ["tag", "a"], "start": 0})

MODELS = [
    ENTRY,
    attrs.evolve(ENTRY, title="half a pair: \ud83d"),
    CARD,
    PAGE,
]


@pytest.mark.parametrize("model", MODELS, ids=["entry", "surrogate", "card", "page"])
def test_reads_what_was_written(model: Any) -> None:
    read = _json.decode(type(model), _json.pack(model))

    assert read == model
    assert repr(read) == repr(model)  # a list is no tuple, and one mapping not the other
    assert read == _json._reader(cast(Hashable, type(model)))(_json.parse(_json.pack(model)))


def test_mappings_that_were_read_stay_read_only() -> None:
    read = _json.decode(Entry, _json.pack(ENTRY))

    with pytest.raises(TypeError, match="read-only"):
        read.data["seo"]["words"][3]["deep"] = ()  # type: ignore[index, call-overload]


@pytest.mark.parametrize("kind", [Entry, Card, Page])
def test_msgspec_is_left_no_converter_that_it_would_pass_over(kind: type) -> None:
    inner = {one for field in attrs.fields(kind) if not field.converter for one in _classes_in(field.type)}

    assert [field.name for one in inner for field in attrs.fields(one) if field.converter] == []


def _classes_in(kind: Any) -> Iterator[type]:
    for one in get_args(kind):
        yield from _classes_in(one)
    if isinstance(kind, type) and attrs.has(kind):
        yield kind
        for field in attrs.fields(kind):
            yield from _classes_in(field.type)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"id": 1}'])
def test_what_is_no_model_is_not_taken_for_one(text: str) -> None:
    with pytest.raises((_json.Damaged, KeyError, TypeError)):
        _json.decode(Card, text)


def test_altered_is_what_attrs_makes() -> None:
    body = Body(html="<p>B</p>")

    assert _json.altered(ENTRY, body=body, title="B") == attrs.evolve(ENTRY, body=body, title="B")
    assert ENTRY.title != "B"


@pytest.mark.parametrize("year", [1900, 1950, 2012])
def test_an_entry_keeps_its_moment_where_zones_had_seconds(year: int) -> None:
    entry = attrs.evolve(ENTRY, published=datetime(year, 1, 1, tzinfo=ZoneInfo("Europe/Paris")))

    kept = _kept(entry)

    assert kept.published == entry.published
    assert repr(_json.decode(Entry, _json.pack(kept))) == repr(kept)
