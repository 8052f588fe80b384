"""PRland, as its readers meet it: built at a fixed moment, asked as a stranger and as a subscriber."""

import gc
import re
import subprocess
import sys
import weakref

import pytest

from pressframe import Site
from pressframe_sql import database
from pressframe_testing import Served

from .conftest import NOW

OLD = "/2011/05/ce-que-la-conversation-fait-a-l-entreprise/"
NEW = "/2026/11/ma-revue-de-presse-sans-les-mains/"
SUBSCRIBERS = frozenset({"subscribers"})


@pytest.fixture
def release(prland):
    return Site.open(prland).build(now=NOW)


def _read(release, address: str, audiences: frozenset[str] = frozenset()) -> str:
    return release.find(address, audiences).file.read_text("utf-8")


def test_a_build_with_nothing_to_do_imports_no_engine_no_templates_and_no_database(prland):
    site = Site.open(prland)
    site.build()
    database(site).open()
    database(site).close()
    site.build()
    code = "import sys; from pressframe.cli import main\ntry: main(sys.argv[1:])\nfinally: print(*sys.modules)"

    ran = subprocess.run([sys.executable, "-c", code, "build", prland], check=True, capture_output=True, text=True)

    assert "nothing changed" in ran.stdout
    assert (prland / "data" / "site.sqlite").is_file()
    assert not {"jinja2", "sqlalchemy", "pyromark", "msgspec", "nh3"} & set(ran.stdout.split())


def test_there_are_posts_over_several_years_and_pages(release):
    view = release.view()

    assert view.size() >= 15
    assert len(view.groups("year")) >= 5
    assert {card.title for card in view.latest(kind="page", count=10)} >= {"À propos"}


def test_under_the_closed_post_stands_the_conversation_of_its_readers(release):
    text = _read(release, OLD)
    title = release.view().page(OLD).title

    assert f"13 réponses sur «\u00a0{title}\u00a0»" in text
    assert len(re.findall(r'<li id="comment-\d+" class="comment ', text)) == 11
    assert len(re.findall(r'<li id="comment-\d+" class="pingback"', text)) == 2
    assert "Laisser un commentaire" in text


def test_the_closed_post_ends_at_the_gate(release):
    text = _read(release, OLD)

    assert "En savoir plus sur PRland" in text
    assert "Abonnez-vous pour poursuivre la lecture et avoir accès à l’ensemble des archives." in text
    assert re.search(r'<form class="gate-form".*?<input[^>]*type="email"', text, re.DOTALL)
    assert text.count("<h2 id=") < _read(release, OLD, SUBSCRIBERS).count("<h2 id=")


def test_subscribers_get_it_whole_with_its_presentation_and_no_gate(release):
    text = _read(release, OLD, SUBSCRIBERS)

    assert 'class="gate"' not in text
    (frame,) = re.findall(r'<iframe[^>]* src="([^"]+)"[^>]* title="Présentation ', text)
    assert release.find(frame, frozenset()).media_type == "text/html"
    assert "<iframe" not in _read(release, OLD)
    assert len(re.findall(r"<h2[^>]*>– ", text)) == 5


def test_comments_keep_their_lists_quotes_and_smileys(release):
    comments = re.search(r'<ol class="comment-list">.*', _read(release, OLD), re.DOTALL)[0]

    assert re.search(r"<ol>\s*<li>.*?</li>\s*<li>", comments, re.DOTALL)
    assert "<blockquote>" in comments
    assert "&gt; mais" in comments or "&gt; le" in comments
    assert re.search("[🙂😉😀]", comments)
    assert " ^^" in comments
    assert ":))" in comments


def test_plurals_and_dates_are_french(release):
    single = next(card for card in release.view().latest(count=100) if card.comments == 1)

    assert "Une réponse sur «\u00a0" in _read(release, single.address)
    assert re.search(r"\d+ novembre 2026", _read(release, NEW))
    assert not re.search(r"\b(January|November|on “|replies|Reply)\b", _read(release, NEW))


def test_an_open_post_has_the_reminder_and_a_way_on(release):
    text = _read(release, NEW)

    assert re.search(r'<aside[^>]*class="reminder"', text)
    assert "Continuer la lecture" in text
    assert "Laisser un commentaire" in text


@pytest.mark.parametrize("address", ["/a-propos/", "/contact/", "/mentions-legales/"])
def test_pages_ask_for_no_comments(release, address):
    text = _read(release, address)

    assert "<h1" in text
    assert 'id="comments"' not in text
    assert "comment" not in "".join(re.findall(r"<script[^>]*>", text))


def test_what_turns_old_is_closed_at_that_moment(prland):
    site = Site.open(prland)
    release = site.build(now=NOW)
    assert NEW not in release.gated

    later = site.build(
        now=release.view().card("posts/2026/ma-revue-de-presse-sans-les-mains").published.replace(year=2027)
    )

    assert release.until is not None
    assert NEW in later.gated


def test_no_page_asks_anybody_else_for_anything(release):
    for stored in release.files.values():
        if stored.media_type == "text/html":
            text = stored.file.read_text("utf-8")
            loaded = re.findall(r'<(?:script|img|iframe|source|audio|video)\b[^>]*\ssrc="(https?:[^"]*)"', text)
            loaded += re.findall(r'<link[^>]*rel="(?:stylesheet|preload|icon)"[^>]*href="(https?:[^"]*)"', text)
            assert [url for url in loaded if not url.startswith("http://localhost:8000/")] == []


def test_nothing_is_left_to_mend(prland):
    from pressframe_press import check

    assert check(Site.open(prland)) == []


def test_a_server_that_has_ended_leaves_nothing_in_memory(prland, clock):
    """Whoever serves one site after another, as tests do, would keep all of them."""
    served = Served.of(prland, clock)
    served.visitor.get(NEW)
    served.visitor.get(OLD)
    served.close()
    app, site = weakref.ref(served.app), weakref.ref(served.app.site)
    del served

    gc.collect()

    assert app() is None
    assert site() is None
