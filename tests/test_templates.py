"""Templates: which copy wins, what they get, and errors that name the template, its line and the page."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from jinja2 import FileSystemLoader

from pressframe import Page, PluginError, TemplateError


@pytest.fixture
def themed(paper):
    """Return a site with two plugins that bring templates, ``early`` and ``late``, and a post."""
    for name in ("early", "late"):
        paper.plugin(name, f"@hookimpl\ndef register_templates(self): yield Path(__file__).parent / '{name}'")
    return paper.post("one", "<p>Text.</p>", title="One & all")


def test_the_site_s_own_template_wins_then_a_later_plugin_s_then_an_earlier_one_s(themed):
    themed.write({f"plugins/{name}/post.html": name for name in ("early", "late")})

    themed.write({"templates/post.html": "own"}).build()
    assert themed.text("/one/") == "own"

    (themed.path / "templates" / "post.html").unlink()
    themed.build()
    assert themed.text("/one/") == "late"

    (themed.path / "plugins" / "late" / "post.html").unlink()
    themed.build()
    assert themed.text("/one/") == "early"


def test_a_plugin_s_own_copy_can_be_named_whoever_overrides_it(themed):
    themed.write(
        {
            "plugins/early/post.html": "<{% block main %}early{% endblock %}>",
            "plugins/late/post.html": '{% extends "early:post.html" %}{% block main %}late {{ super() }}{% endblock %}',
            "templates/post.html": '{% extends "late:post.html" %}{% block main %}own {{ super() }}{% endblock %}',
        }
    ).build()

    assert themed.text("/one/") == "<own late early>"


def test_a_template_gets_the_page_the_site_the_entry_and_the_page_s_data_by_name(paper):
    paper.plugin(
        "x", "@hookimpl\ndef register_pages(self): yield Page(address='/n/', template='n.txt', data={'n': [1, 2]})"
    )
    text = "{{ page.address }} {{ site.settings.title }} {{ entry is none }} {{ n[1] }}"

    paper.write({"templates/n.txt": text}).build()

    assert paper.text("/n/") == "/n/ Paper True 2"


def test_a_page_s_data_cannot_hide_the_entry_or_the_site(themed):
    page = "Page(address='/n/', template='n.txt', subject='one', data={'entry': 'x', 'site': 'y', 'page': 'z'})"
    themed.plugin("x", f"@hookimpl\ndef register_pages(self): yield {page}")

    themed.write({"templates/n.txt": "{{ entry.id }} {{ site.size() }} {{ page.address }}"}).build()

    assert themed.text("/n/") == "one 1 /n/"


SLOTS = """
@hookimpl
def register_blocks(self, slot, page, site):
    if slot == "after_entry":
        yield Block(template="block.html", data={"who": "NAME <b>", "title": page.title})
"""


def test_a_slot_holds_the_blocks_of_all_plugins_in_their_order_with_data_of_their_own(themed):
    for name in ("b", "a"):
        themed.plugin(name, SLOTS.replace("NAME", name))
    themed.write({"templates/block.html": "{{ who }} on {{ title }} of {{ entry.id }} at {{ page.address }}"})

    themed.write({"templates/post.html": "[{{ slot('after_entry') }}][{{ slot('head') }}]"}).build()

    lines = "b &lt;b&gt; on One &amp; all of one at /one/\na &lt;b&gt; on One &amp; all of one at /one/"
    assert themed.text("/one/") == f"[{lines}][]"


def test_a_block_may_hold_slots_of_its_own(themed):
    themed.plugin("x", SLOTS).write({"templates/block.html": "<{{ slot('aside') }}>"})

    themed.write({"templates/post.html": "{{ slot('after_entry') }}"}).build()

    assert themed.text("/one/") == "<>"


@pytest.mark.parametrize(
    ("name", "said"),
    [("a.html", "&lt;&amp;"), ("a.xml", "&lt;&amp;"), ("a.svg", "&lt;&amp;"), ("a.txt", "<&"), ("a.css", "<&")],
)
def test_what_templates_print_is_escaped_where_the_format_needs_it(paper, name, said):
    """Threats 25, 26."""
    page = f"Page(address='/{name}', template='{name}', data={{'text': '<&', 'code': '{{{{ 7 * 7 }}}}'}})"
    paper.plugin("x", f"@hookimpl\ndef register_pages(self): yield {page}")

    paper.write({f"templates/{name}": "{{ text }} {{ code }}"}).build()

    assert paper.text(f"/{name}") == f"{said} {{{{ 7 * 7 }}}}"


@pytest.mark.parametrize(("letter", "said"), [*zip("<>&\"'", ("lt", "gt", "amp", "#34", "#39"), strict=True)])
def test_each_letter_of_markup_is_escaped_without_any_other_beside_it(paper, letter, said):
    """Threats 25, 26: as in ``<script src=x`` or in an attribute that ends early."""
    page = f"Page(address='/a/', template='a.html', data={{'text': {letter!r} + 'b'}})"
    paper.plugin("x", f"@hookimpl\ndef register_pages(self): yield {page}")

    paper.write({"templates/a.html": "{{ text }}"}).build()

    assert paper.text("/a/") == f"&{said};b"


def test_the_title_of_an_entry_is_text_and_its_body_the_owner_s_html(themed):
    themed.build()

    assert "<title>One &amp; all</title>" in themed.text("/one/")
    assert "<p>Text.</p>" in themed.text("/one/")


WRONG = {
    "an unknown name": ("a\n{{ nmae }}", "templates/post.html:2: 'nmae' is undefined, while rendering /one/"),
    "an unknown attribute": ("{{ entry.titel }}", "templates/post.html:1: 'pressframe.model.content.Entry object' has"),
    "bad syntax": (
        "\n\n{% if %}",
        "templates/post.html:3: Expected an expression, got 'end of statement block', while",
    ),
    "an open block": ("{% block main %}", "templates/post.html:1: Unexpected end of template."),
    "an unknown filter": ("{{ page | nope }}", "templates/post.html:1: No filter named 'nope', while rendering /one/"),
    "an error of Python": ("\n{{ 1 / 0 }}", "templates/post.html:2: ZeroDivisionError: division by zero, while render"),
    "an unknown asset": (
        "{{ asset('/x.css') }}",
        "templates/post.html:1: LookupError: there is no asset /x.css, while",
    ),
    "an unknown style": (
        "{{ entry.published | date('x') }}",
        "templates/post.html:1: ValueError: date knows no style 'x'",
    ),
    "no date": ("{{ entry.updated | date }}", "templates/post.html:1: AttributeError: 'NoneType' object has no"),
    "a missing parent": (
        "\n{% extends 'nope.html' %}",
        "templates/post.html:2: there is no template nope.html, needed for /one/ (content/one.html)\n  enable a theme",
    ),
    "a missing part": (
        "\n\n{% include 'nope.html' %}",
        "templates/post.html:3: there is no template nope.html, needed for /one/ (content/one.html)\n  enable a theme",
    ),
    "itself for a parent": ("{% extends 'post.html' %}", "templates/post.html"),
    "a broken neighbour": (
        "{% include 'two.html' %}",
        "templates/two.html:2: 'nope' is undefined, while rendering /one/ (content/one.html)",
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_template_that_fails_is_named_with_its_line_and_the_page(themed, what):
    text, said = WRONG[what]
    themed.write({"templates/post.html": text, "templates/two.html": "\n{{ nope }}"})

    assert themed.fails(TemplateError).startswith(said)
    assert not (themed.path / "public").exists()


def test_a_template_that_is_no_text_is_named_with_its_line(themed):
    themed.write({"templates/post.html": "a"})
    (themed.path / "templates" / "post.html").write_bytes(b"a\n\xff")

    assert themed.fails(TemplateError).startswith("templates/post.html:2: not UTF-8 text, needed for /one/")


PART = """
{{ part("shared.html", name=page.title) }}{{ part("shared.html", name="other") }}{{ part("shared.html", name="other") }}
"""


def test_a_part_knows_the_site_and_what_it_is_given_and_nothing_else(themed):
    themed.write({"templates/post.html": PART, "templates/shared.html": "[{{ name }} {{ site.settings.language }}]"})

    themed.build()

    assert themed.text("/one/").strip() == "[One &amp; all en][other en][other en]"
    themed.write({"templates/shared.html": "{{ entry.title }}"})
    assert "'entry' is undefined" in themed.fails(TemplateError)


def test_a_part_is_made_once_for_what_is_told_apart_by_the_same(themed):
    post = "".join(
        f"{{{{ part('shared.html', by={by}, name='{name}') }}}}" for by, name in ((1, "a"), (1, "b"), (2, "c"))
    )
    themed.write({"templates/post.html": post, "templates/shared.html": "[{{ name }}]"})

    themed.build()

    assert themed.text("/one/").strip() == "[a][a][c]"


def test_a_page_follows_what_its_parts_look_at(themed):
    themed.write({"templates/post.html": PART, "templates/shared.html": "{{ site.size() }} {{ name }}\n"})
    themed.build()
    before = themed.text("/one/")

    themed.post("two")
    themed.build()

    assert "1 other" in before
    assert "2 other" in themed.text("/one/")
    assert "2 other" in themed.text("/two/")


def test_a_block_that_fails_is_named_with_its_own_template(themed):
    themed.plugin("x", SLOTS).write({"plugins/late/block.html": "a\nb\n{{ nope }}"})

    assert (
        themed.fails(TemplateError)
        == "plugins/late/block.html:3: 'nope' is undefined, while rendering /one/ (content/one.html)"
    )


def test_a_page_without_a_theme_says_what_to_do(bare):
    page = "@hookimpl\ndef register_pages(self): yield Page(address='/', template='list.html')"

    assert bare.plugin("x", page).fails(TemplateError) == (
        "there is no template list.html, needed for /\n  enable a theme, or write it in the site's folder templates/"
    )


def test_a_template_that_is_not_text_is_named(themed):
    themed.write({"templates/post.html": b"\xff\xfe"})

    assert "post.html" in themed.fails(TemplateError)


def test_filters_of_plugins_are_for_all_templates(themed):
    themed.plugin("x", "@hookimpl\ndef register_filters(self): return {'twice': lambda text: text * 2}")

    themed.write({"templates/post.html": "{{ entry.id | twice }}"}).build()

    assert themed.text("/one/") == "oneone"


@pytest.mark.parametrize(("name", "first"), [("twice", '"a"'), ("date", "the core"), ("upper", "the core")])
def test_two_filters_of_one_name_are_an_error_that_names_both(themed, name, first):
    hook = f"@hookimpl\ndef register_filters(self): return {{'{name}': str}}"
    themed.plugin("a", hook)
    if name == "twice":
        themed.plugin("b", hook)

    second = "b" if name == "twice" else "a"
    assert themed.fails(PluginError) == f'"{second}" and {first} both bring a template filter called {name}'


def test_an_asset_s_address_changes_with_its_bytes_and_a_page_s_does_not(themed):
    page = "Page(address='/made.css', template='made.css', media_type='text/css')"
    themed.plugin("x", f"@hookimpl\ndef register_pages(self): yield {page}")
    themed.write({"templates/post.html": "{{ asset('/a.css') }} {{ asset('/made.css') }}", "templates/made.css": "b{}"})
    themed.write({"static/a.css": "one"}).build()
    first, made = themed.text("/one/").split()

    themed.write({"static/a.css": "two"}).build()
    second, _ = themed.text("/one/").split()

    assert [address.split("?v=")[0] for address in (first, second, made)] == ["/a.css", "/a.css", "/made.css"]
    assert len({first, second}) == 2
    assert "?" not in made


def test_an_absolute_address_starts_with_the_site_s(themed):
    themed.write({"templates/post.html": "{{ page.address | absolute }}"}).build()

    assert themed.text("/one/") == "https://paper.example/one/"


def test_a_template_changes_what_is_built_next(themed):
    themed.write({"templates/post.html": "one"}).build()

    themed.write({"templates/post.html": "two"}).build()

    assert themed.text("/one/") == "two"


@pytest.mark.parametrize("how", ["cut", "emptied", "gone"])
def test_compiled_templates_that_are_spoilt_do_no_harm(themed, how):
    themed.write({"templates/post.html": "{{ entry.id }}"}).build()
    compiled = [file for file in (themed.path / ".pressframe" / "templates").rglob("*") if file.is_file()]
    assert compiled
    for file in compiled:
        file.unlink() if how == "gone" else file.write_bytes(b"" if how == "emptied" else file.read_bytes()[:-40])
    (themed.path / "public" / "one" / "index.html").unlink()

    themed.build()

    assert themed.text("/one/") == "one"


def test_two_threads_that_look_for_a_template_first_both_find_it(themed, monkeypatch):
    """A live server renders in several threads: who comes while another one is reading must not find nothing."""
    for folder in ("early", "late"):
        themed.write({f"plugins/{folder}/post.html": "post"})
    view = themed.write({"templates/live.html": "here"}).build().view(frozenset())
    page = Page(address="/live/", template="live.html")
    both, read = threading.Barrier(2, timeout=60), FileSystemLoader.get_source

    def read_together(*arguments):
        both.wait()
        return read(*arguments)

    monkeypatch.setattr(FileSystemLoader, "get_source", read_together)
    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(lambda _: view.render(page).body, range(2)))

    assert answers == [b"here", b"here"]
