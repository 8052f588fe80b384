"""Lists derived from those of a world in which all entries stood in the same places, against lists found anew."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from pressframe_press._json import encode
from pressframe_press._overlay import Part, Said
from pressframe_press._rows import Row, Shelf
from pressframe_press._world import World

Told = tuple[str, str, str, str | None]

_TAGS = st.builds(
    lambda slug, name, parent: ("tag", slug, name, parent),
    st.sampled_from("abc"),
    st.sampled_from(["One", "Two"]),
    st.sampled_from([None, None, None, "a", "b"]),
)
_ENTRIES = st.lists(st.tuples(*2 * [st.lists(_TAGS, max_size=3)]), min_size=1, max_size=6)


def _world(folder: Path, told: Sequence[Sequence[Told]]) -> World:
    rows = [
        Row(
            "paper",
            str(number),
            "",
            id=str(number),
            kind="post",
            published=f"2026-01-0{number + 1}",
            groups=encode(one),
        )
        for number, one in enumerate(told)
    ]
    by_id = {row.id: row for row in rows}
    nothing: Part[Said] = Part(lambda id: None, lambda: (), {}, lambda said: said.entry)
    return World(Part(by_id.get, lambda: rows, {}, lambda row: row.id), nothing, Shelf(folder), "2026-02-01")


@given(entries=_ENTRIES)
def test_posts_that_change_their_tags_are_listed_as_in_a_world_of_its_own(tmp_path_factory, entries):
    folder = tmp_path_factory.getbasetemp()
    before, after = ([both[moment] for both in entries] for moment in (0, 1))
    moved = {str(number) for number, (one, other) in enumerate(entries) if one != other}
    derived, anew = _world(folder, after), _world(folder, after)
    derived.stand_like(_world(folder, before), {"tag"}, moved)

    assert derived.groups("tag") == anew.groups("tag")
    for slug in "abc":
        assert derived.ids("post", ("tag", slug)) == anew.ids("post", ("tag", slug))


@given(entries=_ENTRIES, is_known=st.booleans())
def test_lists_that_are_taken_over_are_those_of_a_world_of_its_own(tmp_path_factory, entries, is_known):
    folder = tmp_path_factory.getbasetemp()
    before, after = ([both[moment] for both in entries] for moment in (0, 1))
    moved = {str(number) for number, (one, other) in enumerate(entries) if one != other}
    first, derived, taken, anew = _world(folder, before), *(_world(folder, after) for _ in range(3))
    derived.stand_like(first, {"tag"}, moved)
    for world in (first, derived) if is_known else (first,):
        world.groups("tag")
        world.ids("post", ("month", "2026/01"))

    taken.take_lists(derived)

    for taxonomy in ("tag", "month"):
        assert taken.groups(taxonomy) == anew.groups(taxonomy)
    assert [taken.ids("post", ("tag", slug)) for slug in "abc"] == [anew.ids("post", ("tag", slug)) for slug in "abc"]
    assert [taken.near(id) for id in "012"] == [anew.near(id) for id in "012"]
