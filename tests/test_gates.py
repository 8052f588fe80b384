"""Gates: a reader needs every audience that any plugin names, and whatever fails stays shut."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

NOW = datetime(2024, 6, 15, 12, tzinfo=UTC)
JUDGE = """
requires: tuple[str, ...] | None = None
failure: str = ""

@hookimpl
def judge_gate(self):
    if self.failure:
        raise {"Exception": ValueError, "BaseException": BaseException, "wanted": ContentError}[self.failure]("no")
    return None if self.requires is None else Gate(requires=frozenset(self.requires), reason="a rule")
"""
SOME_TIME_AGO = NOW - timedelta(days=1)
WITHHELD = "<p>Public.</p><!--more--><p>Withheld.</p>"
rules = st.lists(st.none() | st.frozensets(st.sampled_from("abc"), max_size=2), max_size=3)
failures = st.sampled_from(["Exception", "BaseException", "wanted"])
audiences = st.frozensets(st.sampled_from(["a", "b", "c", "nobody", ""]))
few = settings(max_examples=25, deadline=None)


@pytest.fixture(scope="module")
def judged(lasting_paper):
    """Return the release of a site with one entry, and a plugin for each answer: a rule, or the name of a failure."""
    lasting_paper.post("one", WITHHELD)
    for name in ("judge_0", "judge_1", "judge_2", "judge_3"):
        lasting_paper.plugin(name, JUDGE)

    def build(answers):
        lasting_paper.plugins = ["paper", *(f"judge_{number}" for number in range(len(answers)))]
        tables = [f"[plugins.judge_{number}]\n{_settings(answer)}" for number, answer in enumerate(answers)]
        lasting_paper.tables = "\n".join(tables)
        return lasting_paper.build()

    return build


def _settings(answer):
    if isinstance(answer, str):
        return f'failure = "{answer}"'
    return "" if answer is None else f"requires = {sorted(answer)}"


def is_open(release, readers):
    """Say whether readers with these audiences get the entry whole, by whatever door they ask."""
    view = release.view(readers)
    page = view.page("/one/")
    answers = {
        b"Withheld" in release.find("/one/", readers).file.read_bytes(),
        b"Withheld" in view.render(page).body,
        "Withheld" in view.entry("one").body.html,
        view.gate("one") is None,
        not view.card("one").gated,
    }
    assert len(answers) == 1, "the doors disagree"
    return answers.pop()


@few
@given(rules=rules, readers=audiences)
def test_an_entry_opens_exactly_for_who_has_every_audience_that_is_required(judged, rules, readers):
    required = frozenset().union(*(rule for rule in rules if rule))

    assert is_open(judged(rules), readers) == (required <= readers)


@few
@given(rules=rules, added=st.frozensets(st.sampled_from("abc")), readers=audiences)
def test_one_more_gate_never_opens_an_entry(judged, rules, added, readers):
    before = is_open(judged(rules), readers)

    after = is_open(judged([*rules, added]), readers)

    assert after <= before


@few
@given(rules=rules, readers=audiences, more=audiences)
def test_one_more_audience_never_closes_an_entry(judged, rules, readers, more):
    release = judged(rules)

    assert is_open(release, readers) <= is_open(release, readers | more)


@few
@given(rules=rules, failure=failures, place=st.integers(0, 3), readers=audiences)
def test_a_judge_that_fails_opens_an_entry_for_nobody(judged, rules, failure, place, readers):
    """Threat 13."""
    release = judged([*rules[:place], failure, *rules[place:]])

    assert not is_open(release, readers)


@pytest.mark.parametrize("code", ["return True", "return frozenset()", "return Gate(requires='a', reason='x')"])
def test_a_judge_that_answers_oddly_opens_an_entry_for_nobody(paper, caplog, code):
    """Threat 13."""
    paper.post("one", WITHHELD).plugin("odd", f"@hookimpl\ndef judge_gate(self): {code}")

    release = paper.build()

    assert not is_open(release, frozenset({"a", "nobody"}))
    assert "odd" in caplog.text


def test_a_gate_without_requirements_closes_nothing_but_says_when_that_may_change(paper):
    soon = NOW + timedelta(days=3)
    paper.post("one", WITHHELD, gate={"requires": [], "until": soon})

    release = paper.build()

    assert is_open(release, frozenset())
    assert (dict(release.gated), release.until) == ({}, soon)


def test_the_release_ends_at_the_earliest_moment_at_which_a_gate_or_a_schedule_changes(paper):
    days = [NOW + timedelta(days=number) for number in range(4)]
    paper.post("one", gate={"requires": ["a"], "until": days[3]}).post("two", gate={"requires": [], "until": days[2]})
    assert paper.build().until == days[2]

    paper.post("three", published=days[1])
    assert paper.build().until == days[1]
    assert paper.build(drafts=True).until == days[2]


def test_a_moment_that_has_passed_is_none_to_wait_for(paper):
    paper.post("one", gate={"requires": [], "until": NOW}).post("two", gate={"requires": ["a"], "until": SOME_TIME_AGO})
    assert paper.build().until is None

    soon = "now + timedelta(days=1)"
    paper.plugin(
        "x", f"@hookimpl\ndef judge_gate(self, now): return Gate(requires=frozenset(), until={soon}, reason='x')"
    )

    assert paper.build().until == NOW + timedelta(days=1)


def test_of_several_gates_on_one_entry_the_earliest_moment_counts(paper):
    early = "datetime(2024, 7, 1, tzinfo=__import__('datetime').timezone.utc)"
    paper.plugin(
        "x", f"@hookimpl\ndef judge_gate(self): return Gate(requires=frozenset('b'), until={early}, reason='x')"
    )

    release = paper.post("one", gate={"requires": ["a"], "until": NOW + timedelta(days=90)}).build()

    assert release.until == datetime(2024, 7, 1, tzinfo=UTC)
    assert release.gated == {"/one/": {"a", "b"}}
    assert release.view().gate("one").reason == "its author says so; x"


def test_drafts_are_built_for_their_author_only_and_private_entries_never(paper):
    """Threat 17."""
    paper.post("open").post("draft", status="draft").post("private", status="private")
    paper.post("later", published=NOW + timedelta(seconds=1))

    assert set(paper.build().files) == {"/open/"}
    assert set(paper.build(drafts=True).files) == {"/open/", "/draft/", "/later/"}
    assert set(paper.build().files) == {"/open/"}
    assert set(paper.build(now=NOW + timedelta(seconds=1)).files) == {"/open/", "/later/"}


CONVERSATION = {"shown": (2, ["1", "2"]), "counted": (2, []), "hidden": (0, [])}


@pytest.mark.parametrize("kind", CONVERSATION)
def test_a_closed_entry_s_conversation_is_shown_counted_or_hidden_as_its_gate_says(paper, kind):
    """Threat 7."""
    comments = [{"id": "1", "body": "x"}, {"id": "2", "body": "y"}]
    paper.post("one", WITHHELD, comments=comments, gate={"requires": ["a"], "conversation": kind})
    release = paper.build()
    count, ids = CONVERSATION[kind]
    stranger, reader = release.view(), release.view(frozenset("a"))

    assert [reply.comment.id for reply in stranger.comments("one")] == ids
    assert [reply.comment.id for _, reply in stranger.latest_comments(9)] == ids[::-1]
    assert (stranger.comment_count("one"), stranger.card("one").comments, stranger.latest()[0].comments) == (count,) * 3
    assert ('id="comment-1"' in paper.text("/one/")) == (kind == "shown")
    assert [reply.comment.id for reply in reader.comments("one")] == ["1", "2"]
    assert (reader.comment_count("one"), reader.card("one").comments, len(reader.latest_comments(9))) == (2, 2, 2)


def test_the_strictest_of_several_gates_decides_about_the_conversation(paper):
    """Threat 7."""
    gate = "@hookimpl\ndef judge_gate(self): return Gate(requires=frozenset({}), reason='x', conversation='{}')"
    paper.post("one", comments=[{"id": "1", "body": "x"}], gate={"requires": ["a"], "conversation": "shown"})
    paper.plugin("open", gate.format("", "hidden")).plugin("b", gate.format("'b'", "counted"))
    assert (paper.build().view().comment_count("one"), paper.build().view().comments("one")) == (1, ())

    paper.plugin("c", "@hookimpl\ndef judge_gate(self): 1 / 0")
    assert paper.build().view().comment_count("one") == 0


def test_the_public_part_is_the_text_above_the_author_s_mark_or_nothing(paper):
    paper.post("one", WITHHELD, gate={"requires": ["a"]}).post("two", "<p>All.</p>", gate={"requires": ["a"]})

    view = paper.build().view()

    assert (view.entry("one").body.html, view.entry("two").body.html) == ("<p>Public.</p>", "")


def test_the_first_plugin_that_gives_a_teaser_decides_what_is_public(paper):
    paper.post("one", WITHHELD, gate={"requires": ["a"]})
    for name in ("quiet", "first", "second"):
        answer = "None" if name == "quiet" else f"Teaser(html='<p>{name}</p>')"
        paper.plugin(name, f"@hookimpl\ndef find_teaser(self, entry, gate): return {answer}")

    assert paper.build().view().entry("one").body.html == "<p>first</p>"


def test_a_page_planned_for_a_gated_entry_is_gated_with_it(paper):
    """Threat 3: its own feed, say."""
    page = "Page(address='/one.xml', template='one.xml', subject='one')"
    paper.plugin("x", f"@hookimpl\ndef register_pages(self): yield {page}")
    paper.write({"templates/one.xml": "{{ entry.body.html }}"}).post("one", WITHHELD, gate={"requires": ["a"]})

    release = paper.build()

    assert release.gated == {"/one/": {"a"}, "/one.xml": {"a"}}
    assert "Withheld" not in paper.text("/one.xml")
    assert b"Withheld" in release.find("/one.xml", frozenset("a")).file.read_bytes()


def test_what_readers_get_at_unknown_addresses_is_nothing(paper):
    """Threat 6: only the very address is the address."""
    release = paper.post("one", WITHHELD, gate={"requires": ["a"]}).build()

    for address in (
        "/one",
        "/ONE/",
        "//one/",
        "/one/index.html",
        "/%6fne/",
        "/one/;x",
        "/one/\n",
        "/one/?x=1",
        "",
        ".",
    ):
        assert release.find(address, frozenset("a")) is None
