"""The conversation under an entry: order, headings, links from elsewhere, and whatever other systems leave behind."""

import re
import sys
from datetime import UTC, datetime

import pytest

from pressframe import Comment, Reply
from pressframe_comments._thread import Paging, nest


def arrange(replies, *, depth):
    """Return the top level of a conversation on one page."""
    return nest(Paging(depth=depth, per_page=1_000_000, order="oldest").cut(replies).pages[0])


def comment(id, parent=None, **more):
    return {"id": id, "parent": parent, **more}


def show(serve, *comments, settings="", **options):
    return serve({"posts/billet": {"comments": list(comments)}}, settings=settings, **options).page()


def depths(page):
    return dict(re.findall(r'<li id="comment-([^"]+)" class="comment \w+ depth-(\d+)', page.text))


@pytest.mark.parametrize(
    ("language", "count", "heading"),
    [
        ("fr", 0, None),
        ("fr", 1, "Une réponse sur «\u00a0Un billet\u00a0»"),
        ("fr", 13, "13 réponses sur «\u00a0Un billet\u00a0»"),
        ("en", 1, "One reply on “Un billet”"),
        ("en", 2, "2 replies on “Un billet”"),
    ],
)
def test_the_heading_counts_in_words(serve, language, count, heading):
    page = show(serve, *(comment(str(number)) for number in range(count)), language=language)

    found = re.search(r'<h2 class="comments-title">(.*?)</h2>', page.text)
    assert (found[1] if found else None) == heading


def test_links_from_other_sites_are_counted_and_shown_apart(serve):
    page = show(
        serve,
        comment("1"),
        comment("2", kind="pingback", author="Le mot juste", url="https://mot.example/1"),
        comment("3", kind="pingback", author="Un site", url="javascript:alert(1)"),
    )

    assert "3 réponses sur" in page.seen
    assert page.comments == ["1"]
    assert page.seen.count("Ping : ") == 2
    assert page.text.index("Pings et rétroliens") > page.text.index('id="comment-1"')
    assert re.search(
        r'id="comment-2" class="pingback">.*href="https://mot.example/1" rel="external nofollow ugc noopener"',
        page.text,
    )
    assert "javascript:" not in page.text


def test_wordpress_names_of_classes_and_ids_are_kept(serve):
    text = show(serve, comment("7", author="Zoé", by_author=True), comment("8", "7")).text

    for markup in (
        'id="comments" class="comments-area"',
        '<ol class="comment-list">\n<li id="comment-7" class="comment even depth-1 parent bypostauthor">',
        '<article id="div-comment-7" class="comment-body">',
        '<b class="fn"><bdi>Zoé</bdi></b> <span class="says">dit\u00a0:</span>',
        '<a href="/billet/#comment-7"><time datetime="2020-01-01T01:00:00+01:00">1er',
        '<ol class="children">',
        'data-comment="7" aria-label="Répondre à Zoé">Répondre</a>',
        'id="respond" class="comment-respond"',
        'id="reply-title" class="comment-reply-title"',
        'id="cancel-comment-reply-link"',
        'id="commentform"',
        *(f'id="{field}" name="{field}"' for field in ("comment", "author", "email", "url")),
    ):
        assert markup in text


def test_answers_deeper_than_the_depth_stand_at_that_depth_in_order_and_say_whom_they_answer(serve):
    page = show(
        serve,
        comment("1"),
        comment("2", "1", author="Ada"),
        comment("3", "2", author="Bob"),
        comment("4", "3"),
        comment("5", "2"),
        settings="depth = 2",
    )

    assert depths(page) == {"1": "1", "2": "2", "3": "2", "4": "2", "5": "2"}
    assert page.comments == ["1", "2", "3", "4", "5"]
    assert re.findall(r'en réponse à <a href="/billet/#comment-\d"><bdi>(\w+)</bdi>', page.text) == [
        "Ada",
        "Bob",
        "Ada",
    ]


def test_circles_missing_parents_and_answers_before_what_they_answer_lose_nobody(serve):
    """Threat 65: loops, missing parents."""
    page = show(
        serve,
        comment("1", "9"),
        comment("2", "2"),
        comment("3", "4"),
        comment("4", "3"),
        comment("5", "6"),
        comment("6"),
    )

    assert sorted(page.comments) == ["1", "2", "3", "4", "5", "6"]
    assert depths(page) == {"1": "1", "2": "1", "3": "1", "4": "2", "5": "2", "6": "1"}


def test_a_conversation_5000_deep_is_arranged_in_steps_that_grow_with_its_length():
    """Threat 65: bounded depth, no recursion error; twice as deep takes twice the steps, not four times."""
    replies = [_reply(number, parent=number - 1 if number else None) for number in range(5000)]

    assert _shape(arrange(replies, depth=5)) == [1, 1, 1, 1, 4996]
    assert _steps(arrange, replies, depth=5) < 2.1 * _steps(arrange, replies[:2500], depth=5)


def _steps(function, *arguments, **named):
    """Count the lines that a call executes."""
    steps = 0

    def trace(frame, event, _):
        nonlocal steps
        steps += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        function(*arguments, **named)
    finally:
        sys.settrace(before)
    return steps


def test_a_page_of_a_conversation_5000_deep_is_made(serve):
    """Threat 65."""
    deep = [comment(str(number), str(number - 1)) for number in range(5000)]

    served = serve({"posts/billet": {"comments": deep}})

    page, last = served.page(), served.page("/billet/comments-50/")
    assert page.comments == [str(number) for number in range(100)]
    assert page.text.count('<ol class="children">') == 4
    assert "5000 réponses sur" in page.seen
    assert last.comments == [str(number) for number in range(4900, 5000)]


def _reply(number, parent):
    comment = Comment(
        id=str(number),
        entry="e",
        author="a",
        body="b",
        received=datetime(2020, 1, 1, tzinfo=UTC),
        parent=None if parent is None else str(parent),
    )
    return Reply(comment=comment, html="")


def _shape(nodes):
    """How many stand at each depth."""
    shape = []
    while nodes:
        shape.append(len(nodes))
        nodes = [child for node in nodes for child in node.children]
    return shape


def test_names_and_texts_of_any_direction_stay_in_their_box(serve):
    """Threat 28: with a site and without, whom one answers, other sites."""
    told, other, pile = {"author": "\u202eevil", "body": "\u202eabc"}, "https://mot.example/", "a" + "\u0301" * 200
    page = show(
        serve,
        comment("1", **told),
        comment("2", **told, url=other),
        comment("3", "1", author=pile),
        comment("4", "3", author="Ada"),
        comment("5", "1", author="Bo"),
        comment("6", **told, kind="pingback", url=other),
        comment("7", **told, kind="webmention"),
        settings="depth = 1",
    )

    text = re.sub(r"(?:aria-label|data-\w+)=\"[^\"]*\"", "", page.text)  # which are one text each
    assert text.count("\u202eevil") == text.count("<bdi>\u202eevil</bdi>") == 6
    assert text.count(pile) == text.count(f"<bdi>{pile}</bdi>") == 2
    assert len(re.findall('<(?:div|blockquote) class="comment-content" dir="auto">\\s*(?:<p>)?\u202eabc', text)) == 3


@pytest.mark.parametrize(
    "words",
    ["{{ 7*7 }}", "{% if true %}49{% endif %}", "{# 49 #}7", "{% include 'x' %}", "${40+9}", "#{40+9}", "%(num)s %s %"],
)
def test_words_of_templates_are_just_words(serve, words):
    """Threat 26: each alone, for one that fails would keep another from being seen at work."""
    page = show(serve, comment("1", author=words, body=words))

    assert page.seen.count(words) >= 2


def test_an_unclosed_tag_cannot_swallow_the_rest_of_the_page(serve, tags_of):
    """Threat 24."""
    bodies = [
        "<b>",
        "<!--",
        "</div></main></body>",
        "<textarea>",
        "<p><ul><li>",
        "<a href='https://x.example/",
        "&lt",
        "```",
    ]
    page = show(serve, *(comment(str(number), body=body) for number, body in enumerate(bodies)))

    assert page.comments == [str(number) for number in range(len(bodies))]
    assert page.text.rstrip().endswith('</main><footer id="end">fin</footer></body></html>')
    assert [tag for tag, _ in tags_of(page.text)].count("main") == 1
    assert page.text.count("</section>") == page.text.count("</main>") == 1


def test_an_entry_closed_and_without_comments_shows_nothing(serve):
    page = serve({"posts/billet": {"open_to_comments": False}}).page()

    assert 'id="comments"' not in page.text
    assert "comments.js" not in page.text


def test_the_script_is_there_with_the_form(serve):
    served = serve()

    assert re.search(r'<script src="/comments.js\?v=\w+" defer></script>', served.page().text)
    assert "/comments.js" in served.release.files
