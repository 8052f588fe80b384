"""Words in sections for an audience come out of no door but to readers who have it, whatever else they have."""

import re

import pytest

from pressframe import Site
from pressframe_testing import Served

from .conftest import NOW
from .doors import answers, forms, told

MARKED = """

<!-- only: subscribers -->

Texte section-subscribers-1 et `section-subscribers-2`, ![section-subscribers-3](/x.png "section-subscribers-4").[^own]

## Titre section-subscribers-5

<!-- end only -->

Entre les deux.

<!-- only: paid -->

| section-paid-1 | b |
|---|---|
| section-paid-2 | d |

<p data-x="section-paid-3">section-paid-4</p> <!-- section-paid-5 -->

<!-- end only -->

<!-- only: subscribers, paid -->

> section-both-1

<!-- end only -->

Fin.

[^own]: section-subscribers-6
"""
KINDS = ("subscribers", "paid", "both")
SEES = {
    frozenset(): set(), frozenset({"other"}): set(), frozenset({"subscribers"}): {"subscribers"},
    frozenset({"paid"}): {"paid"}, frozenset({"paid", "subscribers"}): {*KINDS},
}  # fmt: skip


def words(told_bytes):
    return {kind for kind in KINDS if f"section-{kind}-".encode() in told_bytes.lower()}


@pytest.fixture
def planted(prland):
    """Return PRland with sections in open posts, and in closed ones above and below their mark; and how many."""
    settings = prland / "pressframe.toml"
    settings.write_text(f"{settings.read_text('utf-8')}\n[plugins.gates.audiences.paid]\nname = 'ceux qui paient'\n")
    count = 0
    for file in sorted((prland / "content" / "posts").rglob("*.md")):
        text = file.read_text("utf-8")
        first, mark, rest = text.partition("<!--more-->")
        if count % 2 and mark:
            file.write_text(f"{first}{MARKED}\n{mark}{rest}", "utf-8")
        elif "[^own]" not in text:
            file.write_text(f"{text}{MARKED}", "utf-8")
        count += 1
    return prland, count


def test_no_byte_of_the_public_folder_holds_a_word_of_a_section(planted):
    """Threats 1-5, 7, 17."""
    folder, count = planted

    release = Site.open(folder).build(now=NOW)

    public = [path for path in (folder / "public").rglob("*") if path.is_file()]
    assert [str(path) for path in public if words(path.read_bytes())] == []
    assert len([one for one in release.gated.values() if "paid" in one]) > count * 0.8


def test_each_set_of_audiences_gets_its_own_words_and_no_other(planted):
    """Threats 2, 3, 6: at every address, and in all that a theme or plugin may ask."""
    release = Site.open(planted[0]).build(now=NOW)

    for readers, sees in SEES.items():
        found = {address: release.find(address, readers) for address in release.gated}
        assert set().union(*(words(one.file.read_bytes()) for one in found.values() if one)) == sees
        view = release.view(readers)
        cards = view.latest(count=1000)
        told_to_all = repr([(view.entry(one.id), one, view.comments(one.id)) for one in cards]).encode()
        assert words(told_to_all) == sees
        for card in cards:
            if view.gate(card.id) is not None:
                assert words(repr(view.entry(card.id)).encode()) == set()


def test_no_public_answer_of_the_server_holds_a_word_of_a_section(planted):
    """Threats 1-7, 15, 16: every address, whole, compressed, in part, and however it is spelt or asked for."""
    served = Served.of(planted[0], lambda: NOW)

    asked = dict(answers(served)) | dict(forms(served))

    assert [what for what, bytes_told in asked.items() if words(bytes_told)] == []
    assert len(asked) > 1900


def test_a_subscriber_gets_their_sections_alone_and_none_is_kept_by_a_cache(planted):
    """Threats 6, 16: by any encoding, in part, and with the tag of another's page."""
    served = Served.of(planted[0], lambda: NOW)
    reader, stranger = served.sign_in("lectrice@example.org"), served.browser()
    seen = set()

    for address in served.app.served.release.gated:
        if not address.endswith("/"):
            continue
        tag = stranger.get(address).headers["etag"]
        for headers in ({}, {"accept-encoding": "gzip"}, {"accept-encoding": "br"}, {"if-none-match": tag}):
            reply = reader.get(address, headers=headers)
            found = words(told(reply))
            seen |= found
            assert found <= {"subscribers"}
            if found:
                assert reply.headers["cache-control"] == "private, no-store"
                assert not re.search(tag, reply.headers["etag"])

    assert seen == {"subscribers"}
