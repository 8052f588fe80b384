"""A release taken over from the one before leaves as one that is read from its files alone."""

from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pressframe import Stored
from pressframe.files import digest_of_bytes
from pressframe_web._served import Served, Terms

TERMS = Terms(common=[(b"x-common", b"1")], change=bytes.upper, in_memory=40)

ADDRESSES = ("/", "/a/", "/b/", "/caf%C3%A9/", "/film.mp4", "/look.css", "/404.html")
TYPES = {"/film.mp4": "video/mp4", "/look.css": "text/css"}
BODIES = st.sampled_from([b"one", b"two", b"three" * 20])
SITES = st.dictionaries(
    st.sampled_from(ADDRESSES),
    st.tuples(
        st.one_of(st.none(), BODIES),
        st.one_of(st.none(), BODIES),
        st.sampled_from([None, frozenset({"friends"}), frozenset({"friends", "staff"})]),
    ),
)
"""Of each address what strangers get there, what readers of the whole get, and which audiences those need."""


@attrs.frozen(eq=False)
class Built:
    """What a press could have made."""

    files: dict
    opened: dict
    gated: dict
    now: datetime = datetime(2026, 11, 25, tzinfo=UTC)

    def find(self, address, audiences=frozenset()):
        required = self.gated.get(address)
        if required is not None and required <= audiences:
            return self.opened.get(address)
        return self.files.get(address)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("release")


def built(folder, site, before=None):
    """Return a release; what it has in common with the one *before* is the same object, as a press has it."""

    def stored(address, body, old):
        tag = digest_of_bytes(body)
        known = old.get(address)
        if known and known.tag == tag:
            return known
        file = Path(folder) / tag
        file.write_bytes(body)
        return Stored(file, TYPES.get(address, "text/html"), tag, len(body))

    olds = (before.files, before.opened) if before else ({}, {})
    files = {one: stored(one, body, olds[0]) for one, (body, _, _) in site.items() if body is not None}
    gated = {one: requires for one, (_, _, requires) in site.items() if requires}
    opened = {one: stored(one, site[one][1], olds[1]) for one in gated if site[one][1] is not None}
    return Built(files, opened, gated)


def shown(served):
    """Return everything that can leave."""

    def told(answers):
        return {path: (answer.encoded(b""), answer.tag, answer.unchanged) for path, answer in answers.items()}

    missing = served.missing and served.missing.encoded(b"")
    return told(served.open), told(served.closed), told(served.whole), served.gated, served.large, missing


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None)
@given(sites=st.lists(SITES, min_size=2, max_size=4))
def test_any_release_after_any_other_leaves_as_if_there_had_been_none_before(folder, sites):
    """Threats: no page of one release with a gate of another."""
    release = built(folder, sites[0])
    served = Served.of(release, TERMS)

    for site in sites[1:]:
        first, before = shown(served), served
        release = built(folder, site, release)
        served = Served.of(release, TERMS, served)

        assert shown(served) == shown(Served.of(release, TERMS))
        assert shown(before) == first
        assert served.release is release


def test_a_page_that_a_gate_closes_is_open_no_more(folder):
    before = built(folder, {"/a/": (b"whole", None, None)})
    after = built(folder, {"/a/": (b"whole", b"whole", frozenset({"friends"}))}, before)

    served = Served.of(after, TERMS, Served.of(before, TERMS))

    assert "/a/" not in served.open
    assert set(served.gated) == set(served.closed) == {unquote("/a/")}
    assert set(served.whole) == {("/a/", frozenset({"friends"}))}


def test_what_stays_is_not_read_again(folder):
    before = built(folder, {"/a/": (b"one", None, None), "/b/": (b"two", None, None)})
    first = Served.of(before, TERMS)
    after = built(folder, {"/a/": (b"one", None, None), "/b/": (b"three", None, None)}, before)
    before.files["/a/"].file.unlink()

    served = Served.of(after, TERMS, first)

    assert served.open["/a/"] is first.open["/a/"]
    assert served.open["/b/"].encoded(b"")[1] == b"THREE"
