"""Where a build's time goes, and how many processes share the work: ``build --profile``, ``build --jobs``."""

import json

import pytest


def write_many(blog):
    """Write enough posts for several processes to have some, with a plugin that is asked for each of them."""
    for number in range(250):
        blog.edit(f"content/p{number}.md", f"---\ntitle: P{number}\ndate: 2025-01-01\n---\nText {number}.\n")
    hook = "    @hookimpl\n    def register_blocks(self, slot):\n        return []\n\n"
    own = blog.read("plugins/own.py").replace(
        "    @hookimpl\n    def register_pages", f"{hook}    @hookimpl\n    def register_pages"
    )
    blog.edit("plugins/own.py", own)
    blog.edit("templates/part.html", '{{ slot("part") }}')


def calls(blog, *options):
    """Return how often each plugin was asked what, by stage, in a clean build; each process asks for engines anew."""
    rows = json.loads(blog.run("build", "--profile", "--json", "-o", f"out{len(options)}", *options).output)["profile"]
    assert all(row["seconds"] >= 0 for row in rows)
    return {
        (row["stage"], row["plugin"], row["hook"]): row["calls"]
        for row in rows
        if row["plugin"] and row["hook"] != "find_markup"
    }


def test_the_profile_adds_up_what_plugins_did_in_all_processes(blog):
    write_many(blog)

    alone, together = calls(blog), calls(blog, "--jobs", "2")

    assert alone == together
    assert alone["load", "markdown", "load"] == 252
    assert alone["load", "the engine for markdown", "render"] == 252
    assert alone["render", "own", "register_blocks"] == 252
    assert alone["plan", "own", "register_pages"] == 1


def test_the_profile_is_a_table_of_stages_plugins_and_hooks(blog):
    lines = blog.run("build", "--profile", "--output", "new").output.splitlines()

    assert lines[0].split() == ["stage", "plugin", "hook", "calls", "seconds"]
    named = [line.split()[0] for line in lines if line and line[0] != " "]
    assert named[:7] == ["stage", "scan", "load", "plan", "render", "write", "remember"]
    assert [line.split() for line in lines if line.startswith("by ")] == [
        ["by", "plugin", "calls", "seconds"], ["by", "hook", "calls", "seconds"],
    ]  # fmt: skip


@pytest.mark.parametrize("jobs", ["2", "5"])
def test_any_number_of_processes_writes_the_same_bytes(blog, jobs):
    write_many(blog)

    def written(*options):
        blog.run("build", "--output", "out", *options)
        out = blog.folder / "out"
        files = {str(one.relative_to(out)): one.read_bytes() for one in out.rglob("*") if one.is_file()}
        out.rename(blog.folder / f"out{len(options)}")
        return files

    assert written("--jobs", "1", "--drafts") == written("--jobs", jobs, "--drafts", "--explain")


@pytest.mark.parametrize("jobs", ["0", "-1", "many"])
def test_a_number_of_processes_below_one_is_wrong_usage(blog, jobs):
    ran = blog.run("build", "--jobs", jobs)

    assert ran.status == 2
    assert "--jobs" in ran.errors
