"""Everything about one mail address: told, and erased so that it is nowhere (threat 79)."""

import json
import re
from hashlib import sha256
from pathlib import Path

import pytest
import sqlalchemy as sa

from pressframe_comments import Search, State, comment_store
from pressframe_comments._tables import COMMENT, HISTORY
from pressframe_sql import Worker, database

ADDRESS = "zoe@example.org"


@pytest.fixture
def talk(served):
    """Zoé's comments: one that Bo answered, one that nobody did, one that she answered herself, one spam; and Bo's."""
    posts = (
        ("Zoé", ADDRESS, "", "Secret un"),
        ("Bo", "bo@example.org", "c1", "Oui"),
        ("Zoé", "ZOE@Example.org", "", "Secret deux"),
        ("Zoé", ADDRESS, "c3", "Secret trois"),
        ("Zoé", ADDRESS, "", "Secret quatre"),
    )
    for number, (author, email, parent, text) in enumerate(posts, 1):
        served.post(author=author, email=email, comment=text, comment_parent=parent, url=f"https://{author}.example/")
        served.moderate("approve", f"c{number}")
        served.later(minutes=6)
    served.moderate("edit", "1", "--body", "Secret un, corrigé")
    served.moderate("spam", "5")
    return served


def test_all_that_is_kept_is_told(talk):
    told = json.loads(talk.moderate("export-person", " Zoe@example.org ").stdout)

    assert [one["id"] for one in told["comments"]] == ["c1", "c3", "c4", "c5"]
    assert told["comments"][0]["history"][1]["texts"]["body"] == "Secret un"
    assert told["jobs"] == []


def test_what_was_erased_is_nowhere(talk):
    base = database(talk.site)
    base.write(lambda connection: base.enqueue(connection, "mail.somebody", {"to": ADDRESS}))
    base.write(lambda connection: base.enqueue(connection, "mail.somebody", {"to": "bo@example.org"}))

    done = talk.moderate("erase-person", ADDRESS, "--yes")

    assert done.output.startswith("erased: 1 jobs, 4 comments, 0 comments followed\n")
    page = talk.page()
    assert page.comments == ["c1", "c2"]
    assert "[supprimé]" in page.seen
    assert "Secret" not in page.text
    assert "zoé" not in page.text.lower()
    assert "Zoé.example" not in page.text
    database(talk.site).close()
    kept = [one for name in ("data", "public", ".pressframe") for one in (talk.site.folder / name).rglob("*")]
    assert talk.site.folder / ".pressframe" / "memory" / "states.json" in kept
    guessed = sha256(ADDRESS.encode())  # what anybody can make of the address, without the site's key
    words = (b"secret un", b"zoe@", "zoé".encode(), guessed.hexdigest().encode(), guessed.digest())
    for file in filter(Path.is_file, kept):
        raw = file.read_bytes()
        assert not any(word in raw or word in raw.lower() for word in words), file
    assert "bo@example.org" in talk.moderate("export-person", "bo@example.org").output


def test_of_what_was_answered_nothing_but_its_place_is_kept(talk):
    """Threat 79: no column tells who it was, nor does the history."""
    told = dict.fromkeys(("url", "client", "agent", "referrer", "reader", "sender", "key", "likeness"), "canari")
    of_first = sa.update(COMMENT).where(COMMENT.c.id == 1)
    database(talk.site).write(
        lambda connection: connection.execute(of_first.values(**told, reasons='["canari"]', by_author=True))
    )

    talk.moderate("erase-person", ADDRESS, "--yes")

    with database(talk.site).read() as connection:
        row = connection.execute(sa.select(COMMENT).where(COMMENT.c.id == 1)).one()._asdict()
        steps = connection.execute(sa.select(HISTORY).where(HISTORY.c.comment == 1)).all()
    place = {name: row[name] for name in ("id", "entry", "kind", "state", "format", "received", "changed", "version")}
    words = {"author": "[supprimé]", "sought": "[supprime]\n", "reasons": "[]"}
    assert {name: value for name, value in row.items() if value not in (None, "", False)} == {**place, **words}
    assert steps == []


def test_archived_comments_are_told_and_emptied_too(talk):
    """Threat 79: files hold no addresses, but what pictures are drawn from, keyed with the site's secret."""
    talk.moderate("approve", "5")
    talk.moderate("archive", "posts/billet")
    file = talk.site.folder / "content" / "posts" / "billet.comments.toml"
    file.write_text(file.read_text("utf-8").replace("[[comment]]", "# une remarque\n[[comment]]", 1), "utf-8")
    assert "Secret quatre" in talk.page().seen

    told = json.loads(talk.moderate("export-person", ADDRESS).stdout)["archived comments"]
    done = talk.moderate("erase-person", " ZOE@example.org", "--yes")

    assert [one["id"] for one in told] == ["c1", "c3", "c4", "c5"]
    assert told[0]["body"] == "Secret un, corrigé"
    assert "4 archived comments" in done.output
    page = talk.page()
    assert page.comments == ["c1", "c2", "c3", "c4", "c5"]
    assert "Oui" in page.seen
    assert "Secret" not in page.text
    kept = file.read_text("utf-8")
    assert not any(word in kept for word in ("Secret", "Zoé", "zoe"))
    assert kept.count("avatar") == 1
    assert "# une remarque" in kept
    assert "archived" not in talk.moderate("erase-person", ADDRESS, "--yes").output.partition("\n")[0]


def test_what_was_erased_cannot_be_answered_but_what_answers_it_can(talk):
    talk.moderate("erase-person", ADDRESS, "--yes")

    page = talk.page()

    assert re.findall(r'data-comment="(c\d+)" aria-label="([^"]*)"', page.text) == [("c2", "Répondre à Bo")]
    assert talk.get("/comments/reply/posts/billet?to=c1").location == "/billet/"
    assert talk.get("/comments/reply/posts/billet?to=c2").status == 200


def test_nobody_else_is_touched_by_an_address_that_looks_alike(talk):
    """Threat 38."""
    for address in ("zoé@example.org", "zoe@example.or", "%@example.org", "oe@example.org", "' OR 1=1 --@"):
        talk.moderate("erase-person", address, "--yes")

    assert len(comment_store(talk.site).search(Search()).comments) == 5
    assert talk.moderate("erase-person", "zoe", "--yes").exit_code == 1


def test_an_import_brings_nobody_back_who_was_erased(talk, tmp_path):
    talk.moderate("export", str(tmp_path / "old.json"))
    talk.moderate("erase-person", ADDRESS, "--yes")

    report = json.loads(talk.moderate("import", str(tmp_path / "old.json"), "--json").stdout)

    assert report.pop("by_author") == []
    assert report == {"new": [], "known": ["c1", "c2"], "taken": [], "erased": ["c3", "c4", "c5"], "left_out": {}}
    assert ADDRESS not in (talk.moderate("export", "-").output)


def test_erasing_twice_is_fine_and_needs_a_yes(talk):
    assert "Delete all that is kept" in talk.moderate("erase-person", ADDRESS).output
    talk.moderate("erase-person", ADDRESS, "--yes")

    assert talk.moderate("erase-person", ADDRESS, "--yes").output.startswith(
        "erased: 0 jobs, 0 comments, 0 comments followed\n"
    )


def test_the_trash_is_emptied_and_clients_are_forgotten_when_it_is_time(served):
    def work(days):
        served.later(days=days)
        jobs = [job for _, job in served.site.hooks.all("register_jobs", served.site)]
        return Worker(served.site, jobs, lambda: served.now).run_due()

    store = comment_store(served.site)
    served.post(comment="Un.")
    served.post(comment="Deux.")
    store.move(["c1"], State.TRASH, at=served.now)

    assert work(29) > 0
    assert [store.get(id).client for id in ("c1", "c2")] == ["192.0.2.0/24"] * 2
    assert work(3) > 0

    assert store.get("c1") is None
    kept = store.get("c2")
    assert (kept.client, kept.agent, kept.referrer, kept.email) == ("", "", "", ADDRESS)
    assert work(0) == 0
