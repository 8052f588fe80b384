"""Why a page is as it is: ``explain``, and ``build --explain``."""

import json
import time

import pytest

ONE, TWO = "/2026/01/one/", "/2026/01/two/"


@pytest.fixture
def blog(diary):
    """Return the site, built once from the command line."""
    made = settled(diary)
    assert made.run("build").errors == ""
    return made


def settled(blog):
    """Return *blog* when its files are old enough for their times to be trusted: till then they count as changed."""
    files = list(blog.folder.rglob("*.py"))
    while time.time() - max(one.stat().st_ctime for one in files) < 0.2:
        time.sleep(0.02)
    return blog


def told(blog, address):
    """Return what is told of *address* to programs."""
    ran = blog.run("explain", address, "--json")
    assert ran.status == 0, ran.errors
    return json.loads(ran.output)


def parts(blog, address):
    """Return what is told of *address* to people, by heading, each on one line."""
    first, *rest = blog.run("explain", address).output.strip().split("\n\n")
    split = (part.split("\n", 1) for part in rest)
    return {"": " ".join(first.split()), **{heading: " ".join(text.split()) for heading, text in split}}


def test_a_page_is_told_with_its_entry_and_the_plugin_that_loaded_it(blog):
    found = parts(blog, ONE)

    assert found[""] == f"{ONE} the page of content/posts/one.md, for strangers"
    assert found["Entry"] == (
        "id posts/one title ONE source content/posts/one.md loader markdown, of the plugin markdown"
    )
    assert told(blog, ONE)["entry"] == {
        "id": "posts/one", "title": "ONE", "source": "content/posts/one.md", "loader": "markdown",
    }  # fmt: skip


def test_templates_are_told_with_the_file_that_won_and_what_made_them_needed(blog):
    found = {one["name"]: one for one in told(blog, ONE)["templates"]}

    assert list(found) == ["post.html", "base.html", "own/footer.html", "part.html"]
    assert found["post.html"] == {
        "name": "post.html", "file": "templates/post.html", "owner": "the site's own", "over": "own", "why": "",
    }  # fmt: skip
    assert [one["why"] for one in found.values()] == [
        "", "extended by post.html", "a block of own", "included by post.html",
    ]  # fmt: skip
    assert (found["own/footer.html"]["owner"], found["own/footer.html"]["file"]) == (
        "of own", "brought/templates/own/footer.html",
    )  # fmt: skip


def test_plugins_are_told_with_what_each_did_for_the_page(blog):
    found = [(one["hook"], one["plugin"], one["what"]) for one in told(blog, TWO)["plugins"]]

    assert found == [
        ("load", "markdown", "read content/posts/two.md"),
        ("render", "markdown", "made HTML of its text"),
        ("filter_entry", "markdown", "changed body and data.markdown"),
        ("filter_entry", "own", "changed title"),
        ("judge_gate", "own", "requires friends, until 2090-01-01 00:00:00 UTC: its title says so"),
        ("find_teaser", "own", "said what strangers see of it"),
        ("register_blocks", "own", "own/footer.html in the slot footer"),
    ]
    assert parts(blog, "/")["Plugins"] == "register_pages own: planned this page"


def test_a_planned_page_is_told_with_its_planner_and_what_planner_and_page_asked_for(blog):
    found = parts(blog, "/")

    assert found["Plan"] == (
        "planned by the plugin own, in register_pages template list.html asked: lists how many posts"
    )
    assert found["What it asked for"] == "lists posts 1 to 10, newest first"
    assert parts(blog, ONE)["What it asked for"] == "text of posts/one files /own.css"
    assert parts(blog, "/late.txt")["What it asked for"] == "text of posts/one moments 2091-01-01 00:00:00 UTC"
    assert told(blog, "/")["plan_asked"] == [["size", "post", "0", "0"]]
    assert ["entry", "posts/one"] in told(blog, ONE)["renderings"][0]["asked"]


def test_a_gated_page_is_told_with_the_rule_that_closes_it_who_opens_it_and_until_when(blog):
    found = parts(blog, TWO)

    assert found[""].endswith("for strangers and for the audience friends")
    assert found["Gate"] == (
        "closed by its title says so opens for the audience friends comments shown until 2090-01-01 00:00:00 UTC"
    )
    assert "2090-01-01 00:00:00 UTC comes, when its gate is judged again" in found["Rendered again when"]
    assert [one["audiences"] for one in told(blog, TWO)["renderings"]] == [[], ["friends"]]
    assert "Gate" not in parts(blog, ONE)


def test_a_page_whose_judge_fails_opens_for_nobody(blog):
    blog.edit("plugins/own.py", blog.read("plugins/own.py").replace('if "closed" in', "if 1 / 0 in"))
    blog.run("build")

    assert parts(blog, ONE)["Gate"].startswith("closed by own failed opens for nobody")


def write(path, old, new):
    return lambda blog: blog.edit(path, blog.read(path).replace(old, new))


EDITS = {
    "text": (write("content/posts/one.md", "First", "Other"), {ONE: "the text of posts/one has changed"}),
    "title": (write("content/posts/one.md", "title: One", "title: Won"), {"/": "posts 1 to 10, newest first"}),
    "part": (write("templates/part.html", "h1", "h2"), {ONE: "the template part.html has changed"}),
    "asset": (write("brought/own.css", "a", "b"), {ONE: "the file /own.css has changed"}),
    "gate": (write("content/posts/two.md", "closed", "open"), {TWO: ""}),
    "file": (
        lambda blog: (blog.folder / f"public{ONE}index.html").unlink(),
        {ONE: "as the output is not as the last build left it"},
    ),
    "settings": (write("pressframe.toml", "A site", "One"), {"/": "anew, after a change of the settings"}),
    "plugin": (
        write("plugins/own.py", "upper", "lower"),
        {ONE: "after a change of the code of pressframe or a plugin"},
    ),
    "draft": (write("content/posts/draft.md", "draft: true", "draft: false"), {"/": "it is planned otherwise"}),
    "nothing": (lambda blog: None, {}),
}


@pytest.mark.parametrize("edit", EDITS)
def test_explain_foretells_what_the_next_build_renders_and_why_and_then_tells_that_it_did(blog, edit):
    change, some = EDITS[edit]
    change(blog)
    settled(blog)
    pages = ["/", "/late.txt", ONE, TWO]
    foretold = {
        address: {tuple(one["audiences"]): one["next"] for one in told(blog, address)["renderings"]}
        for address in pages
    }

    ran = blog.run("build", "--explain", "--json")

    reasons = json.loads(ran.output)["reasons"]
    done = {(one["address"], tuple(one["audiences"])): one["why"] for one in reasons if one["address"] in pages}
    assert {(address, eyes): why for address in pages for eyes, why in foretold[address].items() if why} == {
        key: why for key, why in done.items() if edit != "gate" or key[0] != TWO or not key[1]
    }
    assert all(text in done[address, ()] for address, text in some.items())
    after = {address: told(blog, address)["renderings"] for address in pages}
    assert [one["next"] for many in after.values() for one in many] == [None] * sum(map(len, after.values()))
    if edit != "nothing":
        by_last = {
            (address, tuple(one["audiences"])): one["why"]
            for address in pages
            for one in after[address]
            if one["rendered_by_last_build"]
        }
        assert by_last == done


def test_what_the_last_build_left_alone_is_told_with_when_it_was_rendered_before(blog):
    write("content/posts/one.md", "First", "Other")(blog)
    blog.run("build")

    assert (
        "for strangers not rendered, as all that it asked for was the same; rendered at 20"
        in parts(blog, TWO)["Last build"]
    )
    assert "as no build is remembered" in parts(blog, TWO)["Last build"]
    assert parts(blog, ONE)["Last build"].endswith("rendered: the text of posts/one has changed")


def test_what_stops_the_next_build_is_told(blog):
    blog.edit("content/posts/new.md", "---\ntittle: No\n---\n")

    assert "tittle: no such key" in parts(blog, ONE)["Next build"]
    assert "tittle" in told(blog, ONE)["error"]


def test_a_page_that_the_next_build_cannot_render_is_told(blog):
    blog.edit("templates/part.html", "{{ nobody }}")

    assert parts(blog, ONE)["Next build"].startswith("fails: templates/part.html:1: 'nobody' is undefined")


def test_a_page_that_is_planned_no_more_is_told(blog):
    blog.remove("content/posts/one.md")

    assert parts(blog, ONE)["Next build"] == "removes it: it is planned no more"
    assert "markdown, which lists it no more" in parts(blog, ONE)["Entry"]


def test_explaining_writes_nothing_even_where_much_has_changed(blog):
    def everything():
        files = [one for one in blog.folder.rglob("*") if one.is_file() and "__pycache__" not in one.parts]
        return {one: one.read_bytes() for one in files if one.parent.parent.name != "templates"}  # compiled ones

    write("content/posts/one.md", "title: One", "title: Won")(blog)
    blog.edit("content/posts/new.md", "---\ntitle: New\ndate: 2026-02-02\n---\nText.\n")
    before = everything()

    blog.run("explain", ONE)

    assert everything() == before


@pytest.mark.parametrize(
    ("address", "file", "owner", "summary"),
    [
        ("/plain.txt", "static/plain.txt", "the site's folder static", "for strangers"),
        ("/own.css", "brought/own.css", "the plugin own", "for strangers"),
        (f"{TWO}two.png", "content/posts/two.png", "the entry posts/two, content/posts/two.md", "its gate lets in"),
    ],
)
def test_a_file_is_told_with_who_brought_it(blog, address, file, owner, summary):
    found = told(blog, address)

    assert (found["kind"], found["file"], found["brought_by"]) == ("file", file, owner)
    assert found["summary"].endswith(summary)
    assert found["next"] == "leaves it as it is"
    assert ("Gate" in parts(blog, address)) == (address == f"{TWO}two.png")
    blog.edit(file, "something else")
    assert parts(blog, address)["Next build"] == "copies it again: it has changed"


@pytest.mark.parametrize(
    "named",
    [ONE, ONE[1:], f"https://one.example{ONE}", f"http://localhost:8000{ONE}?a=b#c", f"{ONE}index.html",
     "content/posts/one.md", "./content/posts/one.md"],
)  # fmt: skip
def test_an_address_may_be_named_in_any_way(blog, named):
    assert told(blog, named)["address"] == ONE


@pytest.mark.parametrize(
    ("named", "error"),
    [
        ("/2026/01/oen/", f"the last build made no page and no file /2026/01/oen/\n  Did you mean {ONE}?"),
        (ONE[:-1], f"the last build made no page and no file {ONE[:-1]}\n  Did you mean {ONE}?"),
        (
            "/nowhere/near",
            "the last build made no page and no file /nowhere/near\n  if it is new, build the site first",
        ),
        ("https://two.example/", "https://two.example/ is not on this site\n  which is https://one.example"),
        ("content/posts/draft.md", "content/posts/draft.md is not published: a draft, private, or of a date to come"),
    ],
)
def test_an_address_that_is_not_there_is_an_error_with_the_nearest_that_is(blog, named, error):
    ran = blog.run("explain", named)

    assert (ran.status, ran.output) == (1, "")
    assert ran.errors.startswith(f"error: {error}")


LIVE = """
== pressframe.toml ==
[site]
title = "Live"
plugins = ["markdown", "sql", "web", "comments", "journal"]

== content/pages/about.md ==
---
title: About
---
"""


def test_an_address_that_a_plugin_answers_live_is_told_as_that(site):
    blog = site(LIVE)
    blog.run("build")

    assert "is answered by the plugin comments while the site is served" in blog.run("explain", "/comments/a").errors


@pytest.mark.parametrize("harm", ["never built", "damaged"])
def test_where_no_build_is_remembered_explain_says_to_build_first(diary, harm):
    blog = diary
    if harm == "damaged":
        blog.run("build")
        (blog.folder / ".pressframe" / "memory" / "states.json").write_text("{")

    ran = blog.run("explain", "/")

    assert ran.status == 1
    assert "pressframe build, then ask" in ran.errors
    assert (blog.folder / ".pressframe" / "memory").exists() == (harm == "damaged")


def test_explain_finds_the_output_and_the_drafts_of_a_build_that_was_asked_for_them(diary):
    diary.run("build", "--drafts", "--output", "elsewhere")

    ran = diary.run("explain", "content/posts/draft.md", "--output", "elsewhere")

    assert ran.status == 0
    assert "leaves it as it is" in ran.output


def test_no_line_is_wider_than_the_terminal(blog, monkeypatch):
    monkeypatch.setenv("COLUMNS", "70")

    lines = blog.run("explain", TWO).output.splitlines()

    assert max(len(line) for line in lines[1:]) <= 70


# ------------------------------------------------------------------------------------------------------ build


def test_build_lists_what_it_rendered_and_why_by_address(blog):
    first = blog.run("build", "--explain").output.splitlines()
    write("templates/part.html", "h1", "h2")(blog)

    second = blog.run("build", "--explain").output.splitlines()

    assert first[0] == "Nothing was rendered: nothing that any page asked for has changed."
    assert second[:4] == [
        f"{ONE}  the template part.html has changed",
        f"{TWO}  the template part.html has changed",
        f"{TWO}  for friends: the template part.html has changed",
        "3 rendered.",
    ]
    assert second[4].startswith("2 entries, 4 pages: 3 written")


def test_build_tells_programs_neither_reasons_nor_times_of_plugins_unless_asked(blog):
    assert {"reasons", "profile"}.isdisjoint(json.loads(blog.run("build", "--json").output))
