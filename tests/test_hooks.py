"""The front: answers combined as their hook says, and every failure with its plugin's name on it."""

from datetime import UTC, datetime

import pytest

from pressframe import Comment, HookError

FILTER = "@hookimpl\ndef filter_comment(self, html): {}"
JUDGE = "@hookimpl\ndef judge_comment(self): {}"
SANITIZER = "@hookimpl\ndef find_sanitizer(self): {}"

WRONG = {
    "loaders of another kind": ("register_loaders", "return [3]", "int; a Loader"),
    "a loader not in a list": ("register_loaders", "return 3", "int; a list"),
    "an engine of another kind": ("find_markup", "return 3", "int; an Engine"),
    "an entry of another kind": ("filter_entry", "return 'x'", "str; an Entry"),
    "comments of another kind": ("register_comments", "return [3]", "int; a Comments"),
    "text for a folder": ("register_templates", "return ['a']", "str; a Path"),
    "one folder that is no path": ("register_templates", "return 'a'", "str; a Path"),
    "words of another kind": ("register_translations", "return [3]", "int; a Path"),
    "a path for an asset": ("register_assets", "return [Path()]", "PosixPath; an Asset"),
    "filters without names": ("register_filters", "return ['a']", "str; a Mapping"),
    "a page of another kind": ("register_pages", "return ['/a/']", "str; a Page"),
    "a block of another kind": ("register_blocks", "return ['a']", "str; a Block"),
}


@pytest.mark.parametrize("what", WRONG)
def test_an_answer_of_another_kind_is_named_with_its_plugin_and_hook(paper, what):
    """Threat 62."""
    hook, code, said = WRONG[what]
    paper.plugins = []
    paper.plugin("x", f"@hookimpl\ndef {hook}(self): {code}").plugins.append("paper")

    message = paper.post("one").fails(HookError)

    assert message.startswith(f"{paper.path}/plugins/x.py:1")
    assert f"x answered {hook} with {said} is wanted, while " in message


STOP = ["register_loaders", "find_markup", "filter_entry", "register_comments", "register_templates"]
STOP += ["register_translations", "register_assets", "register_filters", "register_pages", "register_blocks"]


@pytest.mark.parametrize("hook", STOP)
def test_a_plugin_that_fails_while_content_is_made_stops_the_build_and_is_named(paper, hook):
    """Threat 62."""
    paper.plugins = []
    paper.plugin("x", f"@hookimpl\ndef {hook}(self):\n    raise ValueError('so it goes')").plugins.append("paper")

    message = paper.post("one").fails(HookError)

    assert f"/plugins/x.py:13: x failed in {hook}, while " in message
    assert "ValueError: so it goes\n  raise ValueError('so it goes')\n  mend the plugin, or take it out of" in message
    assert not (paper.path / "public").exists()


def test_a_failing_hook_names_the_entry_or_the_page_that_it_worked_on(paper):
    paper.post("one").plugin("x", "@hookimpl\ndef filter_entry(self): 1 / 0")

    assert "x failed in filter_entry, while working on the entry content/one.html: Zero" in paper.fails(HookError)

    paper.plugin("x", "@hookimpl\ndef register_blocks(self, slot): return 1 // (slot != 'after_entry') and []")

    assert "x failed in register_blocks, while working on the page /one/: Zero" in paper.fails(HookError)


def test_an_error_that_a_plugin_raises_on_purpose_is_told_as_it_is(paper):
    paper.post("one").plugin("x", "@hookimpl\ndef filter_entry(self): raise ContentError('no title', fix='write one')")

    assert paper.fails() == "no title\n  write one"


PARTS = """
import attrs
from pressframe import Source, hookimpl

class Whole:
    name, version = "x", "1"
    def scan(self): return [Source(loader="x", key="a", fingerprint="1")]
    def load(self, source): return None
    def notes(self): return []
    def render(self, text): return "x"
    def fingerprint(self): return "1"
    def of(self, entries): return {{}}

class Part(Whole):
    def {method}(self, *arguments): {code}

@attrs.frozen(eq=False)
class X:
    @hookimpl
    def {hook}(self): return {answer}
"""
ODD_PARTS = {
    "a failing scan": ("register_loaders", "scan", "1 / 0", "x failed in scan, while the site was opened"),
    "a loader without entries": ("register_loaders", "load", "...", "x answered load with NoneType; a Manuscript"),
    "a failing loader": ("register_loaders", "load", "1 / 0", "x failed in load, while reading a: ZeroDivisionError"),
    "failing notes": ("register_loaders", "scan", "return []\n    def notes(self): 1 / 0", "x failed in notes, while"),
    "an engine that gives text": ("find_markup", "render", "return ''", "html answered render with str; a Body is"),
    "a failing engine": ("find_markup", "render", "1 / 0", "html failed in render, while working on the entry content"),
    "comments in a list": ("register_comments", "of", "return []", "x answered of with list; a Mapping is wanted"),
    "failing comments": ("register_comments", "of", "1 / 0", "x failed in of, while"),
    "a failing fingerprint": ("register_comments", "fingerprint", "1 / 0", "x failed in fingerprint, while"),
}


@pytest.mark.parametrize("what", ODD_PARTS)
def test_a_part_that_fails_or_answers_wrongly_is_named_with_its_plugin(paper, what):
    """Threat 62."""
    hook, method, code, said = ODD_PARTS[what]
    answer = "Part()" if hook == "find_markup" else "[Part()]"
    paper.plugins.insert(0, "x")
    paper.write({"plugins/x.py": PARTS.format(hook=hook, method=method, code=code, answer=answer)})

    assert said in paper.post("one").fails(HookError)


def test_a_part_that_fails_is_told_with_its_own_line(paper):
    code = PARTS.format(hook="find_markup", method="render", code="1 / 0", answer="Part()")
    paper.plugins.insert(0, "x")
    line = 1 + code[: code.index("1 / 0")].count("\n")

    said = paper.write({"plugins/x.py": code}).post("one").fails(HookError)

    assert said.startswith(f"{paper.path}/plugins/x.py:{line}: the engine for html failed in render")
    assert said.endswith("mend the plugin, or take it out of [site] plugins")


@pytest.mark.parametrize("change", ["id='other'", "kind='page'", "source=attrs.evolve(entry.source, key='other')"])
def test_a_filter_leaves_alone_what_belongs_to_the_loader(paper, change):
    paper.post("one").plugin("x", f"@hookimpl\ndef filter_entry(self, entry): return attrs.evolve(entry, {change})")

    assert "x changed id, kind or source in filter_entry, while working on the entry content/one" in paper.fails()


def test_without_a_rule_that_speaks_a_comment_is_held(paper):
    paper.plugin("x", JUDGE.format("return None"))

    judgements = paper.open().hooks.judge_comment(None, None, None, None, None)

    assert [(one.verdict.name, one.reason) for one in judgements] == [("HOLD", "no rule spoke for it")]


def test_the_strictest_judgement_comes_first_and_all_are_kept(paper):
    for verdict in ("accept", "refuse", "hold", "spam"):
        code = f"return Judgement(verdict=Verdict.{verdict.upper()}, reason='{verdict}')"
        paper.plugin(f"judge_{verdict}", JUDGE.format(code))

    judgements = paper.open().hooks.judge_comment(None, None, None, None, None)

    assert [one.reason for one in judgements] == ["refuse", "spam", "hold", "accept"]


@pytest.mark.parametrize("code", ["raise ValueError('x')", "return 'accept'", "return Verdict.ACCEPT", "return 0"])
def test_a_comment_is_held_where_a_judge_fails_or_answers_oddly(paper, caplog, code):
    """Threat 62."""
    paper.plugin("kind", JUDGE.format("return Judgement(verdict=Verdict.ACCEPT, reason='kind')"))
    paper.plugin("odd", JUDGE.format(code))

    judgements = paper.open().hooks.judge_comment(None, None, None, None, None)

    assert [(one.verdict.name, one.reason) for one in judgements] == [("HOLD", "odd failed"), ("ACCEPT", "kind")]
    assert "odd" in caplog.text


def shown(paper, body, format="text"):
    """Return the HTML that a comment with *body* is shown as."""
    moment = datetime(2024, 6, 1, tzinfo=UTC)
    comment = Comment(id="1", entry="one", author="Ann", body=body, format=format, received=moment)
    return paper.open().hooks.filter_comment(comment)


def test_without_a_sanitizer_comments_are_plain_escaped_text(paper):
    """Threat 19."""
    paper.plugin("x", FILTER.format("return '<script>1</script>' + html"))

    assert shown(paper, 'a <b>\r\n"c"\n\n\n d & e ') == "<p>a &lt;b&gt;<br>&quot;c&quot;</p>\n<p> d &amp; e</p>"
    assert shown(paper, "<script>", "html") == "<p>&lt;script&gt;</p>"


def test_each_filter_gets_the_last_one_s_result_and_the_sanitizer_the_last_of_all(paper):
    paper.plugin("clean", SANITIZER.format("return lambda html: f'[{html}]'"))
    paper.plugin("a", FILTER.format("return html + 'a'"))
    paper.plugin("quiet", FILTER.format("return None"))
    paper.plugin("b", FILTER.format("return html + 'b'"))

    assert shown(paper, "x < y") == "[<p>x &lt; y</p>ab]"
    assert shown(paper, "<i>x</i>", "html") == "[<i>x</i>ab]"


def test_a_filter_may_leave_nothing_of_a_comment(paper):
    paper.plugin("clean", SANITIZER.format("return lambda html: html")).plugin("x", FILTER.format("return ''"))

    assert shown(paper, "x") == ""


def test_the_first_sanitizer_is_the_sanitizer(paper):
    paper.plugin("a", SANITIZER.format("return lambda html: 'a'")).plugin("b", SANITIZER.format("return lambda: 'b'"))

    assert shown(paper, "x") == "a"


@pytest.mark.parametrize("code", ["1 / 0", "return 3", "return ['x']"])
def test_a_comment_whose_filter_fails_is_shown_as_plain_text(paper, caplog, code):
    """Threat 62."""
    paper.plugin("clean", SANITIZER.format("return lambda html: html")).plugin("odd", FILTER.format(code))

    assert shown(paper, "<b>", "html") == "<p>&lt;b&gt;</p>"
    assert "odd" in caplog.text


@pytest.mark.parametrize("code", ["1 / 0", "return 3", "return lambda html: 1 / 0", "return lambda html: None"])
def test_comments_are_shown_as_plain_text_where_the_sanitizer_fails(paper, caplog, code):
    """Threats 19, 62."""
    paper.plugin("clean", SANITIZER.format(code))

    assert shown(paper, "<b>", "html") == "<p>&lt;b&gt;</p>"
    assert "find_sanitizer" in caplog.text


def test_a_teaser_whose_plugin_fails_is_nothing(paper, caplog):
    """Threat 62."""
    teaser = "@hookimpl\ndef find_teaser(self): {}"
    paper.plugin("quiet", teaser.format("return None")).plugin("odd", teaser.format("1 / 0"))
    paper.plugin("late", teaser.format("return Teaser(html='<p>late</p>')"))
    paper.post("one", "<p>Public.</p><!--more--><p>Not.</p>", gate={"requires": ["a"]})

    view = paper.build().view()

    assert view.entry("one").body.html == ""
    assert "odd failed in find_teaser, while working on the entry content/one.html" in caplog.text


def test_a_start_hook_is_asked_once(paper):
    paper.plugin("x", "@hookimpl\ndef register_templates(self): yield Path('a')")
    site = paper.open()

    assert site.hooks.all("register_templates") is site.hooks.all("register_templates")


OWN = """
import attrs
from pressframe.hookspecs import hookimpl, hookspec

@hookspec("live", "shut", answer=str)
def register_greetings(name):
    "Bring greetings."

@hookspec("live", "shut", answer=str)
def find_name(name):
    "Find a name."

@attrs.frozen(eq=False)
class Own:
    hookspecs = __name__
"""


def test_plugins_may_declare_hooks_that_others_bring_answers_to(paper):
    paper.write({"plugins/own.py": OWN + "    @hookimpl\n    def find_name(self): return None\n"}).plugins.append("own")
    paper.plugin("a", "@hookimpl\ndef register_greetings(self, name): yield f'hello {name}'")
    paper.plugin("b", "@hookimpl\ndef register_greetings(self): 1 / 0\n@hookimpl\ndef find_name(self): return 'b'")
    hooks = paper.open().hooks

    assert hooks.all("register_greetings", "Ann") == (("a", "hello Ann"),)
    assert hooks.all("register_greetings", "Bob") == (("a", "hello Bob"),)
    assert hooks.first("find_name", "Ann") == "b"


def test_where_the_first_plugin_fails_shut_no_later_one_is_believed(paper):
    """Threat 13: who can't be told apart is a stranger."""
    paper.write({"plugins/own.py": OWN + "    @hookimpl\n    def find_name(self): 1 / 0\n"}).plugins.append("own")
    paper.plugin("b", "@hookimpl\ndef find_name(self): return 'b'")

    assert paper.open().hooks.first("find_name", "Ann") is None


def test_a_hook_that_no_plugin_declares_has_no_answers(paper):
    hooks = paper.open().hooks

    assert (hooks.all("register_greetings", "Ann"), hooks.first("find_name", "Ann")) == ((), None)
