"""Mail to who follows a conversation, of what is noted late."""

from pressframe_testing import EVERY_DATABASE

from .mailbox import Mailbox, text_of
from .test_followers import OPEN, follow, visitor

pytestmark = EVERY_DATABASE


def test_what_a_server_whose_clock_is_behind_notes_after_a_mail_has_left_is_in_the_next_one(serve):
    """Threat 75; as what is noted late, since many comments were approved at once."""
    mails = Mailbox(serve({"posts/billet": {"title": "Un billet"}}, settings=OPEN))
    follow(mails)
    visitor(mails.served, comment="Bonjour.")
    mails.served.later(minutes=11.5)
    assert len(mails.read()) == 1

    mails.served.later(minutes=-2)
    visitor(mails.served, author="Bo", comment="Bonsoir.")
    mails.served.later(minutes=14)
    (news,) = mails.read()

    assert "Bonsoir." in text_of(news)
    mails.served.later(minutes=60)
    assert mails.read() == []
