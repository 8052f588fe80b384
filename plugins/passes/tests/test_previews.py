"""Preview links: a draft as its page will be, for whoever has the link, and for nobody else."""

from datetime import UTC, datetime, timedelta

import pytest

from pressframe_passes._store import LinkStore
from pressframe_testing import EVERY_DATABASE

pytestmark = EVERY_DATABASE

DRAFTS = """
== content/posts/secret/index.md ==
---
title: Brouillon canari-title
date: 2026-01-01
slug: secret
draft: true
tags: [canari-tag]
audience: subscribers
summary: canari-summary
---
Texte canari-draft ![](photo.png)

Plus bas canari-below.
== content/posts/later.md ==
---
title: Plus tard
date: 2099-01-01
slug: later
---
Texte canari-later.
== content/posts/private.md ==
---
title: Privé
date: 2026-01-01
status: private
---
Texte canari-private.
"""


@pytest.fixture
def drafts(blog, clock):
    clock.move(datetime.now(UTC) - clock.now)
    site = blog("", more=DRAFTS)
    (site.folder / "content/posts/secret/photo.png").write_bytes(b"\x89PNG canari-bytes")
    return site


def preview_of(site, *named) -> str:
    ran = site.run("passes", "preview", *named)
    assert ran.status == 0, ran.errors
    return ran.output.strip().removeprefix("https://prland.example")


def test_whoever_has_the_link_sees_the_draft_whole_in_the_sites_look(drafts):
    served = drafts.serve()

    answer = served.browser().get(preview_of(drafts, "content/posts/secret/index.md"))

    assert answer.status == 200
    assert all(word in answer.text for word in ("canari-draft", "canari-below", "canari-title", "site-header"))
    assert "Aperçu" in answer.text
    assert "comment-form" not in answer.text


def test_nobody_is_to_keep_it_or_to_list_it(drafts):
    served = drafts.serve()

    answer = served.browser().get(preview_of(drafts, "content/posts/later.md"))

    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["x-robots-tag"] == "noindex, nofollow"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert '<meta name="robots" content="noindex">' in answer.text
    assert 'rel="canonical"' not in answer.text


def test_nothing_of_it_is_in_the_public_folder_or_in_any_answer_without_the_link(drafts):
    """Threats 5, 17."""
    served = drafts.serve()
    link = preview_of(drafts, "content/posts/secret/index.md")
    served.browser().get(link)

    words = (b"canari-draft", b"canari-below", b"canari-title", b"canari-tag", b"canari-summary", b"canari-bytes")
    assert [path for path, content in drafts.published().items() if any(word in content for word in words)] == []
    addresses = [*served.app.served.release.files, *served.app.served.release.gated, "/2026/01/secret/"]
    for address in (*addresses, "/2026/01/secret/photo.png", "/tag/canari-tag/"):
        assert not [word for word in words if word in served.browser().get(address).body], address


def test_a_file_that_belongs_to_the_draft_is_there_below_the_link_alone(drafts):
    served = drafts.serve()
    link = preview_of(drafts, "content/posts/secret/index.md")
    assert f'src="{link}/0"' in served.browser().get(link).text

    answer = served.browser().get(f"{link}/0")

    assert b"canari-bytes" in answer.body
    assert (answer.headers["content-type"], answer.headers["cache-control"]) == ("image/png", "private, no-store")
    assert [served.browser().get(f"{link}/{number}").status for number in ("1", "-1", "x", "²")] == [410] * 4


def test_what_is_edited_is_seen_at_once(drafts):
    served = drafts.serve()
    link = preview_of(drafts, "content/posts/later.md")
    drafts.edit("content/posts/later.md", drafts.read("content/posts/later.md").replace("canari-later", "autre mot"))

    assert "autre mot" in served.browser().get(link).text


def test_once_it_is_published_the_link_leads_to_it(drafts):
    served = drafts.serve()
    link = preview_of(drafts, "content/posts/secret/index.md")
    path = "content/posts/secret/index.md"
    drafts.edit(path, drafts.read(path).replace("draft: true\n", ""))
    served.app.rebuilder.ask()
    assert served.rebuild()

    answer = served.browser().get(link)

    assert (answer.status, answer.headers["location"]) == (303, "/2026/01/secret/")
    assert b"canari-below" not in answer.body
    assert served.browser().get(f"{link}/0").status == 410


def test_a_preview_link_is_no_gift_of_what_is_published(drafts, clock):
    """Threat 44: neither as a link nor in a cookie, as no other is signed."""
    served, path = drafts.serve(), "content/posts/secret/index.md"
    gift = preview_of(drafts, path).replace("/preview/", "/gift/")
    drafts.edit(path, drafts.read(path).replace("draft: true\n", ""))
    served.app.rebuilder.ask()
    assert served.rebuild()
    store = LinkStore(served.app.site)
    link = store.all()[0]

    assert served.browser().get(gift).status == 410
    assert served.browser().post(gift, {}).status == 410
    assert store.alive([link.id], link.entry, clock.now) == []


@pytest.mark.parametrize("change", ["revoke", "expire", "private", "delete", "break"])
def test_a_link_that_is_over_shows_nothing(drafts, clock, change):
    served = drafts.serve()
    path, store = "content/posts/later.md", LinkStore(served.app.site)
    link = preview_of(drafts, path)
    match change:
        case "revoke":
            store.revoke(store.all()[0].id, clock.now)
        case "expire":
            clock.move(timedelta(days=15))
        case "private":
            drafts.edit(path, drafts.read(path).replace("slug: later", "status: private"))
        case "delete":
            drafts.remove(path)
        case "break":
            drafts.edit(path, drafts.read(path).replace("title:", "tittle:"))

    answer = served.browser().get(link)

    assert answer.status == 410
    assert "canari-" not in answer.text


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("content/posts/private.md", "private"),
        ("content/posts/old.md", "published already"),
        ("content/posts/nowhere.md", "there is no entry"),
    ],
)
def test_only_what_is_to_come_has_a_preview(drafts, named, said):
    ran = drafts.run("passes", "preview", named)

    assert ran.status != 0
    assert said in ran.errors
    assert "Traceback" not in ran.errors


def test_ten_looks_change_nothing(drafts):
    """Threat 32."""
    served = drafts.serve()
    link = preview_of(drafts, "content/posts/later.md")

    answers = [served.browser().get(link, method=method) for method in ("GET", "HEAD") for _ in range(10)]

    assert {(answer.status, answer.cookies) for answer in answers} == {(200, ())}
    assert LinkStore(served.app.site).all()[0].used == 0
