"""Pingbacks: XML-RPC as old blogs send it, with the fault codes of its specification, and nothing that XML can do."""

import xmlrpc.client

import pytest

from pressframe_testing import Ask, ask
from pressframe_webmention import _xmlrpc as xml

from .conftest import TARGET


def call(served, body, *, kind="text/xml", address="198.51.100.7"):
    asked = Ask(address="/pingback", method="POST", headers={"content-type": kind}, body=body, client=address)
    return ask(served.app, asked)


def ping(served, *texts, method="pingback.ping"):
    """Return what a client of the standard library gets; a fault as its code."""
    reply = call(served, xmlrpc.client.dumps(texts, method).encode())
    assert (reply.status, reply.headers["content-type"]) == (200, "text/xml; charset=utf-8")
    try:
        return xmlrpc.client.loads(reply.body)[0][0]
    except xmlrpc.client.Fault as fault:
        return fault.faultCode


def test_a_pingback_is_taken_checked_and_held(blog, elsewhere, stored):
    served = blog().serve()
    source = elsewhere.put("/a", f"<title>Chez Léo</title><p>Avant. J’ai lu <a href='{TARGET}'>ceci</a>, bien.</p>")

    said = ping(served, source, TARGET)
    served.run_jobs()

    assert said.startswith("Thank you")
    [filed] = stored(served)
    assert (filed.comment.kind, filed.state.value) == ("pingback", "pending")
    assert (filed.comment.author, filed.comment.url) == ("Chez Léo", source)
    assert filed.comment.body == "Avant. J’ai lu ceci, bien."
    assert ping(served, source, TARGET) == 48


@pytest.mark.parametrize(("texts", "fault"), [
    (("http://127.0.0.1/", TARGET), 16), (("x", TARGET), 16), (("", TARGET), 16),
    (("http://a.example/", "https://other.example/"), 32), (("http://a.example/", "https://prland.example/no/"), 32),
    (("http://a.example/", "https://prland.example/2026/11/ferme/"), 33), ((TARGET, TARGET), 0),
    (("http://a.example/",), 0), ((), 0), (("a", "b", "c"), 0),
])  # fmt: skip
def test_what_is_not_taken_is_a_fault_that_says_why(blog, elsewhere, texts, fault):
    """Threats 54 and 55."""
    served = blog().serve()

    assert ping(served, *texts) == fault
    assert served.run_jobs() == 0


def test_there_is_one_method(blog):
    assert ping(blog().serve(), method="system.listMethods") == -32601


BOMBS = [
    b'<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><methodCall><methodName>&b;</methodName></methodCall>',
    b'<!DOCTYPE a SYSTEM "http://127.0.0.1/"><methodCall><methodName>pingback.ping</methodName></methodCall>',
    b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    b"<a>" * 100_000, b"", b"\x00", b"<methodCall", b"{}", b"<a b='c'", b"\xff\xfe<\x00a",
    b'<?xml version="1.0" encoding="utf-7"?><methodCall/>', b'<?xml version="1.0" encoding="\xe9"?><a/>',
    b"<methodCall><methodName>pingback.ping</methodName>" + b"<params/>" * 10_000 + b"</methodCall>",
    b"<value>" * 1000 + b"</value>" * 1000,
]  # fmt: skip


@pytest.mark.parametrize("body", BOMBS)
def test_what_is_no_call_is_a_fault_and_costs_nothing(blog, body):
    """Threat 66."""
    served = blog().serve()

    reply = call(served, body)

    assert b"this is no XML-RPC call" in reply.body


def test_other_types_and_long_bodies_are_refused(blog):
    """Threat 66."""
    served = blog().serve()

    assert call(served, b"<a/>", kind="application/json").status == 415
    assert call(served, b"<a/>" * 1_000_000).status == 413


def test_pingbacks_can_be_left_out(blog):
    served = blog("receive = true\npingback = false").serve()

    page = served.visitor.get("/2026/11/billet/")

    assert call(served, b"<a/>").status == 404
    assert "pingback" not in page.text
    assert "x-pingback" not in page.headers


@pytest.mark.parametrize("text", ["a&b<c>é", "]]>", "<script>", "a\u2028b"])
def test_what_is_written_is_read_by_others_and_the_other_way_round(text):
    assert xmlrpc.client.loads(xml.write_call("a.b", text, "x")) == ((text, "x"), "a.b")
    assert xmlrpc.client.loads(xml.write_answer(text))[0] == (text,)
    assert xml.read_call(xmlrpc.client.dumps((text, "x"), "a.b").encode()) == ("a.b", [text, "x"])
    assert xml.read_answer(xmlrpc.client.dumps((text,), methodresponse=True).encode()) == (0, text)
    assert xml.read_answer(xml.write_fault(48, text)) == (48, text)


def test_texts_without_a_type_are_texts():
    body = "<methodCall><methodName>m</methodName><params><param><value>a</value></param></params></methodCall>"

    assert xml.read_call(body.encode()) == ("m", ["a"])
