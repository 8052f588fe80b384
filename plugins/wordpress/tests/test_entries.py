"""Posts and pages of an export as entries, at the addresses that they had."""

from datetime import UTC, datetime

import pytest

from pressframe import Site
from pressframe.model import Author, Term
from pressframe_wordpress import Wordpress, _export

from .wxr import item, meta

AUTHOR = (
    "<wp:author><wp:author_id>7</wp:author_id><wp:author_login>odile</wp:author_login>"
    "<wp:author_email>o@old.example</wp:author_email>"
    "<wp:author_display_name>Odile &amp;amp; Co</wp:author_display_name></wp:author>"
)
UPLOADS = (
    "pictures and media expected at their old paths; "
    "copy the old site's wp-content/uploads to static/wp-content/uploads"
)
TERMS = (
    "<wp:category><wp:category_nicename>crise</wp:category_nicename><wp:category_parent></wp:category_parent>"
    "<wp:cat_name>Crise</wp:cat_name></wp:category>"
    "<wp:category><wp:category_nicename>veille</wp:category_nicename><wp:category_parent>crise</wp:category_parent>"
    "<wp:cat_name>Veille</wp:cat_name></wp:category>"
)


def test_a_post_keeps_its_address_dates_author_terms_and_excerpt(blog):
    blog.export(
        AUTHOR,
        TERMS,
        item(
            12,
            title="L’<em>été</em> &amp; après",
            excerpt__encoded="Court.",
            wp__comment_status="closed",
            wp__post_modified_gmt="2012-06-01 08:00:00",
            more='<category domain="category" nicename="veille">Veille</category>'
            '<category domain="post_tag" nicename="%e6%97%a5">日</category>'
            '<category domain="post_format" nicename="post-format-aside">Aside</category>',
        ),
    )

    entry = blog.entry(12)

    assert (entry.kind, entry.title, entry.address) == ("post", "L’été & après", "/2012/05/post-12/")
    assert entry.published == datetime(2012, 5, 1, 8, tzinfo=UTC)
    assert entry.updated == datetime(2012, 6, 1, 8, tzinfo=UTC)
    assert entry.authors == (Author(slug="odile", name="Odile & Co"),)
    assert entry.terms == (
        Term(taxonomy="category", slug="veille", name="Veille", parent="crise"),
        Term(taxonomy="tag", slug="%e6%97%a5", name="日"),
    )
    assert (entry.summary, entry.open_to_comments) == ("Court.", False)
    assert entry.source.place.file == "site.xml"


def test_what_is_not_published_is_no_part_of_the_site(blog):
    blog.export(
        item(1, wp__status="draft"), item(2, wp__status="pending"), item(3, wp__status="private"),
        item(4, wp__status="future", wp__post_date_gmt="2030-01-01 00:00:00"), item(5, wp__status="trash"),
        item(6, wp__status="auto-draft"), item(7, wp__status="inherit", wp__post_type="revision"),
        item(8, wp__post_password="secret"), item(9),
    )  # fmt: skip

    assert {card.id for card in blog.build().view().latest(count=99)} == {"wp-9"}
    assert {card.id for card in blog.build(drafts=True).view().latest(count=99)} == {"wp-1", "wp-2", "wp-4", "wp-9"}


def test_words_behind_a_password_are_in_no_public_byte(blog):
    """Threats 1 and 17."""
    blog.export(item(1, content__encoded="CANARY", excerpt__encoded="CANARY", wp__post_password="x"), item(2))

    notes = blog.notes()
    public = b"".join(file.read_bytes() for file in (blog.folder / "public").rglob("*") if file.is_file())

    assert b"CANARY" not in public
    assert "ask for a password, which no reader could give here: Title 1" in notes


def test_dates_without_their_utc_are_in_the_sites_zone(blog):
    blog.settings(site='timezone = "Europe/Paris"')
    never = "0000-00-00 00:00:00"
    blog.export(
        item(1, wp__post_date_gmt=never),
        item(2, wp__post_date_gmt=never, wp__post_date=never, pubDate="Tue, 01 May 2012 08:00:00 +0000"),
        item(3, wp__post_date_gmt="2012-99-01 00:00:00", wp__post_date="soon"),
    )  # fmt: skip

    release = blog.build()
    dates = [release.view().card(f"wp-{id}").published for id in (1, 2, 3)]

    assert dates == [datetime(2012, 5, 1, 8, tzinfo=UTC)] * 2 + [datetime(1970, 1, 1, tzinfo=UTC)]
    assert "dated 1970, as the export tells no date: Title 3" in "\n".join(release.report.notes)


@pytest.mark.parametrize(
    ("link", "address"),
    [
        ("https://www.old.example/a/b/", "/a/b/"),
        ("https://www.old.example//a//b", "/a/b/"),
        ("https://www.old.example/a/b.html", "/a/b.html"),
        ("http://other.example/blog/été/", "/blog/%C3%A9t%C3%A9/"),
        ("https://www.old.example/%ce%b5/", "/%ce%b5/"),
        ("https://www.old.example/?p=1", "/2012/05/post-1/"),
        ("https://www.old.example/", "/2012/05/post-1/"),
        ("", "/2012/05/post-1/"),
        ("https://www.old.example/a/%2e%2e/b/", "/2012/05/post-1/"),
        ("https://www.old.example/../b/", "/2012/05/post-1/"),
        ("https://www.old.example/a%5cb/", "/2012/05/post-1/"),
        ("https://www.old.example/a%00/", "/2012/05/post-1/"),
        (f"https://www.old.example/{'x' * 300}/", "/2012/05/post-1/"),
        ("http://[broken/", "/2012/05/post-1/"),
    ],
)
def test_the_address_is_the_original_one_wherever_a_file_can_have_it(blog, link, address):
    """Threat 48."""
    blog.export(item(1, link=link))

    assert blog.entry().address == address


def test_pages_without_an_address_stand_below_their_parents(blog):
    page = {"wp__post_type": "page", "link": "https://www.old.example/?page_id=1"}
    blog.export(
        item(1, wp__post_name="team", **page), item(2, wp__post_name="anna", wp__post_parent="1", **page),
        item(3, wp__post_name="", wp__post_parent="2", **page), item(4, wp__post_parent="5", **page),
        item(5, wp__post_parent="4", **page), item(6, wp__post_name="../x", **page),
    )  # fmt: skip

    release = blog.build()

    assert [release.view().card(f"wp-{id}").address for id in (1, 2, 3, 6)] == [
        "/team/", "/team/anna/", "/team/anna/3/", "/6/",
    ]  # fmt: skip
    assert "moved, as no file can have the address that they had" in "\n".join(release.report.notes)


def test_of_two_entries_on_one_address_the_published_one_keeps_it(blog):
    """Threat 50."""
    link = "https://www.old.example/same/"
    blog.export(
        item(1, link=link, wp__status="draft"),
        item(2, link=link.replace("same", "SAME")),
        item(3, link=link),
        item(4, link=link + "x.html"),
        item(5, link=link + "X.html"),
    )

    release = blog.build(drafts=True)

    assert [release.view().card(f"wp-{id}").address for id in (1, 2, 3, 4, 5)] == [
        "/same-1/", "/SAME/", "/same-3/", "/same/x.html", "/same/X-5.html",
    ]  # fmt: skip
    assert "Title 3 from /SAME/ to /same-3/" in "\n".join(release.report.notes)


def test_the_settings_can_move_an_entry(blog):
    blog.settings('addresses = { "2" = "/accueil/" }')
    blog.export(item(1, link="https://www.old.example/accueil/"), item(2, link="https://www.old.example/"))

    view = blog.build().view()

    assert [view.card(f"wp-{id}").address for id in (1, 2)] == ["/accueil-1/", "/accueil/"]


@pytest.mark.parametrize(
    ("addresses", "message"),
    [
        ('{ "99" = "/x/" }', "holds no post or page with the number 99"),
        ('{ about = "/x/" }', "go by the numbers of entries, not about"),
        ('{ "1" = "x" }', 'must look like "/about/", got "x"'),
        ('{ "1" = "/../x/" }', 'must look like "/about/"'),
    ],
)
def test_wrong_addresses_in_the_settings_are_refused(blog, addresses, message):
    blog.settings(f"addresses = {addresses}")
    blog.export(item(1))

    assert message in blog.error()


def test_links_and_pictures_on_the_old_site_lead_to_this_one(blog):
    old = "https://www.old.example"
    blog.export(
        item(1, content__encoded=f'<a href="{old}/about/#x">a</a> <a href="http://old.example">home</a> '
             f'<a href="{old}/?p=2">post</a> <a href="/?page_id=99">gone</a> <a href="{old}/cat">attachment</a> '
             f'<img src="//www.old.example/wp-content/uploads/cat.jpg" srcset="{old}/a.jpg 1x, {old}/b.jpg 2x"> '
             f'<a href="https://old.example.org/">other</a> {old}/text/'),
        item(2),
        item(3, wp__post_type="attachment", wp__status="inherit", link=f"{old}/cat/",
             more=f"<wp:attachment_url>{old}/wp-content/uploads/cat.jpg</wp:attachment_url>"),
    )  # fmt: skip

    html = blog.entry().body.html

    assert 'href="/about/#x"' in html
    assert '<a href="/">home</a>' in html
    assert '<a href="/2012/05/post-2/">post</a>' in html
    assert '<a href="/?page_id=99">gone</a>' in html
    assert '<a href="/wp-content/uploads/cat.jpg">attachment</a>' in html
    assert '<img src="/wp-content/uploads/cat.jpg" srcset="/a.jpg 1x, /b.jpg 2x">' in html
    assert '<a href="https://old.example.org/">other</a> https://www.old.example/text/' in html


def test_the_featured_image_is_the_entrys(blog):
    blog.export(
        item(1, more=meta("_thumbnail_id", "3")), item(2, more=meta("_thumbnail_id", "99")),
        item(3, wp__post_type="attachment", wp__status="inherit",
             more="<wp:attachment_url>https://old.example/wp-content/uploads/é.jpg</wp:attachment_url>"),
    )  # fmt: skip

    view = blog.build().view()

    assert [view.card(f"wp-{id}").image for id in (1, 2)] == ["/wp-content/uploads/%C3%A9.jpg", None]


def test_what_cannot_be_carried_is_reported(blog):
    blog.export(
        item(1, wp__is_sticky="1", content__encoded="a<!--nextpage-->b [contact-form to='x'] [sic] [b]x[/b] [gallery]"),
        item(2, content__encoded='<!-- wp:latest-posts {"a":1} /--><!-- wp:spacer --><p></p><!-- /wp:spacer -->'),
        item(3, content__encoded='<img src="https://cdn.example/a.jpg"><img src="https://old.example/b.jpg">'),
        *(item(id, wp__post_type="nav_menu_item") for id in (4, 5)),
        item(6, wp__post_type="product"), item(7, wp__status="private"), item(3), item(0),
        *(item(id, wp__is_sticky="1") for id in range(10, 15)),
    )  # fmt: skip

    notes = blog.build().report.notes

    assert all(note.startswith("site.xml: ") for note in notes)
    assert {note.removeprefix("site.xml: ") for note in notes} == {
        "no longer on top of lists, which go by date: Title 1; Title 10; Title 11; and 3 more",
        "one page now, where there were several: Title 1",
        "with shortcodes of plugins as text: Title 1 ([contact-form]); Title 1 ([b])",
        "without blocks that WordPress fills live: Title 2 (latest-posts)",
        "pictures and media that stay on other hosts, if readers may load them: 1 on cdn.example",
        UPLOADS + ": 1 in all",
        "menu items left out; write the site's menu into [site.menu]: 2",
        "items of the type product left out: 1",
        "private, so left out: Title 7",
        "left out, as an item with the number 3 of an earlier one: line 13",
        "left out, as an item without a number (wp:post_id): line 14",
    }


def test_a_changed_export_is_read_again_and_an_unchanged_one_is_not(blog, monkeypatch):
    read = []
    original = _export.read_nodes
    monkeypatch.setattr(_export, "read_nodes", lambda *arguments: read.append(1) or original(*arguments))
    blog.export(item(1))
    site = Site.open(blog.folder)

    for _ in range(2):
        site.build()
    once = len(read)
    blog.export(item(1, title="Other"))
    title = site.build().view().card("wp-1").title

    assert (once, len(read), title) == (1, 2, "Other")


def test_an_export_that_changes_while_it_is_read_is_refused(blog):
    blog.export(item(1))
    site = Site.open(blog.folder)
    (loader,) = site.plugin(Wordpress).register_loaders(site)
    (source,) = loader.scan()
    export = loader.export()
    blog.export(item(1), item(2))

    with pytest.raises(Exception, match=r"site\.xml: has changed while it was being read"):
        export.read(int(source.key))


def test_a_missing_export_is_named_with_its_setting(blog):
    assert "site.xml: cannot be read: No such file or directory" in blog.error()
    assert "[plugins.wordpress] export" in blog.error()


def test_old_exports_are_read(blog):
    """WXR 1.0 repeats terms without a slug, and calls a tag's domain ``tag``."""
    blog.export(
        item(
            1,
            more="<category>News</category>"
            '<category domain="category" nicename="news">News</category><category domain="tag">Roar</category>'
            '<category domain="tag" nicename="roar">Roar</category>',
        )
    )

    assert [(term.taxonomy, term.slug) for term in blog.entry().terms] == [("category", "news"), ("tag", "roar")]
