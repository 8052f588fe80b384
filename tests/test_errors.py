"""Errors cross to another process whole."""

import pickle

import pytest

from pressframe import errors
from pressframe.errors import BuildError, ContentError, HookError, ManyErrors, Place, PressframeError

PLACE = Place("content/a.md", 3, "date")
KINDS = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, PressframeError)]
MADE = [
    *(kind("wrong", at=PLACE, fix="mend it") for kind in KINDS if kind not in (HookError, ManyErrors)),
    HookError("failed", plugin="own", hook="filter_entry", at=PLACE, fix="mend it"),
    ManyErrors([ContentError("one", at=PLACE), ManyErrors([BuildError("two"), BuildError("three", fix="wait")])]),
]


def test_there_is_one_of_each_kind():
    assert {type(one) for one in MADE} == set(KINDS)


@pytest.mark.parametrize("error", MADE, ids=lambda error: type(error).__name__)
def test_an_error_is_the_same_in_another_process(error):
    error.add_note("on another machine")

    again = pickle.loads(pickle.dumps(error))

    assert type(again) is type(error)
    assert str(again) == str(error)
    assert (again.args, again.at, again.fix, again.__notes__) == (error.args, error.at, error.fix, error.__notes__)
    assert vars(again).keys() == vars(error).keys()
    assert [str(one) for one in getattr(again, "errors", ())] == [str(one) for one in getattr(error, "errors", ())]
