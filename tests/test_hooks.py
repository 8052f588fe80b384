"""The front: answers combined as their hook says, and every failure with the plugin's name on it."""

import pytest

from pressframe import Comment, HookError, Reply

from datetime import UTC, datetime

LATE = datetime(2024, 6, 1, tzinfo=UTC)

SERVES = {
    "loader": ("Loader", "name = 'x'\ndef scan(self): {scan}\ndef load(self, source): {load}"),
}

WRONG = {
    "loaders of another kind": ("register_loaders", "return [3]", "x answered register_loaders with int; a Loader is"),
    "a loader not in a list": ("register_loaders", "return 3", "x answered register_loaders with int; a list is wanted"),
    "an engine of another kind": ("find_markup", "return 3", "x answered find_markup with int; an Engine is wanted"),
    "an entry of another kind": ("filter_entry", "return 'x'", "x answered filter_entry with str; an Entry is wanted"),
    "comments of another kind": ("register_comments", "return [3]", "x answered register_comments with int; a Comments"),
    "text for a folder": ("register_templates", "return ['a']", "x answered register_templates with str; a Path is"),
    "one folder, not in a list": ("register_templates", "return 'a'", "x answered register_templates with str; a Path"),
    "words of another kind": ("register_translations", "return [3]", "x answered register_translations with int; a Pa"),
    "a path for an asset": ("register_assets", "return [Path()]", "x answered register_assets with PosixPath; an Asset"),
    "filters without names": ("register_filters", "return [len]", "x answered register_filters with builtin_function_"),
    "a page of another kind": ("register_pages", "return ['/a/']", "x answered register_pages with str; a Page is want"),
    "a block of another kind": ("register_blocks", "return ['a']", "x answered register_blocks with str; a Block is wa"),
}


@pytest.mark.parametrize("what", WRONG)
def test_an_answer_of_another_kind_is_named_with_its_plugin_and_hook(paper, what):
    hook, code, said = WRONG[what]
    paper.plugins.clear()
    paper.plugin("x", f"@hookimpl\ndef {hook}(self): {code}").plugins.append("paper")

    message = paper.post("one").fails(HookError)

    assert said in message
    assert f"{paper.path}/plugins/x.py:1" in message
