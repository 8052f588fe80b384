"""What a closed page tells of the part that it does not hold."""

import re

import pytest

from .conftest import LIVE, NEW, OLD

LONG = f"""
== content/long.md ==
---
title: Long
date: 2012-01-02
slug: long
---
Le début.

<!--more-->

{"canari " * 200}

## Titre canari

{"canari " * 100}

### Sous-titre canari

## Autre canari

Fin canari.
"""
ADDRESS = "/2012/01/long/"


def told(page: str) -> str:
    """Return what the closed page says of the rest, as plain text."""
    found = re.search(r'<section class="gate-rest".*?</section>', page, re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", found[0])).strip() if found else ""


@pytest.mark.parametrize(
    ("language", "size"),
    [
        ("en", "Still to come: 2 sections, about 300 words, 1 minute to read."),
        ("fr", "À suivre : 2 parties, environ 300 mots, 1 minute de lecture."),
    ],
)
def test_it_says_how_large_the_rest_is(blog, language, size):
    page = blog(more=LONG, language=language).build().read(ADDRESS)

    assert size in told(page).replace("\xa0", " ")


def test_no_word_and_no_heading_of_the_rest_is_told(blog):
    """Threats 1, 4: nothing but round numbers leaves."""
    built = blog(more=LONG).build()

    assert [path for path, text in built.files.items() if "canari" in text.lower()] == []
    assert [path for path, text in built.files.items() if "<!--rest" in text] == []


def test_a_word_more_in_what_is_withheld_changes_no_byte(blog):
    """Threat 16."""
    site = blog(more=LONG)
    before = site.build().files
    site.edit("content/long.md", LONG.partition("==\n")[2].replace("Fin canari", "Fin canari canari canari"))

    built = site.build()

    assert "Fin canari canari canari." in built.read(ADDRESS, "subscribers")
    assert [path for path, text in built.files.items() if text != before[path]] == []


def test_its_size_is_left_out_where_the_owner_wants_that(blog):
    page = blog('archive_after = "30 days"\ntell_rest = false', more=LONG).build().read(ADDRESS)

    assert told(page) == "La suite de ce texte Elle n’est pas publique."
    assert "Le début." in page


def test_an_open_page_and_that_for_readers_tell_nothing_of_it(blog):
    built = blog(more=LONG).build()

    assert told(built.read(ADDRESS, "subscribers")) == ""
    assert told(built.read(NEW)) == ""
    assert "rest:" not in built.read(ADDRESS, "subscribers")


AUDIENCES = """archive_after = "30 days"
[plugins.gates.audiences.subscribers]
name = "les abonnés"
gives = ["Toutes les archives & le reste.", "Une lettre par semaine."]
join = "/members/subscribe"
"""


def test_it_says_whom_it_is_for_what_they_get_and_where_one_joins(blog):
    page = blog(AUDIENCES).build().read(OLD)

    assert "C’est pour les abonnés." in told(page)
    assert "Toutes les archives &amp; le reste." in page
    assert '<a class="button" href="/members/subscribe">' in page


def test_it_says_when_it_opens_for_everybody(blog):
    page = blog('rules = [{ until = "7 days" }]').build().read(NEW)

    assert "Ouvert à tous le 27 novembre 2026." in told(page)


def test_it_promises_no_opening_that_another_rule_prevents(blog):
    page = blog('rules = [{ until = "7 days" }, { tag = "presse" }]').build().read(NEW)

    assert "27 novembre" not in told(page)


def test_on_a_static_host_it_leads_to_where_the_site_is_live(blog):
    site = blog(plugins=LIVE)
    site.edit("pressframe.toml", site.read("pressframe.toml") + '[plugins.web]\nlive = "https://live.example"\n')

    page = site.build().read(OLD)

    assert f'<a class="button" href="https://live.example{OLD}">' in page
    assert "/members/subscribe" not in page.partition("<main")[2].partition("</main>")[0]  # which is nowhere there


@pytest.mark.parametrize("live", ["", "https://prland.example"])
def test_where_the_site_itself_is_live_it_leads_nowhere_else(blog, live):
    site = blog(plugins=LIVE)
    site.edit("pressframe.toml", site.read("pressframe.toml") + f'[plugins.web]\nlive = "{live}"\n')

    assert "Lire la suite" not in told(site.build().read(OLD))


@pytest.mark.parametrize("live", ["live.example", "https://live.example/path", "ftp://live.example"])
def test_a_live_address_that_is_none_is_one_clear_error(blog, live):
    site = blog(plugins=LIVE)
    site.edit("pressframe.toml", site.read("pressframe.toml") + f'[plugins.web]\nlive = "{live}"\n')

    assert "live must be https:// or http:// with a host and no path" in str(site.build().error)


def test_search_engines_are_told_what_is_closed(blog):
    built = blog(more=LONG).build()

    closed, whole, free = built.read(ADDRESS), built.read(ADDRESS, "subscribers"), built.read(NEW)

    assert '"isAccessibleForFree": false' in closed
    assert '"cssSelector": ".gate-rest"' in closed
    assert '"isAccessibleForFree": false' in whole
    assert '"hasPart"' not in whole
    assert '"isAccessibleForFree": true' in free
    assert '"hasPart"' not in free
