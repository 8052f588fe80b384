"""Commands that plugins bring, where no site is."""

import pytest

from pressframe import Site
from pressframe._plugins import BUNDLED
from pressframe.cli import _WHERE

HELLO = """
@hookimpl
def register_commands(self, host):
    import click

    return [click.Command("hello")]
"""
STRIPE = '[plugins.stripe]\nkey = "sk_test_1"\nwebhook_secret = "whsec_1"\n'
BROUGHT = {"serve": "web", "db": "sql"} | {
    name: name
    for name in ("admin", "akismet", "bayes", "comments", "members", "newsletter", "passes", "stripe", "webmention")
}


@pytest.mark.parametrize("name", BROUGHT)
def test_a_plugin_s_command_says_where_no_site_is_that_there_is_none(press, tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)

    result = press(name)

    assert result.exit_code == 1
    assert result.stderr == (
        f"error: {tmp_path} holds no pressframe.toml\n  name a site's folder, or make one: pressframe new site DIR\n"
    )


def test_every_command_of_a_bundled_plugin_is_known_everywhere(tmp_path):
    plugins = [*(name for name in BUNDLED if name not in ("dask", "journal")), "journal"]
    settings = f'[site]\ntitle = "T"\nplugins = {plugins}\n[plugins.akismet]\nkey = "k"\n{STRIPE}'
    (tmp_path / "pressframe.toml").write_text(settings, "utf-8")
    site = Site.open(tmp_path)

    commands = {command.name: plugin for plugin, command in site.hooks.all("register_commands", site)}

    assert commands == BROUGHT


def test_a_command_that_nobody_knows_is_looked_for_in_a_site(press, paper, tmp_path, monkeypatch):
    site = paper.plugin("x", HELLO)
    site.open()
    monkeypatch.chdir(tmp_path)

    result = press("hello")

    assert (result.exit_code, result.stderr.splitlines()[-1]) == (
        2,
        "Error: No such command 'hello'. " + _WHERE,
    )
    assert press("hello", "--site", site.path).exit_code == 0
    assert press("hallo", "--site", site.path).stderr.splitlines()[-1] == "Error: No such command 'hallo'."


@pytest.mark.parametrize(("name", "plugin"), BROUGHT.items())
def test_help_on_a_plugin_s_command_where_no_site_is_says_whose_it_is(press, tmp_path, monkeypatch, name, plugin):
    monkeypatch.chdir(tmp_path)

    result = press(name, "--help")

    assert (result.exit_code, f"A command of the plugin {plugin}. Here is no site" in result.stdout) == (0, True)
    assert press(name).exit_code == 1
