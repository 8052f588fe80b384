"""``pressframe check``: what a build lets pass is told, with where it is to be mended."""

import pytest

EMPTY_CATALOGUE = bytes.fromhex("de120495" + "00000000" * 2 + "1c000000" * 2 + "00000000" + "1c000000")
"""What gettext's msgfmt makes of no words at all: magic, version, number of words, and where tables would be."""


@pytest.fixture
def site(paper):
    """Return a site of two posts with its settings written."""
    paper.post("one", '<p><a href="/two/">Two</a></p>').post("two").open()
    return paper


def test_check_tells_dead_links_with_file_and_line_and_changes_nothing(press, site):
    dead = '<p>a</p>\n<p><a href="/two">x</a> <img src="/no.png"> <a href="https://paper.example/gone/#x">y</a></p>'
    site.post("one", dead + '<a href="/two/#x">z</a><a href="#here">h</a><a href="https://other.example/gone/">o</a>')

    result = press("check", site.path)

    assert result.exit_code == 1
    assert result.stdout == (
        "content/one.html:4: /one/ links to /two, which is not there\n  /two/ is there\n"
        "content/one.html:4: /one/ links to /no.png, which is not there\n"
        "content/one.html:4: /one/ links to /gone/, which is not there\n3 problems.\n"
    )
    assert not (site.path / "public").exists()


def test_check_tells_the_address_of_a_file_of_the_content_to_which_a_text_links(press, site):
    site.post("one", '<p><a href="two.html">x</a><a href="../content/two.html#x">y</a><a href="three.html">z</a></p>')

    result = press("check", site.path)

    assert result.stdout == (
        "content/one.html:3: /one/ links to /one/two.html, which is not there\n"
        "  link to the address of that file: /two/\n"
        "content/one.html:3: /one/ links to /content/two.html, which is not there\n"
        "  link to the address of that file: /two/\n"
        "content/one.html:3: /one/ links to /one/three.html, which is not there\n3 problems.\n"
    )


def test_check_finds_a_link_of_a_template_and_one_that_is_no_address(press, site):
    site.write({"templates/post.html": '<a href="/menu/">m</a><a href="http://[x/">b</a>{{ entry.body.html | safe }}'})

    result = press("check", site.path)

    assert result.stdout.startswith("/one/ links to /menu/, which is not there\n")
    assert "links to http://[x/, which is no address\n" in result.stdout
    assert result.exit_code == 1


def test_check_is_content_with_a_site_in_order_and_leaves_no_rubbish(press, site):
    first = press("check", site.path)
    left = sorted((site.path / ".pressframe").rglob("*"))

    second = press("check", site.path)

    assert (first.exit_code, first.stdout) == (second.exit_code, second.stdout) == (0, "All is well.\n")
    assert sorted((site.path / ".pressframe").rglob("*")) == left


def test_check_names_the_menu_where_a_link_comes_from_there(press, site):
    site.write(
        {"templates/post.html": '{% for to in site.settings.menu.values() %}<a href="{{ to }}">x</a>{% endfor %}'}
    )
    site.settings = 'menu = { One = "/one/", Contact = "/contct/" }'
    site.post("one").open()

    result = press("check", site.path)

    assert result.stdout == (
        "pressframe.toml: site.menu.Contact: /one/ links to /contct/, which is not there\n1 problem.\n"
    )


def test_check_counts_no_notes_of_loaders_which_nobody_can_mend_and_each_build_tells(press, site):
    body = "name = 'x'\ndef scan(self): return ()\ndef load(self, source): ...\ndef notes(self): return ['no menu']"
    site.plugin("x", f"{body}\n@hookimpl\ndef register_loaders(self): return [self]").open()

    checked, built = press("check", site.path), press("build", site.path)

    assert (checked.exit_code, checked.stdout) == (0, "All is well.\n")
    assert "note: no menu\n" in built.stderr


@pytest.mark.parametrize(("language", "told"), [("xx", True), ("fr-CA", False), ("en-GB", False)])
def test_check_tells_where_nobody_speaks_the_sites_language_and_counts_no_problem(press, site, caplog, language, told):
    site.settings = f'language = "{language}"'
    site.open()

    result = press("check", site.path)

    assert result.exit_code == 0
    assert (f'language is "{language}", and themes and plugins know but en' in caplog.text) is told


def test_words_of_the_sites_own_make_its_language_known(press, site, caplog):
    site.settings = 'language = "de"'
    site.open()
    site.write({"locale/de/LC_MESSAGES/site.mo": ""})
    (site.path / "locale/de/LC_MESSAGES/site.mo").write_bytes(EMPTY_CATALOGUE)

    press("check", site.path)

    assert "language is" not in caplog.text
