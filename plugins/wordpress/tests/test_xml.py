"""Exports that are broken, hostile or huge."""

import tracemalloc

import pytest

from pressframe_wordpress._export import Shelf

from .wxr import HEAD, item, meta

BOMB = (
    """<!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>"""
)
DECLARED, REST = HEAD.split("\n", 1)


@pytest.mark.parametrize(
    "doctype",
    [
        BOMB,
        '<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/x.dtd">',
        f'<!DOCTYPE rss [<!ENTITY a "{"x" * 100_000}">]>',
        '<!DOCTYPE rss [<!ENTITY % a SYSTEM "http://127.0.0.1:9/x"> %a;]>',
    ],
)
def test_entities_of_a_files_own_are_refused_before_any_is_expanded(blog, doctype):
    """Threat 52."""
    blog.export(item(1, title="&c;&a;"), head=f"{DECLARED}\n{doctype}\n{REST}")

    assert blog.error().startswith("site.xml:2: holds a DOCTYPE, which no WordPress export has")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "site.xml:1: not well-formed XML: no element found"),
        ("hello", "site.xml:1: not well-formed XML"),
        ("<html><body><p>x</p></body></html>", "site.xml:1: is no WordPress export"),
        ("<rss><channel><item></item></channel></rss>", "site.xml:1: is no WordPress export"),
        ("<rss><channel><wp:wxr_version>2.0</wp:wxr_version></channel></rss>", "a WordPress export of version 2.0"),
        ("<rss><channel>\n<item>\n</channel></rss>", "site.xml:3: not well-formed XML: mismatched tag"),
        ("<rss>&nbsp;</rss>", "site.xml:1: not well-formed XML: undefined entity"),
        (b'<?xml version="1.0" encoding="UTF-8"?>\n<rss>\xff\xfe</rss>', "site.xml:2: not well-formed XML"),
        ('<?xml version="1.0" encoding="klingon"?><rss></rss>', "site.xml:1: cannot be decoded: unknown encoding"),
        (f"<rss><channel><item>{'<a>' * 99}{'</a>' * 99}</item></channel></rss>", "more than 20 elements inside"),
        ("<rss><channel><item>" + "x" * 20_000_000 + "</item></channel></rss>", "an item of more than 16 MB"),
        ("<rss><channel><item a='" + "x" * 20_000_000 + "'></item></channel></rss>", "an item of more than 16 MB"),
    ],
)  # fmt: skip
def test_what_is_no_export_gives_one_clear_error(blog, text, message):
    """Threat 52."""
    blog.write("site.xml", text)

    error = blog.error()

    assert message in error
    assert error.startswith("site.xml:")


def test_an_export_cut_anywhere_is_refused_as_a_whole(blog):
    """Threat 52: half an export must not pass for a site with fewer posts."""
    blog.export(*(item(id) for id in range(1, 5)))
    whole = (blog.folder / "site.xml").read_bytes()

    for end in range(0, len(whole) - 20, 199):
        blog.write("site.xml", whole[:end])
        assert "site.xml:" in blog.error()


@pytest.mark.parametrize("encoding", ["UTF-8", "ISO-8859-1", "UTF-16", "windows-1252"])
def test_every_encoding_that_the_file_names_is_read(blog, encoding):
    blog.export(item(1, title="Été", content__encoded="à la page"), item(2, title="Cœur"[:1] + "é"), encoding=encoding)

    view = blog.build().view()

    assert [view.card(f"wp-{id}").title for id in (1, 2)] == ["Été", "Cé"]
    assert view.entry("wp-1").body.html == "<p>à la page</p>\n"


def test_a_byte_order_mark_is_read_over(blog):
    blog.export(item(1, title="Été"))
    blog.write("site.xml", b"\xef\xbb\xbf" + (blog.folder / "site.xml").read_bytes())

    assert blog.entry().title == "Été"


def test_control_characters_which_xml_forbids_become_spaces(blog):
    """WordPress writes them where an author pasted them."""
    blog.export(item(1, title="a\x0bb", content__encoded="c\x08d\x00e"))

    entry = blog.entry()

    assert (entry.title, entry.body.html) == ("a b", "<p>c d e</p>\n")


def test_the_end_of_a_character_section_inside_a_text_is_read(others):
    """Threat 52."""
    assert others("cdata-edge.xml").entry(1).body.html == "<p>ends with sequence ]] &gt;</p>\n"


def test_items_are_read_one_by_one_from_their_places(blog):
    blog.export(*(item(id, title=f"Ünïcödé {id}", content__encoded=f"Text {id}") for id in range(1, 50)))

    view = blog.build().view()

    assert all(view.entry(f"wp-{id}").body.html == f"<p>Text {id}</p>\n" for id in range(1, 50))


def test_a_large_export_takes_little_memory(blog):
    """Threat 52: what is kept grows with the number of entries, not with their texts."""
    text = "Lorem ipsum dolor sit amet.\n\n" * 4_000
    blog.export(*(item(id, content__encoded=text, more=meta("x", text)) for id in range(1, 101)))
    size = (blog.folder / "site.xml").stat().st_size

    tracemalloc.start()
    export = Shelf().export(blog.folder / "site.xml", "site.xml", {})
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert len(export.records) == 100
    assert size > 20_000_000
    assert peak < 6_000_000


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("malformed.xml", "site.xml:90: not well-formed XML: mismatched tag"),
        ("missing-version-tag.xml", "site.xml:1: is no WordPress export"),
    ],
)
def test_broken_exports_of_others_give_one_error_each(others, name, message):
    assert others(name).error().startswith(message)


@pytest.mark.parametrize(
    ("name", "entries"),
    [
        ("cdata-edge.xml", 1),
        ("post-content-blank-lines.xml", 1),
        ("slashes.xml", 1),
        ("small-export.xml", 9),
        ("term-meta.xml", 0),
        ("test-serialized-comment-meta.xml", 0),
        ("valid-wxr-1.0.xml", 6),
        ("wxr-utf-8-challenges.xml", 1),
    ],
)
def test_odd_exports_of_others_are_built(others, name, entries):
    assert others(name).build().report.entries == entries
