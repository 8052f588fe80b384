"""What an author may say above a text, and what is said back where it is wrong."""

from datetime import UTC, datetime

import pytest

from pressframe.model import Author


def test_front_matter_tells_all_of_an_entry(blog):
    blog.post(
        "Words.",
        front="""title: "Crise : l’heure d’après"
date: 2026-03-10 08:30
updated: 2026-03-12
slug: Une crise
authors: [odile, Basile Quintrec]
categories: [Médias sociaux]
tags: crise, méthode
summary: Ce qu’il reste.
image: /images/a.png
id: crise-1
comments: false
language: fr-CA
mood: { weather: [rain, 12] }
""",
    )
    blog.write("content/authors.toml", '[odile]\nname = "Odile Marchenoir"\nurl = "https://odile.example/"\n')
    blog.settings(site='timezone = "Europe/Paris"')

    entry = blog.entry("crise-1")

    assert (entry.title, entry.address, entry.kind) == ("Crise : l’heure d’après", "/2026/03/une-crise/", "post")
    assert (entry.published, entry.updated) == (
        datetime(2026, 3, 10, 7, 30, tzinfo=UTC),
        datetime(2026, 3, 11, 23, tzinfo=UTC),
    )
    assert entry.authors == (
        Author(slug="odile", name="Odile Marchenoir", url="https://odile.example/"),
        Author(slug="basile-quintrec", name="Basile Quintrec"),
    )
    assert [(term.taxonomy, term.slug, term.name) for term in entry.terms] == [
        ("category", "medias-sociaux", "Médias sociaux"), ("tag", "crise", "crise"), ("tag", "methode", "méthode"),
    ]  # fmt: skip
    assert (entry.summary, entry.image, entry.language) == ("Ce qu’il reste.", "/images/a.png", "fr-CA")
    assert not entry.open_to_comments
    assert entry.data["markdown"] == {"extra": {"mood": {"weather": ("rain", 12)}}}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2026-03-10", (2026, 3, 9, 23, 0)),
        ("2026-03-10 08:30", (2026, 3, 10, 7, 30)),
        ("2026-3-1 8:30:05", (2026, 3, 1, 7, 30)),
        ("2026-03-10T08:30:00Z", (2026, 3, 10, 8, 30)),
        ("2026-03-10 08:30:00 -0330", (2026, 3, 10, 12, 0)),
        ("'2026-07-01T00:00+02:00'", (2026, 6, 30, 22, 0)),
    ],
)
def test_dates_without_a_zone_are_in_the_sites(blog, written, expected):
    blog.settings(site='timezone = "Europe/Paris"')
    blog.post(front=f"date: {written}")

    published = blog.entry().published

    assert (published.year, published.month, published.day, published.hour, published.minute) == expected


@pytest.mark.parametrize(
    "date", ["2012-13-45", "99999-01-01", "0000-01-01", "9999-12-31", "tomorrow", "2012", "[2012-01-01]", "true"]
)
def test_a_date_that_is_none_is_named_with_its_line(blog, date):
    """Threat 51."""
    blog.post(front=f"title: T\ndate: {date}")

    error = blog.error()

    assert error.startswith("content/posts/a.md:3: date: ")
    assert "is no date" in error
    assert "2026-05-01 10:00" in error


def test_what_yaml_takes_for_something_else_is_never_lost(blog):
    blog.post(front="title: 2012\ntags: [1984, no, 1:30]")

    entry = blog.entry()

    assert entry.title == "2012"
    assert [term.name for term in entry.terms] == ["1984", "no", "1:30"]


@pytest.mark.parametrize("front", ["title: 007", "title: 1_000", "tags: [1.10]", "title: true", "summary: 0x10"])
def test_a_number_that_yaml_would_change_must_be_quoted(blog, front):
    blog.post(front=front)

    assert "put it in quotes" in blog.error()


@pytest.mark.parametrize(
    ("front", "line", "message"),
    [
        ("tittle: x", 4, "Did you mean title?"),
        ("catgories: [x]", 4, "Did you mean categories?"),
        ("category: x", 4, "Did you mean categories?"),
        ("Author: x", 4, "Did you mean authors?"),
        ("tgas: [x]", 4, "Did you mean tags?"),
        ("draft: yes", 4, "must be true or false"),
        ("draft: true\nstatus: published", 4, "contradicts status: published"),
        ("status: hidden", 4, "must be published or draft or private, got hidden"),
        ("kind: article", 4, "must be post or page, got article"),
        ("slug: ../../x", 4, "can be no part of an address"),
        ("slug: '…'", 4, "can be no part of an address"),
        ("address: ../x", 4, "is no address on this site"),
        ("address: /a/../../x/", 4, "is no address on this site"),
        ("address: /%2e%2e/x/", 4, "is no address on this site"),
        ("address: //evil.example/", 4, "is no address on this site"),
        ('address: "/a\\0b/"', 4, "control character"),
        ("language: français", 4, "is no language"),
        ("language: english", 4, "is no language"),
        ("tags: {a: b}", 4, "must be a list"),
        ("tags: ['!!!']", 4, "no letter or digit"),
        ("title: [a]", 3, "must be text"),
        ("summary: {a: b}", 4, "must be text"),
        ("image: photo.jpg", 4, "there is no file photo.jpg beside it"),
    ],
)
def test_what_is_wrong_is_named_with_file_line_and_a_way_out(blog, front, line, message):
    """Threats 48 and 51."""
    blog.post(front=front if front.startswith("title") else f"title: T\ndate: 2026-05-01\n{front}")

    error = blog.error()

    assert error.startswith("content/posts/a.md:" if line is None else f"content/posts/a.md:{line}: ")
    assert message in error


def test_all_that_is_wrong_is_told_at_once_in_the_order_of_lines(blog):
    blog.post(front="slug: /\nkind: x\ndate: never")
    blog.post(front="tilte: T\ndraft: 1", path="content/posts/b.md")

    errors = blog.error().splitlines()

    assert [line.partition(": ")[0] for line in errors if line.startswith("content")] == [
        "content/posts/a.md:3", "content/posts/a.md:4", "content/posts/a.md:5",
        "content/posts/b.md:4", "content/posts/b.md:5",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("# Hello\n", "a.md:1: starts without front matter"),
        ("", "a.md:1: starts without front matter"),
        ("---\ntitle: x\n", "a.md:1: the front matter does not end"),
        ("---\n---\nx", "a.md:1: has no title"),
        ("---\ntitle: x\n---\nx", "a.md:1: has no date"),
        ("---\ntitle: x\ntitle: y\n---\nx", "a.md:3: the front matter cannot be read: the key title is there twice"),
        (b"---\ntitle: x\n---\nab\xff", "a.md:4: not UTF-8 text"),
        (b"---\ntitle: x\n---\na\0b", "a.md:4: holds a NUL byte"),
    ],
)
def test_a_file_that_is_no_entry_says_why(blog, text, message):
    blog.write("content/posts/a.md", text)

    assert message in blog.error()


def test_a_title_may_be_empty_but_not_forgotten(blog):
    blog.post("Just a note.", front='title: ""')

    assert blog.entry().title == ""


def test_a_key_that_only_looks_misspelt_can_be_ones_own(blog):
    blog.post(front="images: [a.png]")
    assert "list images in own_keys" in blog.error()

    blog.settings('own_keys = ["images"]')

    assert blog.entry().data["markdown"] == {"extra": {"images": ("a.png",)}}


@pytest.mark.parametrize(
    ("front", "meant"),
    [
        ("audiance: paid", "audience"),
        ("audiences: [paid]", "audience"),
        ("Audience: paid", "audience"),
        ("teaser_paragraph: 0", "teaser_paragraphs"),
        ("teaser-words: 3", "teaser_words"),
        ("comments_closed: hidden", "closed_comments"),
        ("newsleter: false", "newsletter"),
    ],
)
def test_a_misspelt_key_of_a_gate_or_of_mails_does_not_open_or_mail_an_entry(blog, front, meant):
    blog.post(front=front)
    said = blog.error()

    key = front.partition(":")[0]
    assert f"content/posts/a.md:4: {key}: no such key" in said
    assert f"Did you mean {meant}? If not, list {key} in own_keys" in said

    blog.settings(f'own_keys = ["{key}"]')
    assert key in blog.entry().data["markdown"]["extra"]


def test_line_ends_and_byte_order_mark_of_other_systems_are_read(blog):
    blog.write("content/posts/a.md", "\ufeff---\r\ntitle: T\r\ndate: 2026-05-01\r\n---\r\nOne\r\n\r\nTwo\r\n".encode())

    assert blog.entry().body.html == "<p>One</p>\n<p>Two</p>\n"


def test_drafts_and_private_and_scheduled_entries_are_no_part_of_the_site(blog):
    blog.post(front="draft: true")
    blog.post(front="status: private", path="content/posts/b.md")
    blog.post(front="date: 2030-01-01", path="content/posts/c.md")
    blog.post(front="status: draft", path="content/posts/d.md")

    assert [card.id for card in blog.build().view().latest()] == []
    assert {card.id for card in blog.build(drafts=True).view().latest()} == {"posts/a", "posts/c", "posts/d"}


def test_drafts_and_pages_need_no_date(blog):
    blog.write("content/posts/a.md", "---\ntitle: T\ndraft: true\n---\n")
    blog.write("content/pages/b.md", "---\ntitle: T\n---\n")

    view = blog.build(drafts=True).view()

    assert [view.card(id).published.year for id in ("posts/a", "pages/b")] == [1970, 1970]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[odile\n", "content/authors.toml:1: not valid TOML"),
        ('[odile]\nname = "O"\n\n[basile]\nnmae = "B"\n', "content/authors.toml:4: basile: no such key: nmae"),
        ('odile = "O"\n', "content/authors.toml:1: odile: must be a table"),
        ("[odile]\nname = 3\n", "content/authors.toml:1: odile: name must be text in quotes"),
    ],
)
def test_authors_are_checked_once(blog, text, message):
    blog.post(front="authors: [odile]")
    blog.post(front="authors: [odile]", path="content/posts/b.md")
    blog.write("content/authors.toml", text)

    error = blog.error()

    assert error.count("authors.toml") == 1
    assert error.startswith(message)
