"""How many questions by mail strangers can have sent to others."""

from .mailbox import Mailbox

BOTH = {"follow_all": "1"}


def _ask_for_mail(mails, number, *, domain):
    mails.served.cookies.clear()
    return mails.served.post(comment=f"Texte {number}", email=f"a{number}@{domain}", **BOTH)


def test_one_client_has_twenty_addresses_asked_an_hour_and_gets_the_same_answer(serve):
    """Threat 43: whoever sends a hundred comments in the names of others; it is stored, and nobody is told."""
    mails = Mailbox(serve(settings="flood_limit = 0"))

    answers = [_ask_for_mail(mails, number, domain=f"host{number}.example") for number in range(100)]
    asked = mails.read()
    mails.served.later(minutes=61)
    _ask_for_mail(mails, 99, domain="host99.example")

    assert {answer.status for answer in answers} == {303}
    assert len(asked) == 20
    assert [mail["to"] for mail in mails.read()] == ["a99@host99.example"]


def test_one_domain_gets_three_hundred_questions_an_hour(serve):
    """Threat 43: nobody drowns a whole company through comments."""
    mails = Mailbox(serve(settings="flood_limit = 0\nflood_limit_site = 0"))

    for number in range(320):
        mails.served.client = f"198.51.{number % 250}.{number // 250}"
        _ask_for_mail(mails, number, domain="company.example" if number % 2 else "COMPANY.example")
    mails.served.client = "203.0.113.1"
    _ask_for_mail(mails, 400, domain="other.example")

    to = [mail["to"].lower().partition("@")[2] for mail in mails.read()]
    assert to.count("company.example") == 300
    assert to.count("other.example") == 1
