"""What pluggy lets pass in silence, the core refuses; numbered as the design numbers its traps."""

import pickle
from datetime import UTC, datetime

import pytest

from pressframe import Block, Body, Entry, HookError, Page, SiteSettings, Source

HEAD = "import attrs\nfrom pressframe import *\n"


def refused(bare, body, *, decorator="@attrs.frozen(eq=False)"):
    """Return what is said of a site with the plugin ``x``, whose class starts on the fourth line."""
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    bare.write({"plugins/x.py": f"{HEAD}{decorator}\nclass X:\n{lines}"}).plugins = ["x"]
    return bare.fails()


def test_a_misspelt_hook_is_told_with_its_line_and_the_nearest_hook(bare):
    """Trap 1: pluggy registers it and never calls it."""
    said = refused(bare, "@hookimpl\ndef judge_coment(self): ...")

    assert said == (
        "plugins/x.py:5: judge_coment is no hook\n  Did you mean judge_comment? (pressframe hooks lists all)"
    )


def test_all_misspelt_hooks_are_told_at_once(bare):
    """Trap 1: pluggy's own check stops at the first."""
    said = refused(bare, "@hookimpl\ndef judge_coment(self): ...\n@hookimpl\ndef qqqqq(self): ...")

    assert [line.split(": ")[1] for line in said.splitlines() if line[0] != " "] == [
        "judge_coment is no hook",
        "qqqqq is no hook",
    ]


def test_a_hook_without_its_marker_is_refused(bare):
    """Trap 2: pluggy ignores it."""
    said = refused(bare, "@hookimpl\ndef find_markup(self): ...\ndef judge_gate(self): ...")

    assert said == (
        "plugins/x.py:7: judge_gate has the name of a hook but not its marker\n  put @hookimpl above it, or rename it"
    )


@pytest.mark.parametrize("decorator", ["@attrs.frozen", "@attrs.define"])
def test_a_plugin_that_compares_by_value_is_refused(bare, decorator):
    """Trap 3: two equal ones count as one plugin."""
    said = refused(bare, "@hookimpl\ndef find_markup(self): ...", decorator=decorator)

    assert said.startswith("plugins/x.py:3: X compares by value, so two of them would count as one plugin")


def test_the_core_makes_the_instance_that_the_hooks_are_called_on(bare):
    """Trap 4: a class registered in place of an instance fails at its first call."""
    site = bare.plugin("x", "depth: int = 3\n@hookimpl\ndef register_filters(self): return {'x': self.depth}").open()

    assert tuple(site.hooks.ask("register_filters")) == (("x", {"x": 3}),)


@pytest.mark.parametrize("body", ["return None", "yield None"])
def test_an_async_hook_is_refused(bare, body):
    """Trap 5: its answer would be a coroutine."""
    said = refused(bare, f"@hookimpl\nasync def find_markup(self): {body}")

    assert said.startswith("plugins/x.py:5: find_markup is async; hooks are plain functions")


def test_the_plugin_that_fails_is_named_and_what_others_answered_is_kept(paper):
    """Trap 6: pluggy ends the call, loses earlier answers and names nobody. Threat 62."""
    paper.plugin("good", "@hookimpl\ndef judge_comment(self): return Judgement(verdict=Verdict.SPAM, reason='links')")
    paper.plugin("bad", "@hookimpl\ndef judge_comment(self): raise ValueError('x')")

    judgements = paper.open().hooks.judge_comment(None, None, None, None, None)

    assert [(one.verdict.name, one.reason) for one in judgements] == [("SPAM", "links"), ("HOLD", "bad failed")]


def test_hooks_run_in_the_order_in_which_the_site_lists_its_plugins(paper):
    """Trap 7: pluggy calls the last one first."""
    for name in ("b", "a", "c"):
        paper.plugin(
            name, f"@hookimpl\ndef filter_entry(self, entry): return attrs.evolve(entry, title=entry.title + '{name}')"
        )
    paper.post("one", title="-").build()

    assert "<h1>-bac</h1>" in paper.text("/one/")
    assert paper.open().hooks.implementers("filter_entry") == ("b", "a", "c")


@pytest.mark.parametrize("option", ["tryfirst", "trylast", "optionalhook", "wrapper", "hookwrapper"])
def test_options_that_rearrange_other_plugins_are_refused(bare, option):
    """Trap 8."""
    said = refused(bare, f"@hookimpl({option}=True)\ndef find_markup(self): yield")

    assert said.startswith(f"plugins/x.py:5: find_markup asks for {option}, which would rearrange other plugins")


def test_a_hook_under_another_name_is_refused(bare):
    """Trap 8."""
    said = refused(bare, "@hookimpl(specname='find_markup')\ndef judge_gate(self): ...")

    assert "judge_gate asks for specname, which would rearrange other plugins" in said


def test_a_generator_that_raises_late_is_its_plugin_s_failure(paper):
    """Trap 9: it runs after pluggy has left its guard."""
    paper.plugin("late", "@hookimpl\ndef register_pages(self):\n    yield Page(address='/a/', template='x')\n    1 / 0")

    said = paper.fails(HookError)

    assert "late failed in register_pages" in said
    assert "ZeroDivisionError" in said


def test_an_error_that_is_no_exception_is_its_plugin_s_failure(paper):
    """Trap 10: what panics in Rust derives from BaseException."""
    paper.plugin("rusty", "@hookimpl\ndef filter_entry(self): raise type('Panic', (BaseException,), {})('thread died')")

    assert "rusty failed in filter_entry" in paper.post("one").fails(HookError)


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit])
def test_the_owner_s_interruption_is_let_through(paper, kind):
    """Trap 10."""
    paper.post("one").plugin("x", f"@hookimpl\ndef filter_entry(self): raise {kind.__name__}")

    with pytest.raises(kind):
        paper.build()


MODELS = {
    "an entry's data": lambda data: Entry(
        id="a", source=Source(loader="x", key="a", fingerprint="1"), title="A", body=Body(html=""),
        published=datetime(2024, 1, 1, tzinfo=UTC), address="/a/", data=data,
    ).data,
    "a page's data": lambda data: Page(address="/a/", template="a.html", data=data).data,
}  # fmt: skip


@pytest.mark.parametrize("what", MODELS)
def test_nothing_in_a_model_can_be_changed(what):
    """Trap 11: freezing a class leaves the mappings in it open."""
    given = {"x": {"y": [1, {"z": 2}]}}

    data = MODELS[what](given)
    given["x"]["y"].append(3)

    assert data == {"x": {"y": (1, {"z": 2})}}
    for inner in (data, data["x"], data["x"]["y"][1]):
        for change in (lambda one: one.update(a=1), lambda one: one.clear(), lambda one: one.pop("x", None)):
            with pytest.raises(TypeError, match="a model's mapping is read-only"):
                change(inner)
        with pytest.raises(TypeError):
            inner["a"] = 1
    assert pickle.loads(pickle.dumps(data)) == data


def test_what_a_block_or_a_menu_holds_cannot_be_changed():
    """Trap 11."""
    for data in (Block(template="x", data={"a": 1}).data, SiteSettings(title="T", menu={"a": "/a/"}).menu):
        with pytest.raises(TypeError):
            data["a"] = "b"


def test_properties_of_a_plugin_are_left_alone(bare):
    """Trap 12: registration reads each attribute of the object."""
    body = "@property\ndef odd(self): raise RuntimeError('read')\n@hookimpl\ndef register_filters(self): return {}"

    assert tuple(bare.plugin("x", body).open().hooks.ask("register_filters")) == (("x", {}),)


@pytest.mark.parametrize(
    ("arguments", "reason", "said"),
    [
        ("self", "nothing", "nothing"),
        ("self, now", "{now:%Y}", "2024"),
        ("self, now, entry", "{now:%Y} {entry.id}", "2024 one"),
        ("self, entry, now=None", "{entry.id} {now:%Y}", "one 2024"),
    ],
)
def test_a_plugin_takes_the_arguments_that_it_names_in_any_order(paper, arguments, reason, said):
    """Trap 13: hooks can grow arguments without breaking old plugins."""
    gate = f"Gate(requires=frozenset('a'), reason=f'{reason}')"
    paper.plugin("x", f"@hookimpl\ndef judge_gate({arguments}): return {gate}")

    gate = paper.post("one").build().view().gate("one")

    assert gate.reason == said


def test_an_argument_that_the_hook_has_not_is_refused(bare):
    """Trap 13."""
    said = refused(bare, "@hookimpl\ndef judge_gate(self, entri, qqq): ...")

    assert said == (
        "plugins/x.py:5: judge_gate has no argument entri\n  Did you mean entry?\n"
        "plugins/x.py:5: judge_gate has no argument qqq\n  judge_gate has: entry, now"
    )
