"""Mentions of others: each link of a new version is told once, removed ones too, and nothing that a gate closes."""

import json
import xmlrpc.client
from datetime import timedelta
from urllib.parse import parse_qs

import pytest

from pressframe_testing import EVERY_DATABASE

pytestmark = EVERY_DATABASE

SEND = "send = true"
HEAD = '<link rel="webmention" href="/endpoint?a=b">'


@pytest.fixture
def friend(elsewhere):
    """Has /page, which takes webmentions at /endpoint?a=b."""
    elsewhere.put("/page", HEAD)
    elsewhere.put("/endpoint?a=b", "thanks", status=202)
    return elsewhere


def post(site, name, body, *, date="2026-11-24", more=""):
    site.edit(f"content/posts/{name}.md", f"---\ntitle: {name}\ndate: {date}\n{more}---\n{body}\n")


@pytest.fixture
def running(blog, clock):
    """A site that sends, served; entries may be published from the next day on."""
    site = blog(SEND)
    served = site.serve()
    clock.now += timedelta(days=2)
    return site, served


def publish(served):
    served.app.rebuilder.ask()
    served.rebuild()
    return served.run_jobs()


def told(server):
    """Return what was sent: source and target."""
    sent = [parse_qs(one.body.decode()) for one in server.asked if one.method == "POST"]
    return [(one["source"][0], one["target"][0]) for one in sent]


def test_each_link_of_a_new_entry_is_told_once(running, friend):
    site, served = running
    target = f"{friend.url}/page"
    post(site, "neuf", f"[un]({target}) et [deux]({target}#x), [ici](/autre/), [mail](mailto:a@b.example)")

    assert publish(served) == 1
    assert publish(served) == 0
    post(site, "autre", "Rien.")
    assert publish(served) == 0

    assert told(friend) == [("https://prland.example/2026/11/neuf/", target)]
    assert friend.asked[1].path == "/endpoint?a=b"
    assert friend.asked[1].headers["content-type"] == "application/x-www-form-urlencoded"
    assert "it answered 202" in site.run("webmention", "list").output


def test_a_changed_entry_is_told_again_and_a_removed_link_too(running, friend):
    site, served = running
    target = f"{friend.url}/page"
    post(site, "neuf", f"[un]({target})")
    publish(served)
    post(site, "neuf", f"[un]({target}) et plus")
    publish(served)
    post(site, "neuf", "Sans.")
    publish(served)
    post(site, "neuf", "Sans rien.")
    publish(served)

    assert told(friend) == [("https://prland.example/2026/11/neuf/", target)] * 3


def test_an_entry_that_was_deleted_is_told_of(running, friend):
    site, served = running
    post(site, "neuf", f"[un]({friend.url}/page)")
    publish(served)
    site.remove("content/posts/neuf.md")

    publish(served)
    publish(served)

    assert len(told(friend)) == 2


def test_an_old_blog_tells_nobody_when_sending_is_enabled(blog, friend):
    site = blog()
    post(site, "ancien", f"[un]({friend.url}/page)", date="2026-11-01")
    site.edit("pressframe.toml", site.read("pressframe.toml").replace("receive = true", SEND))
    served = site.serve()

    assert served.run_jobs() == 0
    post(site, "ancien", f"[un]({friend.url}/page) changé", date="2026-11-01")
    assert publish(served) == 0
    assert friend.asked == []


def test_what_was_published_while_nobody_served_is_told_at_the_next_start(running, friend, blog):
    site, served = running
    served.close()
    post(site, "neuf", f"[un]({friend.url}/page)")

    again = site.serve()

    assert again.run_jobs() == 1
    assert len(told(friend)) == 1
    assert site.serve().run_jobs() == 0


def test_a_restart_and_a_full_build_tell_nothing_again(running, friend):
    site, served = running
    post(site, "neuf", f"[un]({friend.url}/page)")
    publish(served)
    served.close()
    for file in (site.folder / ".pressframe").glob("memory*"):
        file.unlink() if file.is_file() else None

    assert site.serve().run_jobs() == 0


def test_drafts_and_scheduled_entries_tell_nobody(running, friend):
    site, served = running
    post(site, "brouillon", f"[un]({friend.url}/page)", more="draft: true\n")
    post(site, "futur", f"[un]({friend.url}/page)", date="2026-12-24")
    served.app.drafts = True

    assert publish(served) == 0


def test_links_behind_a_gate_are_told_to_nobody(blog, friend, clock):
    """Threat 7: neither new ones, nor those of an entry that is closed later."""
    site = blog(SEND, plugins=["gates", "members"])
    served = site.serve()
    clock.now += timedelta(days=2)
    gated = "audience: subscribers\n"
    post(site, "ferme", f"[un]({friend.url}/page)\n\n<!--more-->\n\n[deux]({friend.url}/page?2)", more=gated)

    assert publish(served) == 0
    post(site, "ouvert", f"[un]({friend.url}/page)\n\n<!--more-->\n\n[deux]({friend.url}/page?2)")
    assert publish(served) == 2
    before = len(friend.asked)
    post(site, "ouvert", f"[un]({friend.url}/page)\n\n<!--more-->\n\n[trois]({friend.url}/page?3)", more=gated)
    assert publish(served) == 0

    assert len(friend.asked) == before
    failed = site.run("webmention", "send", "posts/ouvert")
    assert failed.status == 1
    assert "not public" in failed.errors
    assert len(friend.asked) == before


def test_a_server_that_is_ill_is_asked_again_later_and_given_up_in_the_end(running, friend, clock):
    site, served = running
    friend.put("/endpoint?a=b", "busy", status=503)
    post(site, "neuf", f"[un]({friend.url}/page)")
    publish(served)

    runs = []
    for _ in range(7):
        clock.now += timedelta(hours=2)
        runs.append(served.run_jobs())

    assert runs == [1, 1, 1, 1, 1, 0, 0]
    assert len(told(friend)) == 6
    [sent] = json.loads(site.run("webmention", "list", "--json").output)
    assert (sent["state"], sent["answer"]) == ("failed", "it answers 503; asked 6 times")


@pytest.mark.parametrize(("page", "status", "state", "answer"), [
    ("<p>No endpoint.</p>", 200, "nowhere", "it takes no mentions"),
    ("gone", 404, "failed", "its page answers 404"),
    ('<link rel="webmention" href="http://127.0.0.1/x">', 200, "failed", "not public"),
    ('<link rel="webmention" href="file:///etc/passwd">', 200, "failed", "only http and https"),
    ('<link rel="webmention" href="http://localhost:22/">', 200, "failed", "port 22"),
    ('<link rel="webmention" href="/refuses">', 200, "failed", "it answered 404"),
])  # fmt: skip
def test_what_came_back_is_kept(running, friend, page, status, state, answer):
    """Threat 54: an endpoint inside our own network is not asked."""
    site, served = running
    friend.put("/page", page, status=status)
    post(site, "neuf", f"[un]({friend.url}/page)")
    publish(served)

    [sent] = json.loads(site.run("webmention", "list", "--json").output)

    assert sent["state"] == state
    assert answer in sent["answer"]
    assert publish(served) == 0


@pytest.mark.parametrize(("answer", "state"), [
    (xmlrpc.client.dumps(("ok\u202e\x9b31m\r\nthere",), methodresponse=True), "sent"),
    (xmlrpc.client.dumps(xmlrpc.client.Fault(48, "known")), "sent"),
    (xmlrpc.client.dumps(xmlrpc.client.Fault(17, "no link")), "failed"),
    ("<!DOCTYPE a><a/>", "failed"), ("nonsense", "failed"), ("", "failed"),
])  # fmt: skip
def test_where_there_is_no_webmention_a_pingback_is_sent_once(running, friend, answer, state):
    """Threat 60: what came back is shown in one line, without what a terminal would obey."""
    site, served = running
    friend.put("/page", "old blog", x_pingback="/xmlrpc.php")
    friend.put("/xmlrpc.php", answer, content_type="text/xml")
    target = f"{friend.url}/page"
    post(site, "neuf", f"[un]({target})")
    publish(served)
    post(site, "neuf", f"[un]({target}) changé")
    publish(served)

    calls = [xmlrpc.client.loads(one.body) for one in friend.asked if one.method == "POST"]
    assert calls[0] == (("https://prland.example/2026/11/neuf/", target), "pingback.ping")
    listed = site.run("webmention", "list").output
    assert f"  {state} " in listed
    assert len(listed.splitlines()) == 1
    assert listed.removesuffix("\n").isprintable()


def test_an_entry_is_sent_by_hand_whenever_it_was_published(blog, friend):
    site = blog(SEND)
    target = f"{friend.url}/page"
    post(site, "ancien", f"[un]({target})", date="2026-11-01")
    source = "https://prland.example/2026/11/ancien/"

    first = site.run("webmention", "send", "/2026/11/ancien/", "--json")
    second = site.run("webmention", "send", source, "--json")
    again = site.run("webmention", "resend", "posts/ancien")

    assert [one["answer"] for one in json.loads(first.output)] == ["it answered 202"]
    assert json.loads(second.output) == []
    assert again.status == 0
    assert told(friend) == [(source, target)] * 2


def test_what_failed_can_be_sent_again(blog, friend):
    site = blog(SEND)
    friend.put("/endpoint?a=b", "no", status=400)
    post(site, "ancien", f"[un]({friend.url}/page)", date="2026-11-01")
    site.run("webmention", "send", "posts/ancien")
    friend.put("/endpoint?a=b", "yes")

    again = json.loads(site.run("webmention", "resend", "--json").output)

    assert [one["state"] for one in again] == ["sent"]
    assert json.loads(site.run("webmention", "resend", "--json").output) == []


@pytest.mark.parametrize(("arguments", "said"), [
    (("send", "nothing"), 'there is no entry "nothing"'), (("send", "/404.html"), "there is no entry"),
])  # fmt: skip
def test_what_is_no_entry_is_said_plainly(blog, arguments, said):
    ran = blog(SEND).run("webmention", *arguments)

    assert ran.status == 1
    assert said in ran.errors
    assert "Traceback" not in ran.errors


@pytest.mark.parametrize(
    "url", ["http://localhost:8000", "http://127.0.0.1:8000", "http://192.168.1.2", "http://x.localhost"]
)
def test_a_site_that_others_cannot_look_at_tells_nobody(blog, friend, clock, url):
    site = blog(SEND)
    site.edit("pressframe.toml", site.read("pressframe.toml").replace("https://prland.example", url))
    served = site.serve()
    clock.now += timedelta(days=2)
    post(site, "neuf", f"[un]({friend.url}/page)")

    assert publish(served) == 0
    ran = site.run("webmention", "send")
    assert ran.status == 1
    assert "nobody else could look at" in ran.errors


def test_nothing_is_sent_where_sending_is_off(blog, friend, clock):
    """Threat 54: off by default."""
    site = blog("")
    served = site.serve()
    clock.now += timedelta(days=2)
    post(site, "neuf", f"[un]({friend.url}/page)")

    assert publish(served) == 0
    assert friend.asked == []


def test_a_store_that_was_locked_at_a_release_is_made_up_for(running, friend, monkeypatch):
    from pressframe import StoreError
    from pressframe_sql import Database

    site, served = running
    post(site, "neuf", f"[un]({friend.url}/page)")

    def locked(self, work):
        raise StoreError("locked")

    with monkeypatch.context() as patch:
        patch.setattr(Database, "write", locked)
        served.app.rebuilder.ask()
        served.rebuild()
    post(site, "autre", "Rien.")

    assert publish(served) == 1
    assert len(told(friend)) == 1
