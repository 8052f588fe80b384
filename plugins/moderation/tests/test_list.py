"""The list: its states and counts, what is looked for, its pages, and what it costs."""

import logging
import re
import time
from html import unescape

import pytest
import sqlalchemy as sa

from pressframe_comments import Reason, State
from pressframe_sql import database
from pressframe_testing import EVERY_DATABASE, wants_everything

from .conftest import BLOG, CRISE, LIST, shown

pytestmark = EVERY_DATABASE

log = logging.getLogger("pressframe.tests")

FULL = 100_000 if wants_everything() else 2000
"""How many comments wait: what the figure says where PRESSFRAME_EVERYTHING is set in the environment."""


def _tabs(reply):
    nav = reply.text.partition('class="tabs"')[2].partition("</nav>")[0]
    found = re.findall(r">([^<>(]+) <span class=\"count\">\((\d+)\)", nav)
    return {name: int(number) for name, number in found}


def test_every_state_has_a_tab_with_its_count(desk):
    for state, number in zip(State, (1, 2, 3, 4), strict=True):
        for _ in range(number):
            desk.add(state=state)
    owner = desk.sign_in_as("owner")

    assert _tabs(owner.get(LIST)) == {"En attente": 1, "Approuvé": 2, "Indésirable": 3, "Corbeille": 4, "Tous": 10}
    lengths = [len(shown(owner.get(f"{LIST}?state={tab}"))) for tab in ("pending", "approved", "spam", "trash", "all")]
    assert lengths == [1, 2, 3, 4, 10]


def test_lists_that_are_empty_say_so(desk):
    owner = desk.sign_in_as("owner")
    said = {
        "": "Aucun commentaire en attente.", "state=spam": "Aucun commentaire indésirable.",
        "state=trash": "La corbeille est vide.", "state=all": "Aucun commentaire pour l’instant.",
        "q=rien": "Aucun commentaire ne correspond.",
    }  # fmt: skip

    for query, text in said.items():
        assert text in owner.get(f"{LIST}?{query}").text


def test_comments_are_found_by_everything_that_is_known_of_them(desk):
    one = desk.add("L’été à la plage", author="Amélie", email="am@example.org", client="192.0.2.0/24", sender="s1")
    two = desk.add("Rien", author="Bo", email="bo@example.org", entry=BLOG, kind="pingback")
    owner = desk.sign_in_as("owner")
    queries = {
        "q=ETE": one, "q=amelie": one, "author=bo": two, "address=AM@example.org": one, f"entry={BLOG}": two,
        "kind=pingback": two, "network=192.0.2.0%2F24": one, "sender=s1": one,
    }  # fmt: skip

    for query, filed in queries.items():
        reply = owner.get(f"{LIST}?{query}")
        assert shown(reply) == [filed.comment.id], query
        assert _tabs(reply)["En attente"] == 1


def test_the_title_of_the_entry_that_is_looked_at_stands_there_as_text(desk):
    """Threat 26."""
    desk.site.edit("content/posts/crise.md", "---\ntitle: <b>Crise</b> {{ 7*7 }}\ndate: 2026-11-01\n---\nTexte.\n")
    desk.served = desk.site.serve()

    page = desk.sign_in_as("owner").get(f"{LIST}?entry={CRISE}").text

    assert 'id="f-entry-hint"><bdi>&lt;b&gt;Crise&lt;/b&gt; {{ 7*7 }}</bdi></span>' in page


def test_pages_follow_each_other_whatever_comes_meanwhile(serve):
    desk = serve(settings="per_page = 3")
    there = [desk.add(f"n{number}").comment.id for number in range(7)]
    owner = desk.sign_in_as("owner")

    seen, address = [], LIST
    while address:
        reply = owner.get(address)
        seen += shown(reply)
        desk.add("nouveau", received=desk.site.clock.now)
        found = re.search(r'href="([^"]+)" rel="next"', reply.text)
        address = unescape(found[1]) if found else None

    assert seen == there[::-1]


ODD = (
    "page=-1&per_page=1e9", "page=9e99", "state=%00", "state=none", "kind=x", "after=x", "after=1",
    "after=999999999999999999999.1", "after=-1.1%27", "q=" + "x" * 5000, "q=%00%00", "q=%ED%A0%80",
    "entry='%20OR%201=1--", "address=%25", "network=../..", "sender=%27", "select=x", "state=pending&state=all",
)  # fmt: skip


def test_odd_questions_are_answered_like_plain_ones(desk, subtests):
    """Threats 47, 68."""
    for _ in range(2):
        desk.add()
    owner = desk.sign_in_as("owner")

    for query in ODD:
        with subtests.test(query=query):
            reply = owner.get(f"{LIST}?{query}")

            assert reply.status == 200
            assert len(shown(reply)) in (0, 2)


def test_forms_lead_back_to_the_list_and_nowhere_else(desk):
    """Threats 39, 58."""
    owner = desk.sign_in_as("owner")
    for query in (
        "//evil.example",
        "https://evil.example/",
        "state=spam&q=a%0d%0aSet-Cookie: x",
        "\r\nX: y",
        "%" * 9000,
    ):
        reply = owner.send(f"{LIST}act", {"query": query})
        assert reply.headers["location"].startswith(LIST)
        assert "\r" not in reply.headers["location"] + "".join(reply.cookies)


def test_answers_name_whom_they_answer_also_where_that_lies_in_a_file(desk):
    desk.site.edit(
        "content/posts/crise.comments.toml",
        '[[comment]]\nid = 8\nauthor = "L\'ancienne"\n'
        "date = 2026-11-02T09:41:00\nbody = '''\nDit **autrefois**.\n'''\n",
    )
    desk.served = desk.site.serve()
    desk.add(parent="8")
    desk.add("Perdu.", parent="c77")
    desk.add("Ailleurs.", entry=BLOG, parent="c1")

    text = re.sub(" +", " ", unescape(re.sub(r"<[^>]*>", "", desk.sign_in_as("owner").get(LIST).text)))

    assert "En réponse à L'ancienne Dit autrefois." in text
    assert text.count("En réponse à un commentaire qui n’existe plus") == 2  # one is under another entry


def test_the_dashboard_and_the_navigation_say_what_waits(desk):
    for name in ("Ada", "Bo", "Cléo", "Dan"):
        desk.add(author=name)
    desk.add(state=State.SPAM)
    home = desk.sign_in_as("owner").get("/admin/").text

    assert re.search(r'Commentaires <span class="badge"><span class="unseen">\(</span>4<', home)
    assert 'Commentaires en attente</a></h2>\n<p class="figure">4</p>' in home
    newest = re.search(r"<p>(Dan .*)</p>", home)[1]
    assert re.findall(r"(\w+) – La crise", newest) == ["Dan", "Cléo", "Bo"]


# ------------------------------------------------------------------------------------------------- its price


def _fill(desk, count):
    """Store *count* comments that wait, by a tenth as many people, the sender of every third a flood's."""
    from pressframe_comments._tables import COMMENT

    first = desk.add()
    base = {
        "entry": CRISE, "kind": "comment", "state": "pending", "reasons": '["rien n’a été accepté"]', "url": None,
        "body": "Un commentaire de longueur moyenne. " * 8, "format": "text", "client": "192.0.2.0/24",
        "agent": "Mozilla/5.0", "referrer": "", "accepted_before": False, "by_author": False, "version": 1,
    }  # fmt: skip

    def rows(start_at):
        for number in range(start_at, min(start_at + 5000, count)):
            who = "flood" if number % 3 == 0 else f"p{number % (count // 10)}"
            yield base | {
                "author": who, "email": f"{who}@example.org", "person": f"{who}@example.org", "sender": who,
                "likeness": str(number), "received": desk.site.clock.now, "changed": desk.site.clock.now,
                "sought": f"{who}\nun commentaire", "parent": first.comment.id if number % 2 else None,
            }  # fmt: skip

    for begin in range(0, count, 5000):
        database(desk.app.site).write(
            lambda connection, begin=begin: connection.execute(sa.insert(COMMENT), list(rows(begin)))
        )


def test_a_page_costs_the_same_few_questions_however_many_wait(desk):
    """F14, threat 68: CPU time of the whole request."""
    owner = desk.sign_in_as("owner")
    asked = []

    def cost():
        asked.clear()
        owner.get(LIST)
        return len(asked)

    sa.event.listen(sa.engine.Engine, "before_cursor_execute", lambda *event: asked.append(event[2]))
    few = [desk.add(parent="c1") for _ in range(3)]
    questions = cost()
    _fill(desk, FULL)

    assert len(few) == 3
    assert cost() <= questions + 1  # what is remembered of a session may be noted
    assert cost() <= 14
    times = []
    for _ in range(5):
        begun = time.process_time()
        reply = owner.get(LIST)
        times.append(time.process_time() - begun)
    log.info("%s waiting: %.0f ms of CPU, %s questions", FULL, min(times) * 1000, cost())
    assert len(shown(reply)) == 25
    assert min(times) < 0.2


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", ["aucune règle ne s’est prononcée", "il contient «\xa0<b>casino</b>\xa0»", "odd failed: 5%"]),
        ("en", ["no rule spoke for it", "it says “<b>casino</b>”", "odd failed: 5%"]),
    ],
)
def test_reasons_are_in_the_sites_language_on_the_screen_and_in_english_on_the_command_line(serve, language, said):
    desk = serve(language=language)
    reasons = ["no rule spoke for it", Reason("it says “%(text)s”", text="<b>casino</b>"), "odd failed: 5%"]
    desk.add(reasons=reasons)

    page = desk.sign_in_as("owner").get(LIST).text

    listed = page.partition('class="reasons"')[2].partition("</ul>")[0]
    assert [unescape(one) for one in re.findall(r"<li><bdi>(.*?)</bdi></li>", listed)] == said
    assert "<b>" not in listed
    printed = desk.site.run("comments", "list").output
    told = ("because no rule spoke for it", "and because it says “<b>casino</b>”", "and because odd failed: 5%")
    assert all(f"{line}\n" in printed for line in told)


def test_words_on_a_comment_fit_its_state(serve):
    desk = serve(language="fr")
    for state in (State.APPROVED, State.SPAM):
        desk.add(state=state, reasons=["no rule spoke for it"])
    owner = desk.sign_in_as("owner")

    shown, spam = (owner.get(f"{LIST}?state={state}").text for state in ("approved", "spam"))

    assert "Pourquoi il n’a pas été publié aussitôt" in unescape(shown)
    cards = [page.partition('class="acts"')[2].partition("</article>")[0] for page in (shown, spam)]
    holds = [re.search(r'data-act="hold"[^>]*>([^<]+)<', card)[1] for card in cards]
    assert holds == ["Désapprouver", "Mettre en attente"]
