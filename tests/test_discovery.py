"""Discovery: the plugins that a site names are found, or what keeps them from being used is told at the start."""

import sys
from pathlib import Path

import pytest

from pressframe import PluginError, PressframeError, Site
from pressframe._plugins import BUNDLED, installed

PLUGIN = """
import attrs
from pressframe import hookimpl

@attrs.frozen(eq=False)
class Plugin:
    @hookimpl
    def find_markup(self): ...
"""


def test_a_plugin_comes_from_an_installed_distribution(bare, distribution):
    distribution("press-night", "night", PLUGIN)
    bare.plugins = ["night"]

    plugin, _ = bare.open().plugins["night"]

    assert (str(plugin.origin), plugin.hooks()) == ("press-night 1.5", ("find_markup",))


def test_a_plugin_comes_from_a_file_of_the_site(bare):
    plugin, _ = bare.plugin("night", "@hookimpl\ndef find_markup(self): ...").open().plugins["night"]

    assert plugin.origin == "plugins/night.py"


def test_only_plugins_that_are_named_are_imported(bare, distribution):
    distribution("press-loud", "loud", "raise SystemExit('imported')")

    assert bare.write({"plugins/loud_too.py": "raise SystemExit('imported')"}).open().plugins == {}


@pytest.mark.parametrize(
    ("name", "fix"),
    [
        ("nigth", "Did you mean night?"),
        ("marcdown", "Did you mean markdown?"),
        ("qqqqq", "install it, or write plugins/qqqqq.py"),
    ],
)
def test_a_missing_plugin_is_told_with_a_near_name_or_how_to_get_it(bare, name, fix):
    bare.write({"plugins/night.py": PLUGIN}).plugins = [name]

    assert bare.fails(PluginError) == (
        f'pressframe.toml:4: site.plugins: plugins lists "{name}", which is not installed\n  {fix}'
    )


def test_a_missing_plugin_of_ours_is_told_with_the_command_that_installs_it(bare, monkeypatch):
    monkeypatch.setattr(sys, "path", [one for one in sys.path if "site-packages" not in one])
    bare.plugins = ["sql"]

    assert bare.fails(PluginError).endswith('"sql", which is not installed\n  pip install pressframe-sql')


def test_a_plugin_listed_twice_is_told_at_its_second_place(bare):
    bare.write({"plugins/a.py": PLUGIN, "pressframe.toml": '[site]\ntitle = "T"\nplugins = [\n"a",\n"a"]'})

    with pytest.raises(PluginError) as caught:
        Site.open(bare.path)

    assert str(caught.value) == 'pressframe.toml:3: site.plugins: plugins lists "a" twice\n  list it once'


def test_two_plugins_of_one_name_are_both_named(bare, distribution):
    distribution("press-night", "night", PLUGIN)
    bare.write({"plugins/night.py": PLUGIN}).plugins = ["night"]

    assert bare.fails(PluginError) == (
        'pressframe.toml:4: site.plugins: there are two plugins called "night": press-night 1.5 and plugins/night.py\n'
        "  uninstall or rename one of them"
    )


def test_two_distributions_with_plugins_of_one_name_are_both_named(bare, distribution):
    distribution("press-night", "night", PLUGIN)
    distribution("press-moon", "night", PLUGIN)
    bare.plugins = ["night"]

    said = bare.fails(PluginError)

    assert "press-night 1.5" in said
    assert "press-moon 1.5" in said


TWO = PLUGIN + PLUGIN.replace("class Plugin", "class Other")
BROKEN = {
    "no class": ("x = 1", "plugins/x.py: holds 0 plugins; a file holds exactly one class with @hookimpl methods"),
    "two classes": (TWO, "plugins/x.py: holds 2 plugins; a file holds exactly one class with @hookimpl methods"),
    "a plain class": (PLUGIN.replace("@attrs.frozen(eq=False)", ""), "plugins/x.py: Plugin is no attrs class"),
    "bad syntax": ("import attrs\n\ndef x(:\n", "plugins/x.py:3: not valid Python: invalid syntax"),
    "a missing module": (
        "import attrs\nimport no_such_thing",
        "plugins/x.py: cannot be imported: ModuleNotFoundError: No module named 'no_such_thing'",
    ),
    "an error of its own": ("1 / 0", "plugins/x.py: cannot be imported: ZeroDivisionError: division by zero"),
    "bytes": ("x = '\0'", "plugins/x.py"),
    "an end of the process": ("raise SystemExit('no')", "plugins/x.py: cannot be imported: SystemExit: no"),
    "a panic": ("raise BaseException('no')", "plugins/x.py: cannot be imported: BaseException: no"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_file_that_is_no_plugin_says_what_is_wrong_with_it(bare, what):
    """Threat 62."""
    code, said = BROKEN[what]
    bare.write({"plugins/x.py": code}).plugins = ["x"]

    assert bare.fails(PluginError).startswith(said)


@pytest.mark.parametrize(
    ("code", "kind", "said"),
    [
        ("raise SystemExit('no')", "Plugin", "(press-x 1.5) cannot be imported: SystemExit: no"),
        ("import no_such_thing", "Plugin", "(press-x 1.5) cannot be imported: ModuleNotFoundError: No module named"),
        (PLUGIN, "Other", "(press-x 1.5) cannot be imported: AttributeError: module"),
        (PLUGIN, "attrs", "names press_x_module:attrs, which is no attrs class"),
    ],
)
def test_a_distribution_whose_plugin_cannot_be_used_is_named(bare, distribution, code, kind, said):
    """Threat 62."""
    distribution("press-x", "x", code, kind=kind)
    bare.plugins = ["x"]

    message = bare.fails(PluginError)

    assert message.startswith('pressframe.toml:4: site.plugins: the plugin "x"')
    assert said in message


def test_helper_classes_may_stand_beside_the_plugin(bare):
    bare.write({"plugins/x.py": f"class Helper: ...\n{PLUGIN}"}).plugins = ["x"]

    assert list(bare.open().plugins) == ["x"]


COMPANY = {
    "needs": ("needs: ClassVar = ('sql',)", '"b" needs the plugin "sql", which is not enabled\n  add "sql" to'),
    "conflicts": ("conflicts: ClassVar = ('a',)", '"b" and "a" cannot be enabled together\n  keep one of them'),
    "after": ("after: ClassVar = ('c',)", '"b" must come after "c"\n  write plugins = ["a", "c", "b"]'),
}


@pytest.mark.parametrize("what", COMPANY)
def test_what_a_plugin_says_of_others_is_checked_and_told_where_it_is_listed(bare, what):
    line, said = COMPANY[what]
    hook = "\n@hookimpl\ndef find_markup(self): ..."
    bare.plugin("a", hook).plugin("b", line + hook).plugin("c", hook)

    assert bare.fails(PluginError).startswith(f"pressframe.toml:4: site.plugins: {said}")


@pytest.mark.parametrize("also", [[], ["sqll", "webb"]])
def test_hooks_that_a_missing_plugin_declares_are_not_called_misspelt(bare, also):
    """What the plugin needs is said, and that alone."""
    bare.plugins = ["members", *also]

    said = bare.fails()

    assert '"members" needs the plugin "sql", which is not enabled' in said
    assert "is no hook" not in said


@pytest.mark.parametrize("name", BUNDLED)
def test_every_bundled_plugin_says_which_others_bring_its_hooks(bare, name):
    (point,) = (one for one in installed() if one.name == name)
    bare.plugins = [*getattr(point.load(), "needs", ()), name]

    try:
        opened = list(bare.open().plugins)
    except PressframeError as error:
        opened = str(error)

    assert "is no hook" not in opened


@pytest.mark.parametrize("word", COMPANY)
def test_a_setting_may_have_the_name_under_which_other_plugins_are_named(bare, word):
    hook = f"\n@hookimpl\ndef register_templates(self): yield Path(self.{word})"
    bare.plugin("x", f"{word}: str = 'there'{hook}").tables = f'[plugins.x]\n{word} = "here"'

    assert bare.open().hooks.all("register_templates") == (("x", Path("here")),)


def test_company_that_is_kept_is_no_mistake(bare):
    hook = "\n@hookimpl\ndef find_markup(self): ..."
    lines = "needs: ClassVar = ('a',)\nafter: ClassVar = ('a', 'c')\nconflicts: ClassVar = ('c',)"

    assert list(bare.plugin("a", hook).plugin("b", lines + hook).open().plugins) == ["a", "b"]


def test_two_sites_live_in_one_process_with_settings_of_their_own(tmp_path, bare):
    other = type(bare)(tmp_path / "other")
    hook = "\n@hookimpl\ndef register_templates(self): yield self.folder"
    bare.plugin("x", f"folder: Path{hook}").tables = '[plugins.x]\nfolder = "a"'
    other.plugin("x", f"folder: Path\nmore: int = 1{hook}").tables = '[plugins.x]\nfolder = "b"'

    one, two = bare.open(), other.open()

    assert one.hooks.all("register_templates") == (("x", bare.path / "a"),)
    assert two.hooks.all("register_templates") == (("x", other.path / "b"),)
    assert one.plugins["x"][0].kind is not two.plugins["x"][0].kind


@pytest.mark.parametrize("name", ["calendar", "email", "logging", "attrs"])
def test_a_file_named_like_a_library_shadows_nothing(bare, name):
    before = sys.modules.get(name)

    bare.plugin(name, "@hookimpl\ndef find_markup(self): ...").open()

    assert sys.modules.get(name) is before
    assert str(bare.path) not in str(sys.path)


def test_a_plugin_is_found_by_its_class_and_a_missing_one_named(bare):
    site = bare.plugin("night", "depth: int = 3\n@hookimpl\ndef find_markup(self): ...").open()
    kind = site.plugins["night"][0].kind

    assert site.plugin(kind).depth == 3
    with pytest.raises(PluginError, match="no int plugin is enabled"):
        site.plugin(int)


def test_hooks_in_a_module_that_is_not_there_are_told_with_their_plugin(bare):
    hook = "hookspecs = 'no_such_module'\n@hookimpl\ndef find_markup(self): ..."

    assert bare.plugin("x", hook).fails(PluginError) == (
        "x declares hooks in a module that cannot be imported: No module named 'no_such_module'"
    )
