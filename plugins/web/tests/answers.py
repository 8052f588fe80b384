"""A plugin that answers in every odd way, and whose comments and readers do as a test says."""

import threading
from datetime import UTC, datetime

import attrs

from pressframe import Comment, Gate, Page, Reader, StoreError, hookimpl
from pressframe_web import Cookie, Response, Route

SEEN, ASKED = [], []
GO_ON = threading.Event()


def record(request, site):
    SEEN.append(request)
    return Response(body=f"{request.client} {request.reader.id if request.reader else 'stranger'}".encode())


def boom(request, site):
    raise RuntimeError("secret-in-the-cause")


def locked(request, site):
    raise StoreError("locked by another process")


def page(request, site):
    return Response(
        status=422,
        page=Page(
            address="/said/", template="message.html", data={"heading": "Bonjour", "text": request.form.get("name", "")}
        ),
    )


def header(request, site):
    return Response(headers={"x-given": request.query.get("v", "")}, body=b"-")


def away(request, site):
    return Response(
        location=request.query.get("to", "/"), cookies=(Cookie(name="session", value=request.query.get("v", "1")),)
    )


def fail(request, site):
    raise LookupError(request.query["with"])


def odd(request, site):
    return {
        "nothing": lambda: None,
        "text": lambda: Response(body="text"),
        "status": lambda: Response(status=99),
        "type": lambda: Response(media_type="text/html\r\nx-evil: 1"),
        "location": lambda: Response(location="//evil.example/"),
        "scheme": lambda: Response(location="https://evil.example/"),
        "cookie": lambda: Response(cookies=(Cookie(name="a", value="1; Domain=evil.example"),)),
    }[request.query["answer"]]()


def public(request, site):
    cookies = (Cookie(name="a", value="1"),) if request.query else ()
    audience = request.parameters.get("audience")
    page = Page(address="/public/", template="message.html", data={"heading": "a", "text": "b"})
    headers = {"Cache-Control": "public, max-age=60"}
    return Response(
        page=page,
        headers=headers,
        cookies=cookies,
        reader=audience and Reader(id="r2", audiences=frozenset({audience})),
    )


def form(request, site):
    data = {"heading": "Un bouton", "text": ""}
    page = Page(address="/do/form", template="form.html", data=data)
    leads_to = tuple(filter(None, [request.query.get("to", "")]))
    return Response(page=page, headers={"Referrer-Policy": "no-referrer"}, forms_lead_to=leads_to)


def asked(request, site):
    return Response(body=str(len(ASKED)).encode())


def change(request, site):
    site.changed()
    return Response(location="/")


def free(request, site):
    GO_ON.set()
    return Response(body=b"")


@attrs.frozen
class Outside:
    """A source of comments whose state is in a file."""

    file: object
    name: str = "outside"

    def fingerprint(self):
        text = self.file.read_text()
        if text.startswith("raise"):
            exec(text)
        return text

    def of(self, entries):
        entry, moment = "posts/2026/open", datetime(2026, 11, 22, tzinfo=UTC)
        said = Comment(id="1", entry=entry, author="Zoé", body="Dit dehors.", received=moment)
        return {entry: [said]} if self.file.read_text() == "said" else {}


@attrs.frozen(eq=False)
class Answers:
    @hookimpl
    def register_comments(self, host):
        return [Outside(host.folder / "outside.txt")]

    @hookimpl
    def register_routes(self):
        for endpoint in (asked, away, boom, change, fail, form, free, header, locked, odd, page, public, record):
            yield Route(methods=("GET", "POST"), path=f"/do/{endpoint.__name__}", endpoint=endpoint)
        yield Route(methods=("GET", "POST"), path="/2026/11/open/", endpoint=record)
        yield Route(methods=("GET",), path="/do/public-{audience}", endpoint=public)
        yield Route(methods=("POST",), path="/do/post/{name}", endpoint=record)

    @hookimpl
    def judge_gate(self, entry, now):
        later = datetime(2027, 6, 1, tzinfo=UTC)
        requires = {"friends"} if entry.title == "Fermé" or now >= later else set()
        return Gate(requires=frozenset(requires), until=later if now < later else None, reason="a test")

    @hookimpl
    def find_reader(self, request):
        ASKED.append(request)
        if request.cookies.get("session") == "hangs":
            GO_ON.wait(60)
        if request.cookies.get("session") == "broken":
            raise RuntimeError("no database")
        audiences = {"friend": {"friends"}, "known": set()}.get(request.cookies.get("session"))
        return None if audiences is None else Reader(id="r1", audiences=frozenset(audiences))
