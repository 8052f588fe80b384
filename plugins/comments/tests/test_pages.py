"""Long conversations: pages of their own, links between them, and what is made again when something new is said."""

import re
import time
from datetime import datetime

import pytest

from pressframe import Comment, Reply
from pressframe_comments._thread import Paging

LONG = [{"id": str(number), "body": f"texte {number}"} for number in range(1, 8)]
SECRET = "canariconversation"


def pages(served):
    return sorted(address for address in served.release.files if "/comments-" in address)


def links(page):
    """Words and address of each link between the pages, with how it is read."""
    found = re.findall(r'<a class="nav-\w+" href="([^"]+)" rel="(\w+)">(Commentaires plus \w+)</a>', page.text)
    return list(dict.fromkeys((words.rpartition(" ")[2], rel, address) for address, rel, words in found))


def test_a_long_conversation_goes_on_at_addresses_of_its_own_oldest_first(serve):
    served = serve({"posts/billet": {"comments": LONG}}, settings="per_page = 3")

    first, second, third = (served.page(f"/billet/{end}") for end in ("", "comments-2/", "comments-3/"))

    assert pages(served) == ["/billet/comments-2/", "/billet/comments-3/"]
    assert [page.comments for page in (first, second, third)] == [["1", "2", "3"], ["4", "5", "6"], ["7"]]
    assert links(first) == [("récents", "next", "/billet/comments-2/#comments")]
    assert links(second) == [
        ("anciens", "prev", "/billet/#comments"),
        ("récents", "next", "/billet/comments-3/#comments"),
    ]
    assert links(third) == [("anciens", "prev", "/billet/comments-2/#comments")]
    assert '<link rel="prev" href="https://prland.example/billet/">' in second.text
    assert '<link rel="next" href="https://prland.example/billet/comments-3/">' in second.text
    assert "7 réponses sur" in first.seen
    assert "Un texte." not in second.text
    assert 'href="/billet/comments-2/#comment-5"><time' in second.text
    assert 'action="/comments/posts/billet"' in second.text


def test_newest_first_the_entry_shows_the_newest_and_never_next_to_nothing(serve):
    served = serve({"posts/billet": {"comments": LONG}}, settings='per_page = 3\norder = "newest"')

    assert served.page().comments == ["7", "6", "5", "4"]
    assert pages(served) == ["/billet/comments-1/"]
    assert served.page("/billet/comments-1/").comments == ["3", "2", "1"]
    assert links(served.page()) == [("anciens", "next", "/billet/comments-1/#comments")]
    assert links(served.page("/billet/comments-1/")) == [("récents", "prev", "/billet/#comments")]


def numbers(page):
    """What leads to pages by number, in order: what it says, and where it leads; the page itself in brackets."""
    nav = page.text.partition('<ol class="page-numbers">')[2].partition("</ol>")[0]
    link = r'<a href="([^"]*)" aria-label="Page [^"]*"([^>]*)>'
    found = re.findall(rf'<li(?: aria-hidden="true")?>(?:{link})?([^<]*)<', nav)
    return [(f"[{words}]" if "current" in here else words, to.removesuffix("#comments")) for to, here, words in found]


def test_pages_are_reached_by_number_in_the_order_in_which_they_are_read(serve):
    comments = [{"id": str(number)} for number in range(1, 24)]
    oldest = serve({"posts/billet": {"comments": comments}}, settings="per_page = 2")
    newest = serve({"posts/billet": {"comments": comments}}, settings='per_page = 2\norder = "newest"')

    def words(page):
        return " ".join(said for said, _ in numbers(page))

    assert words(oldest.page()) == "[1] 2 3 … 12"
    assert words(oldest.page("/billet/comments-4/")) == "1 2 3 [4] 5 6 … 12"
    assert words(oldest.page("/billet/comments-5/")) == "1 2 3 4 [5] 6 7 … 12"
    assert words(oldest.page("/billet/comments-6/")) == "1 … 4 5 [6] 7 8 … 12"
    assert words(oldest.page("/billet/comments-12/")) == "1 … 10 11 [12]"
    assert words(newest.page()) == "[11–12] 10 9 … 1"
    assert words(newest.page("/billet/comments-7/")) == "11–12 10 9 8 [7] 6 5 … 1"
    assert dict(numbers(oldest.page("/billet/comments-4/"))) == {
        "1": "/billet/", "2": "/billet/comments-2/", "3": "/billet/comments-3/", "[4]": "/billet/comments-4/",
        "5": "/billet/comments-5/", "6": "/billet/comments-6/", "…": "", "12": "/billet/comments-12/",
    }  # fmt: skip
    assert numbers(newest.page("/billet/comments-7/"))[0] == ("11–12", "/billet/")
    assert 'aria-label="Page 11–12" aria-current="page"' in newest.page().text


def test_a_short_conversation_has_no_numbers(serve):
    assert numbers(serve({"posts/billet": {"comments": LONG}}).page()) == []


def test_a_thread_is_not_cut_unless_it_is_long_for_two_pages(serve):
    comments = [*LONG[:2], {"id": "8", "parent": "2", "author": "Ada"}, {"id": "9", "parent": "8"}, *LONG[2:4]]
    served = serve({"posts/billet": {"comments": comments}}, settings="per_page = 3")
    long = serve({"posts/billet": {"comments": comments}}, settings="per_page = 1")

    assert served.page().comments == ["1", "2", "8", "9"]
    assert long.page("/billet/comments-3/").comments == ["9"]
    assert 'en réponse à <a href="/billet/comments-2/#comment-8"><bdi>Ada' in long.page("/billet/comments-3/").text


@pytest.mark.parametrize(
    ("order", "again"),
    [
        ("oldest", {"/billet/", "/billet/comments-3/", "/billet/comments-4/"}),  # the count, a link, the comment
        # the third page is new, and the others lead to it by number
        ("newest", {"/billet/", "/billet/comments-1/", "/billet/comments-2/", "/billet/comments-3/"}),
    ],
)
def test_a_new_comment_makes_only_the_pages_again_that_show_it_or_lead_there(serve, order, again):
    served = serve(
        {"posts/billet": {"comments": LONG}}, settings=f'per_page = 2\nmoderation = "never"\norder = "{order}"'
    )

    served.post(comment="Le dernier mot.")
    served.page()

    rendered = {one.address for one in served.release.reasons}
    assert rendered & set(pages(served)) <= again
    assert "/billet/" in rendered


def test_a_link_to_a_comment_leads_to_the_page_where_it_stands(serve):
    served = serve({"posts/billet": {"comments": LONG}}, settings='per_page = 3\nmoderation = "never"')
    served.post(comment="Un mot.")
    served.page()

    assert served.get("/comment/c1").location == "/billet/comments-3/#comment-c1"
    assert served.get("/comment/5?on=posts/billet").location == "/billet/comments-2/#comment-5"
    assert served.get("/comment/2?on=posts/billet").location == "/billet/#comment-2"
    assert served.get("/comment/5").status == served.get("/comment/99?on=posts/billet").status == 404


def test_answering_and_waiting_are_shown_on_the_page_that_they_concern(serve):
    served = serve({"posts/billet": {"comments": LONG}}, settings="per_page = 3")

    form = served.get("/comments/reply/posts/billet?to=5")
    own = served.follow(served.post(comment_parent="5", comment="Oui, 5."))

    assert form.comments == ["4", "5", "6"]
    assert form.form["comment_parent"] == "5"
    assert own.comments == ["4", "5", "c1"]
    assert "noindex" in form.text
    assert served.page("/billet/comments-2/").comments == ["4", "5", "6"]


def test_an_answer_to_a_comment_that_was_deleted_stays(serve):
    """Threat 65: deleted parents."""
    served = serve(settings='moderation = "never"')
    served.post(comment="Un.")
    served.post(comment="Deux.", comment_parent="c1")

    served.moderate("trash", "c1")

    assert served.page().comments == ["c2"]


@pytest.mark.parametrize(("conversation", "shown"), [("shown", 2), ("counted", 0), ("hidden", 0)])
def test_pages_follow_the_gate(serve, conversation, shown):
    """Threat 7."""
    comments = [{**one, "body": SECRET} for one in LONG]
    served = serve({"posts/billet": {"comments": comments, "gate": conversation}}, settings="per_page = 3")

    everything = b"".join(stored.file.read_bytes() for stored in served.release.files.values())
    live = served.get("/comments/page/2/posts/billet")

    assert len(pages(served)) == shown
    assert (SECRET in everything.decode(errors="replace")) is (shown > 0)
    assert (SECRET in live.text) is (shown > 0)
    assert served.get("/comment/5?on=posts/billet").status == (303 if shown else 404)


def test_who_may_read_turns_the_pages_of_a_hidden_conversation(serve, subscriber):
    served = serve({"posts/billet": {"comments": LONG, "gate": "hidden"}}, settings="per_page = 3")
    served.reader = subscriber

    address = re.search(r'class="nav-next" href="([^"#]+)', served.page().text)[1]
    page = served.get(address)

    assert address == "/comments/page/2/posts/billet"
    assert page.comments == ["4", "5", "6"]
    assert "noindex" in page.text
    assert {served.get(f"/comments/page/{one}/posts/billet").status for one in ("0", "1", "9", "x", "²", "9" * 30)} == {
        404
    }


def test_a_page_of_5000_comments_takes_less_than_a_tenth_of_a_second(serve):
    """Threat 65, fault F14: by the processor's clock, the best of five, on the page that readers get live."""
    comments = [{"id": str(number), "parent": str(number - 1) if number % 50 else None} for number in range(5000)]
    served = serve({"posts/billet": {"comments": comments}})
    view = served.release.view()

    taken = []
    for address in ("/billet/", "/billet/comments-40/") * 5:
        start = time.process_time()
        view.render(view.page(address))
        taken.append(time.process_time() - start)

    assert min(taken[::2]) < 0.1
    assert min(taken[1::2]) < 0.1


def test_circles_are_cut_into_pages_without_losing_anybody():
    """Threat 65: parent loops."""
    replies = [_reply(number, parent=(number + 1) % 300) for number in range(300)]

    cut = Paging(depth=5, per_page=20, order="oldest").cut(replies)

    assert sorted(int(node.reply.comment.id) for page in cut.pages for node in page) == list(range(300))
    assert max(len(page) for page in cut.pages) <= 40


def _reply(number, parent):
    received = datetime.fromisoformat("2020-01-01T00:00:00+00:00")
    comment = Comment(id=str(number), entry="e", author="a", body="b", received=received, parent=str(parent))
    return Reply(comment=comment, html="")
