"""What strangers get of a closed entry: its public part, with links that lead somewhere."""

import pytest


def test_words_below_the_mark_are_in_no_public_byte(gated):
    """Threats 1, 4 and 5."""
    gated.post(
        "Public[^1] ![p](public.jpg)\n\n[^1]: open note\n\n<!--more-->\n\n## CANARYHEADING\n\nCANARYTEXT[^2] "
        "`CANARYCODE`\n\n![CANARYALT](withheld.jpg)\n\n| CANARYCELL |\n|-|\n\n[^2]: CANARYNOTE\n",
        front="tags: [closed]",
    )
    for name in ("public.jpg", "withheld.jpg"):
        gated.write(f"content/posts/{name}", f"bytes of {name}")

    release = gated.build()
    public = b"".join(file.read_bytes() for file in (gated.folder / "public").rglob("*") if file.is_file())

    assert b"CANARY" not in public
    assert b"bytes of withheld" not in public
    assert b"bytes of public" in public
    assert b"open note" in public
    assert "CANARYNOTE" in release.view(frozenset({"members"})).entry("posts/a").body.html


def test_a_note_that_is_withheld_leaves_its_mark_without_a_link(gated):
    gated.post("Public[^1]\n\n<!--more-->\n\n[^1]: withheld\n", front="tags: [closed]")

    release = gated.build()
    closed, whole = (
        release.view(audiences).entry("posts/a").body.html for audiences in (frozenset(), frozenset({"members"}))
    )

    assert '<sup class="footnote-reference" id="fnref:1">1</sup>' in closed
    assert 'id="fnref:1"><a href="#fn:1" role="doc-noteref">1</a></sup>' in whole


def test_a_public_note_does_not_link_back_to_a_withheld_mark(gated):
    gated.post("Public\n\n[^1]: note\n\n<!--more-->\n\nWithheld[^1]\n", front="tags: [closed]")

    closed = gated.entry().body.html

    assert "note</p>" in closed
    assert "#fnref" not in closed


def test_a_picture_above_the_mark_moves_the_cut_with_it(gated):
    gated.post("![a](p.jpg)\n\n<!--more-->\n\nWithheld ![a](p.jpg)\n", front="tags: [closed]")
    gated.write("content/posts/p.jpg", b"jpg")

    assert gated.entry().body.html == '<p><img src="/2026/05/a/p.jpg" alt="a" /></p>\n'


def test_names_of_withheld_files_are_not_told(gated):
    """Threats 1 and 8."""
    gated.post("![a](public.jpg)\n\n<!--more-->\n\n![a](canary.jpg)\n", front="tags: [closed]")
    for name in ("public.jpg", "canary.jpg"):
        gated.write(f"content/posts/{name}", name)

    entry = gated.entry()

    assert [asset.address for asset in entry.assets] == ["/2026/05/a/public.jpg"]
    assert entry.data["markdown"]["files"] == {"public.jpg": "/2026/05/a/public.jpg"}
    assert "canary" not in repr(entry)


def test_without_a_mark_nothing_of_a_closed_entry_is_public(gated):
    gated.post("Words", front="tags: [closed]")

    assert gated.entry().body.html == ""


CLOSED = ["audience: subscribers", "audience: [subscribers, paid]", "audience: misspelt"]
SECTION = "Public.\n\n<!-- only: paid -->\n\nCANARY\n\n<!-- end only -->\n"


@pytest.mark.parametrize("front", CLOSED)
def test_an_entry_for_some_readers_is_not_built_where_no_plugin_closes_it(blog, front):
    """Threat 13: the plugin that does was left out of the list, and the entry would be open to all."""
    blog.post("CANARY", front=front)

    error = blog.error()

    assert "content/posts/a.md: audience: says whom it is for, and no plugin keeps others out" in error
    assert 'add "gates" to [site] plugins' in error
    assert not (blog.folder / "public").exists()


def test_a_section_for_some_readers_is_not_built_where_no_plugin_cuts_it(blog):
    """Threat 13."""
    blog.post(SECTION)

    assert "content/posts/a.md: has a section for some readers, and no plugin keeps others out" in blog.error()


def test_what_only_shows_how_to_close_is_built_without_such_a_plugin(blog):
    blog.post(f"Write it so:\n\n```\n{SECTION}\n```\n\n~~~~\n{SECTION}\n~~~~\n", front="audience: public")

    assert "CANARY" in blog.entry().body.html


def test_whoever_closes_entries_says_what_their_authors_may_write(gated):
    """A plugin of the site's own reads the key its own way; it cuts no sections."""
    gated.post("Words", front="audience: members")
    assert gated.entry().body.html == "<p>Words</p>\n"

    gated.post(SECTION)
    assert "has a section for some readers" in gated.error()
