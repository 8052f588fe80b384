"""Kits for authors of gates: of what says what is closed, what of it is public, and who gets in all the same.

Subclass ``GateKit``, ``TeaserKit``, ``SectionKit`` or ``GrantKit``, and bring the fixture that it asks for.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import attrs
import pytest

from pressframe import Body, Card, Entry, Gate, Hooks, Host, PressframeError, Section, Site, Source, Teaser, Term
from pressframe_web import Grant, Request

__all__ = ["CANARY", "GateKit", "GrantKit", "Opened", "SectionKit", "TeaserKit"]

_NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
_FAR = timedelta(days=9_000)
_TICK = timedelta(microseconds=1)
CANARY = "canary-withheld"
"""A word that stands in withheld text alone, so that nothing public may hold it."""

_WITHHELD = (
    f"<p>{CANARY}</p>", f'<p><img src="/{CANARY}.png" alt="{CANARY}"></p>', f"<pre><code>{CANARY}</code></pre>",
    f'<h2 id="{CANARY}">{CANARY}</h2>', f"<table><tr><td>{CANARY}</td></tr></table>", f"<p>x <!-- {CANARY} --></p>",
    f'<div class="footnote-definition" id="fn:1"><p>{CANARY}</p></div>', f"<ul><li>{CANARY}</li></ul>",
    f"<blockquote><p>{CANARY}</p></blockquote>", f'<figure><img src="x"><figcaption>{CANARY}</figcaption></figure>',
    f"<p>{CANARY} <em>open</p>", f"<!-- {CANARY}", f"<script>{CANARY}</script>", f"<p title='{CANARY}'>x</p>",
)  # fmt: skip
"""Pieces of a body, each with the word wherever such a piece can hold one."""
_ODD = ("", " ", "\x00", "'; DROP TABLE x; --", "<b>", "{{ 7*7 }}", "\u202eabc", "e" + "\u0301" * 500, "a" * 10_000)


def _entry(html: str = "<p>One.</p>\n<p>Two.</p>", *, more: int | None = None, **changes: object) -> Entry:
    known: dict[str, object] = {
        "id": "posts/one", "source": Source(loader="kit", key="one.md", fingerprint=""), "title": "One",
        "body": Body(html=html, more=more), "published": _NOW - timedelta(days=10), "address": "/one/",
    }  # fmt: skip
    return Entry(**{**known, **changes})  # type: ignore[arg-type] # a test says what it means


def _entries() -> Iterator[Entry]:
    """Yield entries of every age, kind and term, plain and odd ones."""
    for kind, days in itertools.product(("post", "page"), (0, 1, 10, 100, 10_000)):
        yield _entry(kind=kind, published=_NOW - timedelta(days=days))
    for text in _ODD:
        tag, category = Term(taxonomy="tag", slug=text, name=text), Term(taxonomy="category", slug="a", name=text)
        terms = (tag, category, Term(taxonomy="category", slug="b", name="B", parent=text))
        yield _entry(title=text, terms=terms, data={"kit": {"extra": {"own": text}}})
    for piece in _WITHHELD:
        yield _entry(f"<p>One.</p>\n{piece}")
    yield _entry(published=datetime(1, 1, 2, tzinfo=UTC))
    yield _entry(published=datetime(9998, 12, 31, tzinfo=UTC))


def _answer(plugin: object, hook: str, *arguments: object) -> object:
    """Return what the plugin answers, asked as a site asks; a failure is the test's."""
    from pressframe_web import hookspecs

    hooks = Hooks([("plugin", plugin)], [hookspecs])
    if not hooks.implementers(hook):
        pytest.fail(f"{type(plugin).__name__} has no @hookimpl called {hook}")
    for _, answer in hooks.ask(hook, *arguments):
        if isinstance(answer, PressframeError):
            pytest.fail(f"{answer}: what fails stays shut for everybody")
        return answer
    return None


class GateKit:
    """What every ``judge_gate`` does. Bring the fixture ``gate``.

    It answers alike whatever it is asked before, tells when its answer changes, names its reason, and gives away
    nothing of the text that it closes.
    """

    @pytest.fixture
    def gate(self) -> object:
        """Return the plugin: an instance of its class."""
        pytest.fail("bring a fixture called gate that returns the plugin", pytrace=False)

    @pytest.fixture
    def entries(self) -> list[Entry]:
        """Return further entries to be judged: some that the plugin closes, and some that it does not."""
        return []

    def test_every_entry_is_judged(self, gate: object, entries: list[Entry]) -> None:
        for entry in (*entries, *_entries()):
            assert isinstance(_judge(gate, entry), Gate | None)

    def test_it_closes_something_and_not_everything(self, gate: object, entries: list[Entry]) -> None:
        """Otherwise the other tests say nothing; bring entries of which this is true."""
        closed = {bool(_requires(gate, entry)) for entry in (*entries, *_entries())}

        assert closed == {True, False}, (
            "bring a fixture called entries: some that the plugin closes, some that it does not"
        )

    def test_the_order_of_entries_does_not_matter(self, gate: object, entries: list[Entry]) -> None:
        asked = [*entries, *_entries()]

        assert [_judge(gate, one) for one in asked] == [_judge(gate, one) for one in reversed(asked)][::-1]

    def test_what_it_is_asked_about_stays_as_it_is(self, gate: object, entries: list[Entry]) -> None:
        for entry in (*entries, *_entries()):
            before = attrs.asdict(entry)
            _judge(gate, entry)
            assert attrs.asdict(entry) == before

    def test_its_answer_changes_only_when_it_said_that_it_would(self, gate: object, entries: list[Entry]) -> None:
        """To the very moment: a server asks again then, and not before."""
        for entry in (*entries, *_entries()):
            now = max(_NOW, entry.published)
            for _ in range(5):
                answer = _judge(gate, entry, now)
                until = answer.until if answer else None
                assert until is None or until > now, "a moment that has passed is none at which an answer changes"
                end = until - _TICK if until else _later(now, _FAR)
                for later in (now + (end - now) / 2, end):
                    same = _judge(gate, entry, later)
                    assert (same.requires if same else frozenset()) == (answer.requires if answer else frozenset())
                if until is None:
                    break
                now = until

    def test_it_says_why(self, gate: object, entries: list[Entry]) -> None:
        for entry in (*entries, *_entries()):
            answer = _judge(gate, entry)
            if answer and answer.requires:
                assert answer.reason.strip() == answer.reason != ""
                assert CANARY not in answer.reason, "a reason is told to who may not read the text"

    def test_the_text_that_it_closes_does_not_decide(self, gate: object) -> None:
        """A gate that opens for some words tells strangers whether they are there."""
        answers = {repr(_judge(gate, _entry(f"<p>One.</p>\n{piece}"))) for piece in _WITHHELD}

        assert len(answers) == 1


def _judge(plugin: object, entry: Entry, now: datetime = _NOW) -> Gate | None:
    answer = _answer(plugin, "judge_gate", entry, now)
    assert answer is None or isinstance(answer, Gate)
    return answer


def _requires(plugin: object, entry: Entry) -> frozenset[str]:
    answer = _judge(plugin, entry)
    return answer.requires if answer else frozenset()


def _later(now: datetime, age: timedelta) -> datetime:
    return min(now, datetime.max.replace(tzinfo=UTC) - age) + age


_BLOCK = re.compile(r"<!--.*?-->", re.DOTALL)


class TeaserKit:
    """What every ``find_teaser`` does. Bring the fixture ``teaser``.

    The public part is made of whole blocks of the body in their order; it ends at the author's mark, and is never all.

    Attributes:
        requires: Audiences of the gates that it is asked about.
    """

    requires = frozenset({"subscribers"})

    @pytest.fixture
    def teaser(self) -> object:
        """Return the plugin: an instance of its class."""
        pytest.fail("bring a fixture called teaser that returns the plugin", pytrace=False)

    def test_something_is_public(self, teaser: object) -> None:
        """Otherwise the other tests say nothing."""
        assert self._cut(teaser, _entry("<p>One.</p>\n" + "<p>Two.</p>\n" * 50)) != ""

    def test_the_end_is_never_public(self, teaser: object) -> None:
        for count, piece in itertools.product((0, 1, 2, 5), _WITHHELD):
            start = "".join(f"<p>Paragraph {number}.</p>\n" for number in range(count))
            assert CANARY not in self._cut(teaser, _entry(f"{start}{piece}"))

    def test_nothing_behind_the_authors_mark_is_public(self, teaser: object) -> None:
        start = "<p>One.</p>\n<p>Two.</p>\n"
        for piece in _WITHHELD:
            html = f"{start}{piece}\n<p>Three.</p>"
            public = self._cut(teaser, _entry(html, more=len(start)))
            assert CANARY not in public
            assert "Three" not in public

    def test_no_block_is_cut(self, teaser: object) -> None:
        blocks = [f"<p>Number {number} of <em>some</em> words, and <a href='/x'>a link</a>.</p>" for number in range(9)]
        shapes = ("{}", "<blockquote>{}</blockquote>", "<ul><li>{}</li></ul>", "<div>{}</div>", "<section>{}</section>")
        for shape in shapes:
            whole = [shape.format(block) for block in blocks]
            public = _shown(self._cut(teaser, _entry("\n".join(whole))))
            assert "".join(public.split()) in {"".join("".join(whole[:end]).split()) for end in range(len(whole))}, (
                "a public part is made of whole blocks, from the first one on"
            )

    def test_it_is_the_same_each_time(self, teaser: object) -> None:
        for piece in _WITHHELD:
            entry = _entry(f"<p>One.</p>\n<p>Two.</p>\n{piece}")
            before = attrs.asdict(entry)
            assert self._cut(teaser, entry) == self._cut(teaser, entry)
            assert attrs.asdict(entry) == before

    def _cut(self, plugin: object, entry: Entry) -> str:
        answer = _answer(plugin, "find_teaser", entry, Gate(requires=self.requires, reason="a test"))
        assert answer is None or isinstance(answer, Teaser)
        return answer.html if answer else ""


_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)\b[^<>]*>")
_VOID = frozenset({"img", "br", "hr"})


class SectionKit:
    """What every ``register_sections`` does. Bring the fixtures ``sections``, the plugin, and ``mark``.

    Sections are whole blocks, in a body that has them and nowhere else; without them nothing of their words is left.
    """

    @pytest.fixture
    def sections(self) -> object:
        """Return the plugin: an instance of its class."""
        pytest.fail("bring a fixture called sections that returns the plugin", pytrace=False)

    @pytest.fixture
    def mark(self) -> Callable[[str], str]:
        """Return what makes a section of HTML, so that the plugin finds it."""
        pytest.fail("bring a fixture called mark that returns a function", pytrace=False)

    def test_a_section_is_found_and_no_word_of_it_is_left(self, sections: object, mark: Callable[[str], str]) -> None:
        for piece in _WHOLE:
            html = f"<p>One.</p>\n{mark(piece)}\n<p>Two.</p>\n{mark('<p>Three.</p>')}"
            found = self._find(sections, html)
            assert len([one for one in found if not one.silent]) == 2
            assert CANARY not in _without(html, found)
            assert "One." in _without(html, found)
            assert "Two." in _without(html, found)

    def test_sections_are_whole_blocks_that_do_not_overlap(self, sections: object, mark: Callable[[str], str]) -> None:
        for one, other in itertools.product(_WHOLE, repeat=2):
            html = f"<p>One.</p>\n{mark(one)}\n{mark(other)}\n<p>Two.</p>"
            found = sorted(self._find(sections, html), key=lambda section: section.start)
            assert all(before.end <= after.start for before, after in itertools.pairwise(found))
            assert all(0 <= section.start <= section.end <= len(html) for section in found)
            assert all(_is_balanced(html[section.start : section.end]) for section in found)

    def test_a_text_without_them_has_none(self, sections: object) -> None:
        for entry in _entries():
            assert self._find(sections, entry.body.html) == []

    def test_they_are_the_same_each_time(self, sections: object, mark: Callable[[str], str]) -> None:
        html = mark(f"<p>{CANARY}</p>")

        assert self._find(sections, html) == self._find(sections, html)

    def _find(self, plugin: object, html: str) -> list[Section]:
        answer = _answer(plugin, "register_sections", _entry(html), html)
        found = [*answer] if isinstance(answer, tuple) else []
        assert all(isinstance(one, Section) for one in found)
        return found


_WHOLE = tuple(one for one in _WITHHELD if "open" not in one and not one.startswith("<!--"))


def _without(html: str, sections: list[Section]) -> str:
    for one in sorted(sections, key=lambda section: -section.start):
        html = html[: one.start] + html[one.end :]
    return html


def _is_balanced(html: str) -> bool:
    """Say whether every element in *html* is closed in it."""
    around: list[str] = []
    for closing, name in _TAG.findall(_shown(html)):
        if closing and (not around or around.pop() != name):
            return False
        around += [] if closing or name in _VOID else [name]
    return not around


def _shown(html: str) -> str:
    """Return what of *html* a browser shows: comments are for programs."""
    return _BLOCK.sub("", html)


@attrs.frozen(kw_only=True)
class Opened:
    """A case that a plugin's grants open: a request for a closed entry, which requires so much, as do its sections."""

    entry: Card
    request: Request
    requires: frozenset[str] = frozenset({"subscribers"})
    sections: frozenset[str] = frozenset()


class GrantKit:
    """What every ``register_grants`` does, and ``on_reading`` where its grants are counted.

    Bring the fixtures ``grants``, the plugin, ``host``, its site, and ``opened``, a case that it opens.
    Asking changes nothing; strangers and forged cookies open nothing; and nothing is granted but what is asked for.

    Attributes:
        carries: Names of the cookies that carry the right; empty for grants that hang on something else.
    """

    carries: tuple[str, ...] = ()

    @pytest.fixture
    def grants(self) -> object:
        """Return the plugin: an instance of its class."""
        pytest.fail("bring a fixture called grants that returns the plugin", pytrace=False)

    @pytest.fixture
    def opened(self) -> Opened:
        """Return a case that it opens."""
        pytest.fail("bring a fixture called opened that returns an Opened", pytrace=False)

    @pytest.fixture
    def host(self, tmp_path: Path) -> Host:
        """Return the site: one without plugins, unless another is brought."""
        (tmp_path / "pressframe.toml").write_text('[site]\ntitle = "A site"\n', encoding="utf-8")
        return Site.open(tmp_path)

    def test_it_opens_what_it_should(self, grants: object, host: Host, opened: Opened) -> None:
        assert _is_open(grants, host, opened)

    def test_asking_changes_nothing(self, grants: object, host: Host, opened: Opened) -> None:
        answers = [_grants(grants, host, opened) for _ in range(10)]

        assert all(answer == answers[0] for answer in answers), "a grant is counted in on_reading, not when it is given"

    def test_it_grants_nothing_that_is_not_asked_for(self, grants: object, host: Host, opened: Opened) -> None:
        for requires in (opened.requires, frozenset({"kit-club"}), opened.requires | {"kit-club"}):
            given = _grants(grants, host, attrs.evolve(opened, requires=requires))
            assert {grant.audience for grant in given} <= requires | opened.sections

    def test_a_stranger_who_brings_nothing_gets_nothing(self, grants: object, host: Host, opened: Opened) -> None:
        bare = Request(method="GET", path=opened.entry.address, now=opened.request.now)

        assert not _is_open(grants, host, attrs.evolve(opened, request=bare))

    def test_a_forged_cookie_opens_nothing(self, grants: object, host: Host, opened: Opened) -> None:
        for name in self.carries:
            value = opened.request.cookies[name]
            forged = [f"{value[:at]}{'A' if value[at] != 'A' else 'B'}{value[at + 1 :]}" for at in range(len(value))]
            # The last letter of a signature holds bits that are not used.
            for one in [*forged[:-1], value[:-2], f"{value}.x", value.rpartition(".")[0], *_ODD]:
                assert not _is_open(grants, host, _with_cookie(opened, name, one)), f"{name}={one}"

    def test_odd_cookies_are_no_failure(self, grants: object, host: Host, opened: Opened) -> None:
        for name, value in itertools.product((*self.carries, "session", ""), _ODD):
            _grants(grants, host, _with_cookie(opened, name, value))

    def test_a_grant_that_is_over_is_not_given(self, grants: object, host: Host, opened: Opened) -> None:
        until = max((grant.until for grant in _grants(grants, host, opened) if grant.until), default=None)
        if until is None:
            return
        late = attrs.evolve(opened, request=attrs.evolve(opened.request, now=until))

        assert not _is_open(grants, host, late)

    def test_counted_grants_are_noted(self, grants: object, host: Host, opened: Opened) -> None:
        """Whoever is let in by a count brings back what remembers it, or is known by it the next time."""
        counted = tuple(grant for grant in _grants(grants, host, opened) if grant.counted)
        if not counted:
            return
        request = opened.request
        told = _answer(grants, "on_reading", opened.entry, counted, request, host)
        cookies = {cookie.name: cookie.value for cookie in told} if told else {}  # type: ignore[attr-defined]

        again = attrs.evolve(request, cookies={**request.cookies, **cookies})
        left = _grants(grants, host, attrs.evolve(opened, request=again))
        assert all(not grant.counted for grant in left), "what was read is counted once, however often it is read again"


def _with_cookie(opened: Opened, name: str, value: str) -> Opened:
    cookies: Mapping[str, str] = {**opened.request.cookies, name: value}
    return attrs.evolve(opened, request=attrs.evolve(opened.request, cookies=cookies))


def _grants(plugin: object, host: Host, case: Opened) -> tuple[Grant, ...]:
    answer = _answer(plugin, "register_grants", case.entry, case.requires, case.request, host, case.sections)
    return answer if isinstance(answer, tuple) else ()


def _is_open(plugin: object, host: Host, case: Opened) -> bool:
    """Say whether a server would let the request in."""
    given = _grants(plugin, host, case)
    good = {grant.audience for grant in given if grant.until is None or grant.until > case.request.now}
    return case.requires <= good
