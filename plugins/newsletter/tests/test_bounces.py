"""F5: reports on mails that came back, and complaints."""

import mailbox
from datetime import timedelta

import pytest

from pressframe_testing import EVERY_DATABASE

from .conftest import finish

pytestmark = EVERY_DATABASE

DSN = """\
From: MAILER-DAEMON@mx.example
To: bonjour@prland.example
Subject: Undelivered Mail
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I'm sorry. {number}
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; a@example.org
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 no

--b
Content-Type: {kind}

From: PRland <bonjour@prland.example>
Message-ID: {message}
Subject: Sujet

--b--
"""
ARF = """\
From: abuse@mail.example
To: bonjour@prland.example
Subject: complaint
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: text/plain

Somebody pressed a button.
--b
Content-Type: message/feedback-report

Feedback-Type: {type}
User-Agent: Some/1.0
Version: 1

--b
Content-Type: message/rfc822

From: PRland <bonjour@prland.example>
Message-ID: {message}
Subject: Sujet

text
--b--
"""


def dsn(message, *, status="5.1.1", action="failed", kind="message/rfc822", number=0) -> bytes:
    return DSN.format(message=message, status=status, action=action, kind=kind, number=number).encode()


@pytest.fixture
def sent(mailed, sink):
    desk = mailed()
    desk.add("a@example.org", "b@example.org")
    desk.send()
    desk.run_jobs()
    return desk


def _id(sink, to="a@example.org"):
    return next(id for address, id, _ in sink.taken if address == to)


def _give(desk, *mails: bytes) -> str:
    names = []
    for number, mail in enumerate(mails):
        file = desk.site.folder / f"back-{number}.eml"
        file.write_bytes(mail)
        names.append(str(file))
    ran = desk.site.run("newsletter", "bounces", *names)
    assert ran.status == 0, ran.errors
    return ran.output


@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers"])
def test_one_hard_bounce_stops_an_address(sent, sink, kind):
    """F5."""
    told = _give(sent, dsn(_id(sink), kind=kind))

    assert told.startswith("1 addresses get no more mail")
    assert sent.counts(sent.campaigns.all()[0]) == {"sent": 1, "bounced": 1}
    assert sent.people.why_stopped("A@example.org") == "bounced"
    assert sent.people.why_stopped("b@example.org") == ""
    sent.send()
    sent.run_jobs()
    assert sink.addresses.count("a@example.org") == 1
    assert sink.addresses.count("b@example.org") == 2


def test_five_soft_bounces_within_two_weeks_stop_an_address_and_the_same_report_counts_once(sent, sink):
    """F5."""
    reports = [dsn(_id(sink), status="4.2.2", number=number) for number in range(5)]

    _give(sent, *reports[:4])
    _give(sent, *reports[:4])
    assert sent.people.why_stopped("a@example.org") == ""
    _give(sent, reports[4])

    assert sent.people.why_stopped("a@example.org") == "bounced"


def test_soft_bounces_of_long_ago_do_not_count(sent, sink):
    """F5."""
    now, message = sent.site.clock.now, _id(sink)
    for number in range(4):
        sent.people.give_back(f"d{number}", message, "soft", now)

    assert sent.people.give_back("d4", message, "soft", now + timedelta(days=14)) == "counted"


def test_a_mail_of_which_nobody_knew_whether_it_was_taken_may_come_back(mailed, sink):
    """F5: then it was."""
    desk = mailed(newsletter="connections = 1")
    desk.add("a@example.org")
    sink.fails = lambda stage, number, to: "mute" if stage == "DATA" else None
    campaign = desk.send()
    finish(desk)
    assert desk.counts(campaign) == {"unknown": 1}

    assert desk.people.give_back("d", _id(sink), "hard", desk.site.clock.now) == "stopped"

    assert desk.counts(campaign) == {"bounced": 1}


def test_a_complaint_unsubscribes(sent, sink):
    """F5."""
    _give(sent, dsn(_id(sink)), ARF.format(type="abuse", message=_id(sink)).encode())
    sent.send()
    sent.run_jobs()

    assert sent.people.why_stopped("a@example.org") == "complained"
    assert sink.addresses.count("a@example.org") == 1


def test_a_report_about_a_mail_that_was_never_sent_stops_nobody(sent):
    """Anybody can write a report: it must name the Message-ID, which only who got the mail knows."""
    told = _give(sent, dsn("<0123456789abcdef@prland.example>"))

    assert "1 about mails that were not sent from here" in told
    assert sent.people.why_stopped("a@example.org") == ""


def test_mailboxes_and_maildirs_are_read(sent, sink, tmp_path):
    box = mailbox.mbox(tmp_path / "box")
    folder = mailbox.Maildir(tmp_path / "dir")
    for number in range(3):
        box.add(dsn(_id(sink), status="4.2.2", number=number))
        folder.add(dsn(_id(sink), status="4.2.2", number=number + 10))
    box.close()

    told = sent.site.run("newsletter", "bounces", str(tmp_path / "box"), str(tmp_path / "dir")).output

    assert sent.people.why_stopped("a@example.org") == "bounced"
    assert "0 reports known already" in told


def test_a_report_that_is_given_as_a_file_and_in_a_maildir_counts_once(sent, sink, tmp_path):
    report = dsn(_id(sink), status="4.2.2").replace(b"\n", b"\r\n")
    (tmp_path / "one.eml").write_bytes(report)
    mailbox.Maildir(tmp_path / "dir")
    (tmp_path / "dir" / "cur" / "1.mx").write_bytes(report)

    told = sent.site.run("newsletter", "bounces", str(tmp_path / "one.eml"), str(tmp_path / "dir")).output

    assert "1 bounces counted, 1 reports known already" in told


@pytest.mark.parametrize("message", ["<a\0b@prland.example>", "<a\udcffb@prland.example>", "<a\x1bb@prland.example>"])
def test_a_report_that_names_what_no_database_takes_keeps_no_other_from_being_read(sent, sink, message):
    """F5, threat 47: anybody can mail one."""
    odd = dsn("MESSAGE").replace(b"MESSAGE", message.encode(errors="surrogateescape"))

    told = _give(sent, odd, dsn(_id(sink)))

    assert told.startswith("1 addresses get no more mail")
    assert "1 about mails that were not sent from here" in told


def test_a_report_that_a_mailbox_holds_with_its_lines_quoted_is_the_same(sent, sink, tmp_path):
    report = dsn(_id(sink), status="4.2.2").replace(b"I'm sorry.", b"From now on:\n>From me.")
    (tmp_path / "one.eml").write_bytes(report)
    quoted = report.replace(b"\nFrom now", b"\n>From now").replace(b"\n>From me", b"\n>>From me")
    (tmp_path / "box").write_bytes(b"From x@y Mon Nov 23 10:00:00 2026\n" + quoted)

    told = sent.site.run("newsletter", "bounces", str(tmp_path / "one.eml"), str(tmp_path / "box")).output

    assert "1 bounces counted, 1 reports known already" in told


def test_soft_bounces_from_before_a_stop_was_lifted_do_not_count(sent, sink):
    """F5."""
    now, message, member = sent.site.clock.now, _id(sink), sent.members.find_by_address("a@example.org")
    for number in range(5):
        sent.people.give_back(f"d{number}", message, "soft", now)
    assert sent.people.why_stopped("a@example.org") == "bounced"

    sent.people.choose(member, {"posts": "each"}, now, lifts=True)

    assert sent.people.give_back("d5", message, "soft", now) == "counted"
    assert sent.people.why_stopped("a@example.org") == ""


def test_choosing_again_lifts_a_stop(sent, sink):
    _give(sent, dsn(_id(sink)))
    member = sent.members.find_by_address("a@example.org")

    sent.people.choose(member, {"posts": "each"}, sent.site.clock.now, lifts=True)

    assert sent.people.why_stopped("a@example.org") == ""
