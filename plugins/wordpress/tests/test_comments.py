"""The comments of an export."""

from datetime import UTC, datetime

import pytest

from pressframe import Site

from .wxr import item, remark

AUTHOR = (
    "<wp:author><wp:author_id>{id}</wp:author_id><wp:author_login>odile</wp:author_login>"
    "<wp:author_email>o@old.example</wp:author_email></wp:author>"
)


def test_comments_keep_number_words_date_and_thread(blog):
    blog.export(
        item(
            1,
            more=remark(1234, "One\n\n<b>Two</b>\nthree", author="Zoé &amp; Co", author_url="https://zoe.example/")
            + remark(1235, parent="1234"),
        )
    )

    first, second = blog.comments()

    assert (first.id, first.author, first.url, first.format) == ("1234", "Zoé & Co", "https://zoe.example/", "html")
    assert first.body == "<p>One</p>\n<p><b>Two</b><br />\nthree</p>\n"
    assert first.received == datetime(2012, 5, 2, 8, 0, 34, tzinfo=UTC)
    assert (first.parent, second.parent, first.entry) == (None, "1234", "wp-1")


def test_only_approved_comments_of_readers_are_shown(blog):
    blog.export(
        item(1, more="".join([
            remark(1), remark(2, approved="0"), remark(3, approved="spam"), remark(4, approved="trash"),
            remark(5, type="comment"), remark(6, type="pingback"), remark(7, type="trackback"),
            remark(8, type="order_note"), remark(0), remark(9, approved="post-trashed"),
        ])),
    )  # fmt: skip

    assert {comment.id: comment.kind for comment in blog.comments()} == {
        "1": "comment", "5": "comment", "6": "pingback", "7": "pingback",
    }  # fmt: skip
    assert "comments left out, as they were not approved: 4" in blog.notes()


def test_answers_to_what_is_not_shown_and_in_circles_stand_at_the_top(blog):
    """Threat 65."""
    blog.export(
        item(1, more="".join([
            remark(1, approved="0"), remark(2, parent="1"), remark(3, parent="99"), remark(4, parent="5"),
            remark(5, parent="4"), remark(6, parent="6"), remark(7, parent="20"), remark(8, parent="7"),
        ])),
        item(2, more=remark(20)),
    )  # fmt: skip

    assert {comment.id: comment.parent for comment in blog.comments() if comment.parent} == {"8": "7"}


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "http://", "ftp://a.example", 'https://a/"onmouseover=x', "a.example", "", "https://a b"],
)
def test_addresses_that_are_none_are_left_out(blog, url):
    """Threats 20 and 21."""
    blog.export(item(1, more=remark(1, author_url=url)))

    assert [comment.url for comment in blog.comments()] == [None]


def test_names_are_never_empty_nor_too_long(blog):
    blog.export(item(1, more=remark(1, author="") + remark(2, author="x" * 300)))

    assert [comment.author for comment in blog.comments()] == ["Anonymous", "x" * 245]

    blog.settings(site='language = "fr"')
    assert blog.comments()[0].author == "Anonyme"


@pytest.mark.parametrize(
    ("author", "fields", "by_author"),
    [
        ("7", {"user_id": "7"}, True),
        ("7", {"user_id": "8", "author_email": "o@old.example"}, False),
        ("", {"user_id": "7", "author_email": "o@old.example"}, True),
        ("", {"user_id": "0", "author_email": "o@old.example", "author": "odile"}, False),
        ("7", {"user_id": "0", "author": "odile"}, False),
    ],
)
def test_the_authors_own_comments_are_told_by_their_account(blog, author, fields, by_author):
    blog.export(AUTHOR.replace("{id}", author), item(1, more=remark(1, **fields)))

    assert [comment.by_author for comment in blog.comments()] == [by_author]


def test_a_comment_without_a_date_has_that_of_its_entry(blog):
    never = "0000-00-00 00:00:00"
    blog.export(item(1, more=remark(1, date=never, date_gmt=never)))

    assert blog.comments()[0].received == datetime(2012, 5, 1, 8, tzinfo=UTC)


def test_comments_of_what_is_not_built_are_in_no_public_byte(blog):
    """Threat 7."""
    blog.export(item(1), *(item(id, **fields, more=remark(id, "CANARY")) for id, fields in enumerate(
        [{"wp__status": "private"}, {"wp__status": "draft"}, {"wp__post_password": "x"}], start=2)
    ))  # fmt: skip

    blog.build()

    assert not any(b"CANARY" in file.read_bytes() for file in (blog.folder / "public").rglob("*") if file.is_file())


def test_a_new_export_makes_the_release_stale(blog):
    blog.export(item(1))
    release = Site.open(blog.folder).build()
    assert not release.is_stale()

    blog.export(item(1, more=remark(1)))
    assert release.is_stale()

    (blog.folder / "site.xml").unlink()
    assert release.is_stale()
