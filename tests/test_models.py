"""Models and errors: what can't be meant can't be made, and every error says where, what and how to mend it."""

import pickle
from datetime import UTC, datetime

import attrs
import pytest

from pressframe.errors import ConfigError, HookError, ManyErrors, Place, PressframeError, raise_all
from pressframe.model import Asset, Author, Block, Body, Comment, Entry, Gate, Page, Source, Teaser

NAIVE, AWARE = datetime(2024, 1, 1), datetime(2024, 1, 1, tzinfo=UTC)  # noqa: DTZ001 - that is the point
ENTRY = {
    "id": "a", "source": Source(loader="x", key="a", fingerprint="1"), "title": "A", "body": Body(html=""),
    "published": AWARE, "address": "/a/",
}  # fmt: skip
COMMENT = {"id": "1", "entry": "a", "author": "Ann", "body": "x", "received": AWARE}
ODD = {
    "an entry without a time zone": (Entry, {**ENTRY, "published": NAIVE}),
    "an update without a time zone": (Entry, {**ENTRY, "updated": NAIVE}),
    "an entry at no address": (Entry, {**ENTRY, "address": "a/"}),
    "an entry of another kind": (Entry, {**ENTRY, "kind": "event"}),
    "an entry of another status": (Entry, {**ENTRY, "status": "done"}),
    "a number for an id": (Entry, {**ENTRY, "id": 1}),
    "a title that is none": (Entry, {**ENTRY, "title": None}),
    "a page at no address": (Page, {"address": "/a b/", "template": "x"}),
    "a file at no address": (Asset, {"address": "https://x", "file": None}),
    "a body that is none": (Body, {"html": None}),
    "a cut before the start": (Body, {"html": "x", "more": -1}),
    "a teaser that is none": (Teaser, {"html": None}),
    "a gate of one word": (Gate, {"requires": "abc", "reason": "x"}),
    "a gate without a time zone": (Gate, {"requires": frozenset(), "reason": "x", "until": NAIVE}),
    "a gate with another conversation": (Gate, {"requires": frozenset(), "reason": "x", "conversation": "open"}),
    "a comment with odd letters in its id": (Comment, {**COMMENT, "id": 'a"b'}),
    "a comment without a time zone": (Comment, {**COMMENT, "received": NAIVE}),
    "a comment of another kind": (Comment, {**COMMENT, "kind": "like"}),
    "a comment in another format": (Comment, {**COMMENT, "format": "markdown"}),
}


@pytest.mark.parametrize("what", ODD)
def test_a_model_refuses(what):
    kind, fields = ODD[what]

    with pytest.raises((ValueError, TypeError)):
        kind(**fields)


@pytest.mark.parametrize("kind", [Entry, Comment, Page, Gate, Author, Block, Place, Body])
def test_a_model_cannot_be_changed(kind):
    assert attrs.has(kind)
    model = object.__new__(kind)

    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        setattr(model, attrs.fields(kind)[0].name, "other")


def test_models_of_content_cross_processes():
    entry = Entry(**ENTRY, data={"x": {"y": [1, {"z": None}]}})

    assert pickle.loads(pickle.dumps(entry)) == entry


ERRORS = [
    (ConfigError("is wrong"), "is wrong"),
    (ConfigError("is wrong", at=Place("a.toml")), "a.toml: is wrong"),
    (ConfigError("is wrong", at=Place("a.toml", 3)), "a.toml:3: is wrong"),
    (ConfigError("is wrong", at=Place("a.toml", 3, "x.y"), fix="mend it"), "a.toml:3: x.y: is wrong\n  mend it"),
    (HookError("failed", plugin="x", hook="y", at=Place("x.py", 1)), "x.py:1: failed"),
]


@pytest.mark.parametrize(("error", "said"), ERRORS)
def test_an_error_says_where_what_and_how_to_mend_it(error, said):
    assert str(error) == said


@pytest.mark.parametrize("error", [*(error for error, _ in ERRORS), ManyErrors(error for error, _ in ERRORS)])
def test_an_error_crosses_processes_whole(error):
    again = pickle.loads(pickle.dumps(error))

    assert (type(again), str(again)) == (type(error), str(error))
    assert {key: str(value) for key, value in vars(again).items()} == {
        key: str(value) for key, value in vars(error).items()
    }


def test_several_errors_are_raised_together_and_one_alone_as_itself():
    one, two, three = (ConfigError(name) for name in ("one", "two", "three"))

    raise_all([])
    with pytest.raises(ConfigError) as alone:
        raise_all([one])
    with pytest.raises(ManyErrors) as many:
        raise_all([one, ManyErrors([two, three])])

    assert alone.value is one
    assert many.value.errors == (one, two, three)
    assert str(many.value) == "one\ntwo\nthree"
    assert isinstance(many.value, PressframeError)


def test_an_audience_is_named_without_a_comma():
    with pytest.raises(ValueError, match="without a comma"):
        Gate(requires=frozenset({"a,b"}), reason="own rule")
