"""A served site that is killed and flooded while readers send comments: what was answered is stored, once."""

import logging
import os
import random
import re
import sqlite3
import threading
import time

import pytest

from pressframe_testing import Process

log = logging.getLogger(__name__)

KILLS = int(os.environ.get("PRESSFRAME_COMMENT_KILLS", "3"))
ENTRY = "/comments/posts/billet"


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


def test_nothing_that_the_server_answered_is_lost_by_a_kill(make_site):
    """Fault F2: four send at once; ``make kill`` kills two hundred times."""
    folder, seed, answered, back = (
        make_site(settings="flood_limit = 0\nflood_limit_site = 0").folder,
        time.time_ns(),
        [],
        [],
    )
    chance = random.Random(seed)

    for kill in range(KILLS):
        start = time.monotonic()
        process = Process.start(folder)
        try:
            assert process.get("/billet/").status == 200
            back.append(time.monotonic() - start)
            senders = [
                threading.Thread(target=send_until_it_ends, args=(process, f"{kill} {name}", answered))
                for name in range(4)
            ]
            before = len(answered)
            for sender in senders:
                sender.start()
            while len(answered) == before:
                time.sleep(0.01)
            time.sleep(chance.uniform(0, 0.5))
        finally:
            process.kill()
        for sender in senders:
            sender.join()

    kept = stored(folder)
    assert set(answered) <= set(kept), seed
    assert len(kept) == len(set(kept)), f"stored twice, seed {seed}"
    log.info("%d kills: %d answered, %d stored; up in %.2f s at best", KILLS, len(answered), len(kept), min(back))


@pytest.fixture
def process(make_site):
    started = Process.start(make_site(settings="flood_limit = 5").folder)
    yield started
    started.kill()


def test_who_sends_many_at_once_passes_no_limit_by_it(process, tmp_path):
    """Fault F14, threat 27: of forty that come together as many are taken as of forty that come one by one."""
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
