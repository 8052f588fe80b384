"""Mentions that come: what is taken, what becomes of it, and what goes again."""

import json
import re
from datetime import timedelta

import pytest

from pressframe_testing import EVERY_DATABASE

from .conftest import TARGET

pytestmark = EVERY_DATABASE

PAGE = f"""<!doctype html><title>Chez Zoé</title>
<article class="h-entry"><h1 class="p-name">Ma réponse</h1>
<a class="p-author h-card" href="/"><span class="p-name">Zoé</span> de Paris</a>
<p class="p-summary">Je ne suis pas d’accord.</p>
<div class="e-content"><p>Voir <a href="{TARGET}">ce billet</a>, hélas.</p></div></article>"""


def test_a_mention_is_taken_at_once_checked_later_and_held_for_the_owner(blog, elsewhere, mention, stored):
    served = blog().serve()
    source = elsewhere.put("/reponse", PAGE)

    reply = mention(served, source)

    assert reply.status == 201
    assert elsewhere.asked == []
    status = reply.headers["location"]
    assert "waits to be checked" in served.visitor.get(status).text
    assert served.run_jobs() == 1
    assert "checked and taken" in served.visitor.get(status).text
    [filed] = stored(served)
    assert (filed.state.value, filed.comment.kind) == ("pending", "webmention")
    assert (filed.comment.author, filed.comment.url) == ("Zoé", source)
    assert filed.comment.body == "Ma réponse\n\nJe ne suis pas d’accord."
    assert filed.client == "198.51.100.0/24"
    assert "Zoé" not in served.visitor.get("/2026/11/billet/").text


def test_an_approved_mention_is_shown_apart_and_counted_with_the_rest(blog, elsewhere, mention):
    site = blog()
    served = site.serve()
    mention(served, elsewhere.put("/reponse", PAGE))
    served.run_jobs()

    assert site.run("comments", "approve", "c1").status == 0
    served.rebuild()

    page = served.visitor.get("/2026/11/billet/").text
    assert "Pings et rétroliens" in page
    assert re.search(r'<li id="comment-c1" class="pingback webmention">Ping.*?<bdi>Zoé</bdi></a>', page, re.DOTALL)
    assert "Je ne suis pas d’accord." in page
    assert "Une réponse sur" in page
    assert 'rel="external nofollow ugc noopener"' in page
    found = served.visitor.get("/comment/c1")
    assert (found.status, found.headers["location"]) == (303, "/2026/11/billet/#comment-c1")


REFUSED = [
    ("{here}/a", "https://other.example/", "target is not on this site"),
    ("{here}/a", "https://prland.example:8443/2026/11/billet/", "target is not on this site"),
    ("{here}/a", "https://prland.example.evil.example/2026/11/billet/", "target is not on this site"),
    ("{here}/a", "https://prland.example@evil.example/2026/11/billet/", "user name"),
    ("{here}/a", "https://prland.example/nothing/", "no article"),
    ("{here}/a", "https://prland.example/", "no article"),
    ("{here}/a", "https://prland.example/2026/11/ferme/", "takes no mentions"),
    ("{here}/a", "https://prland.example/2026/01/vieux/", "takes no mentions"),
    (TARGET, TARGET, "the same"),
    (TARGET, TARGET + "#comments", "the same"),
    ("", TARGET, "source is missing"),
    ("{here}/a", "", "target is missing"),
    ("nonsense", TARGET, "source: the address is refused"),
    ("javascript:alert(1)", TARGET, "source: the address is refused"),
    ("file:///etc/passwd", TARGET, "source: the address is refused"),
    ("http://127.0.0.1/", TARGET, "not public"),
    ("http://[::1]/", TARGET, "not public"),
    ("http://2130706433/", TARGET, "disguise"),
    ("http://other.example:22/", TARGET, "port 22"),
    ("{here}/a\r\nX: y", TARGET, "source: the address is refused"),
    ("{here}/" + "a" * 3000, TARGET, "too long"),
]  # fmt: skip
"""Source, target, and what is said."""


def test_what_cannot_be_right_is_refused_at_once_with_a_reason(blog, elsewhere, mention, subtests):
    """Threats 54, 55 and 58."""
    served = blog().serve()

    for number, (source, target, said) in enumerate(REFUSED):
        with subtests.test(source=source, target=target):
            address = f"198.51.{number}.7"  # from one, so many would be a flood
            reply = mention(served, source.format(here=elsewhere.url), target, address=address)

            assert reply.status == 400
            assert said in reply.text
            assert served.run_jobs() == 0
            assert elsewhere.asked == []


def test_an_entry_behind_a_gate_takes_no_mentions_whoever_sends_them(blog, elsewhere, mention, stored):
    """Threat 7."""
    served = blog(plugins=["gates", "members"]).serve()
    target = "https://prland.example/2026/11/reserve/"
    subscriber = served.sign_in("zoe@example.org")

    reply = mention(served, f"{elsewhere.url}/a", target)
    own = subscriber.post("/webmention", {"source": f"{elsewhere.url}/a", "target": target})

    assert (reply.status, own.status) == (400, 400)
    assert "takes no mentions" in own.text
    assert "webmention" not in served.visitor.get("/2026/11/reserve/").text
    assert "webmention" in served.visitor.get("/2026/11/billet/").text


def test_a_source_without_the_link_becomes_no_comment(blog, elsewhere, mention, stored):
    """Threat 55."""
    served = blog().serve()
    pages = [
        "<p>Nothing.</p>", f"<p>{TARGET}</p>", f"<!-- <a href='{TARGET}'>x</a> -->", f"<a href='{TARGET}x'>x</a>",
        f"<script>'<a href=\"{TARGET}\">'</script>", f"<template><a href='{TARGET}'>x</a></template>",
        f"<textarea><a href='{TARGET}'>x</a></textarea>", f"<a data-href='{TARGET}'>x</a>", "",
    ]  # fmt: skip
    replies = [mention(served, elsewhere.put(f"/{number}", page)) for number, page in enumerate(pages)]

    served.run_jobs()

    assert stored(served) == ()
    told = {served.visitor.get(reply.headers["location"]).text for reply in replies}
    assert told == {"It was refused: its source does not link to its target.\n"}


@pytest.mark.parametrize(("media_type", "text", "is_linked"), [
    ("application/json", json.dumps({"a": ["x", {"b": TARGET}]}), True),
    ("application/json", json.dumps({"a": f"see {TARGET}"}), False),
    ("application/json", "[" * 100_000, False),
    ("application/feed+json", json.dumps([TARGET]), True),
    ("text/plain", f"Look at {TARGET}.", True),
    ("text/plain", f"Look at {TARGET}more", False),
    ("text/html; charset=utf-16", f"<a href='{TARGET}'>x</a>", False),
    ("application/xhtml+xml", f"<a href='{TARGET}#x'>x</a>", True),
    ("image/png", f"<a href='{TARGET}'>x</a>", False),
])  # fmt: skip
def test_the_link_is_looked_for_as_the_type_wants_it(blog, elsewhere, mention, stored, media_type, text, is_linked):
    served = blog().serve()
    mention(served, elsewhere.put("/a", text, content_type=media_type))

    served.run_jobs()

    assert len(stored(served)) == is_linked


@pytest.mark.parametrize("html", [
    '<img src="%s">', '<blockquote cite="%s">x</blockquote>', '<video src="%s"></video>', "<A HREF='%s'>x</A>",
    '<base href="https://prland.example/2026/"><a href="11/billet/">x</a>', '<a href=" %s ">x</a>',
    '<p><a href="HTTPS://PRLAND.example:443/2026/11/billet/#comments">x',
])  # fmt: skip
def test_all_kinds_of_links_count(blog, elsewhere, mention, stored, html):
    served = blog().serve()
    mention(served, elsewhere.put("/a", html.replace("%s", TARGET)))

    served.run_jobs()

    assert len(stored(served)) == 1


def test_the_same_mention_is_one_comment_and_follows_its_source(blog, elsewhere, mention, stored):
    """Threat 55: sent again, edited, gone, back."""
    served = blog(moderation="never").serve()
    source = elsewhere.put("/a", PAGE)

    def again():
        mention(served, source)
        served.run_jobs()
        return [(one.comment.id, one.state.value, one.comment.body[-12:]) for one in stored(served)]

    assert again() == [("c1", "approved", "pas d’accord")] or again()[0][:2] == ("c1", "approved")
    first = again()
    assert again() == first
    elsewhere.put("/a", PAGE.replace("pas d’accord.", "plus fâchée."))
    assert again() == [("c1", "approved", "plus fâchée.")]
    elsewhere.put("/a", "gone", status=410)
    assert again() == [("c1", "trash", "plus fâchée.")]
    elsewhere.put("/a", PAGE)
    assert again()[0][:2] == ("c1", "approved")
    elsewhere.put("/a", "<p>No link.</p>")
    assert again()[0][:2] == ("c1", "trash")


def test_a_source_that_changes_after_it_was_approved_is_held_again(blog, elsewhere, mention, stored):
    site = blog()
    served = site.serve()
    source = elsewhere.put("/a", PAGE)
    mention(served, source)
    served.run_jobs()
    site.run("comments", "approve", "c1")

    mention(served, source)
    served.run_jobs()
    unchanged = stored(served)[0].state.value
    elsewhere.put("/a", PAGE.replace("d’accord", "acheteur"))
    mention(served, source)
    served.run_jobs()

    assert (unchanged, stored(served)[0].state.value) == ("approved", "pending")


def test_what_the_owner_put_away_stays_away(blog, elsewhere, mention, stored):
    site = blog(moderation="never")
    served = site.serve()
    source = elsewhere.put("/a", PAGE)
    mention(served, source)
    served.run_jobs()
    site.run("comments", "trash", "c1")

    for page in (PAGE, PAGE.replace("accord", "avis"), PAGE):
        elsewhere.put("/a", page)
        mention(served, source)
        served.run_jobs()

    assert stored(served)[0].state.value == "trash"


def test_a_source_that_is_ill_is_asked_again_and_keeps_its_comment(blog, elsewhere, mention, stored, clock):
    served = blog(moderation="never").serve()
    source = elsewhere.put("/a", PAGE)
    mention(served, source)
    served.run_jobs()
    elsewhere.put("/a", "busy", status=503)

    reply = mention(served, source)
    for _ in range(8):
        served.run_jobs()
        clock.now += timedelta(hours=1)

    assert len(elsewhere.asked) == 6
    assert stored(served)[0].state.value == "approved"
    assert "taken" in served.visitor.get(reply.headers["location"]).text


def test_a_source_that_never_answers_is_refused_in_the_end(blog, elsewhere, mention, stored, clock):
    site = blog()
    served = site.serve()
    elsewhere.put("/a", "busy", status=503)

    reply = mention(served, f"{elsewhere.url}/a")
    runs = []
    for _ in range(8):
        runs.append(served.run_jobs())
        clock.now += timedelta(hours=1)

    assert runs == [1, 1, 1, 1, 1, 0, 0, 0]
    assert "0 set aside" in site.run("db", "check").output
    assert served.visitor.get(reply.headers["location"]).text == "It was refused: it answers 503.\n"


def test_a_redirect_into_ones_own_network_is_refused(blog, elsewhere, mention, stored):
    """Threat 54."""
    served = blog().serve()
    elsewhere.put("/a", "", status=302, location=f"http://127.0.0.1:{elsewhere.port}/secret")

    reply = mention(served, f"{elsewhere.url}/a")
    served.run_jobs()

    assert "not public" in served.visitor.get(reply.headers["location"]).text
    assert len(elsewhere.asked) == 1


def test_a_flood_from_one_client_is_asked_to_wait(blog, elsewhere, mention, clock):
    """Threat 55."""
    served = blog("receive = true\nflood_limit = 3").serve()

    def send(number, address):
        return mention(served, f"http://{number}.example/", address=address).status

    assert [send(number, "198.51.100.7") for number in range(4)] == [201, 201, 201, 429]
    assert send(9, "198.51.100.200") == 429
    clock.now += timedelta(hours=1, seconds=1)
    assert send(9, "198.51.100.200") == 201


@pytest.mark.parametrize(("source", "targets"), [
    ("http://one.example/{}", [TARGET]), ("http://{}.example/", [TARGET]),
])  # fmt: skip
def test_a_flood_from_one_site_or_for_one_entry_is_asked_to_wait(blog, elsewhere, mention, source, targets):
    """Threat 55."""
    served = blog("receive = true\nflood_limit = 3").serve()

    replies = [mention(served, source.format(n), TARGET, address=f"198.51.{n}.7") for n in range(4)]

    assert [reply.status for reply in replies] == [201, 201, 201, 429]
    assert 3500 <= int(replies[3].headers["retry-after"]) <= 3600


def test_sending_the_same_again_while_it_waits_fetches_once(blog, elsewhere, mention):
    """Threat 55."""
    served = blog().serve()
    source = elsewhere.put("/a", PAGE)

    replies = [mention(served, source) for _ in range(5)]
    served.run_jobs()

    assert {reply.status for reply in replies} == {201}
    assert len({reply.headers["location"] for reply in replies}) == 1
    assert len(elsewhere.asked) == 1


@pytest.mark.parametrize("token", ["1", "1.", "1.x", "2.{mark}", "x.{mark}", "1{mark}", "1.{mark}é"])
def test_what_became_of_a_mention_is_told_to_who_sent_it_alone(blog, elsewhere, mention, token):
    served = blog().serve()
    path = mention(served, f"{elsewhere.url}/a").headers["location"].removeprefix("https://prland.example")
    mark = path.rpartition(".")[2]

    assert served.visitor.get(path).status == 200
    assert served.visitor.get("/webmention/" + token.format(mark=mark)).status == 404


def test_nothing_is_taken_or_told_where_receiving_is_off(blog, elsewhere, mention):
    """Threat 54: off by default."""
    served = blog("").serve()

    page = served.visitor.get("/2026/11/billet/")

    assert mention(served, f"{elsewhere.url}/a").status == 404
    assert "webmention" not in page.text
    assert "link" not in page.headers
    assert "x-pingback" not in page.headers


def test_a_mention_by_a_site_in_another_way_is_one_mention(blog, elsewhere, mention, stored):
    served = blog().serve()
    source = elsewhere.put("/a", PAGE)

    for target in (
        TARGET,
        TARGET + "#x",
        TARGET.replace("prland", "PRland"),
        TARGET.replace("example/", "example:443/"),
    ):
        assert mention(served, source, target).status == 201
    served.run_jobs()

    assert len(stored(served)) == 1


@pytest.mark.parametrize("text", ["';DROP/**/TABLE/**/webmention_received;--", "%27%20OR%201=1--", "%00", "%25_%5C"])
def test_sql_in_addresses_is_an_address_like_any_other(blog, elsewhere, mention, stored, text):
    """Threat 47."""
    served = blog().serve()
    source = elsewhere.put(f"/{text}", PAGE)
    other = elsewhere.put("/other", PAGE)

    for one in (source, other, source):
        assert mention(served, one).status == 201
    served.run_jobs()

    assert [filed.comment.url for filed in stored(served)] == [source, other]
    assert served.visitor.get(f"/webmention/{text}").status == 404


def test_plugins_are_told_of_mentions_as_of_comments(blog, elsewhere, mention):
    site = blog("receive = true", plugins=["ear"], moderation="never", more=EAR)
    served = site.serve()
    source = elsewhere.put("/a", PAGE)
    mention(served, source)
    served.run_jobs()
    elsewhere.put("/a", "gone", status=404)
    mention(served, source)
    served.run_jobs()

    heard = served.app.site.plugins["ear"][0].kind.on_comment.__globals__["HEARD"]
    assert heard == [("received", "Un billet"), ("accepted", "Un billet"), ("removed", "Un billet")]


EAR = """
== plugins/ear.py ==
from pressframe import hookimpl
import attrs

HEARD = []

@attrs.frozen(eq=False)
class Ear:
    @hookimpl
    def on_comment(self, comment, entry, change):
        HEARD.append((change.value, entry.title))
"""
