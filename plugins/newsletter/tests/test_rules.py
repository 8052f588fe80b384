"""What is decided by what is given alone: the moments of digests, what a report says."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from pressframe_newsletter._bounces import read_report
from pressframe_newsletter._sending import _is_hard
from pressframe_newsletter._settings import last_digest, next_digest
from pressframe_web import MailError

from .test_bounces import ARF, dsn


@pytest.mark.parametrize(
    ("now", "moment"),
    [("2026-11-23T06:59", "2026-11-16T07:00"), ("2026-11-23T07:00", "2026-11-23T07:00"),
     ("2026-03-30T06:30", "2026-03-30T06:00")],
)  # fmt: skip
def test_digests_leave_by_the_sites_own_clock(now, moment):
    """Threat 75: also when summer time begins."""
    found = last_digest(datetime.fromisoformat(now).replace(tzinfo=UTC), "monday", time(8), ZoneInfo("Europe/Paris"))

    assert found.astimezone(UTC) == datetime.fromisoformat(moment).replace(tzinfo=UTC)


@pytest.mark.parametrize(("day", "at"), [("monday", time(8)), ("sunday", time(2, 30)), ("sunday", time(3))])
def test_the_next_digest_is_always_still_to_come_and_at_the_sites_own_time(day, at):
    """Threat 75: in every hour of a year, with the weeks in which summer time begins and ends."""
    zone, now = ZoneInfo("Europe/Paris"), datetime(2026, 1, 1, 0, 10, tzinfo=UTC)
    while now.year == 2026:
        last, next = (ask(now, day, at, zone) for ask in (last_digest, next_digest))
        assert last.astimezone(UTC) <= now < next.astimezone(UTC)
        assert next.astimezone(UTC) - last.astimezone(UTC) in (
            timedelta(hours=167),
            timedelta(days=7),
            timedelta(hours=169),
        )
        assert {last.weekday(), next.weekday()} == {0 if day == "monday" else 6}
        now += timedelta(hours=1)


@pytest.mark.parametrize(
    "mail",
    [
        dsn("<x@y>", action="delayed", status="4.4.1"), dsn("<x@y>", action="delivered", status="2.0.0"),
        ARF.format(type="not-spam", message="<x@y>").encode(), b"", b"\xff\x00", b"Subject: Out of office\n\nHello",
        b"Content-Type: multipart/report; boundary=b\n\n--b\n--b\n--b--", b"Content-Type: message/rfc822\n\n" * 200,
    ],
)  # fmt: skip
def test_what_is_no_failure_counts_for_nothing(mail):
    assert read_report(mail).kind == "none"


@pytest.mark.parametrize(
    ("status", "kind"),
    [("5.1.1", "hard"), ("5.1.10", "hard"), ("5.0.0", "hard"), ("5.2.1", "hard"), ("5.2.2", "soft"), ("5.7.1", "soft"),
     ("4.2.2", "soft"), ("5.3.4", "soft"), ("odd", "soft"), ("5.1.2", "hard"), ("5.4.4", "hard"), ("5.2.3", "soft"),
     ("5.6.1", "soft"), ("5.5.0", "soft")],
)  # fmt: skip
def test_what_is_the_addresss_fault_is_hard_and_all_else_soft(status, kind):
    """F5: a policy, a full mailbox or a large mail is no reason to give an address up at once."""
    assert read_report(dsn("<x@y>", status=status)).kind == kind


def test_where_the_status_says_nothing_the_server_s_own_words_do():
    """F5."""
    mail = dsn("<x@y>", status="odd").replace(b"smtp; 550 no", b"smtp; 550 5.1.1 no such user")

    assert read_report(mail).kind == "hard"


def test_of_several_fates_in_one_report_the_worst_counts():
    """F5: a mail that one address took later, and another never."""
    soft, hard = (
        b"Final-Recipient: rfc822; a@y\nAction: failed\nStatus: %s\n\n" % status for status in (b"4.2.2", b"5.1.1")
    )
    report = dsn("<x@y>", status="4.2.2")

    for order in (soft + hard, hard + soft):
        assert (
            read_report(
                report.replace(b"Reporting-MTA: dns; mx.example\n\n", b"Reporting-MTA: dns; y\n\n" + order)
            ).kind
            == "hard"
        )


@pytest.mark.parametrize("type", ["abuse", "fraud", "opt-out", "other", "virus", "Abuse"])
def test_whatever_somebody_complains_of_is_a_complaint(type):
    """F5: RFC 5965."""
    report = read_report(ARF.format(type=type, message="<one@prland.example>").encode())

    assert (report.kind, report.message) == ("complaint", "<one@prland.example>")


@pytest.mark.parametrize(
    ("code", "is_hard"),
    [("550 5.1.1", True), ("550 5.1.10", True), ("550 5.2.1", True), ("550 5.4.1", True), ("550 5.4.4", True),
     ("550", True), ("551", True), ("553", True), ("552 5.2.2", False), ("550 5.2.2", False), ("554 5.7.1", False),
     ("550 5.7.1", False), ("552", False), ("554", False), ("550 5.4.14", False)],
)  # fmt: skip
def test_a_server_s_no_stops_an_address_only_if_it_says_that_there_is_none(code, is_hard):
    """F5: and only where it says so of the address, not of the mail."""
    assert _is_hard(MailError("", permanent=True, about="address", code=code)) is is_hard
    assert not _is_hard(MailError("", permanent=True, about="mail", code=code))
