"""Several judges at once: none can keep readers waiting, and whatever one of them does, nothing is lost."""

import textwrap
import threading
import time

import pytest

from pressframe_comments import State, comment_store

SLOW = """
import time
import attrs
from pressframe import Judgement, Verdict, hookimpl

@attrs.frozen(eq=False)
class Slow:
    @hookimpl
    def judge_comment(self, comment, host):
        end = time.monotonic() + 30
        while "wait" in comment.body and not (host.folder / "go").exists() and time.monotonic() < end:
            time.sleep(0.01)
        return Judgement(verdict=Verdict.SPAM, reason="slow says so") if "spam" in comment.body else None
"""
FAILING = """
import attrs
from pressframe import hookimpl

@attrs.frozen(eq=False)
class Failing:
    @hookimpl
    def judge_comment(self, comment, entry, now, sender, host):
        assert host.settings.title == "PRland" and entry.id == "posts/billet" and now == comment.received
        if "fail" in comment.body:
            raise {error}
"""


@pytest.fixture
def judged(serve, make_site, tmp_path):
    """Serves a site with judges of its own, given as the text of a plugin each."""

    def make(*, deadline="0.2 seconds", **judges):
        make_site()
        for name, text in judges.items():
            (tmp_path / "plugins" / f"{name}.py").write_text(textwrap.dedent(text), "utf-8")
        served = serve(settings='moderation = "never"\nflood_limit = 0\njudge_deadline = "' + deadline + '"')
        file = tmp_path / "pressframe.toml"
        names = "".join(f', "{name}"' for name in judges)
        file.write_text(file.read_text("utf-8").replace('"comments"]', f'"comments"{names}]'), "utf-8")
        from pressframe import Site

        return type(served)(Site.open(tmp_path))

    return make


def reasons(served):
    return [line.strip() for line in served.moderate("list").output.splitlines() if "because" in line]


def test_a_judge_that_takes_too_long_holds_the_comment_and_the_log_names_it(judged, caplog):
    served = judged(slow=SLOW)
    began = time.monotonic()

    answer = served.post(comment="wait for it")

    assert "attente de modération" in served.follow(answer).seen
    assert time.monotonic() - began < 20
    assert reasons(served) == ["pending because slow said nothing within 0.2 s"]
    assert [(record.plugin, record.hook) for record in caplog.records] == [("slow", "judge_comment")]


def test_a_judge_that_hangs_again_and_again_is_not_asked_until_it_is_through(judged, caplog):
    served = judged(slow=SLOW)
    for number in range(4):
        served.post(comment=f"wait {number}")
    caplog.clear()

    served.post(comment="no need to w-a-i-t")

    assert reasons(served)[0] == "pending because slow is still busy with earlier comments"
    assert "it still works on earlier comments" in caplog.text

    (served.site.folder / "go").touch()
    deadline = time.monotonic() + 40
    while time.monotonic() < deadline:
        served.post(comment=f"hello {(number := number + 1)} times")
        if f"hello {number} times" not in served.moderate("list").output:
            break
        time.sleep(0.05)

    assert time.monotonic() < deadline, "once it is through, it is asked as before"


@pytest.mark.parametrize("error", ["ValueError('x')", "RecursionError()", "SystemExit(1)", "BaseException('panic')"])
def test_a_judge_that_fails_holds_the_comment_with_the_reason(judged, caplog, error):
    served = judged(failing=FAILING.format(error=error), deadline="60 seconds")

    assert served.follow(served.post(comment="Bonjour")).status in (200, 303)
    served.post(comment="fail, please")

    assert reasons(served) == ["pending because failing failed"]
    assert "failing" in caplog.text


def test_the_strictest_verdict_wins_and_all_reasons_are_kept(judged):
    served = judged(slow=SLOW, failing=FAILING.format(error="ValueError('x')"), deadline="60 seconds")

    served.post(comment="spam https://a.example https://b.example https://c.example fail")

    listed = served.moderate("list", "--state", "spam").output
    assert [line.strip() for line in listed.splitlines()[1:]] == [
        "not approved at once because slow says so",
        "and because it has more than 2 links: 3",
        "and because failing failed",
    ]


def test_judges_work_side_by_side(judged):
    two = judged(slow=SLOW, second=SLOW.replace("Slow", "Second").replace("slow says", "second says"))
    began = time.monotonic()

    two.post(comment="wait")

    assert time.monotonic() - began < 20
    assert reasons(two) == [
        "pending because slow said nothing within 0.2 s",
        "and because second said nothing within 0.2 s",
    ]


# ------------------------------------------------------------------------------------------ the whole site


def test_when_the_whole_site_is_flooded_strangers_are_asked_to_try_later_and_lose_nothing(serve):
    """Threat 43: no robot fills the queue from a thousand addresses."""
    served = serve(settings='moderation = "never"\nflood_limit_site = 5\nflood_window = "5 minutes"')
    friend = dict(served.follow(served.post(comment="Un premier mot")).headers), dict(served.cookies)
    for number in range(4):
        served.cookies.clear()
        served.client = f"198.51.{number}.1"
        assert served.post(comment=f"Mot {number}").status == 303
    served.cookies.clear()
    served.client = "198.51.100.1"

    refused = served.post(comment="Un mot de trop")

    assert (refused.status, refused.headers["Retry-After"]) == (429, "300")
    assert refused.form["comment"] == "Un mot de trop"
    assert "trop de commentaires arrivent en ce moment" in refused.seen, "it is not their fault"

    served.cookies.update(friend[1])
    assert served.post(comment="Un second mot").status == 303

    served.cookies.clear()
    served.later(minutes=6)
    assert served.post(comment="Un mot de trop").status == 303


def test_a_flood_is_no_smaller_after_a_restart_or_for_another_process(serve, make_site):
    """Threat 43."""
    settings = 'moderation = "never"\nflood_limit_site = 3'
    first = serve(settings=settings)
    for number in range(3):
        first.cookies.clear()
        first.client = f"198.51.{number}.1"
        first.post(comment=f"Mot {number}")
    second = type(first)(make_site(settings=settings), client="198.51.100.1")

    refused = second.post(comment="Un mot de trop")
    second.later(minutes=6)

    assert (refused.status, refused.headers["Retry-After"]) == (429, "300")
    assert second.post(comment="Un mot de trop").status == 303


TEXT = "Découvrez notre offre exceptionnelle, valable cette semaine seulement !"


@pytest.mark.parametrize(
    ("second", "held"),
    [
        ({"entry": "posts/autre"}, True),
        ({"author": "Léa"}, True),
        ({"author": "Léa", "comment": TEXT.upper().replace(" ", "  ")}, True),
        ({"author": "Léa", "comment": "Merci beaucoup !"}, False),
    ],
)
def test_the_same_text_under_another_name_or_elsewhere_waits(serve, second, held):
    """Threat 43."""
    served = serve({"posts/billet": {}, "posts/autre": {}}, settings='moderation = "never"')
    served.post(comment=second.get("comment", TEXT) if not held else TEXT)

    served.post(**{"comment": TEXT, **second})

    expected = ["pending because the same text came 2 times lately, under other names or to other entries"]
    assert reasons(served) == (expected if held else [])


def test_a_text_sent_long_ago_may_be_sent_again(serve):
    served = serve(settings='moderation = "never"\nsame_text_within = "1 hour"')
    served.post(comment=TEXT)
    served.later(hours=2)

    served.post(comment=TEXT, author="Léa")

    assert reasons(served) == []


QUICK = """
import threading
import attrs
from pressframe import hookimpl

@attrs.frozen(eq=False)
class {name}:
    @hookimpl
    def judge_comment(self, comment, host):
        file = host.folder / "threads"
        with file.open("a") as told:
            print("{name}", threading.get_ident(), file=told)

{promise}
"""
PROMISE = """
    @hookimpl
    def register_quick_judges(self):
        return ["it does nothing"]
"""


def test_judges_that_promised_to_be_quick_share_a_thread_which_is_not_the_reader_s(judged):
    names = {"One": PROMISE, "Two": PROMISE, "Other": ""}
    served = judged(**{name.lower(): QUICK.format(name=name, promise=promise) for name, promise in names.items()})
    served.post()

    told = dict(line.split(" ", 1) for line in (served.site.folder / "threads").read_text("utf-8").splitlines())

    assert told["One"] == told["Two"]
    assert str(threading.get_ident()) not in told.values()


def test_a_judge_that_breaks_its_promise_holds_the_comment_and_goes_on_in_a_thread_of_its_own(judged, caplog):
    served = judged(slow=SLOW + PROMISE, deadline="1 second")

    hung = served.post(comment="wait for it")
    passed, spam = served.post(comment="Très juste."), served.post(comment="spam")

    store = comment_store(served.site)
    states = [store.get(answer).state for answer in ("c1", "c2", "c3")]
    assert "attente de modération" in served.follow(hung).seen
    assert (passed.status, spam.status) == (303, 303)
    assert states == [State.PENDING, State.APPROVED, State.SPAM]
    assert store.get("c1").reasons == ("slow said nothing within 1 s",)
    assert [(record.plugin, record.hook) for record in caplog.records] == [("slow", "judge_comment")]
    (served.site.folder / "go").touch()
