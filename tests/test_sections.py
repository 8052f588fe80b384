"""Sections: whatever plugins say of an entry's parts, no view, page or card holds what its audiences may not read."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

NOW = datetime(2024, 6, 15, 12, tzinfo=UTC)
FINDER = """
names: tuple[str, ...] = ()

@hookimpl
def register_sections(self, entry):
    for number, said in enumerate(self.names):
        start = entry.body.html.index(f"<i>{number}</i>")
        yield Section(start=start, end=start + 8, requires=frozenset(said.split(" ")))
"""
NAMES = "abc"
audiences = st.frozensets(st.sampled_from("abcx"))
required = st.frozensets(st.sampled_from(NAMES), min_size=1)


@pytest.fixture(scope="module")
def cut(lasting_paper):
    """Return the release of a site with one entry, which has sections and perhaps a gate."""
    lasting_paper.plugin("finder", FINDER)

    def build(sections, gate):
        lasting_paper.tables = f"[plugins.finder]\nnames = {[' '.join(sorted(one)) for one in sections]}"
        body = "".join(f"<p>Open.</p><i>{number}</i>" for number, _ in enumerate(sections))
        lasting_paper.post("one", f"<p>Public.</p>{body}", **({"gate": {"requires": sorted(gate)}} if gate else {}))
        return lasting_paper.build()

    return build


@settings(max_examples=40, deadline=None)
@given(
    sections=st.lists(required, max_size=4), gate=st.none() | required, who=st.lists(audiences, min_size=2, max_size=4)
)
def test_every_door_shows_exactly_the_sections_of_which_a_reader_has_all_audiences(cut, sections, gate, who):
    """Threats 2, 3, 6: requirements add up, and each reader has one rendering."""
    release = cut(sections, gate)

    for readers in who:
        view = release.view(readers)
        is_in = gate is None or gate <= readers
        shown = {number for number, one in enumerate(sections) if is_in and one <= readers}
        for html in (
            release.find("/one/", readers).file.read_text(), view.render(view.page("/one/")).body.decode(),
            view.entry("one").body.html, view.card("one").excerpt + view.entry("one").body.html,
        ):  # fmt: skip
            assert {number for number in range(5) if f"<i>{number}</i>" in html} == shown
        assert view.card("one").gated == (not is_in)
    assert release.gated == ({"/one/": frozenset(gate or ()).union(*sections)} if gate or sections else {})


ODD = {
    "that overlap": "yield Section(start=0, end=9, requires=frozenset('a'))\n"
    "    yield Section(start=4, end=12, requires=frozenset('b'))",
    "too long": "yield Section(start=0, end=999, requires=frozenset('a'))",
    "backwards": "yield Section(start=9, end=2, requires=frozenset('a'))",
}


@pytest.mark.parametrize("code", ODD.values(), ids=ODD)
def test_sections_that_cannot_be_are_refused_and_nothing_is_published(paper, code):
    paper.post("one", "<p>Text.</p><p>More.</p>").plugin("odd", f"@hookimpl\ndef register_sections(self):\n    {code}")

    assert "odd found sections that overlap" in paper.fails()
    assert not (paper.path / "public" / "one").exists()


@pytest.mark.parametrize("code", ["raise ValueError('no')", "return [True]", "return [Section(start=0, end=1)]"])
def test_a_plugin_that_fails_at_sections_stops_the_build(paper, code):
    """Threat 13: nobody knows then what is for whom."""
    paper.post("one").plugin("odd", f"@hookimpl\ndef register_sections(self): {code}")

    assert "odd" in paper.fails()
