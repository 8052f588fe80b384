"""Dates and texts in the site's language and by the site's clock."""

import struct
from datetime import UTC, datetime

import pytest

from pressframe import TemplateError

MAY = datetime(2011, 5, 9, 8, 5, 7, tzinfo=UTC)


def catalogue(messages):
    """Return *messages* as gettext reads them from a compiled file."""
    messages = {"": "Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=2; plural=(n > 1);\n", **messages}
    keys, values = ([text.encode() for text in texts] for texts in zip(*sorted(messages.items()), strict=True))
    start, count = 28, len(keys)
    place = start + 16 * count
    tables = b""
    for text in (*keys, *values):
        tables += struct.pack("<II", len(text), place)
        place += len(text) + 1
    head = struct.pack("<IIIIIII", 0x950412DE, 0, count, start, start + 8 * count, 0, 0)
    return head + tables + b"".join(text + b"\0" for text in (*keys, *values))


def printed(paper, template, *, language="en", timezone="UTC", published=MAY, name="post.html"):
    """Return what *template* prints on the page of an entry published at *published*."""
    paper.settings = f'language = "{language}"\ntimezone = "{timezone}"'
    paper.write({f"templates/{name}": template}).post("one", published=published).build()
    return paper.text("/one/")


DATES = {
    "long": ("May 9, 2011", "9 mai 2011"),
    "short": ("05/09/2011", "09/05/2011"),
    "month": ("May 2011", "mai 2011"),
    "time": ("8:05", "8\u00a0h\u00a005"),
    "datetime": ("May 9, 2011 at 8:05", "9 mai 2011 à 8\u00a0h\u00a005"),
    "iso": ("2011-05-09T08:05:07+00:00", "2011-05-09T08:05:07+00:00"),
    "rfc822": ("Mon, 09 May 2011 08:05:07 +0000", "Mon, 09 May 2011 08:05:07 +0000"),
}


@pytest.mark.parametrize("style", DATES)
def test_each_style_of_date_is_written_in_the_site_s_language(paper, style):
    english, french = DATES[style]
    template = f"{{{{ entry.published | date('{style}') }}}}"

    assert printed(paper, template) == english
    assert printed(paper, template, language="fr") == french
    assert printed(paper, template, language="fr-CA") == french


def test_the_long_style_is_the_one_meant_where_none_is_named(paper):
    assert printed(paper, "{{ entry.published | date }}") == "May 9, 2011"


@pytest.mark.parametrize(("day", "french"), [(1, "1er mai 2011"), (2, "2 mai 2011"), (11, "11 mai 2011")])
def test_the_first_of_a_month_is_written_1er_in_french(paper, day, french):
    assert printed(paper, "{{ entry.published | date }}", language="fr", published=MAY.replace(day=day)) == french


def test_the_first_of_a_month_is_a_1_in_english(paper):
    assert printed(paper, "{{ entry.published | date }}", published=MAY.replace(day=1)) == "May 1, 2011"


def test_every_month_has_its_french_name(paper):
    template = "{% for m in range(1, 13) %}{{ entry.published.replace(month=m) | date('month') }} {% endfor %}"

    names = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
    assert printed(paper, template, language="fr").replace(" 2011", "").strip() == names


def test_dates_are_those_of_the_site_s_own_clock(paper):
    eve = datetime(2011, 12, 31, 23, 30, tzinfo=UTC)
    template = "{{ entry.published | date('datetime') }}|{{ entry.published | date('iso') }}"

    shown = printed(paper, template, language="fr", timezone="Europe/Paris", published=eve)

    assert shown == "1er janvier 2012 à 0\u00a0h\u00a030|2012-01-01T00:30:00+01:00"


@pytest.fixture
def spoken(paper):
    """Return a site in French with catalogues of the plugins ``early`` and ``late``, and its own."""
    for name, word in {"early": "Salut", "late": "Bonjour"}.items():
        paper.plugin(name, f"@hookimpl\ndef register_translations(self): yield Path(__file__).parent / '{name}'")
        messages = {"Hello": word, f"Only {name}": f"Que {name}"}
        paper.write({f"plugins/{name}/fr/LC_MESSAGES/{name}.mo": catalogue(messages)})
    return paper


def test_a_later_plugin_s_words_win_over_an_earlier_one_s_and_the_site_s_over_all(spoken):
    template = "{{ _('Hello') }} {{ _('Only early') }} {{ _('Only late') }} {{ _('Unknown') }}"
    assert printed(spoken, template, language="fr") == "Bonjour Que early Que late Unknown"

    spoken.write({"locale/fr/LC_MESSAGES/site.mo": catalogue({"Hello": "Coucou", "January": "janv."})})

    assert printed(spoken, template, language="fr") == "Coucou Que early Que late Unknown"
    january = "{{ entry.published.replace(month=1) | date }}"
    assert printed(spoken, january, language="fr") == "9 janv. 2011"


def test_what_is_said_for_a_region_wins_over_what_is_said_for_its_language(spoken):
    spoken.write({"plugins/early/fr_CA/LC_MESSAGES/early.mo": catalogue({"Hello": "Allo"})})
    template = "{{ _('Hello') }} {{ _('Only late') }}"

    assert printed(spoken, template.replace("Hello", "Only early"), language="fr-CA") == "Que early Que late"
    assert printed(spoken, template, language="fr") == "Bonjour Que late"
    assert printed(spoken, template, language="de") == "Hello Only late"


def test_plurals_and_contexts_are_translated(paper):
    messages = {
        "%(num)s day\0%(num)s days": "%(num)s jour\0%(num)s jours", "verb\x04Open": "Ouvrir", "Open": "Ouvert",
    }  # fmt: skip
    paper.write({"locale/fr/LC_MESSAGES/site.mo": catalogue(messages)})
    day = "ngettext('%(num)s day', '%(num)s days', {})"
    template = (
        f"{{{{ {day.format(0)} }}}} {{{{ {day.format(2)} }}}} {{{{ pgettext('verb', 'Open') }}}} {{{{ _('Open') }}}}"
    )

    assert printed(paper, template, language="fr") == "0 jour 2 jours Ouvrir Ouvert"
    assert printed(paper, template) == "0 days 2 days Open Open"


def test_what_is_put_into_a_translation_is_escaped_and_the_translation_itself_is_not(paper):
    """Threat 26."""
    paper.write({"locale/fr/LC_MESSAGES/site.mo": catalogue({"%(name)s says": "<b>%(name)s</b> dit"})})
    template = "{{ _('%(name)s says', name='<i>') }}"

    assert printed(paper, template, language="fr") == "<b>&lt;i&gt;</b> dit"
    page = "@hookimpl\ndef register_pages(self): yield Page(address='/a.txt', template='a.txt')"
    paper.plugin("x", page).write({"templates/a.txt": template}).build()
    assert paper.text("/a.txt") == "<b><i></b> dit"


@pytest.mark.parametrize("content", [b"", b"junk that is no catalogue", catalogue({"a": "b"})[:60]])
def test_a_catalogue_that_cannot_be_read_is_named(paper, content):
    paper.settings = 'language = "fr"'
    paper.write({"locale/fr/LC_MESSAGES/site.mo": content})

    assert paper.post("one").fails(TemplateError).startswith(f"{paper.path}/locale/fr/LC_MESSAGES/site.mo: not a comp")
