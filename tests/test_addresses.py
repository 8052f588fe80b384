"""Addresses: each belongs to one page or file, and none leads out of the output folder."""

import os

import pytest

from pressframe import BuildError, ContentError, ManyErrors

PAGES = "@hookimpl\ndef register_pages(self): return [Page(address=a, template='a.txt') for a in {}]"


@pytest.fixture
def site(paper):
    return paper.write({"templates/a.txt": "made"})


def test_an_address_is_a_folder_s_index_or_a_file(site):
    site.plugin("x", PAGES.format(["/", "/a/b/", "/feed.xml", "/caf%C3%A9/", "/a%20b.txt", "/été/"])).build()

    files = {
        str(file.relative_to(site.path / "public")) for file in (site.path / "public").rglob("*.*") if file.is_file()
    }
    assert files - {".pressframe"} == {
        "index.html", "a/b/index.html", "feed.xml", "café/index.html", "a b.txt", "été/index.html",
    }  # fmt: skip


TWINS = {
    "one address": ("/one/", "/one/"),
    "another case": ("/One/", "/one/"),
    "another case of other letters": ("/ÉTÉ/", "/été/"),
    "another form of an accent": ("/caf\u00e9/", "/cafe\u0301/"),
    "percent signs": ("/caf%C3%A9/", "/café/"),
    "percent signs of another case": ("/caf%c3%a9/", "/caf%C3%A9/"),
    "percent signs for nothing": ("/%6fne/", "/one/"),
    "the index by name": ("/one/index.html", "/one/"),
}


@pytest.mark.parametrize("what", TWINS)
def test_two_entries_with_what_may_be_one_address_are_both_named(site, what):
    """Threat 50."""
    first, second = TWINS[what]
    site.post("a", title="First", address=first).post("b", title="Second", address=second)

    assert site.fails(ContentError) == (
        f'"First" (content/a.html) and "Second" (content/b.html) have the same address, {second}\n'
        "  give one of them another slug or address"
    )


def test_a_file_of_two_entries_that_are_twins_is_not_told_besides(site):
    site.write({"files/a.png": "x"})
    site.post("a", address="/x/", assets=["/x/a.png"]).post("b", address="/x/", assets=["/x/a.png"])

    assert site.fails(ContentError).count("have the same address") == 1


def test_all_twins_are_told_at_once(site):
    for name in "abcd":
        site.post(name, address="/x/" if name in "ab" else "/y/")

    assert site.fails(ManyErrors).count("have the same address") == 2


def test_two_plugins_with_one_address_are_both_named(site):
    site.plugin("x", PAGES.format(["/a/"])).plugin("y", PAGES.format(["/a/"]))

    said = site.fails(ContentError)

    assert said.startswith('a page of the plugin "x" and a page of the plugin "y" have the same address, /a/')


def test_an_entry_and_a_file_with_one_address_are_both_named(site):
    site.post("one", title="One", address="/a.html").write({"static/a.html": "x"})

    said = site.fails(ContentError)

    assert said.startswith(f'"One" (content/one.html) and the file {site.path}/static/a.html have the same address, /a')


@pytest.mark.parametrize("pages", [["/a", "/a/b/"], ["/a/b/", "/a"], ["/A", "/a/b/c.txt"]])
def test_a_file_where_another_address_needs_a_folder_is_told_with_both(site, pages):
    site.plugin("x", PAGES.format(pages[:1])).plugin("y", PAGES.format(pages[1:]))
    file, folder = ("y", "x") if pages[0] == "/a/b/" else ("x", "y")

    assert site.fails() == (
        f'a page of the plugin "{file}" has the address /a, where a page of the plugin "{folder}" needs a folder\n'
        "  give one of them another address"
    )


HOSTILE = {
    "/../x/": "leads out of the site or to no file",
    "/a/../../x/": "leads out of the site or to no file",
    "/%2e%2e/x/": "leads out of the site or to no file",
    "/..%2fx/": "leads out of the site or to no file",
    "/./": "leads out of the site or to no file",
    "//x/": "leads out of the site or to no file",
    "/a//b/": "leads out of the site or to no file",
    "/a%00b/": "leads out of the site or to no file",
    "/a%5cb/": "leads out of the site or to no file",
    "/a%0ab/": "leads out of the site or to no file",
    f"/{'a' * 300}/": "of which a part is longer than 240 bytes",
    f"/{'é' * 121}/": "of which a part is longer than 240 bytes",
    "/con/": "of which a part is a name that Windows keeps for a device",
    "/a/Aux.html": "of which a part is a name that Windows keeps for a device",
    "/COM1/": "of which a part is a name that Windows keeps for a device",
}


@pytest.mark.parametrize("address", HOSTILE, ids=lambda address: address[:12])
def test_an_address_that_no_file_should_have_is_refused(site, address):
    """Threat 48."""
    said = site.post("one", title="One", address=address).fails(ContentError)

    assert said == (
        f'"One" (content/one.html) has the address {address}, which {HOSTILE[address]}\n'.replace(
            "which of which", "of which"
        )
        + "  give it another slug or address"
    )
    assert not (site.path / "public").exists()


@pytest.mark.parametrize("address", ["x/", "", "/a b/", "/a?b", "/a#b", "C:\\x", "https://x.org/", "/a\\b/", "/a\nb/"])
def test_what_is_no_address_at_all_is_refused_where_it_is_made(site, address):
    """Threat 48."""
    said = site.post("one", address=address).fails()

    assert said.startswith(f"{site.path}/plugins/paper.py:")
    assert "paper failed in load, while reading content/one.html: ValueError: 'address' must match regex" in said
    assert "Attribute(" not in said


@pytest.mark.parametrize("address", ["/../x/", "/con/", "//x"])
def test_a_plugin_s_page_is_held_to_the_same_rules(site, address):
    """Threat 48."""
    said = site.plugin("x", PAGES.format([address])).fails(ContentError)

    assert said.startswith(f'a page of the plugin "x" has the address {address}, ')


def test_files_of_the_site_are_published_as_they_are_but_for_hidden_ones(site):
    """Threat 49."""
    hidden = {"static/.env": "x", "static/.git/config": "x", "static/a/.DS_Store": "x"}
    site.write({"static/a/b.css": "b", "static/.well-known/x.txt": "w", "static/50% é?.txt": "p", **hidden})

    release = site.build()

    assert set(release.files) == {"/a/b.css", "/.well-known/x.txt", "/50%25%20é%3F.txt"}
    assert (site.path / "public" / "50% é?.txt").read_text() == "p"
    assert release.files["/a/b.css"].media_type == "text/css"


def test_files_may_have_any_name_that_the_system_allows(site):
    odd = os.fsdecode(b"caf\xe9.txt")  # not UTF-8, as from an old archive

    site.write({"static/10.00\u202fAM.png": "a", f"static/{odd}": "b", "static/em\u2003space": "c"}).build()

    public = {file.name for file in (site.path / "public").iterdir()}
    assert public == {".pressframe", "10.00\u202fAM.png", odd, "em\u2003space"}


def test_a_file_whose_name_no_address_can_have_is_named(site):
    assert "b has the address /a%0Ab, which leads out" in site.write({"static/a\nb": "x"}).fails(ContentError)


def test_a_link_that_leads_out_of_the_static_folder_is_refused(site, tmp_path):
    """Threat 48."""
    (tmp_path / "secret").write_text("x")
    site.write({"static/a": "a"})
    (site.path / "static" / "b").symlink_to(tmp_path / "secret")

    assert site.fails(BuildError) == "static/b: leads out of the folder static\n  copy the file into it"


def test_a_link_inside_the_static_folder_is_a_file_like_others(site):
    site.write({"static/a": "a"})
    (site.path / "static" / "b").symlink_to("a")

    assert set(site.build().files) == {"/a", "/b"}


ASSET = "@hookimpl\ndef register_assets(self): yield Asset(address='/a.css', file=Path(__file__).parent / '{}')"


def test_the_site_s_own_file_wins_over_a_plugin_s(site):
    site.plugin("x", ASSET.format("x.css")).write({"plugins/x.css": "theirs", "static/a.css": "own"}).build()

    assert site.text("/a.css") == "own"


def test_two_plugins_may_bring_one_file_but_not_two_for_one_address(site):
    site.plugin("x", ASSET.format("x.css")).plugin("y", ASSET.format("y.css"))
    site.write({"plugins/x.css": "one", "plugins/y.css": "one"}).build()
    assert site.text("/a.css") == "one"

    assert site.write({"plugins/y.css": "two"}).fails() == '"x" and "y" have different files for /a.css'


def test_an_asset_that_is_not_there_is_named(site):
    site.plugin("x", ASSET.format("no.css"))

    assert site.fails(BuildError) == f"{site.path}/plugins/no.css: cannot be read: No such file or directory"


def test_two_entries_with_one_file_are_both_told_of(site):
    site.write({"files/a.png": "x"}).post("a", assets=["/a.png"]).post("b", assets=["/a.png"])

    assert "have the same address, /a.png" in site.fails(ContentError)
