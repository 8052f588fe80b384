"""Every route of every plugin at once: what is sent to it from elsewhere, as a file, or as an attack, does nothing."""

import logging
import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from pressframe_testing import Ask, Reply, Served, ask, wants_everything
from pressframe_web import Route

URL = "https://essai.example"
SITE = f"""
== pressframe.toml ==
[site]
title = "Essai"
url = "{URL}"
language = "fr"
plugins = [
    "markdown", "sql", "web", "admin", "comments", "moderation", "bayes", "webmention", "altcha",
    "gates", "passes", "members", "subscribers", "newsletter", "archives", "feeds", "journal",
]

[plugins.comments]
flood_limit = 0
flood_limit_site = 0

[plugins.webmention]
receive = true
flood_limit = 0

[plugins.passes]
free = 2
gifts = 2

[plugins.newsletter]
automatic = false

[plugins.moderation]
mail = "all"
mail_every = "0 minutes"

== content/billet.md ==
---
title: Billet
date: 2026-11-20
---
Un texte.
"""
FORM = "application/x-www-form-urlencoded"
FIELDS = (
    "author", "url", "comment", "comment_parent", "stamp", "key", "subject", "remember", "follow_answers",
    "follow_all", "altcha", "next", "address", "password", "do", "bulk", "pick.c1", "query", "acts", "version", "new",
    "again", "current", "everything", "source", "target", "website", "preview",
    "email", "code", "name", "wants.posts", "newsletter", "entry", "at", "to", "as", "readers", "days", "link", "end",
)  # fmt: skip
QUERY = (
    "to", "on", "next", "out", "q", "state", "author", "address", "entry", "kind", "network", "sender", "after",
    "select", "do", "new", "newsletter", "as", "text", "asked", "saved", "before",
)  # fmt: skip
COOKIES = ("commenter", "commenter-details", "session", "admin", "admin-flash", "reminder", "asked", "reads", "gifts")
HOSTILE = (
    b"'", b"' OR 1=1 --", b"1; DROP TABLE comments_comment", b"\0", b"\r\nSet-Cookie: x=1", b"\nBcc: x@y.example",
    b"{{ 7*7 }}", b"a@b.example,c@d.example", b"a@b.example\r\nBcc: x@y.example", b"=?utf-8?q?a=0D=0ABcc:_x?=",
    b"9" * 5000, b"c" + b"9" * 5000, b"c1", b"-1", b"1e999", b"c\xc2\xb2", b"\xd9\xa3", b"../../etc/passwd", b"%zz",
    b"\xff\xfe", b"\xed\xa0\x80", b"[" * 3000, b"W1tb" * 700, b"<script>alert(1)</script>", b"javascript:alert(1)",
    b"//evil.example", b"/\\evil.example", b"https://evil.example/", b"http://[::1", b"http://127.0.0.1/", b"\x1b[2J",
    "\u202e\u200b".encode(), "e\u0301".encode() * 3000, b"a" * 66_000, b"approve c1 1", b"1.a", b".", b" ", b"",
)  # fmt: skip
LISTS = "/admin/members/import"
LIST_GIVEN = 'attachment; filename="members.csv"'
SHARE = 1 if wants_everything() else 4
"""Of how many hostile texts a route gets one, each route others: all of them where PRESSFRAME_EVERYTHING is set."""
UPLOAD = (
    b'--x\r\nContent-Disposition: form-data; name="comment"\r\n\r\nUn texte\r\n'
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="../../evil.html"\r\nContent-Type: image/png\r\n\r\n'
    b"<script>alert('canary-upload-1')</script>\r\n--x--\r\n"
)


@pytest.fixture
def served(site) -> Served:
    """Return the site with a comment that waits, signed in or not."""
    served = site(SITE).serve()
    sent = served.visitor.post("/comments/billet", {"author": "Zoé", "email": "z@example.org", "comment": "Un."})
    assert sent.status == 303
    return served


@pytest.fixture
def owner(served) -> dict[str, str]:
    """Return the headers of the owner's browser, and the token of its forms."""
    browser = served.sign_in_as("owner")
    token = re.search(r'name="token" value="([^"]+)"', browser.get("/admin/").text)
    assert token is not None
    return {"cookie": "; ".join(f"{name}={value}" for name, value in browser.cookies.items()), "token": token[1]}


def routes(served: Served, method: str) -> Iterator[Route]:
    """Yield every route that answers *method*; there are many."""
    found = [route for _, route in served.app.site.hooks.all("register_routes", served.app.site)]
    wanted = [route for route in found if method in route.methods]
    assert len(wanted) > 14
    yield from wanted


def at(route: Route, value: bytes | None = None) -> str:
    """Return an address of *route*: with *value* in each of its holes, or with what is there."""
    if value is None:
        return re.sub(r"\{\w+\}", "c1", route.path.replace("{entry:path}", "billet"))
    return re.sub(r"\{\w+(:path)?\}", lambda hole: quote(value, safe="/" if hole[1] else "") or "x", route.path)


def rows(served: Served) -> dict[str, object]:
    """Return all that the database holds, table by table."""
    from pressframe_sql import database

    with database(served.app.site).read() as connection:
        tables = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars().all()
        return {table: connection.exec_driver_sql(f"SELECT * FROM {table}").all() for table in tables}


def body_of(value: bytes) -> bytes:
    return b"&".join(b"%s=%s" % (name.encode(), quote(value, safe="").encode()) for name in FIELDS)


FOREIGN = (
    {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "https://evil.example"},
    {"origin": "null"}, {"origin": "https://sub.essai.example"}, {"origin": "http://essai.example"},
    {"origin": f"{URL}.evil.example"}, {"origin": f"{URL}@evil.example"}, {"origin": URL.upper()},
    {"origin": "https://evil.example", "sec-fetch-site": "same-origin", "host": "evil.example"},
    {"origin": "https://evil.example", "x-forwarded-host": "evil.example", "forwarded": "host=evil.example"},
)  # fmt: skip
"""What a browser says of a form that another site has it send."""


def test_nothing_that_another_site_has_a_browser_send_is_taken_by_any_route(served, owner, subtests):
    """Threat 40: with all that the owner's browser sends along, and the right token."""
    before = rows(served)
    body = b"author=Eve&email=e%40example.org&comment=Non.&token=" + owner["token"].encode()

    for headers in FOREIGN:
        with subtests.test(headers=headers):
            for route in routes(served, "POST"):
                sent = {"content-type": FORM, "cookie": owner["cookie"], **headers}
                assert ask(served.app, Ask(address=at(route), method="POST", headers=sent, body=body)).status == 403

            assert rows(served) == before


def _refusal(route, kind):
    """Mail programs may leave with parts (RFC 8058), unread, with nobody's link here; a list needs the form's token."""
    if kind.partition(";")[0] not in route.media_types:
        return 415
    return 403 if route.path == LISTS else 404


@pytest.mark.parametrize("kind", ["text/plain", "application/json", "multipart/form-data; boundary=x", ""], ids=str)
def test_no_route_takes_anything_but_a_form(served, owner, kind):
    """Threats 40 and 66."""
    before = rows(served)
    body = b'{"comment": "Non.", "token": "%s"}' % owner["token"].encode()

    for route in routes(served, "POST"):
        sent = {"origin": URL, "content-type": kind, "cookie": owner["cookie"]}
        status = ask(served.app, Ask(address=at(route), method="POST", headers=sent, body=body)).status
        assert status == _refusal(route, kind)

    assert rows(served) == before


def test_no_route_takes_a_file_but_the_owners_list_of_which_nothing_is_kept(served, owner):
    """Threat 30: nothing is uploaded anywhere; of what is tried no byte is kept, in memory, database or folder."""
    parts = {"origin": URL, "content-type": "multipart/form-data; boundary=x"}
    for headers in ({}, {"cookie": owner["cookie"]}):
        for route in routes(served, "POST"):
            sent = {**parts, **headers}
            reply = ask(served.app, Ask(address=at(route), method="POST", headers=sent, body=UPLOAD))
            assert reply.status == _refusal(route, sent["content-type"])
            assert "canary-upload" not in reply.text
    token = b'--x\r\nContent-Disposition: form-data; name="token"\r\n\r\n%s\r\n' % owner["token"].encode()
    sent = {**parts, "cookie": owner["cookie"]}
    reply = ask(served.app, Ask(address=LISTS, method="POST", headers=sent, body=token + UPLOAD))
    assert (reply.status, "canary-upload" in reply.text) == (422, False), "it is no list"

    pages = [served.visitor.get(address).text for address in served.app.served.release.files if address.endswith("/")]
    assert not re.search(r'type="?file|enctype="?multipart', "".join(pages))
    assert not list(served.folder.rglob("*evil*"))
    files = [file for file in served.folder.rglob("*") if file.is_file()]
    assert not [file for file in files if b"canary-upload" in file.read_bytes()]


def test_only_the_methods_that_a_route_names_reach_it(served, owner):
    """Threat 40: nor does a header, a field or a query make another of a method."""
    before = rows(served)
    odd = {"x-http-method-override": "POST", "x-method-override": "POST", "x-http-method": "POST"}
    body = b"_method=POST&comment=Non.&author=Eve&email=e%40example.org&token=" + owner["token"].encode()

    for route in routes(served, "POST"):
        for method in ("GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"):
            sent = {"origin": URL, "content-type": FORM, "cookie": owner["cookie"], **odd}
            address = f"{at(route)}?_method=POST&comment=Non."
            status = ask(served.app, Ask(address=address, method=method, headers=sent, body=body)).status
            assert status < 500 if method in ("GET", "HEAD") else status == 405, (method, address)

    assert rows(served) == before


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_route_fails_or_leads_away_whatever_is_sent(served, owner, caplog, method):
    """Threats 9, 47, 57, 58, 60, 66: in addresses, queries, fields, cookies, headers, from strangers and the owner."""
    caplog.set_level(logging.DEBUG, "pressframe")

    for number, route in enumerate(routes(served, method)):
        if "sign-out" in route.path or "sessions" in route.path:
            continue  # the owner goes on
        for value in HOSTILE[number % SHARE :: SHARE]:
            for address in {at(route), at(route, value)}:
                for reply in _ask_with(served, owner, (method, address), value):
                    _check(reply, (method, address, value))

    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert not re.search("\x1b|\r|\n(ERROR|Bcc|Set-Cookie)", "".join(one.getMessage() for one in caplog.records))
    served.run_jobs()
    for mail in served.mails:
        assert len(mail.get_all("to")) == 1
        assert mail["bcc"] is None
        assert "," not in mail["to"]


def _ask_with(served: Served, owner: dict[str, str], what: tuple[str, str], value: bytes) -> Iterator[Reply]:
    method, address = what
    shown = re.sub(r"[\0\r\n;]", "", value.decode("latin-1"))
    nasty = dict.fromkeys(("user-agent", "referer", "x-forwarded-for", "if-none-match", "accept-language"), shown)
    cookies = "; ".join(f"__Host-{name}={shown}" for name in COOKIES)
    query = "&".join(f"{name}={quote(value, safe='')}" for name in QUERY)
    for cookie in (cookies, owner["cookie"]) if address.startswith("/admin") else (cookies,):
        sent = {**nasty, "cookie": cookie, **({"origin": URL, "content-type": FORM} if method == "POST" else {})}
        body = body_of(value) + b"&token=" + owner["token"].encode() if method == "POST" else b""
        yield ask(served.app, Ask(address=f"{address}?{query}", method=method, headers=sent, body=body))


def _check(reply: Reply, told: object) -> None:
    assert reply.status < 500, told
    assert set(reply.headers) <= HEADERS, told
    assert not any("\n" in one or "\r" in one for one in (*reply.headers.values(), *reply.cookies)), told
    assert not reply.cookies or re.search("private|no-store", reply.headers["cache-control"]), told
    assert reply.headers.get("content-disposition", LIST_GIVEN) == LIST_GIVEN, told
    location = reply.headers.get("location", "/")
    assert location.startswith(f"{URL}/webmention/") or re.match(r"/(?![/\\])", location), told


HEADERS = {  # all that there are
    "allow", "cache-control", "connection", "content-disposition", "content-length", "content-security-policy",
    "content-type", "etag", "link", "location", "permissions-policy", "referrer-policy", "retry-after", "set-cookie",
    "strict-transport-security", "vary", "x-content-type-options", "x-pingback", "x-robots-tag",
}  # fmt: skip


def test_every_answer_has_the_policy_that_protects_it(served, owner):
    """Threat 31: pages, refusals, redirects, plain texts, JSON, styles; from strangers and the owner alike."""
    asked = [(method, at(route)) for method in ("GET", "POST") for route in routes(served, method)]
    asked += [("GET", address) for address in (*served.app.served.release.files, "/nowhere/", "/billet", "/-/health")]
    asked += [("PUT", "/"), ("POST", "/"), ("PUT", "/comments/billet")]

    for method, address in dict.fromkeys(asked):
        if "sign-out" in address or "sessions" in address:
            continue
        for cookie in ("", owner["cookie"]):
            sent = {"origin": URL, "content-type": FORM, "cookie": cookie} if method == "POST" else {"cookie": cookie}
            headers = ask(served.app, Ask(address=address, method=method, headers=sent, body=b"")).headers
            policy = headers["content-security-policy"]
            assert "unsafe" not in policy, address
            parts = dict(part.strip().partition(" ")[::2] for part in policy.split(";"))
            assert parts["default-src"] == parts["form-action"] == parts["frame-ancestors"] == "'self'", address
            assert parts["object-src"] == parts["base-uri"] == "'none'", address
            assert "script-src" not in parts, address
            assert headers["x-content-type-options"] == "nosniff", address
            assert headers["referrer-policy"] in ("no-referrer", "strict-origin-when-cross-origin"), address
            assert not headers.get("access-control-allow-origin"), address


ELSEWHERE = {
    "host": "evil.example", "x-forwarded-host": "evil.example", "x-forwarded-proto": "gopher",
    "x-forwarded-prefix": "//evil.example", "x-original-url": "/evil.example", "x-rewrite-url": "/evil.example",
    "forwarded": "host=evil.example;proto=http;for=evil.example", "x-host": "evil.example",
    "x-forwarded-server": "evil.example", "x-forwarded-for": "203.0.113.66, evil.example", "x-real-ip": "203.0.113.66",
    "via": "evil.example",
}  # fmt: skip


def test_no_answer_and_no_mail_is_told_by_the_request_where_the_site_is(served, owner):
    """Threat 56: pages, redirects, forms, mails to followers, moderators and members, the address of a webmention."""
    forms = {
        "/comments/billet": b"author=Bo&email=bo%40example.org&comment=Deux.&follow_all=1",
        "/members/subscribe": b"email=bo%40example.org",
        "/admin/sign-in/link": b"address=owner%40example.org",
        "/webmention": f"source=https://example.org/&target={URL}/2026/11/billet/".encode(),
    }
    asked = [("GET", at(route), b"") for route in routes(served, "GET")]
    asked += [("POST", at(route), forms.get(at(route), b"")) for route in routes(served, "POST")]
    asked += [("GET", address, b"") for address in (*served.app.served.release.files, "/nowhere/")]

    for method, address, body in asked:
        cookie = {} if address in forms or "sign-out" in address else {"cookie": owner["cookie"]}
        sent = {**ELSEWHERE, "origin": URL, "content-type": FORM, **cookie}
        reply = ask(served.app, Ask(address=address, method=method, headers=sent, body=body))
        told = f"{reply.headers}{reply.cookies}".encode() + reply.body
        assert b"evil.example" not in told, address
        assert b"gopher" not in told, address
    served.run_jobs()

    mails = served.mails
    assert len({mail["to"] for mail in mails}) >= 2
    assert len(mails) >= 3
    for mail in mails:
        assert b"evil.example" not in mail.as_bytes()
    from pressframe_comments import comment_store

    assert {comment_store(served.app.site).get(id).client for id in ("c1", "c2")} == {"192.0.2.0/24"}
