"""What other systems do to comments, and ours does otherwise: who is trusted, what happens while mail is down."""

import re
import socketserver
import sqlite3
import threading
import time
from contextlib import closing
from email import message_from_bytes

import pytest

SITE = """
== pressframe.toml ==
[site]
title = "Essai"
url = "https://essai.example"
language = "fr"
plugins = ["markdown", "sql", "web", "admin", "comments", "moderation", "gates", "members", "archives", "journal"]
[plugins.members]
[plugins.moderation]
[plugins.web]
{web}
== content/un.md ==
---
title: Un billet
date: 2026-11-20
---
Un texte.
"""
ADDRESS = "/2026/11/un/"
TYPED = {"author": "Zoé", "email": "zoe@example.org"}


def test_who_confirmed_their_address_is_trusted_and_who_types_it_is_not(site):
    """WordPress publishes whatever comes under an approved name and address, whoever types them."""
    made = site(SITE.format(web=""))
    served = made.serve()
    first = served.browser().post("/comments/un", {**TYPED, "comment": "La première fois."})
    assert made.run("comments", "approve", "c1").status == 0

    typed = served.browser().post("/comments/un", {**TYPED, "comment": "Les mêmes nom et adresse."})
    unconfirmed = served.browser()
    unconfirmed.post("/members/subscribe", {"email": TYPED["email"], "next": "", "website": ""})
    early = unconfirmed.post("/comments/un", {**TYPED, "comment": "Une adresse pas encore confirmée."})
    confirmed = served.sign_in("lea@example.org").post(
        "/comments/un", {"author": "Léa", "email": "", "comment": "Confirmée."}
    )

    assert {reply.status for reply in (first, typed, early, confirmed)} == {303}
    served.rebuild()
    page = served.visitor.get(ADDRESS).text
    assert [text in page for text in ("première fois", "Les mêmes nom", "pas encore", "Confirmée.")] == [
        True, False, False, True,
    ]  # fmt: skip


class _Taking(socketserver.StreamRequestHandler):
    """Takes every mail."""

    def handle(self):
        self.wfile.write(b"220 test\r\n")
        for line in self.rfile:
            if line.upper().startswith(b"DATA"):
                self.wfile.write(b"354 go\r\n")
                lines = list(iter(self.rfile.readline, b".\r\n"))
                self.server.taken.append(message_from_bytes(b"".join(lines)))
            elif line.upper().startswith(b"QUIT"):
                return
            self.wfile.write(b"250 ok\r\n")


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True


@pytest.fixture
def smtp():
    """A port at which nobody takes mails, and what starts to."""
    with _Server(("127.0.0.1", 0), _Taking) as reserved:
        port = reserved.server_address[1]
    started = []

    def start():
        server = _Server(("127.0.0.1", port), _Taking)
        server.taken = []
        threading.Thread(target=server.serve_forever).start()
        started.append(server)
        return server.taken

    yield port, start
    for server in started:
        server.shutdown()
        server.server_close()


def _make_due(folder):
    """Let the time come at which what waits is tried again."""
    with closing(sqlite3.connect(folder / "data" / "site.sqlite", timeout=60)) as database, database:
        database.execute("UPDATE sql_job SET due = 0 WHERE state = 'waiting'")


def _until(happened):
    end = time.monotonic() + 30
    while not happened():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def test_while_the_mail_server_is_down_a_comment_is_taken_at_once_and_its_mail_goes_out_later(site, smtp):
    """Ghost answers 500 though the comment is stored, so that trying again makes two; fault F4."""
    port, start = smtp
    made = site(SITE.format(web=f'smtp = {{ host = "127.0.0.1", port = {port}, security = "none" }}'))
    served = made.serve()
    served.sign_in_as("owner")
    served.close()
    process = made.start()
    before = time.monotonic()
    reply = process.ask("POST", "/comments/un", {**TYPED, "comment": "Pendant la panne."})
    taken_in = time.monotonic() - before
    again = process.ask("POST", "/comments/un", {**TYPED, "comment": "Pendant la panne."})
    _make_due(made.folder)
    process.wait_for(r"job \d+ \(moderation\.mail\) failed and is tried again at")
    kept = process.ask("GET", reply.headers["location"].partition("#")[0])

    mails = start()
    process.stop()
    process = made.start()  # what waits outlives the server
    _make_due(made.folder)
    _until(lambda: mails)
    listed = made.run("comments", "list", "--json").output

    assert (reply.status, again.status) == (303, 303)
    assert taken_in < 2
    assert "Pendant la panne." in kept.text
    assert len(re.findall(r'"id": "c\d+"', listed)) == 1
    assert [mail["to"] for mail in mails] == ["owner@example.org"]
    assert "Pendant la panne." in mails[0].get_payload(0).get_payload(decode=True).decode()
    process.stop()
