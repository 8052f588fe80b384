"""The code in the mail, typed on the device that asked."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine, event

from pressframe_testing import EVERY_DATABASE

from .conftest import OLD, WITHHELD, Readers, main_of

pytestmark = EVERY_DATABASE


def code_in(readers: Readers) -> str:
    """Return the code in the newest mail, as it stands there; it is the same in both of its parts."""
    codes = [re.findall(r"\b\d{4} \d{4}\b", readers.mails[-1].get_body((kind,)).get_content()) for kind in _KINDS]
    assert codes[0] == codes[1]
    return codes[0][0]


_KINDS = ("plain", "html")
WRONG = "0000 0000"


def test_a_reader_types_the_code_where_they_asked(readers):
    browser = readers.visitor
    readers.sign_up()
    readers.mail(door="sign-in", next=OLD, browser=browser)

    done = browser.post("/members/code", {"code": code_in(readers)})

    assert (done.status, done.headers["location"]) == (303, OLD)
    assert WITHHELD in browser.follow(done).text
    assert "__Host-asked" not in browser.cookies


def test_a_code_confirms_an_address_as_the_link_does(readers):
    readers.mail()

    done = readers.visitor.post("/members/code", {"code": code_in(readers).replace(" ", "-")})

    assert done.headers["location"] == "/members/?new=1"
    assert "confirmed" in readers.command("list")


@pytest.mark.parametrize("typed", ["{}{}", " {} {} ", "{}-{}", "{}\u00a0{}", "{}\u202f{}"])
def test_a_code_may_be_typed_with_or_without_its_gap(readers, typed):
    readers.mail()

    assert readers.visitor.post("/members/code", {"code": typed.format(*code_in(readers).split())}).status == 303


def test_five_wrong_codes_lock_the_request(readers):
    """Threat 41: the right one comes too late then; the link in the mail still works."""
    link = readers.mail()
    code = code_in(readers)

    for _ in range(5):
        answer = readers.visitor.post("/members/code", {"code": WRONG})
        assert answer.status == 422
        assert "Ce n’est pas le code" in main_of(answer.text)
    for typed in (code, WRONG, code):
        answer = readers.visitor.post("/members/code", {"code": typed})
        assert (answer.status, answer.cookies) == (410, ())
    assert readers.browser().post(link, {}).status == 303


def test_guesses_at_once_are_counted_one_by_one(readers):
    """Threat 41."""
    readers.mail()

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda _: readers.visitor.post("/members/code", {"code": WRONG}).status, range(24)))

    assert sorted(statuses) == [410] * 19 + [422] * 5


def test_asking_again_gives_no_further_guesses_for_the_code_that_was_mailed(readers):
    """Threat 41: what was guessed at stays locked, whatever cookies the browser then has."""
    readers.mail()
    code, old = code_in(readers), dict(readers.visitor.cookies)
    for _ in range(5):
        readers.visitor.post("/members/code", {"code": WRONG})

    readers.mail()

    assert readers.visitor.post("/members/code", {"code": code}).status == 422
    readers.visitor.cookies = old
    assert readers.visitor.post("/members/code", {"code": code}).status == 410


def test_asking_twice_leaves_the_code_of_the_mail_that_came(readers):
    readers.mail()
    code = code_in(readers)

    assert readers.mail() is None

    assert readers.visitor.post("/members/code", {"code": code}).status == 303


def test_a_code_is_worth_nothing_in_another_browser(readers):
    """Threat 41: neither in one that asked for something else, nor in one that asked for nothing."""
    readers.mail()
    code, other = code_in(readers), readers.browser()

    answer = other.post("/members/code", {"code": code})

    assert answer.status == 410
    assert "Ce code ne fonctionne pas ici" in answer.text
    assert "dans le navigateur où l’e-mail a été demandé" in answer.text
    readers.ask("autre@example.org", browser=other)
    assert other.post("/members/code", {"code": code}).status == 422
    readers.run_jobs()
    assert other.post("/members/code", {"code": code}).status == 422
    assert WITHHELD not in other.get(OLD).text


def test_link_and_code_are_one_key(readers):
    """Threat 33: whichever is used, the other is spent."""
    link = readers.mail()
    code = code_in(readers)
    assert readers.browser().post(link, {}).status == 303

    assert readers.visitor.post("/members/code", {"code": code}).status == 410

    readers.sign_up("autre@example.org")
    link = readers.mail("autre@example.org", door="sign-in")
    assert readers.visitor.post("/members/code", {"code": code_in(readers)}).status == 303
    assert readers.browser().post(link, {}).status == 410


@pytest.mark.parametrize(("moved", "status"), [(timedelta(minutes=59), 303), (timedelta(hours=1), 410)])
def test_a_code_works_for_an_hour(readers, clock, moved, status):
    """Threats 41, 75: and a clock set back gives none of it back."""
    readers.mail()

    clock.move(moved)

    assert readers.visitor.post("/members/code", {"code": code_in(readers)}).status == status


def test_a_clock_set_back_leaves_a_code_as_it_was(readers, clock):
    """Threat 75."""
    readers.mail()

    clock.move(timedelta(hours=-1))

    assert readers.visitor.post("/members/code", {"code": code_in(readers)}).status == 303


def test_wrong_codes_are_answered_alike_whoever_is_known(readers):
    """Threat 35: an address that nobody has can be guessed at as long as any other."""
    readers.sign_up("known@example.org")
    answers = {}
    for who in ("known", "never"):
        browser = readers.browser()
        readers.ask(f"{who}@example.org", door="sign-in", browser=browser)
        readers.run_jobs()
        replies = [browser.post("/members/code", {"code": WRONG}) for _ in range(7)]
        answers[who] = [(one.status, one.cookies, one.text, one.headers) for one in replies]

    assert answers["known"] == answers["never"]
    assert [status for status, *_ in answers["never"]] == [422] * 5 + [410] * 2


def test_a_code_tells_nothing_of_an_address_that_the_same_browser_asks_for_next(readers):
    """Threat 35: the code in one's own mail is wrong from then on, whether the other address is known or not."""
    readers.sign_up("known@example.org")
    told = {}
    for who in ("known", "never"):
        browser = readers.browser()
        readers.mail(f"own-{who}@example.org", browser=browser)
        code = code_in(readers)
        readers.ask(f"{who}@example.org", door="sign-in", browser=browser)
        readers.run_jobs()
        told[who] = browser.post("/members/code", {"code": code}).status

    assert told == {"known": 422, "never": 422}


def test_a_wrong_code_takes_the_same_work_for_all(readers):
    """Threat 35: the same statements in the same order, whether there is a right one or not."""
    readers.sign_up("known@example.org")
    work: dict[str, list[str]] = {}

    def note(connection, cursor, statement, *rest):
        work[who].append(statement)

    browsers = {f"{who}@example.org": readers.browser() for who in ("known", "never")}
    for who, browser in browsers.items():
        readers.ask(who, door="sign-in", browser=browser)
    readers.run_jobs()
    event.listen(Engine, "before_cursor_execute", note)
    try:
        for who, browser in browsers.items():
            work[who] = []
            assert browser.post("/members/code", {"code": WRONG}).status == 422
    finally:
        event.remove(Engine, "before_cursor_execute", note)

    assert work["known@example.org"] == work["never@example.org"] != []


@pytest.mark.parametrize("code", ["", "x", "0", "0" * 5000, "٠٠٠٠٠٠٠٠", "' OR 1=1 --", "\x00", "é\u2028", "<script>"])
def test_whatever_is_typed_is_a_wrong_code(readers, code):
    """Threats 19, 47."""
    readers.mail()

    answer = readers.visitor.post("/members/code", {"code": code})

    assert answer.status == 422
    assert code not in answer.text or len(code) < 2


def test_the_code_is_nowhere_in_the_database(readers):
    """Who reads the database, or a copy of it, can sign in as nobody."""
    readers.mail()
    code = code_in(readers).replace(" ", "")
    asked = readers.visitor.cookies["__Host-asked"]

    rows = repr(readers.all_rows())

    assert "lectrice@example.org" in rows
    assert code not in rows
    assert asked not in rows


def test_opening_the_code_page_changes_nothing(readers):
    """Threat 32."""
    readers.mail()

    for method in ("GET", "HEAD") * 10:
        answer = readers.visitor.get(f"/members/code?code={code_in(readers)}", method=method)
        assert (answer.status, answer.cookies) == (200, ())
    assert "pending" in readers.command("list")


def test_who_is_signed_in_needs_no_code(readers):
    assert readers.sign_up().get("/members/code").headers["location"] == "/members/"
