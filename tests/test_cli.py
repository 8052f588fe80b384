"""The command line: what it prints, and the exit status it leaves with."""

import json
import os
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest

from pressframe import hookspecs

SERVE = """
@hookimpl
def register_commands(self):
    import click

    @click.command("serve")
    @click.option("--host")
    @click.argument("site", default=".")
    def serve(host, site):
        click.echo(f"{site} on {host}")

    return [serve]
"""
HELLO = """
@hookimpl
def register_commands(self, host):
    import click

    @click.command("hello")
    @click.argument("name", default="you")
    def hello(name):
        '''Greet somebody.'''
        if name == "nobody":
            raise ContentError("there is nobody", fix="name somebody")
        click.echo(f"hello {name}, from {host.settings.title}")
        return 1 if name == "one" else None

    @click.group("greetings")
    def greetings():
        '''All greetings.'''

    greetings.add_command(hello)
    return [hello, greetings]
"""


@pytest.fixture
def site(paper):
    """Return a site of two posts with its settings written."""
    paper.post("one", '<p><a href="/two/">Two</a></p>').post("two").open()
    return paper


def test_build_says_what_it_did_in_one_line(press, site):
    first, second = press("build", site.path), press("build", site.path)

    assert first.exit_code == second.exit_code == 0
    assert first.stdout.startswith("2 entries, 2 pages: 2 written, 0 removed, in 0.")
    assert second.stdout.startswith("2 entries, 2 pages: nothing changed, in 0.")
    assert (site.path / "public" / "one" / "index.html").is_file()


def test_build_ends_with_one_json_object_where_it_is_asked_to(press, site):
    result = press("build", site.path, "--json")

    told = json.loads(result.stdout)
    assert set(told) == {"entries", "pages", "rendered", "written", "removed", "seconds", "stages", "notes"}
    assert (told["entries"], told["pages"], told["rendered"], told["written"], told["removed"]) == (2, 2, 2, 2, 0)
    assert list(told["stages"]) == ["scan", "load", "plan", "render", "write", "remember"]
    assert (told["notes"], 0 < told["seconds"] < 60) == ([], True)


def test_build_works_on_the_folder_it_is_run_in(press, site, monkeypatch):
    monkeypatch.chdir(site.path)

    assert press("build").exit_code == 0
    assert (site.path / "public" / "two").is_dir()


def test_build_writes_where_it_is_told_and_builds_drafts_where_it_is_asked_to(press, site, tmp_path):
    site.post("draft", status="draft")

    result = press("build", site.path, "--drafts", "--output", tmp_path / "out")

    assert result.stdout.startswith("3 entries")
    assert (tmp_path / "out" / "draft" / "index.html").is_file()
    assert not (site.path / "public").exists()
    assert press("build", site.path, "-o", tmp_path / "out").stdout.startswith("2 entries, 2 pages: 0 written, 1 remov")


def test_what_could_not_be_carried_is_told_beside_the_result(press, site):
    body = "name = 'x'\ndef scan(self): return ()\ndef load(self, source): ...\ndef notes(self): return ['no menu']"
    site.plugin("x", f"{body}\n@hookimpl\ndef register_loaders(self): return [self]").open()

    result = press("build", site.path, "--json")

    assert (result.stderr, json.loads(result.stdout)["notes"]) == ("note: no menu\n", ["no menu"])


MISTAKES = {
    "no site": (["build", "nowhere"], "error: there is no folder "),
    "no settings": (
        ["build"],
        "holds no pressframe.toml\n  name a site's folder, or make one: pressframe new site DIR",
    ),
    "no command without its plugin": (["comments"], "holds no pressframe.toml"),
    "no site for plugins": (["plugins"], "holds no pressframe.toml"),
    "no site to check": (["check", "nowhere"], "error: there is no folder "),
    "no hook of that name": (["hooks", "judge_gat"], "error: judge_gat is no hook\n  Did you mean judge_gate?"),
}


@pytest.mark.parametrize("what", MISTAKES)
def test_a_mistake_of_the_site_s_own_is_one_sentence_and_status_1(press, what):
    arguments, said = MISTAKES[what]

    result = press(*arguments)

    assert result.exit_code == 1
    assert said in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    "arguments", [["bild"], ["build", "--nope"], ["build", "a", "b"], ["--nope"], ["new"], ["new", "sit", "x"], []]
)
def test_wrong_usage_is_told_and_status_2(press, arguments):
    result = press(*arguments)

    assert result.exit_code == 2
    assert "Usage: " in result.output


def test_several_errors_are_told_one_by_one_and_counted(press, site):
    site.write({"pressframe.toml": '[site]\ntitel = "T"\nplugins = ["nigth"]\n[plugin]'})

    result = press("build", site.path)

    assert result.exit_code == 1
    assert result.stderr.count("error: pressframe.toml:") == 4
    assert result.stderr.endswith("4 errors.\n")


@pytest.mark.parametrize("arguments", [["--debug", "build"], ["build", "--debug"]])
def test_a_traceback_is_shown_only_to_those_who_ask(press, site, arguments):
    site.plugin("x", "@hookimpl\ndef filter_entry(self): 1 / 0").open()

    plain, debugged = press("build", site.path), press(*arguments, site.path)

    assert "Traceback" not in plain.output
    assert "error: " in plain.stderr
    assert "Traceback" in debugged.stderr
    assert (plain.exit_code, debugged.exit_code) == (1, 1)


def test_an_interruption_leaves_with_status_130(press, site):
    site.plugin("x", "@hookimpl\ndef filter_entry(self): raise KeyboardInterrupt").open()

    result = press("build", site.path)

    assert (result.exit_code, result.stderr.strip()) == (130, "Interrupted.")


def test_plugins_lists_origin_hooks_and_settings_but_no_secret(press, site):
    body = "key: str = attrs.field(repr=False)\ndepth: int = 5\n@hookimpl\ndef find_sanitizer(self): ..."
    site.plugin("x", body).tables = '[plugins.x]\nkey = "hunter2"'
    site.open()

    shown, told = press("plugins", site.path), json.loads(press("plugins", site.path, "--json").stdout)

    assert "x  plugins/x.py\n  hooks     find_sanitizer\n  key = (secret)\n  depth = 5" in shown.stdout
    assert told[1] == {
        "name": "x", "origin": "plugins/x.py", "hooks": ["find_sanitizer"],
        "settings": {"key": "(secret)", "depth": 5},
    }  # fmt: skip
    assert "hunter2" not in shown.output + json.dumps(told)


SETTINGS = {
    "frozenset[str] = frozenset('cab')": ('["a", "b", "c"]', ["a", "b", "c"]),
    "int | None = None": ("not set", None),
    "timedelta = timedelta(days=30)": ('"30 days"', "30 days"),
    "dict[str, str] = attrs.field(factory=lambda: {'a': 'é'})": ('{"a": "é"}', {"a": "é"}),
}


@pytest.mark.parametrize("declared", SETTINGS)
def test_plugins_shows_settings_as_the_file_would_have_them(press, site, declared):
    shown, told = SETTINGS[declared]
    site.plugin("x", f"one: {declared}\n@hookimpl\ndef find_sanitizer(self): ...").open()

    assert press("plugins", site.path).stdout.endswith(f"  one = {shown}\n")
    assert json.loads(press("plugins", site.path, "--json").stdout)[1]["settings"] == {"one": told}


def test_plugins_of_a_site_without_any_says_where_they_would_be_listed(press, bare):
    bare.open()

    assert press("plugins", bare.path).stdout == "No plugin is enabled: [site] plugins in pressframe.toml lists them.\n"


def test_hooks_lists_every_hook_with_what_it_is_for(press):
    result = press("hooks")

    for name, spec in vars(hookspecs).items():
        if hasattr(spec, "contract"):
            assert f"{name}  {spec.__doc__.splitlines()[0]}" in result.stdout
    assert result.exit_code == 0


def test_hooks_tells_the_contract_of_one(press):
    shown = press("hooks", "judge_gate").stdout

    assert shown.startswith("judge_gate(entry: Entry, now: datetime) -> Gate | None\n")
    assert "If a plugin fails, the entry is closed for everybody." in shown
    assert "Stage: entry. On failure: shut." in shown


def test_hooks_tells_who_implements_them_in_a_site_in_order(press, site, monkeypatch):
    site.plugin("b", "@hookimpl\ndef judge_gate(self): ...").plugin("a", "@hookimpl\ndef judge_gate(self): ...").open()

    shown = press("hooks", "--site", site.path).stdout
    assert "judge_gate  Say which audiences an entry requires.\n    paper → b → a\n" in shown
    assert "No plugin enabled" in press("hooks", "find_teaser", "--site", site.path).stdout

    monkeypatch.chdir(site.path)
    assert "    paper → b → a\n" in press("hooks", "judge_gate").stdout


def test_a_plugin_s_command_is_run_for_the_site_it_is_asked_for(press, site, monkeypatch):
    site.plugin("x", HELLO).open()
    assert press("hello", "Ann", "--site", site.path).stdout == "hello Ann, from Paper\n"
    assert press("hello", f"--site={site.path}").stdout == "hello you, from Paper\n"
    assert press("greetings", "--site", site.path, "hello").stdout == "hello you, from Paper\n"
    assert "Commands:\n  hello" in press("greetings", "--site", site.path, "--help").stdout

    monkeypatch.chdir(site.path)

    assert press("hello", "Ann").stdout == "hello Ann, from Paper\n"
    assert press("greetings", "hello", "Bob").stdout == "hello Bob, from Paper\n"
    assert (press("hello", "one").exit_code, press("hello", "--nope").exit_code) == (1, 2)
    failed = press("hello", "nobody")
    assert (failed.exit_code, failed.stderr) == (1, "error: there is nobody\n  name somebody\n")


def test_two_commands_of_one_name_are_an_error_that_names_both_plugins(press, site):
    site.plugin("x", HELLO).plugin("y", HELLO).open()

    result = press("hello", "--site", site.path)

    assert (result.exit_code, result.stderr) == (1, 'error: "x" and "y" both bring a command called hello\n')


def test_a_command_of_a_plugin_that_is_not_enabled_says_which(press, site):
    result = press("serve", site.path)

    assert result.exit_code == 1
    assert result.stderr == (
        f"error: serve is a command of the plugin web, which {site.path} does not enable\n"
        '  name another site, or add "web" to its [site] plugins\n'
    )


def test_what_an_option_is_given_is_no_folder_of_a_site(press, site, monkeypatch):
    site.plugin("x", SERVE).open()
    monkeypatch.chdir(site.path)

    assert press("serve", "--host", "0.0.0.0").output == ". on 0.0.0.0\n"


@pytest.mark.parametrize(("typed", "meant"), [("biuld", "build"), ("comment", "comments")])
def test_a_misspelt_command_is_wrong_usage_with_the_nearest_one(press, tmp_path, monkeypatch, typed, meant):
    monkeypatch.chdir(tmp_path)

    result = press(typed)

    assert (result.exit_code, result.stderr.splitlines()[-1]) == (
        2,
        f"Error: No such command '{typed}'. Did you mean {meant}?",
    )


def test_help_lists_the_core_s_commands_and_those_of_the_site_s_plugins(press, site, monkeypatch):
    elsewhere = press("--help")
    assert all(f"  {name} " in elsewhere.stdout for name in ("build", "check", "hooks", "new", "plugins", "serve"))

    monkeypatch.chdir(site.plugin("x", HELLO).open().folder)
    assert "  hello      Greet somebody." in press("--help").stdout

    site.write({"pressframe.toml": "broken"})
    assert press("--help").exit_code == press("-h").exit_code == 0
    assert "  serve " in press("--help").stdout


def test_version_is_told(press):
    assert press("--version").stdout.startswith("pressframe, version ")


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "America/Los_Angeles"])
def test_a_new_site_is_built_at_once_wherever_its_owner_lives(press, tmp_path, monkeypatch, zone):
    with monkeypatch.context() as owner:
        owner.setenv("TZ", zone)
        time.tzset()
        made = press("new", "site", tmp_path / "my-blog")
        built = press("build", tmp_path / "my-blog")
    time.tzset()

    assert (made.exit_code, built.exit_code) == (0, 0), made.output + built.output
    assert made.stdout.startswith(f"Made {tmp_path / 'my-blog'}. Next:\n  pressframe serve ")
    assert built.stdout.startswith("2 entries")
    assert tomllib.loads((tmp_path / "my-blog" / "pressframe.toml").read_text())["site"]["title"] == "My Blog"
    assert "/public/" in (tmp_path / "my-blog" / ".gitignore").read_text()


def test_a_new_site_without_the_server_is_to_be_built_next(press, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "path", [one for one in sys.path if "site-packages" not in one])

    made = press("new", "site", tmp_path / "x")

    assert "Next:\n  pressframe build " in made.stdout


@pytest.mark.parametrize("title", ['Say "hi"', "C:\\new", "L’été", "@PLUGINS@ @DATE@", "two\nlines"])
def test_a_new_site_has_the_very_title_that_it_is_given(press, tmp_path, title):
    press("new", "site", tmp_path / "x", "--title", title)

    assert tomllib.loads((tmp_path / "x" / "pressframe.toml").read_text())["site"]["title"] == title


def test_a_new_site_takes_no_folder_with_files_in_it(press, tmp_path):
    (tmp_path / "file").write_text("x")
    (tmp_path / "empty").mkdir()

    for folder in (tmp_path, tmp_path / "file"):
        result = press("new", "site", folder)
        assert (result.exit_code, result.stderr.split("\n")[0]) == (
            1,
            f"error: {folder}: is there already, and not empty",
        )
    assert press("new", "site", tmp_path / "empty").exit_code == 0


def test_a_new_site_that_cannot_be_made_is_one_error(press, tmp_path):
    (tmp_path / "file").write_text("x")

    result = press("new", "site", tmp_path / "file" / "x")

    assert (result.exit_code, "Traceback" in result.output) == (1, False)
    assert "Not a directory" in result.stderr


PRLAND = Path(__file__).parents[1] / "examples" / "prland"
HEAVY = ["jinja2", "sqlalchemy", "starlette", "PIL", "pygments", "multiprocessing", "hypothesis"]


@pytest.mark.parametrize("arguments", [["--help"], ["build", "--help"], ["hooks", "--help"]])
def test_help_imports_nothing_heavy(tmp_path, arguments):
    assert set(HEAVY) & _loaded(tmp_path, *arguments) == set()


def test_help_imports_nothing_heavy_for_the_commands_of_many_plugins():
    assert set(HEAVY) & _loaded(PRLAND, "--help") == set()


def _loaded(folder, *arguments):
    code = "import sys; from pressframe.cli import main\ntry: main(sys.argv[1:])\nfinally: print(*sys.modules)"
    command = [sys.executable, "-c", code, *arguments]
    run = subprocess.run(command, cwd=folder, env=os.environ, capture_output=True, text=True, check=True)
    return set(run.stdout.split())
