"""The mails to who follows a conversation, as they are seen."""

import re

from pressframe_testing import EVERY_DATABASE

from .mailbox import Mailbox

pytestmark = EVERY_DATABASE


def test_titles_names_and_addresses_with_markup_are_text_in_both_mails(serve):
    """Threats 26, 28: each in a box of its own, whatever its direction."""
    title, name, text = "<b>Un</b> {{ 7*7 }}", "<i>Bob</i>", "<u>مرحبا</u>."
    mails = Mailbox(serve({"posts/billet": {"title": title}}, settings='moderation = "never"'))
    mails.served.post(comment="Suivi.", email="zoe&co@example.org", follow_all="1")
    (question,) = mails.read()
    confirm = re.search(r"https://prland.example(/comments/\S+)", question.get_body(("plain",)).get_content())[1]
    mails.served._ask("POST", confirm, form={})
    mails.served.post(comment=text, author=name, email="bob@example.org")
    mails.served.later(minutes=30)
    (news,) = mails.read()

    asked, told = (mail.get_body(("html",)).get_content() for mail in (question, news))
    shown = "&lt;b&gt;Un&lt;/b&gt; {{ 7*7 }}"
    assert f"<li><bdi>{shown}</bdi></li>" in asked
    assert "zoe&amp;co@example.org" in asked
    assert re.search(rf'<h1 [^>]*dir="auto">{re.escape(shown)}</h1>', told)
    assert f"<title>Nouveau commentaire sur «\xa0{shown}\xa0»</title>" in told
    assert "<bdi>&lt;i&gt;Bob&lt;/i&gt;</bdi> a écrit" in told
    assert re.search(r'<p dir="auto" [^>]*>&lt;u&gt;مرحبا&lt;/u&gt;\.</p>', told)
