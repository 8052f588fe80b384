"""What was erased or deleted for ever is in no byte of the site's folder after the next build."""

import re

import pytest
import sqlalchemy as sa

from pressframe_sql import database

SITE = """
== pressframe.toml ==
[site]
title = "Essai"
url = "https://essai.example"
plugins = ["markdown", "sql", "web", "comments", "archives", "feeds", "journal"]
[plugins.comments]
moderation = "never"
flood_limit = 0

== content/posts/billet.md ==
---
title: Un billet
date: 2026-11-20
---
Du texte.
"""
BIRD = b"canari"


@pytest.fixture
def blog(site):
    return site(SITE)


@pytest.fixture
def served(blog):
    """The site served, where Zoé's comment was shown among others in several builds, and edited by the owner."""
    served = blog.serve()
    for number, (author, text) in enumerate([("Max", "Un."), ("Zoé", "Le canari chante. " * 300), ("Ada", "Trois.")]):
        mail = f"{author[:2].lower()}{number}@example.org"
        browser = served.visitor if author == "Zoé" else served.browser()
        browser.post("/comments/posts/billet", {"author": author, "email": mail, "comment": text})
        served.rebuild()
    assert blog.run("comments", "edit", "c2", "--body", "Le canari chantait.").status == 0
    served.rebuild()
    assert BIRD in (blog.folder / "public/2026/11/billet/index.html").read_bytes()
    return served


def traces(blog):
    """The files with a trace of the comment."""
    files = [file for file in blog.folder.rglob("*") if file.is_file()]
    return sorted(file.relative_to(blog.folder).as_posix() for file in files if BIRD in file.read_bytes())


@pytest.mark.parametrize(
    "command",
    [["erase-person", "zo1@example.org", "--yes"], ["delete", "c2", "--for-ever"]],
    ids=lambda command: command[0],
)
def test_nothing_is_left_of_what_is_erased_or_deleted_for_ever(blog, served, command):
    """Threat 79: the memory, the output, its feeds, free pages of the database and its log."""
    assert len(traces(blog)) > 3

    assert blog.run("comments", *command).status == 0
    served.rebuild()

    assert traces(blog) == []
    with database(served.app.site).read() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM comments_history")) == 0
    assert ">Trois.<" in served.visitor.get("/2026/11/billet/").text


def test_nothing_is_left_of_what_its_sender_deleted_but_in_the_owner_s_trash_and_then_nothing(blog, served):
    answer = served.visitor.post("/comment/c2/delete", {})
    served.rebuild()
    assert answer.status == 200
    assert {name.partition("/")[0] for name in traces(blog)} == {"data"}

    blog.clock.move("40 days")
    served.run_jobs()

    assert traces(blog) == []


def test_a_build_of_another_process_leaves_nothing_either_and_nobody_s_page_breaks(blog, served):
    blog.run("comments", "erase-person", "zo1@example.org", "--yes")

    blog.build()

    assert traces(blog) == []
    assert served.visitor.get("/2026/11/billet/").status == 200
    served.rebuild()
    assert len(re.findall('<li id="comment-', served.visitor.get("/2026/11/billet/").text)) == 2
