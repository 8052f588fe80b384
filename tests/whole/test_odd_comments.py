"""Odd comments, sent to a server of its own over real connections: the answer, then page, feeds and moderation.

Each row is a case in which other systems differ; what becomes of a comment there is looked at from all sides.
"""

import contextlib
import html
import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from time import monotonic, sleep

import pytest

from pressframe_testing import Clock, Reply, TestSite, Visitor

from .asked import action, fields, make_owner, seen

TODAY = datetime.now(UTC) - timedelta(days=1)
"""When posts were published: the server goes by the real clock."""
SITE = """
== pressframe.toml ==
[site]
title = "PRland"
language = "fr"
plugins = [
    "markdown", "sql", "web", "admin", "comments", "moderation", "gates", "members", "archives",
    "feeds", "journal",
]
[plugins.comments]
flood_limit = 0
flood_limit_site = 0
max_links = 2
blocked = ["casin*"]
blocked_as = "spam"
"""
ENTRY = """
== content/{slug}.md ==
---
title: Billet {slug}
date: {date}
{more}
---
Un texte public.

<!--more-->

Une suite.
"""
ENTRIES = {
    "ouvert": "",
    "autre": "",
    "clos": "comments: false",
    "reserve": "audience: subscribers",
    "brouillon": "draft: true",
}
TYPED = {"author": "Zoé", "email": "zoe@example.org", "url": "https://zoe.example/"}


def address_of(slug: str) -> str:
    return f"/{TODAY:%Y/%m}/{slug}/"


class Talk:
    """The site being served: readers who send comments, and everything where one could be seen."""

    def __init__(self, site: TestSite) -> None:
        self.site = site
        self.process = site.start()
        self.owner = make_owner(site, self.process)

    def browser(self) -> Visitor:
        return self.process.browser()

    def send(self, text: str, *, entry: str = "ouvert", browser: Visitor | None = None, **more: str) -> Reply:
        return (browser or self.browser()).post(f"/comments/{entry}", {**TYPED, "comment": text, **more})

    def queue(self, word: str, *, state: str = "all") -> list[str]:
        """Return what the moderation screen has of each comment that says *word*."""
        page = self.owner.get(f"/admin/comments/?state={state}&q={word}").text
        return re.findall(r'<article class="panel one.*?</article>', page, re.DOTALL)

    def places(self, word: str, slug: str = "ouvert") -> set[str]:
        """Return where strangers find *word*."""
        addresses = {address_of(slug): "page", "/": "home"}
        addresses |= {f"{address_of(slug)}comments.{kind}": f"its {kind}" for kind in ("xml", "rss")}
        addresses |= {f"/comments.{kind}": f"all {kind}" for kind in ("xml", "rss", "json")}
        return {place for address, place in addresses.items() if word in self.browser().get(address).text}

    def comes_to(self, word: str, places: set[str]) -> bool:
        """Tell whether *word* is in just these *places* within 30 s: pages follow comments a moment later."""
        end = monotonic() + 30
        while (found := self.places(word)) != places and monotonic() < end:
            sleep(0.1)
        return found == places

    def approve(self, word: str) -> str:
        (card,) = self.queue(word)
        id, version = re.findall(r'value="approve (\S+) (\d+)"', card)[0]
        assert self.owner.send("/admin/comments/act", {"do": f"approve {id} {version}"}).status == 303
        return id


EVERYWHERE = {"page", "its xml", "its rss", "all xml", "all rss", "all json"}


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Talk]:
    made = [ENTRY.format(slug=slug, date=f"{TODAY:%Y-%m-%d}", more=more) for slug, more in ENTRIES.items()]
    made.append(ENTRY.format(slug="plus-tard", date=f"{TODAY + timedelta(days=9):%Y-%m-%d}", more=""))
    with contextlib.ExitStack() as closing:
        folder = tmp_path_factory.mktemp("talk")
        yield Talk(TestSite.of_text(SITE + "".join(made), folder, clock=Clock(), closing=closing))


# --------------------------------------------------------------------------------------------------- refused

LONG = "é" * 65_526
REFUSED = {
    "no text": ({"comment": ""}, 422, "veuillez saisir votre commentaire"),
    "no name": ({"author": " "}, 422, "veuillez saisir votre nom"),
    "no address": ({"email": ""}, 422, "veuillez saisir votre adresse e-mail"),
    "an address that is none": ({"email": "zoe@"}, 422, "veuillez saisir une adresse e-mail valide"),
    "a name too long": ({"author": "é" * 246}, 422, "votre nom est trop long (245 caractères au plus)"),
    "an address too long": ({"email": "é" * 90 + "@example.org"}, 422, "adresse e-mail est trop longue (100 car"),
    "a site too long": (
        {"url": "https://e.org/" + "é" * 187},
        422,
        "votre URL est trop longue (200 caractères",
    ),
    "a text too long": ({"comment": LONG}, 422, "commentaire est trop long (65\xa0525 caractères au plus)"),
    "an answer to nothing": ({"comment_parent": "c999999"}, 422, "commentaire auquel vous répondez n’est plus là"),
    "an answer to what stands elsewhere": ({"comment_parent": "ELSEWHERE"}, 422, "auquel vous répondez n’est plus"),
    "an answer to what waits": ({"comment_parent": "WAITING"}, 422, "auquel vous répondez n’est plus là"),
    "a post that never was": ({"entry": "jamais"}, 404, ""),
    "a draft": ({"entry": "brouillon"}, 404, ""),
    "a post of tomorrow": ({"entry": "plus-tard"}, 404, ""),
    "a reserved post": ({"entry": "reserve"}, 403, "Votre texte n’a pas pu être envoyé"),
    "a closed post": ({"entry": "clos"}, 403, "Les commentaires sont fermés"),
}


@pytest.fixture(scope="module")
def others(talk: Talk) -> dict[str, str]:
    """Return the ids of a comment under another post, and of one that waits."""
    talk.send("Sous-un-autre-billet.", entry="autre")
    talk.send("Qui-attend-encore.")
    waits = re.findall(r'id="(c\d+)" data-comment', talk.queue("Qui-attend-encore")[0])
    return {"ELSEWHERE": talk.approve("Sous-un-autre-billet"), "WAITING": waits[0]}


@pytest.mark.parametrize("row", REFUSED)
def test_what_cannot_be_taken_is_refused_with_its_reason_and_kept_nowhere_but_in_the_form(talk, others, row):
    changed, status, said = REFUSED[row]
    word = f"refus-{list(REFUSED).index(row)}-x"
    form = {**TYPED, "comment": f"Un <b>mot</b> {word}", **changed}
    form = {name: others.get(text, text) for name, text in form.items()}

    answer = talk.send(form["comment"], **{name: text for name, text in form.items() if name != "comment"})

    assert answer.status == status
    assert said in seen(answer)
    if status == 422:
        kept = {name: fields(answer)[name] for name in ("author", "email", "url", "comment")}
        assert kept == {name: form[name].strip() for name in kept}
    elif status == 403:
        assert html.escape(form["comment"]) + "</textarea>" in answer.text
    if changed.get("comment") is None:
        assert talk.queue(word) == []
        assert talk.places(word, "autre" if row == "an answer to what stands elsewhere" else "ouvert") == set()
    else:
        assert not [one for one in talk.queue("") if "é" * 100 in one]


ELSEWHERE = {
    "another origin": {"origin": "https://evil.example"},
    "another origin that browsers name": {"origin": "https://evil.example", "sec-fetch-site": "cross-site"},
    "another site": {"sec-fetch-site": "cross-site"},
    "a sub-domain": {"sec-fetch-site": "same-site"},
    "an origin that is hidden": {"origin": "null", "sec-fetch-site": "cross-site"},
    "a text": {"content-type": "text/plain"},
    "JSON": {"content-type": "application/json"},
}


@pytest.mark.parametrize("row", ELSEWHERE)
def test_another_sites_form_stores_nothing_even_from_a_browser_that_is_known(talk, row):
    """Threat 40."""
    known, headers = talk.browser(), ELSEWHERE[row]
    word = f"ailleurs-{list(ELSEWHERE).index(row)}-x"
    talk.send(f"Premier {word}.", browser=known)
    talk.approve(word)

    answer = known.post("/comments/ouvert", {**TYPED, "comment": f"Second {word}."}, headers=headers)

    assert answer.status in (403, 415)
    assert len(talk.queue(word)) == 1


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE"])
def test_the_address_of_the_form_takes_forms_alone(talk, method):
    answer = talk.browser().get("/comments/ouvert", method=method)

    assert (answer.status, answer.headers["allow"]) == (405, "POST")


# ---------------------------------------------------------------------------------------------------- the form

FIELDS = {
    "the text": ('<textarea id="comment"', ["required", 'aria-describedby="comment-help"'], "Commentaire *"),
    "the name": ('<input id="author"', ['maxlength="245"', 'autocomplete="name"', "required"], "Nom *"),
    "the address": (
        '<input id="email"',
        ['type="email"', 'maxlength="100"', 'autocomplete="email"', "required", 'aria-describedby="email-notes"'],
        "E-mail *",
    ),
    "the site": ('<input id="url"', ['maxlength="200"', 'autocomplete="url"'], "Site web"),
    "the consent": ('<input id="comment-remember"', ['type="checkbox"'], "Enregistrer mon nom, mon e-mail et mon site"),
    "the trap": ('<input id="comment-subject"', ['tabindex="-1"', 'autocomplete="off"'], "Laissez ce champ vide"),
}


@pytest.mark.parametrize("row", FIELDS)
def test_each_field_has_its_label_limit_and_hints_for_browsers(talk, row):
    page = talk.browser().get(address_of("ouvert"))
    begin, attributes, label = FIELDS[row]
    (tag,) = re.findall(rf"{begin}[^>]*>", page.text)

    assert [one for one in attributes if one not in tag] == []
    assert " checked" not in tag
    assert label in seen(page)
    for said in (
        "Laisser un commentaire",
        "Votre adresse e-mail ne sera pas publiée.",
        "obligatoires sont indiqués avec *",
    ):
        assert said in seen(page)


# ------------------------------------------------------------------------------------------------------ taken


def test_anybody_may_write_by_a_plain_form_and_a_stranger_waits_seen_by_nobody_else(talk):
    """By the form as it is on the page, without a script."""
    reader = talk.browser()
    page = reader.get(address_of("ouvert"))
    form = {**fields(page), **TYPED, "comment": "Mot-inconnu 🙂 é ñ 漢 👨‍👩‍👧."}

    own = reader.follow(reader.post(action(page), form))

    assert "Votre commentaire est en attente de modération." in seen(own)
    assert "Mot-inconnu 🙂 é ñ 漢 👨‍👩‍👧." in seen(own)
    assert (own.headers["cache-control"], 'content="noindex"' in own.text) == ("private, no-store", True)
    assert talk.places("Mot-inconnu") == set()
    (card,) = talk.queue("Mot-inconnu", state="pending")
    assert "aucun commentaire de cette personne n’a encore été approuvé" in card
    talk.approve("Mot-inconnu")
    assert talk.comes_to("Mot-inconnu", EVERYWHERE)
    assert talk.places("Mot-inconnu 🙂 é ñ 漢 👨‍👩‍👧.") >= {"page", "its xml", "its rss", "all xml", "all rss"}


def test_who_was_accepted_is_known_by_the_browser_and_not_by_what_they_type(talk):
    friend = talk.browser()
    talk.send("Ami-un.", browser=friend)
    talk.approve("Ami-un")

    talk.send("Ami-deux.", browser=friend)
    talk.send("Imposteur.", browser=talk.browser())

    assert talk.comes_to("Ami-deux", EVERYWHERE)
    assert talk.places("Imposteur") == set()
    assert len(talk.queue("Imposteur", state="pending")) == 1


@pytest.mark.parametrize("times", [2, 8])
def test_the_same_twice_is_there_once_with_the_same_answer(talk, times):
    """Threat 71: again after an answer was lost, and at once by an impatient finger."""
    friend, word = talk.browser(), f"Double-{times}"
    talk.send(f"Premier-{times}", browser=friend)
    replies: list[Reply] = []
    threads = [threading.Thread(target=lambda: replies.append(talk.send(word, browser=friend))) for _ in range(times)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    replies.append(talk.send(word, browser=friend))

    assert {(reply.status, reply.headers["location"]) for reply in replies} == {(303, replies[0].headers["location"])}
    assert len(talk.queue(word)) == 1


HELD = {
    "three links": (
        "https://a.example https://b.example https://c.example",
        "pending",
        "il contient 3 liens, soit plus de 2",
    ),
    "a blocked word": ("Jouez au Casino", "spam", "il contient «\xa0casin*\xa0»"),
}


@pytest.mark.parametrize("row", HELD)
def test_what_a_rule_holds_waits_with_the_reason_and_the_same_polite_answer(talk, row):
    text, state, reason = HELD[row]
    friend, word = talk.browser(), f"regle-{list(HELD).index(row)}-x"
    talk.send(f"Premier {word}", browser=friend)
    talk.approve(word)

    own = friend.follow(talk.send(f"{text} second-{word}", browser=friend))

    assert "Votre commentaire est en attente de modération." in seen(own)
    (card,) = talk.queue(f"second-{word}", state=state)
    assert reason in card
    assert talk.places(f"second-{word}") == set()


MARKUP = {
    "script": ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
    "a handler": ('<b onclick="x()">gras</b>', "<b>gras</b>"),
    "a picture": ("<img src=x onerror=alert(1)>", "&lt;img src=x onerror=alert(1)&gt;"),
    "a script as address": ("[ici](javascript:alert(1)) aussi", "ici aussi"),
    "emphasis": ("**gras** et *penché*", "<strong>gras</strong> et <em>penché</em>"),
    "an address": (
        "https://lien.example/a?b&c",
        '<a href="https://lien.example/a?b&amp;c" rel="nofollow ugc noopener">https://lien.example/a?b&amp;c</a>',
    ),
}


@pytest.mark.parametrize("row", MARKUP)
def test_markup_is_a_short_list_and_the_rest_is_text_as_typed(talk, row):
    """Threats 19, 20, 29."""
    typed, shown = MARKUP[row]
    word = f"balise-{list(MARKUP).index(row)}-x"
    talk.send(f"{word} {typed}")
    id = talk.approve(word)

    assert talk.comes_to(word, EVERYWHERE)
    page, (card,) = talk.browser().get(address_of("ouvert")).text, talk.queue(word)
    (own,) = re.findall(rf'<article id="div-comment-{id}".*?</article>', page, re.DOTALL)
    for place in (own, card):
        assert shown in place
        assert not re.search(r"<(?:script|img)|<[^>]*(?:onclick|javascript:)", place)
    assert 'rel="external nofollow ugc noopener"' in own
    assert fields(talk.owner.get(f"/admin/comments/{id}/edit"))["comment"] == f"{word} {typed}"


# -------------------------------------------------------------------------------------------------- afterwards


def test_every_state_is_a_click_away_and_back_and_pages_and_feeds_follow(talk):
    talk.send("Etat-du-mot.")
    steps = [
        ("approve", "approved", EVERYWHERE), ("spam", "spam", set()), ("restore", "approved", EVERYWHERE),
        ("trash", "trash", set()), ("restore", "approved", EVERYWHERE), ("hold", "pending", set()),
    ]  # fmt: skip

    for act, state, places in steps:
        (card,) = talk.queue("Etat-du-mot")
        (value,) = re.findall(rf'name="do" value="({act} \S+ \d+)"', card)
        done = talk.owner.follow(talk.owner.send("/admin/comments/act", {"do": value}))
        assert len(talk.queue("Etat-du-mot", state=state)) == 1
        assert talk.comes_to("Etat-du-mot", places), act

    form = done.text.partition('class="flash')[2].partition("</form>")[0]
    talk.owner.send("/admin/comments/undo", dict(re.findall(r'name="(acts|query)" value="([^"]*)"', form)))
    assert talk.comes_to("Etat-du-mot", EVERYWHERE)
