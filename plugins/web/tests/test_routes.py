"""Routes of plugins: what reaches them, what does not, and what a failing one shows."""

import html
import json
import logging
import re
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest

from pressframe import PluginError, StoreError
from pressframe_testing import Ask, ask
from pressframe_web import Cookie, Response
from pressframe_web._endpoints import _refusing
from pressframe_web._http import Refused, cookie_lines, header_lines
from pressframe_web._routes import Found
from pressframe_web._words import saying

TWICE = """
import attrs
from pressframe import hookimpl
from pressframe_web import Response, Route

@attrs.frozen(eq=False)
class Twice:
    @hookimpl
    def register_routes(self):
        return [Route(methods=("GET",), path="{path}", endpoint=lambda request, site: Response())]
"""
DATA = Path(__file__).parents[4] / "shared" / "data" / "strings"


def _payloads(name: str) -> list[str]:
    file = DATA / name
    if not file.is_file():
        pytest.skip(f"needs the test data: {file} is missing")
    return [json.loads(line)["payload"] for line in file.read_text("utf-8").splitlines()]


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "null", "sec-fetch-site": "none"},
        {"origin": "null", "sec-fetch-site": ""}, {"origin": "https://evil.example"},
        {"origin": "https://evil.example", "host": "evil.example", "sec-fetch-site": ""},
        {"origin": "https://sub.essai.example"}, {"origin": "https://essai.example.evil.example"},
    ],
)  # fmt: skip
def test_a_form_sent_from_another_site_does_nothing(served, headers):
    """Threat 40."""
    reply = served.visitor.post("/do/record", {"a": "b"}, headers=headers)

    assert reply.status == 403
    assert "stranger" not in reply.text


def test_a_form_of_the_site_reaches_its_route(served):
    assert served.visitor.post("/do/record", {"a": "b"}).text == "192.0.2.1 stranger"


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "null"}, {"origin": "", "sec-fetch-site": ""}, {"sec-fetch-site": "none"},
        {"origin": "http://localhost:8123"}, {"origin": "http://127.0.0.1:8123", "sec-fetch-site": ""},
    ],
)  # fmt: skip
def test_a_form_of_the_site_itself_may_come_without_its_name(served, headers):
    """A page with ``Referrer-Policy: no-referrer`` sends ``Origin: null``; a site may be tried out at its socket."""
    assert served.visitor.post("/do/record", {}, headers=headers).status == 200


def test_what_is_no_form_is_refused(served):
    """Threat 40: JSON as text/plain."""
    assert served.visitor.post("/do/record", {"a": "b"}, headers={"content-type": "text/plain"}).status == 415


def test_a_method_that_nobody_answers_is_named(served):
    reply = served.visitor.get("/do/post/x")

    assert (reply.status, reply.headers["allow"]) == (405, "POST")
    assert served.visitor.post("/2026/11/", {}).status == 405


@pytest.mark.parametrize("told", [None, "10000000"])
def test_a_body_that_is_too_long_is_refused_at_once(served, told):
    """Threat 66, F13."""
    headers = {"content-type": "application/x-www-form-urlencoded"}
    request = Ask(address="/do/record", method="POST", headers=headers, body=b"a=" + b"x" * 1_100_000)

    assert ask(served.app, request).status == 413


def test_a_form_of_too_many_fields_is_refused(served):
    """Threat 66."""
    assert served.visitor.post("/do/record", {f"f{number}": "" for number in range(2000)}).status == 400


def test_a_failing_route_tells_the_reader_nothing_of_its_cause(served, caplog):
    """Threat 18."""
    reply = served.visitor.get("/do/boom")

    assert reply.status == 500
    assert "secret-in-the-cause" not in reply.text
    assert "answers failed to answer /do/boom" in caplog.text


def test_the_log_tells_the_cause_in_one_line_without_addresses(served, caplog):
    """Threat 60."""
    served.visitor.get("/do/fail?with=zoe@example.org+%1b[31m%0d%0aERROR+faked")

    (line,) = [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]
    assert "answers failed to answer /do/fail: LookupError" in line
    assert "answers.py:" in line
    assert "zoe" not in line
    assert "faked" not in line
    assert "\x1b" not in line


def test_the_log_names_routes_and_not_the_tokens_in_their_addresses(served, caplog):
    """Threat 60."""
    caplog.set_level(logging.INFO, "pressframe.web")

    served.visitor.post("/do/post/a-secret-token", {})

    assert re.search(r"POST /do/post/\{name\} 200 in \d+ ms \(answers\)", caplog.text)
    assert "a-secret-token" not in caplog.text


@pytest.mark.parametrize("odd", ["nothing", "text", "status", "type", "location", "scheme", "cookie"])
def test_an_odd_answer_of_a_plugin_is_its_fault_alone(served, caplog, odd):
    """Threats 39, 58, 62: nor does an answer lead away from the site."""
    reply = served.visitor.get(f"/do/odd?answer={odd}")

    assert reply.status == 500
    assert "answers failed to answer /do/odd" in caplog.text
    assert "evil" not in str(reply.headers)
    assert served.visitor.get("/2026/11/open/").status == 200


def test_an_answer_that_is_somebodys_own_is_never_kept_whatever_the_plugin_says(served, friend):
    """Threat 9."""
    assert served.visitor.get("/do/public").headers["cache-control"] == "public, max-age=60"
    assert served.visitor.get("/do/public?cookie=1").headers["cache-control"] == "private, no-store"
    assert friend.get("/do/public").headers["cache-control"] == "private, no-store"
    friend.cookies["__Host-session"] = "known"  # to whom nothing is open
    assert friend.get("/do/public").headers["cache-control"] == "private, no-store"


def test_an_answer_made_for_somebody_who_is_not_signed_in_is_never_kept(served):
    """Threat 9: such as a private feed, whose address alone says whose it is."""
    assert served.visitor.get("/do/public-friends").headers["cache-control"] == "private, no-store"


def test_a_planned_page_wins_over_a_route(served):
    assert "Du texte pour tous" in served.visitor.get("/2026/11/open/").text
    assert served.visitor.post("/2026/11/open/", {}).text == "192.0.2.1 stranger"


def test_what_a_form_holds_arrives_whole(served):
    """Threat 23."""
    text = "é\r\n😀 \u0000 +&=;%"

    assert text in html.unescape(served.visitor.post("/do/page", {"name": text}).text)


@pytest.mark.parametrize("body", [b"a=%ff", b"a=%ed%a0%80", b"\xff=1"])
def test_a_form_that_is_no_text_is_refused(served, body):
    """Threat 23: a lone surrogate, and bytes that are not UTF-8."""
    headers = {"content-type": "application/x-www-form-urlencoded"}

    assert ask(served.app, Ask(address="/do/page", method="POST", headers=headers, body=body)).status == 400


def test_more_requests_than_can_be_answered_are_asked_to_come_back(served):
    served.app.endpoints._count = 200

    reply = served.visitor.get("/do/record")

    assert (reply.status, reply.headers["retry-after"]) == (503, "1")


def test_refusals_are_said_plainly_where_the_theme_has_no_page_for_them(site):
    blog = site("""
        == pressframe.toml ==
        [site]
        title = "Essai"
        language = "fr-CA"
        plugins = ["web"]
    """)

    reply = blog.serve().visitor.get("/nichts/")

    assert reply.status == 404
    assert reply.text.startswith("<!doctype html>")
    assert "Page non trouvée" in reply.text  # as the theme and WordPress call it
    assert "Il n’y a rien à cette adresse." in reply.text
    assert "default-src 'self'" in reply.headers["content-security-policy"]


def test_every_refusal_is_said_in_french():
    for status in (308, 400, 403, 404, 405, 413, 415, 416, 500, 503):
        assert saying(status, "fr") != saying(status, "en")
        assert saying(status, "xx") == saying(status, "en")


@pytest.mark.parametrize(
    ("path", "said"), [("/do/record", '"answers" and "twice" both answer GET /do/record'), ("/do/{a", "/do/{a")]
)
def test_routes_that_cannot_be_told_apart_stop_the_server(blog, path, said):
    """Threat 62."""
    blog.edit("pressframe.toml", blog.read("pressframe.toml").replace('"answers",', '"answers", "twice",'))
    blog.edit("plugins/twice.py", TWICE.format(path=path))

    with pytest.raises(PluginError, match=re.escape(said)):
        blog.serve()


def test_a_locked_store_asks_to_come_back(served, caplog):
    """F8."""
    reply = served.visitor.get("/do/locked")

    assert (reply.status, reply.headers["retry-after"]) == (503, "5")
    assert "Réessayez dans un moment." in reply.text
    assert "locked by another process" in caplog.text


def test_a_routes_page_is_rendered_with_its_status_and_never_kept(served):
    reply = served.visitor.post("/do/page", {"name": "<b>Zoé</b>"})

    assert reply.status == 422
    assert "&lt;b&gt;Zoé&lt;/b&gt;" in reply.text
    assert reply.headers["cache-control"] == "private, no-store"


def test_no_payload_makes_a_new_header(served):
    """Threat 58."""
    for payload in [*_payloads("inject_crlf.jsonl"), "%0d%0aset-cookie:%20x=1"]:
        for address in (f"/do/header?v={payload}", f"/do/away?to=/{payload}", f"/do/away?v={payload}"):
            reply = served.visitor.get(address.replace(" ", "%20").replace("\r", "%0D").replace("\n", "%0A"))

            assert not any(name.startswith(("x-injected", "header-test")) for name in reply.headers)
            assert all("\n" not in value and "\r" not in value for value in [*reply.headers.values(), *reply.cookies])
            assert [cookie for cookie in reply.cookies if not cookie.startswith("__Host-session=")] == []


@pytest.mark.parametrize("name", ["x\r\ny", "x\0", "\n"])
def test_the_name_of_a_header_holds_no_control_character(name):
    """Threat 58."""
    with pytest.raises(ValueError, match="holds a control character"):
        header_lines(Response(headers={name: "1"}), "")


def test_the_log_gets_one_plain_line_of_what_a_store_says(caplog):
    """Threats 58, 60: it may quote what somebody typed."""
    found = Found(plugin="desk", pattern="/do/{x}", route=None, parameters={}, allowed=())

    with pytest.raises(Refused) as caught, _refusing(found):
        raise StoreError("no room for zoe@example.org \nERROR all is lost\x1b[31m")

    assert caught.value.status == 503
    assert caplog.messages == ["desk cannot answer /do/{x} now: no room for …@… \\nERROR all is lost\\x1b[31m"]


@pytest.mark.parametrize("value", ["%00", "a%0Ab", "%1B[2J", "%7F"])
def test_a_header_that_would_hold_a_control_character_is_the_plugin_s_fault(served, value):
    """Threat 58: NUL and what steers a terminal, too."""
    assert served.visitor.get(f"/do/header?v={value}").status == 500


@pytest.mark.parametrize(
    ("to", "sent"), [("/a b", "/a%20b"), ("/é", "/%C3%A9"), ("/a%22b", "/a%22b"), ("/a<b>", "/a%3Cb%3E")]
)
def test_a_location_is_sent_as_an_address_can_hold_it(served, to, sent):
    """Threat 58."""
    reply = served.visitor.get(f"/do/away?{urlencode({'to': to})}")

    assert reply.headers["location"] == sent


def test_a_cookie_is_bound_to_the_host_and_hidden_from_scripts(served):
    """Threat 37."""
    (cookie,) = served.visitor.get("/do/away").cookies

    assert cookie.startswith("__Host-session=1; ")
    assert {"HttpOnly", "Secure", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))


@pytest.mark.parametrize(
    ("name", "value"), [("a; b", "1"), ("", "1"), ("a", "1; Domain=x"), ("a", "1\n"), ("a\r", "1")]
)
def test_a_cookie_that_no_header_can_hold_is_the_plugin_s_fault(name, value):
    """Threat 58."""
    with pytest.raises(ValueError, match="a cookie holds what none can hold"):
        cookie_lines([Cookie(name=name, value=value)], "")


@pytest.mark.parametrize("prefix", ["", "__Host-"])
def test_a_hint_may_be_read_by_scripts_and_is_bound_like_all_others(prefix):
    """Threat 37."""
    hint, secret = (Cookie(name="one", value="1", is_hint=is_hint) for is_hint in (True, False))

    (_, line), (_, other) = cookie_lines([hint, secret], prefix)

    assert set(line.decode().split("; ")) == set(other.decode().split("; ")) - {"HttpOnly"}
    assert line.startswith(f"{prefix}one=1; ".encode())
    assert (b"; Secure" in line) is bool(prefix)


def test_no_path_leads_out_of_the_site(served):
    """Threats 48, 49."""
    for payload in [
        *_payloads("inject_path_traversal.jsonl"),
        ".git/config",
        ".env",
        "data/site.sqlite",
        ".pressframe/lock",
    ]:
        quoted = payload.replace("?", "%3F").replace("#", "%23").replace(" ", "%20").replace("\n", "%0A")
        reply = ask(served.app, Ask(address=f"http://essai.example/{quoted}"))

        assert reply.status in (404, 308), payload
        assert "root:" not in reply.text


def test_the_host_header_changes_nothing(served):
    """Threat 56."""
    plain = served.visitor.get("/2026/11/open/")

    reply = served.visitor.get("/2026/11/open/", headers={"host": "evil.example", "x-forwarded-host": "evil.example"})

    assert reply.body == plain.body


@pytest.mark.parametrize(
    ("connection", "forwarded", "client"),
    [
        ("192.0.2.9", "203.0.113.5", "192.0.2.9"),
        ("10.0.0.1", "203.0.113.5", "203.0.113.5"),
        ("10.0.0.1", "198.51.100.7, 203.0.113.5", "203.0.113.5"),
        ("10.0.0.1", "203.0.113.5, 10.0.0.2", "203.0.113.5"),
        ("10.0.0.1", "203.0.113.5, evil\x1b[31m", "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.1.1", "203.0.113.5", "10.0.1.1"),
        ("::ffff:10.0.0.1", "203.0.113.5", "203.0.113.5"),
        ("::ffff:10.0.0.1", "203.0.113.5, ::ffff:10.0.0.2", "203.0.113.5"),
        ("::ffff:192.0.2.9", "203.0.113.5", "::ffff:192.0.2.9"),
        ("2001:db8::a", "203.0.113.5", "2001:db8::a"),
    ],
)
def test_only_a_named_proxy_is_believed(served, connection, forwarded, client):
    """Threat 56."""
    request = Ask(address="/do/record", headers={"x-forwarded-for": forwarded}, client=connection)

    assert ask(served.app, request).text == f"{client} stranger"


def test_a_path_cannot_write_its_own_line_into_the_log(served, caplog):
    """Threat 60."""
    served.visitor.get("/do/boom%0d%0aERROR%20faked%1b[31m")
    served.visitor.get("/do/boom")

    assert "\x1b" not in caplog.text
    assert "\nERROR faked" not in caplog.text


def test_a_page_says_where_else_its_forms_may_lead(served):
    """Threat 31: a redirect after a form is followed where the page's policy names its end, and nowhere else."""
    asked = served.visitor.get("/do/form?to=https://pay.example:8443").headers["content-security-policy"]

    assert "form-action 'self' https://pay.example:8443;" in asked
    assert asked.replace(" https://pay.example:8443", "") == served.visitor.get("/").headers["content-security-policy"]


@pytest.mark.parametrize("origin", ["*", "https:", "'unsafe-inline'", "https://a.example/x", "https://a; script-src *"])
def test_what_is_no_origin_widens_no_policy(served, origin):
    answer = served.visitor.get(f"/do/form?to={quote(origin)}")

    assert answer.status == 500
    assert "form-action 'self';" in answer.headers["content-security-policy"]
