"""A served site killed, flooded, locked, out of room while readers comment: what was answered is stored, once."""

import contextlib
import html
import http.client
import logging
import os
import random
import re
import sqlite3
import threading
import time
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

import pytest

from pressframe_testing import Process, wants_everything
from pressframe_testing._disk import small_disk

log = logging.getLogger(__name__)

KILLS = int(os.environ.get("PRESSFRAME_COMMENT_KILLS", "3"))
FLOOD = 100_000 if wants_everything() else 2000
"""How many comments come in a flood: what fault F14 says where PRESSFRAME_EVERYTHING is set in the environment."""
PATIENCE = 5
"""Seconds for which a comment waits for the database."""
ENTRY = "/comments/posts/billet"
UNLIMITED = "flood_limit = 0\nflood_limit_site = 0"


def form(text):
    return {"author": "Zoé", "email": "zoe@example.org", "comment": text}


def stored(folder):
    """Return the texts in the database, after a look at whether it is whole."""
    file = sqlite3.connect(folder / "data" / "site.sqlite")
    try:
        assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return [text for (text,) in file.execute("SELECT body FROM comments_comment")]
    finally:
        file.close()


def send_until_it_ends(process, name, answered):
    for number in range(100_000):
        text = f"Un avis, le {number} de {name}."
        try:
            reply = process.ask("POST", ENTRY, form(text))
        except OSError:  # killed
            return
        if reply.status == 303:
            answered.append(text)


def kill_while_four_send(process, kill, answered, seconds):
    """Kill *process* so many *seconds* after it answered the first of those who send."""
    names = [f"{kill} {name}" for name in range(4)]
    senders = [threading.Thread(target=send_until_it_ends, args=(process, name, answered)) for name in names]
    before = len(answered)
    for sender in senders:
        sender.start()
    while len(answered) == before:
        time.sleep(0.01)
    time.sleep(seconds)
    process.kill()
    for sender in senders:
        sender.join()


@contextlib.contextmanager
def started(folder, took):
    """Serve the site while the block runs; *took* gets the seconds until it answered."""
    begun = time.monotonic()
    process = Process.start(folder)
    try:
        assert process.get("/billet/").status == 200
        took.append(time.monotonic() - begun)
        yield process
    finally:
        process.kill()


def test_nothing_that_the_server_answered_is_lost_by_a_kill_and_it_is_soon_back(make_site):
    """Fault F2: four send at once; ``make kill`` kills two hundred times."""
    folder = make_site(settings=UNLIMITED).folder
    seed, answered, starts, usual = time.time_ns(), [], [], []
    chance = random.Random(seed)

    for kill in range(KILLS + 1):
        with started(folder, starts) as process:
            if kill < KILLS:
                kill_while_four_send(process, kill, answered, chance.uniform(0, 0.5))
    for _ in range(3):
        with started(folder, usual) as process:
            process.stop()

    back = sorted(starts[1:])  # the first start makes the database
    kept = stored(folder)
    lost = set(answered) - set(kept)
    times = f"back in {median(back):.2f} s, {max(back):.2f} at worst"
    log.info("%d kills: %d answered, %d lost, %d stored; %s", KILLS, len(answered), len(lost), len(kept), times)
    assert not lost, seed
    assert len(kept) == len(set(kept)), f"stored twice, seed {seed}"
    assert all(re.fullmatch(r"Un avis, le \d+ de \d+ \d\.", text) for text in kept), "half a comment"
    assert back[len(back) // 4] < max(2, 2 * min(usual)), times  # whatever else keeps the machine busy


@pytest.fixture
def process(make_site):
    started = Process.start(make_site(settings="flood_limit = 5").folder)
    yield started
    started.kill()


def test_who_sends_many_at_once_passes_no_limit_by_it(process, tmp_path):
    """Fault F14: of forty that come together as many are taken as of forty that come one by one."""
    replies = []
    senders = [
        threading.Thread(target=lambda n=n: replies.append(process.ask("POST", ENTRY, form(f"Avis {n}."))))
        for n in range(40)
    ]

    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()

    taken = [reply for reply in replies if reply.status == 303]
    refused = [reply for reply in replies if reply.status == 429]
    assert 1 <= len(taken) <= 5
    assert len(taken) + len(refused) == 40
    assert all(re.fullmatch(r"[1-9]\d*", reply.headers["retry-after"]) for reply in refused)
    assert len(stored(tmp_path)) == len(taken)
    assert process.get("/billet/").status == 200


def backdate(folder):
    """Let an hour go by for what is stored."""
    with contextlib.closing(sqlite3.connect(folder / "data" / "site.sqlite", timeout=60)) as database, database:
        database.execute("UPDATE comments_comment SET received = received - 3600000000")


def test_the_same_sent_twice_over_the_wire_is_one_row_for_a_minute_and_with_the_same_key_for_good(process, tmp_path):
    """Threat 71: a double click, whose requests come at once and on connections of their own; a retry an hour later."""
    replies = []
    clicks = [threading.Thread(target=lambda: replies.append(process.ask("POST", ENTRY, form("Un.")))) for _ in "12"]
    for click in clicks:
        click.start()
    for click in clicks:
        click.join()
    first = process.ask("POST", ENTRY, {**form("Deux."), "key": "k1"})
    backdate(tmp_path)
    again = process.ask("POST", ENTRY, {**form("Deux."), "key": "k1"})
    once = stored(tmp_path)
    without_key = process.ask("POST", ENTRY, form("Un."))

    assert [reply.status for reply in (*replies, first, again, without_key)] == [303] * 5
    assert len({reply.headers["location"] for reply in replies}) == 1
    assert again.headers["location"] == first.headers["location"]
    assert once == ["Un.", "Deux."]
    assert stored(tmp_path) == ["Un.", "Deux.", "Un."]


def test_ten_megabytes_of_comment_are_refused_in_a_tenth_of_a_second(process, tmp_path):
    """Fault F13: before they are sent; who sends them all the same is told, too, and not just cut off."""
    head = f"POST {ENTRY} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    request = f"{head}Content-Length: 10000000\r\n\r\ncomment=".encode() + b"x" * 10_000
    taken, answers = [], []

    for _ in range(5):
        with process.connect() as connection:
            start = time.monotonic()
            connection.sendall(request)
            answers.append(connection.recv(4096))
            taken.append(time.monotonic() - start)

    assert all(answer.startswith(b"HTTP/1.1 413 ") for answer in answers)
    assert min(taken) < 0.1
    assert process.ask("POST", ENTRY, form("x" * 10_000_000)).status == 413
    assert process.get("/billet/").status == 200
    assert stored(tmp_path) == []


# ------------------------------------------------------------------------------------------------- full disk


@pytest.fixture
def on_small_disk(make_site, tmp_path):
    """A site whose data are on a file system of their own, with what fills that."""
    with small_disk(tmp_path / "data", "size=3m") as data:
        yield make_site(settings=UNLIMITED).folder, data / "filler"


def fill(filler):
    with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
        for piece in (1 << 16, 1 << 12):
            with contextlib.suppress(OSError):
                while file.write(bytes(piece)):
                    pass


def long_text(number):
    return f"Un long avis, le {number} : " + "très juste, " * 2000


def test_on_a_full_disk_a_comment_is_given_back_whole_and_taken_once_there_is_room(on_small_disk):
    """Fault F6, threat 76: the disk is really full; readers read on, and nothing is stored by half."""
    folder, filler = on_small_disk
    process = Process.start(folder)
    try:
        replies = {"Un.": process.ask("POST", ENTRY, form("Un."))}
        fill(filler)
        texts = [long_text(number) for number in range(20)]
        replies |= {text: process.ask("POST", ENTRY, form(text)) for text in texts}
        refused = [text for text, reply in replies.items() if reply.status == 503]
        page = process.get("/billet/")
        filler.unlink()
        again = [process.ask("POST", ENTRY, form(text)).status for text in refused]
    finally:
        process.stop()

    taken = {text for text, reply in replies.items() if reply.status == 303}
    assert refused, "the disk was not full"
    assert taken | set(refused) == set(replies)
    assert page.status == 200
    for reply in (replies[text] for text in refused):
        assert reply.headers["retry-after"] == "10"
        assert "n’a pas pu être enregistré" in reply.text
        typed = re.search(r"<textarea[^>]*>\n?(.*?)</textarea>", reply.text, re.DOTALL)[1]
        assert html.unescape(typed) in refused
    assert again == [303] * len(refused)
    assert sorted(stored(folder)) == sorted(replies)


def test_a_site_killed_on_a_full_disk_serves_again_there_and_stores_once_there_is_room(on_small_disk):
    """Fault F6, and F2."""
    folder, filler = on_small_disk
    kept = [long_text(number) for number in range(3)]
    process = Process.start(folder)
    try:
        statuses = [process.ask("POST", ENTRY, form(text)).status for text in kept]
        fill(filler)
        process.kill()
        process = Process.start(folder)
        page = process.get("/billet/")
        filler.unlink()
        statuses.append(process.ask("POST", ENTRY, form("Encore.")).status)
    finally:
        process.kill()

    assert page.status == 200
    assert statuses == [303] * 4
    assert stored(folder) == [*kept, "Encore."]


# ------------------------------------------------------------------------------------------ a locked database


@pytest.mark.parametrize("locked", [1, PATIENCE + 3] if wants_everything() else [1])
def test_while_the_database_is_locked_a_comment_waits_and_then_is_given_back(make_site, locked):
    """Fault F8: by another program, for so many seconds."""
    folder = make_site(settings=UNLIMITED).folder
    process = Process.start(folder)
    try:
        process.ask("POST", ENTRY, form("Un."))
        other = sqlite3.connect(folder / "data" / "site.sqlite", isolation_level=None, check_same_thread=False)
        with contextlib.closing(other):
            other.execute("BEGIN IMMEDIATE")
            release = threading.Timer(locked, other.execute, ["ROLLBACK"])
            release.start()
            start = time.monotonic()
            reply = process.ask("POST", ENTRY, form("Deux."))
            waited = time.monotonic() - start
            page = process.get("/billet/")
            release.join()
            again = process.ask("POST", ENTRY, form("Deux."))
    finally:
        process.stop()

    log.info("locked for %g s: answered %d after %.1f s", locked, reply.status, waited)
    assert page.status == 200
    assert again.status == 303
    assert stored(folder) == ["Un.", "Deux."]
    if locked < PATIENCE:
        assert reply.status == 303
    else:
        assert (reply.status, reply.headers["retry-after"]) == (503, "10")
        assert waited < PATIENCE + 2
        assert ">Deux.</textarea>" in reply.text.replace("\n", "")


# ----------------------------------------------------------------------------------------------------- flood


def send_many(process, texts, statuses):
    headers = {"content-type": "application/x-www-form-urlencoded"}
    with contextlib.closing(http.client.HTTPConnection(*process.address, timeout=60)) as connection:
        for text in texts:
            connection.request("POST", ENTRY, urlencode(form(text)), headers)
            answer = connection.getresponse()
            answer.read()
            statuses.append(answer.status)


def memory(process):
    """Return how many megabytes the server has in memory."""
    status = Path(f"/proc/{process.id}/status")
    if not status.exists():
        pytest.skip("needs Linux, which tells how much memory a process has")
    return int(re.search(r"VmRSS:\s+(\d+)", status.read_text("utf-8"))[1]) / 1000


def test_a_flood_of_comments_leaves_readers_served_and_the_memory_bounded(make_site):
    """Fault F14."""
    folder = make_site(settings=UNLIMITED).folder
    process, statuses, reads, grown = Process.start(folder), [], [], []
    try:
        send_many(process, [f"Pour commencer, {number}." for number in range(200)], [])
        before, start = memory(process), time.monotonic()
        senders = [
            threading.Thread(target=send_many, args=(process, [f"Avis {n}." for n in range(k, FLOOD, 8)], statuses))
            for k in range(8)
        ]
        for sender in senders:
            sender.start()
        while any(sender.is_alive() for sender in senders):
            reads.append(process.get("/billet/").status)
            grown.append(memory(process) - before)
            time.sleep(0.02)
        rate = FLOOD / (time.monotonic() - start)
        alive = process.get("/-/health").status
    finally:
        process.stop()

    told = f"{before:.0f} MB before, {max(grown):.0f} MB more at most; {len(reads)} pages read"
    log.info("%d comments, %.0f a second: %s", FLOOD, rate, told)
    assert statuses == [303] * FLOOD
    assert len(stored(folder)) == FLOOD + 200
    assert {*reads, alive} == {200}
    assert max(grown) < 60
