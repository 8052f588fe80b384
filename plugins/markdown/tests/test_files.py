"""Where entries come from: folders, links, files beside an entry, addresses."""

import os
import pickle
import time

import pytest

from pressframe import Site
from pressframe.errors import ContentError
from pressframe_markdown import Markdown


def scan(blog):
    """Return the fingerprint of each entry, by its key, once files are old enough for their times to be trusted."""
    files = [file for file in blog.folder.rglob("*") if file.is_file()]
    while time.time() - max(file.stat().st_ctime for file in files) < 0.25:
        time.sleep(0.02)
    site = Site.open(blog.folder)
    (loader,) = site.plugin(Markdown).register_loaders(site)
    return {source.key: source.fingerprint for source in loader.scan()}


def test_every_markdown_file_is_an_entry_whatever_its_folder(blog):
    for path in ("posts/2026/a.md", "b.md", "notes/deep/er/c.markdown", "pages/d.md", "en/pages/e.md"):
        blog.post(path=f"content/{path}")
    blog.post(front="kind: page", path="content/posts/f.md")
    blog.post(front="kind: post", path="content/pages/g.md")
    for path in (".hidden/h.md", ".i.md", "j.txt", "k.md.bak", "posts/.#l.md"):
        blog.write(f"content/{path}", "not read")

    view = blog.build().view()

    assert {card.id for card in view.latest()} == {"posts/2026/a", "b", "notes/deep/er/c", "pages/g"}
    assert {card.id for card in view.latest(kind="page")} == {"pages/d", "en/pages/e", "posts/f"}


def test_the_folder_can_be_another_one(blog):
    blog.settings('folder = "words"')
    blog.post(path="words/a.md")

    assert blog.entry("a").source.place.file == "words/a.md"


def test_a_missing_folder_is_named_with_its_setting(blog):
    assert "content: cannot be read: No such file or directory" in blog.error()
    assert "[plugins.markdown] folder" in blog.error()


def test_a_file_in_the_place_of_the_content_folder_is_named_as_such(blog):
    blog.write("content", "no folder")

    assert "content: cannot be read: Not a directory" in blog.error()


def test_addresses_come_from_the_files_name_by_a_pattern(blog):
    blog.settings(
        'permalink = "/blog/{year}/{month}/{day}/{slug}.html"\npage_permalink = "/p/{slug}/"',
        site='timezone = "Pacific/Auckland"',
    )
    blog.post(front="date: 2026-01-31T23:00:00Z", path="content/posts/L’Été à Paris.md")
    blog.post(path="content/pages/About us.md")

    view = blog.build().view()

    assert view.card("posts/L’Été à Paris").address == "/blog/2026/02/01/lete-a-paris.html"
    assert view.card("pages/About us").address == "/p/about-us/"


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("/{slgu}/", "knows {year}, {month}, {day}, {slug}, not {slgu}"),
        ("/{year}/", "needs {slug}"),
        ("{slug}/", "must look like"),
        ("/{slug}/?p=1", "must look like"),
        ("/../{slug}/", "must look like"),
        ("/{slug}/{", "must look like"),
        ("/{slug}/a b/", "must look like"),
        ("/{slug!r}/", "not {slug!r}"),
        ("/posts/{slug}", "must look like"),
    ],
)
def test_a_pattern_that_makes_no_address_is_refused_in_the_settings(blog, pattern, message):
    blog.settings(f"permalink = '{pattern}'")

    error = blog.error()

    assert error.startswith("pressframe.toml:6: plugins.markdown.permalink: permalink ")
    assert message in error


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("/about/", "/about/"),
        ("/about", "/about/"),
        ("/a/b.html", "/a/b.html"),
        ("/à propos/", "/%C3%A0%20propos/"),
        ("/100%/", "/100%25/"),
        ("/%e6%97%a5/", "/%e6%97%a5/"),
        ("/", "/"),
    ],
)
def test_an_address_written_by_hand_is_taken_encoded(blog, written, address):
    blog.post(front=f'address: "{written}"')

    assert blog.entry().address == address


@pytest.mark.parametrize("name", ["…", "CON", "aux"])
def test_names_that_make_no_address_or_no_file_are_refused(blog, name):
    """Threat 48."""
    blog.post(path=f"content/posts/{name}.md")

    assert f"posts/{name}.md" in blog.error()


def test_a_long_file_name_makes_an_address_that_fits(blog):
    """Threat 48."""
    blog.post(path=f"content/posts/{'x' * 240}.md")

    assert blog.entry(f"posts/{'x' * 240}").address == f"/2026/05/{'x' * 200}/"


def test_links_out_of_the_folder_are_refused_and_links_inside_are_read(blog, tmp_path):
    """Threat 48."""
    secret = blog.write("outside/secret.md", "---\ntitle: Secret\ndate: 2026-01-01\n---\nsecret")
    blog.post(path="content/posts/a.md")
    (tmp_path / "content/b.md").symlink_to(tmp_path / "content/posts/a.md")
    assert {card.id for card in blog.build().view().latest()} == {"posts/a", "b"}

    (tmp_path / "content/posts/c.md").symlink_to(secret)
    (tmp_path / "content/posts/d").symlink_to(secret.parent)
    (tmp_path / "content/posts/e").symlink_to(tmp_path / "content")
    error = blog.error()

    assert "content/posts/c.md: is a link out of the folder" in error
    assert "content/posts/d: is a link out of the folder" in error
    assert "content/posts/e: is a link to a folder" in error


def test_a_pipe_or_folder_that_is_called_like_an_entry_is_none(blog, tmp_path):
    blog.post()
    os.mkfifo(tmp_path / "content/pipe.md")
    (tmp_path / "content/folder.md").mkdir()

    assert [card.id for card in blog.build().view().latest()] == ["posts/a"]


def test_a_fingerprint_changes_with_all_that_an_entry_is_read_from(blog, tmp_path):
    blog.post()
    blog.post(path="content/other/b.md")
    before = scan(blog)
    assert scan(blog) == before

    blog.post("More.")
    edited = scan(blog)
    blog.write("content/posts/img/photo.jpg", b"jpg")
    pictured = scan(blog)
    blog.write("content/authors.toml", '[o]\nname = "O"\n')
    signed = scan(blog)

    assert [key for key in before if before[key] != edited[key]] == ["posts/a.md"]
    assert [key for key in before if edited[key] != pictured[key]] == ["posts/a.md"]
    assert [key for key in before if pictured[key] != signed[key]] == ["other/b.md", "posts/a.md"]


def test_a_file_that_goes_while_files_are_listed_is_an_error_that_names_it(blog):
    blog.post()
    site = Site.open(blog.folder)
    (loader,) = site.plugin(Markdown).register_loaders(site)
    keys = loader.keys()
    (blog.folder / "content/posts/a.md").unlink()
    (source,) = map(loader.source, keys, loader.fingerprints(keys))

    with pytest.raises(ContentError, match="cannot be read: No such file") as caught:
        loader.load(source)

    assert caught.value.at.file == "content/posts/a.md"


def test_a_loader_reads_the_same_in_another_process(blog):
    blog.post("![x](p.jpg)", front="authors: [o]")
    blog.write("content/posts/p.jpg", b"jpg")
    blog.write("content/authors.toml", '[o]\nname = "O"\n')
    site = Site.open(blog.folder)
    (loader,) = site.plugin(Markdown).register_loaders(site)
    (source,) = loader.scan()

    assert pickle.loads(pickle.dumps(loader)).load(source) == loader.load(source)


def test_a_file_that_goes_away_while_the_site_is_built_is_named(blog, tmp_path):
    blog.post()
    site = Site.open(blog.folder)
    (loader,) = site.plugin(Markdown).register_loaders(site)
    (source,) = loader.scan()
    (tmp_path / "content/posts/a.md").unlink()

    with pytest.raises(Exception, match=r"^content/posts/a.md: cannot be read: No such file"):
        loader.load(source)


def test_files_beside_an_entry_are_published_below_it(blog):
    blog.post(
        '![a](photo.jpg) ![b](<my cat.png> "t") [plan][p] ![c](./img/c%C3%A9.gif) ![again](photo.jpg)\n\n'
        '<img alt="" src="raw.svg?v=1"> <a href=\'no.pdf\'>no</a>\n\n[p]: plan.pdf#page=2\n\n'
        "`![x](code.jpg)` ![web](https://a.example/photo.jpg) ![root](/photo.jpg) [up](../up.jpg) [md](b.md)\n"
    )
    names = ["photo.jpg", "my cat.png", "plan.pdf", "img/cé.gif", "raw.svg", "b.md", "unused.jpg", "../up.jpg"]
    for name in names:
        blog.write(f"content/posts/{name}", f"---\ntitle: {name}\ndate: 2026-05-02\n---\n")

    release = blog.build()
    html = release.view().entry("posts/a").body.html

    assert 'src="/2026/05/a/photo.jpg" alt="a"' in html
    assert 'src="/2026/05/a/my%20cat.png" alt="b"' in html
    assert 'href="/2026/05/a/plan.pdf#page=2"' in html
    assert 'src="/2026/05/a/img/c%C3%A9.gif"' in html
    assert 'src="/2026/05/a/raw.svg?v=1"' in html
    assert "<code>![x](code.jpg)</code>" in html
    assert [
        link in html
        for link in ('src="https://a.example/photo.jpg"', 'src="/photo.jpg"', 'href="../up.jpg"', 'href="b.md"')
    ] == [True] * 4
    assert {address for address in release.files if address.startswith("/2026/05/a/")} == {
        "/2026/05/a/", "/2026/05/a/photo.jpg", "/2026/05/a/my%20cat.png", "/2026/05/a/plan.pdf",
        "/2026/05/a/img/c%C3%A9.gif", "/2026/05/a/raw.svg",
    }  # fmt: skip


def test_text_that_only_shows_an_attribute_is_left_alone(blog):
    blog.post('![a](p.jpg) src="p.jpg" `<img src="p.jpg">`')
    blog.write("content/posts/p.jpg", b"jpg")

    assert '/> src="p.jpg" <code>&lt;img src="p.jpg"&gt;</code>' in blog.entry().body.html


def test_files_of_an_entry_with_an_extension_stand_in_a_folder_of_its_name(blog):
    blog.post("![a](p.jpg)", front="address: /x.html")
    blog.write("content/posts/p.jpg", b"jpg")

    assert [asset.address for asset in blog.entry().assets] == ["/x/p.jpg"]


def test_hidden_files_and_links_out_of_the_folder_are_not_published(blog, tmp_path):
    """Threat 48."""
    blog.post("![a](.env) ![b](out.jpg) ![c](.git/config) ![d](../../pressframe.toml) ![e](a%00.jpg)")
    blog.write("content/posts/.env", "SECRET=1")
    blog.write("content/posts/.git/config", "x")
    blog.write("outside.jpg", "x")
    (tmp_path / "content/posts/other.jpg").write_bytes(b"jpg")
    picture = tmp_path / "content/posts/out.jpg"
    picture.symlink_to(tmp_path / "outside.jpg")

    assert "content/posts/out.jpg: is a link out of the folder" in blog.error()
    picture.unlink()
    assert blog.entry().assets == ()


def test_the_picture_of_an_entry_may_stand_beside_it(blog):
    blog.post(front="image: photo.jpg")
    blog.post(front="image: https://a.example/b.jpg", path="content/posts/b.md")
    blog.write("content/posts/photo.jpg", b"jpg")

    view = blog.build().view()

    assert view.card("posts/a").image == "/2026/05/a/photo.jpg"
    assert view.entry("posts/a").assets[0].address == "/2026/05/a/photo.jpg"
    assert view.card("posts/b").image == "https://a.example/b.jpg"
