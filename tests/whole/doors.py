"""Every way to ask a served site for something, as a stranger; the answers, unpacked."""

import gzip
from collections.abc import Iterable, Iterator

import brotli

from pressframe_testing import Reply, Served

SPELLINGS = (
    "{}?preview=1", "{}?static=1", "{}?format=json", "{}?page=2", "{}?v=00000000", "{}?s=canari&order=asc", "/{}",
    "{}/", "/.{}", "/%2e{}", "/x/..{}", "/x/%2e%2e{}", "{};x", "{}%0a", "{}%20", "{}%00", "{}..;/", "{}.",
    "{}index.html", "{}index.md", "{}index.json", "{}.json", "{}feed/", "{}feed.xml", "{}comments.json", "{}amp/",
    "{}print/", "/index.php{}", "/comments{}", "/comments/reply{}?to=1", "/members/subscribe?next={}",
)  # fmt: skip
ELSEWHERE = (
    "/", "/nowhere/", "/404.html", "/feed.json", "/rss.xml", "/comments.xml", "/comments.rss", "/comments.json",
    "/sitemap.xml", "/robots.txt", "/search.json", "/index.json", "/wp-json/wp/v2/posts", "/?s=canari", "/?p=1",
    "/members/", "/members/sign-in", "/members/subscribe", "/members/confirm/x", "/members/code",
    "/members/export", "/members/leave", "/members/feed/x.y", "/members/account/feed",
    "/comments/pending/x", "/-/health",
    "/passes/gift/x", "/passes/preview/x", "/passes/preview/x/0", "/passes/read", "/passes/gift", "/admin/passes/",
    "/newsletter/leave/x", "/newsletter/preferences/x.y", "/newsletter/mail/", "/newsletter/post", "/admin/newsletter/",
    "/admin/newsletter/mail?entry=posts/x&as=whole", "/admin/newsletter/preview?entry=posts/x&text",
    "/pressframe.toml", "/site.xml", "/.pressframe/", "/.pressframe/memory", "/.pressframe/open/", "/data/site.sqlite",
    "/content/", "/outbox/", "/../pressframe.toml", "/%2e%2e/site.xml", "//etc/passwd", "/.git/config", "/.env",
    "/llms.txt", "/llms-full.txt",
)  # fmt: skip
ASKED = (
    {}, {"range": "bytes=0-"}, {"range": "bytes=-4000"}, {"accept-encoding": "gzip"}, {"accept-encoding": "br"},
    {"if-none-match": "*"}, {"accept": "application/json"}, {"cookie": "session=x; __Host-session=x"},
    {"x-original-url": "/", "x-rewrite-url": "/", "x-forwarded-for": "127.0.0.1"},
)  # fmt: skip


def answers(served: Served) -> Iterator[tuple[str, bytes]]:
    """Yield what was asked and all bytes of each answer: of every address, those that do not exist, odd ones, forms."""
    release = served.app.served.release
    for address in dict.fromkeys([*release.files, *release.gated, *ELSEWHERE]):
        for headers in ASKED if address in release.gated else ASKED[:4]:
            yield f"GET {address} {headers}", told(served.browser().get(address, headers=headers))
        yield f"HEAD {address}", told(served.browser().get(address, method="HEAD"))
    for address in release.gated:
        for spelling in SPELLINGS:
            odd = spelling.format(address)
            yield f"GET {odd}", told(served.browser().get(odd))
        for odd in (address.upper(), address.rstrip("/"), address.replace("/", "//"), "".join(map(_quoted, address))):
            yield f"GET {odd}", told(served.browser().get(odd, headers={"range": "bytes=0-"}))
        for method in ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"):
            yield f"{method} {address}", told(served.browser().get(address, method=method))
        yield f"POST {address}", told(served.browser().post(address, {"s": "canari"}))


def forms(served: Served) -> Iterator[tuple[str, bytes]]:
    """Yield what a stranger is told who sends every form about every gated entry, and the mails that come of it."""
    release = served.app.served.release
    for number, address in enumerate(release.gated):
        page = release.view().page(address)
        entry = page.subject if page else None
        comment = {"author": "Zoé", "email": "zoe@example.org", "comment": "Oui.", "comment_parent": "1"}
        yield f"comment on {entry}", told(served.browser().post(f"/comments/{entry}", comment))
        for door in ("read", "gift"):
            yield f"{door} {address}", told(served.browser().post(f"/passes/{door}", {"next": address}))
        browser = served.browser(f"192.0.{number % 250}.1")
        subscription = {"email": f"somebody@host{number}.example", "next": address, "website": ""}
        for door in ("subscribe", "sign-in"):
            yield f"{door} at {address}", told(browser.post(f"/members/{door}", subscription))
    served.run_jobs()
    for mail in served.mails:
        yield f"mail to {mail['to']}", mail.as_bytes() + mail.get_body().get_content().encode()


def conversation(served: Served, entry: str, ids: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """Yield what a stranger is told who asks for the comments *ids* of a gated entry, one by one and in pages."""
    card = served.app.served.release.view().card(entry)
    address = card.address if card else f"/{entry}/"
    for number in range(4):
        for page in (f"/comments/page/{number}/{entry}", f"{address}comments-{number}/", f"{address}comments-{number}"):
            for headers in ASKED:
                yield f"GET {page} {headers}", told(served.browser().get(page, headers=headers))
            yield f"HEAD {page}", told(served.browser().get(page, method="HEAD"))
    typed = {"author": "Zoé", "email": "zoe@example.org", "comment": "Oui.", "follow_all": "1"}
    for id in ids:
        for asked in (f"/comment/{id}", f"/comment/{id}?on={entry}", f"/comments/reply/{entry}?to={id}"):
            yield f"GET {asked}", told(served.browser().get(asked))
        for what in ("edit", "delete"):
            yield f"GET {what} {id}", told(served.browser().get(f"/comment/{id}/{what}"))
            yield f"POST {what} {id}", told(served.browser().post(f"/comment/{id}/{what}", {"comment": "Non."}))
        for more in ({}, {"preview": "1"}, {"author": "", "email": "x"}):
            answer = served.browser().post(f"/comments/{entry}", {**typed, "comment_parent": id, **more})
            yield f"answer {id} {more}", told(answer)


def told(reply: Reply) -> bytes:
    """Return all that an answer tells, unpacked."""
    unpack = {"gzip": gzip.decompress, "br": brotli.decompress}.get(reply.headers.get("content-encoding", ""), bytes)
    body = unpack(reply.body) if reply.body else b""
    return repr((reply.status, reply.headers, reply.cookies)).encode() + body


def _quoted(letter: str) -> str:
    return letter if letter in "/%" else "".join(f"%{byte:02x}" for byte in letter.encode())
