"""Mistakes that the proof has found, one test each."""

import os
import shutil
from datetime import UTC, datetime

import pytest

from pressframe import ContentError


def write_unseen(file, text):
    """Change *file* in place, its size and its time of change as they were."""
    before = file.stat()
    assert len(text) == before.st_size
    file.write_text(text, "utf-8")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_what_looks_at_the_date_is_made_again_when_its_day_has_come(blog, clock):
    assert blog.build().read("/late.txt").strip() == "False"

    clock.move("60 days")

    assert blog.build().read("/late.txt").strip() == "True"


def test_a_release_waits_for_no_moment_that_only_a_page_asked_about_that_is_gone(blog):
    blog.edit("templates/late.txt", "nothing")
    blog.edit("templates/post.html", "{{ site.is_past(entry.published.replace(year=2027)) }}")
    assert blog.build().release.until == datetime(2027, 1, 1, tzinfo=UTC)

    blog.remove("content/one.md")

    assert blog.build().release.until == datetime(2027, 1, 2, tzinfo=UTC)


def test_the_only_neighbour_may_move_to_the_other_side(blog):
    assert blog.build().read("/near.txt").strip() == "One < None"

    blog.edit("content/two.md", blog.read("content/two.md").replace("2026-01-02", "2025-01-02"))

    assert blog.build().read("/near.txt").strip() == "None < One"


def test_a_file_that_somebody_changed_in_the_public_folder_is_made_again(blog):
    file = blog.folder / "public" / "list.txt"
    file.write_text("odd", "utf-8")

    blog.build()

    assert file.read_text("utf-8").strip() == "Two One"


@pytest.mark.parametrize("damage", ["changed", "gone"])
def test_an_open_rendering_that_somebody_changed_is_made_again(diary, damage):
    whole = diary.build().read("/2026/01/two/", "friends")
    [file] = [one for one in (diary.folder / ".pressframe/open").iterdir() if "Second text" in one.read_text()]
    if damage == "gone":
        file.unlink()
    else:
        file.write_text("odd", "utf-8")

    assert diary.build().read("/2026/01/two/", "friends") == whole


@pytest.mark.parametrize("damage", ["changed", "cut", "gone"])
@pytest.mark.parametrize("name", ["index.sqlite", "texts", "states.json"])
def test_a_damaged_memory_is_forgotten_before_anybody_reads_it(blog, name, damage):
    whole = blog.build().release.view().entry("one")
    file = blog.folder / ".pressframe" / "memory" / name
    content = bytearray(file.read_bytes())
    if damage == "gone":
        file.unlink()
    else:
        content[len(content) // 2] ^= 1
        file.write_bytes(content[:-9] if damage == "cut" else content)

    again = blog.build()

    assert again.release.view().entry("one") == whole
    assert again.read("/list.txt").strip() == "Two One"


def test_a_template_follows_the_settings_and_plugins_that_its_filters_know(blog):
    blog.edit("pressframe.toml", blog.read("pressframe.toml").replace("one.example", "two.example"))
    blog.edit("plugins/own.py", blog.read("plugins/own.py").replace("str.upper", "str.title"))

    built = blog.build()

    assert built.read("/2026/01/one/").startswith("<title>Site</title>https://two.example/here/")


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("content/one.md", "First", "Fifth"),
        ("templates/part.html", "h1>{{", "h2>{{"),
        ("plugins/own.py", "str.upper", "str.lower"),
        ("pressframe.toml", "one.example", "two.example"),
    ],
)
def test_a_change_that_leaves_size_and_time_as_they_were_is_seen(blog, path, old, new):
    before = blog.build().read("/2026/01/one/")

    write_unseen(blog.folder / path, blog.read(path).replace(old, new))

    assert blog.build().read("/2026/01/one/") != before


def test_the_last_entry_that_goes_leaves_nothing_behind(blog):
    for name in ("near", "late"):
        blog.edit(f"templates/{name}.txt", "nothing")
    blog.build()
    for name in ("one", "two"):
        (blog.folder / "content" / f"{name}.md").unlink()

    built = blog.build()

    assert built.release.report.entries == 0
    assert built.read("/list.txt").strip() == ""
    assert set(built.release.files) == {"/late.txt", "/list.txt", "/near.txt"}


def test_an_asset_that_was_a_page_and_is_none_any_more_is_an_error_as_in_a_clean_build(blog):
    code = blog.read("plugins/own.py").replace("yield Page", 'if site.size() > 1 or name != "list": yield Page')
    blog.edit("plugins/own.py", code)
    blog.edit("templates/near.txt", '{{ asset("/list.txt") }}')
    assert blog.build().read("/near.txt") == "/list.txt"

    blog.remove("content/one.md")

    assert "there is no asset /list.txt" in blog.build().errors[0]


def test_an_entry_is_the_same_whether_it_is_read_or_remembered(blog):
    changes = "published=entry.published.astimezone(ZoneInfo('Europe/Paris')), updated=entry.published"
    blog.edit("plugins/own.py", blog.read("plugins/own.py") + FILTER.replace("CHANGES", changes))
    blog.edit("templates/post.html", "{{ entry.published.tzname() }}")
    fresh = blog.build().read("/2026/01/one/")
    blog.edit("templates/post.html", "{{ entry.published.tzname() }} again")

    assert blog.build().read("/2026/01/one/") == f"{fresh} again"


FILTER = """
    @hookimpl
    def filter_entry(self, entry):
        from pathlib import Path
        from zoneinfo import ZoneInfo
        return attrs.evolve(entry, CHANGES)
"""


def test_two_entries_of_one_id_are_told_alike_whichever_of_them_was_written_last(blog):
    blog.build()
    blog.edit("content/one.md", blog.read("content/one.md").replace("---\n", "---\nid: two\n", 1))

    with pytest.raises(ContentError, match=r"content/one\.md and content/two\.md are both the entry two"):
        assert blog.build().release
    blog.edit("content/two.md", blog.read("content/two.md").replace("---\n", "---\ntittle: odd\n", 1))
    with pytest.raises(ContentError) as caught:
        assert blog.build().release

    assert "are both" not in str(caught.value)


def test_a_page_that_a_template_looks_for_in_a_group_may_be_edited(blog):
    blog.edit(
        "templates/list.txt", '{% for c in site.latest(kind="page", within=("tag", "a")) %}{{ c.title }}{% endfor %}-'
    )
    blog.edit("templates/page.html", "{{ entry.title }}")
    blog.edit("content/pages/four.md", "---\ntitle: Four\ntags: [a]\n---\nFour.\n")
    assert blog.build().read("/list.txt").strip() == "-"

    blog.edit("content/pages/four.md", "---\ntitle: Fourth\ntags: [a]\n---\nFour.\n")

    assert blog.build().read("/list.txt").strip() == "-"


NESTED = """
    @hookimpl
    def filter_entry(self, entry):
        from pressframe import Term
        wider = {"one": ("a", "b"), "two": ("b", "c"), "three": ("c", None), "odd": ("b", "d")}.get(entry.id)
        if wider:
            term = Term(taxonomy="category", slug=wider[0], name=wider[0], parent=wider[1])
            return attrs.evolve(entry, terms=(term,))
"""


@pytest.mark.parametrize("date", ["2025-12-01", "2026-02-01"])
def test_a_wider_category_s_list_follows_a_post_deep_in_it_whoever_says_where_it_belongs(blog, date):
    blog.edit("plugins/own.py", blog.read("plugins/own.py") + NESTED)
    blog.edit(
        "templates/list.txt", '{% for one in site.latest(within=("category", "c")) %}{{ one.title }} {% endfor %}'
    )
    blog.edit("content/three.md", "---\ntitle: Three\ndate: 2026-01-03\n---\nText.\n")
    blog.edit("content/odd.md", f"---\ntitle: Odd\ndate: {date}\n---\nText.\n")
    assert blog.build().release

    blog.edit("content/one.md", blog.read("content/one.md").replace("title: One", "title: Eins"))
    again = blog.build().read("/list.txt")
    shutil.rmtree(blog.folder / ".pressframe")

    assert again == blog.build().read("/list.txt")


BROADER = """
    @hookimpl
    def filter_entry(self, entry):
        from pressframe import Term
        told = (one.partition("<") for one in entry.data["markdown"]["extra"].get("nest", ()))
        terms = (Term(taxonomy="category", slug=name, name=name, parent=wider or None) for name, _, wider in told)
        return attrs.evolve(entry, terms=tuple(terms))
"""
WITHIN = '{% for one in site.latest(within=("category", "WIDER")) %}{{ one.title }} {% endfor %}'


def nested(blog, **entries):
    """Give *blog* entries that say which category is in which, and lists of the categories d and e, /list and /near."""
    blog.edit("plugins/own.py", blog.read("plugins/own.py") + BROADER)
    blog.edit("templates/list.txt", WITHIN.replace("WIDER", "d"))
    blog.edit("templates/near.txt", WITHIN.replace("WIDER", "e"))
    blog.edit("templates/page.html", "{{ entry.title }}")
    for name, (date, nest) in entries.items():
        write_nested(blog, name, date, nest)


def write_nested(blog, name, date, nest):
    folder = "content/pages" if name == "page" else "content"
    blog.edit(f"{folder}/{name}.md", f"---\ntitle: {name.title()}\ndate: {date}\nnest: [{nest}]\n---\nText.\n")


def test_a_wider_category_s_list_follows_another_entry_that_says_where_a_category_belongs(blog):
    nested(blog, deep=("2026-01-05", "a<b"), odd=("2026-01-04", "b<e"), last=("2026-01-03", "b<d"))
    for name in ("e", "d"):
        write_nested(blog, name, "2025-01-01", name)
    built = blog.build()
    assert ("Deep" in built.read("/list.txt"), "Deep" in built.read("/near.txt")) == (True, False)

    blog.remove("content/last.md")

    built = blog.build()
    assert ("Deep" in built.read("/list.txt"), "Deep" in built.read("/near.txt")) == (False, True)


def test_a_wider_category_s_list_follows_a_page_that_says_where_a_category_belongs(blog):
    nested(blog, deep=("2026-01-05", "a<b"), page=("2026-01-04", "b<d"))
    for name in ("e", "d"):
        write_nested(blog, name, "2025-01-01", name)
    assert "Deep" in blog.build().read("/list.txt")

    write_nested(blog, "page", "2026-01-04", "b<e")

    built = blog.build()
    assert ("Deep" in built.read("/list.txt"), "Deep" in built.read("/near.txt")) == (False, True)


def test_which_of_two_says_where_a_category_belongs_depends_on_no_third(blog):
    nested(blog, deep=("2026-01-05", "a<b"), post=("2026-01-04", "b<e"), page=("2026-01-06", "b<d"))
    for name in ("e", "d"):
        write_nested(blog, name, "2025-01-01", name)
    blog.build()

    write_nested(blog, "new", "2026-01-07", "f")
    again = [blog.build().read(address) for address in ("/list.txt", "/near.txt")]
    shutil.rmtree(blog.folder / ".pressframe")

    assert again == [blog.build().read(address) for address in ("/list.txt", "/near.txt")]


def test_a_gate_that_failed_is_asked_again_though_nothing_else_has_changed(diary, clock):
    code = diary.read("plugins/own.py")
    failing = "    def judge_gate(self, entry, now):\n        if now < datetime(2026, 11, 24, tzinfo=UTC):\n"
    failing += '            raise RuntimeError("not yet")\n'
    diary.edit("plugins/own.py", code.replace("    def judge_gate(self, entry):\n", failing))
    for _ in range(3):  # until no file is so new that it is read
        assert "First text" not in diary.build().read("/2026/01/one/")

    clock.move("2 days")

    assert "First text" in diary.build().read("/2026/01/one/")


@pytest.mark.parametrize("text", ["", '{"removed": ["li', "{}"])
def test_a_journal_that_was_cut_off_leads_to_a_clean_build(blog, text):
    whole = blog.published()
    blog.edit(".pressframe/journal.json", text)
    blog.edit("public/list.txt", "half")
    blog.edit("public/gone.txt", "half")

    assert blog.build().release
    assert blog.published() == whole


def test_of_pages_that_fail_alike_the_first_is_told_of_as_in_a_clean_build(blog):
    for number in range(9):
        blog.edit(f"content/more-{number}.md", blog.read("content/two.md").replace("Two", f"More {number}"))
    assert blog.build().error is None
    blog.edit("templates/post.html", "{{ entry.nothing.of.the.kind }}")

    told = str(blog.build().error)

    shutil.rmtree(blog.folder / "public")
    assert told == str(blog.build().error)
    assert "more-0.md" in told
