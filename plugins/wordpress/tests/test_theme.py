"""WordPress's own theme test, made to break themes, as a whole site."""

from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from selectolax.lexbor import LexborHTMLParser

WP = "{https://wordpress.org/export/1.2/}"


@pytest.fixture
def blog(others):
    return others("themeunittestdata.wordpress.xml")


@pytest.fixture
def items(blog):
    """The posts and pages of the export, read by another parser."""
    found = ElementTree.parse(blog.folder / "site.xml").iter("item")
    return [one for one in found if one.findtext(f"{WP}post_type") in ("post", "page")]


def test_every_published_post_and_page_is_at_its_original_address(blog, items):
    published = [
        one for one in items if one.findtext(f"{WP}status") == "publish" and not one.findtext(f"{WP}post_password")
    ]

    release = blog.build()

    assert len(published) == 76 == release.report.entries
    paths = {urlsplit(one.findtext("link")).path.replace("//", "/") for one in published}
    assert paths == {card.address for kind in ("post", "page") for card in release.view().latest(kind=kind, count=99)}
    assert paths <= set(release.files)


def test_no_page_is_broken_by_its_text(blog):
    release = blog.build()

    for address in [address for address in release.files if address.endswith("/")]:
        tree = LexborHTMLParser(release.files[address].file.read_text("utf-8"))
        assert [(node.tag, node.parent.tag) for node in tree.css("main, #end")] == [
            ("main", "body"),
            ("footer", "body"),
        ]


def test_comments_are_all_there_with_threads_and_pingbacks(blog, items):
    view = blog.build().view()
    approved = {
        one.findtext(f"{WP}comment_id")
        for item in items
        if item.findtext(f"{WP}status") == "publish" and not item.findtext(f"{WP}post_password")
        for one in item.iter(f"{WP}comment")
        if one.findtext(f"{WP}comment_approved") == "1"
    }

    shown = [reply.comment for _, reply in view.latest_comments(999)]
    threads = view.comments("wp-1148")

    assert {comment.id for comment in shown} == approved
    assert sum(comment.kind == "pingback" for comment in shown) == 4
    assert len(threads) == 19
    assert max(_depth(reply.comment, {one.comment.id: one.comment for one in threads}) for reply in threads) >= 9


def _depth(comment, others) -> int:
    return 1 + (_depth(others[comment.parent], others) if comment.parent else 0)


def test_odd_titles_are_plain_text(blog):
    view = blog.build().view()

    assert view.card("wp-1173").title == "Markup: Title With Markup"
    assert view.card("wp-1174").title == """Markup: Title With Special Characters ~`!@#$%^&*()-_=+{}[]/\\;:'"?,.>"""
    assert view.card("wp-1169").title == ""


def test_what_was_hidden_there_is_not_here(blog):
    """Threat 17."""
    release = blog.build()

    public = b"".join(stored.file.read_bytes() for stored in release.files.values())

    assert b"template-password-protected" not in public
    assert b"This content, comments, pingbacks, and trackbacks should not be visible" not in public
    assert all(release.view().entry(f"wp-{id}") is None for id in (1153, 1164, 1168))


def test_the_mark_excerpt_and_featured_image_are_carried(blog):
    view = blog.build().view()

    assert view.entry("wp-996").body.more
    assert view.card("wp-993").excerpt.startswith("This is a user-defined post excerpt")
    assert view.card("wp-1011").image.endswith("/2013/03/featured-image-horizontal.jpg")


def test_what_cannot_be_carried_is_reported(blog):
    notes = blog.notes()

    for what in (
        "password",
        "no longer on top",
        "one page now",
        "menu items",
        "live",
        "not approved: 3",
        "other hosts",
    ):
        assert what in notes
