"""A mail for one audience first, and for the newsletter's other members later."""

from datetime import UTC, datetime

import pytest

from pressframe_testing import EVERY_DATABASE

from .conftest import finish

pytestmark = EVERY_DATABASE


@pytest.mark.parametrize("how", ["screen", "command"])
def test_what_went_to_one_audience_goes_to_all_others_too_and_to_nobody_twice(mailed, sink, how):
    desk = mailed()
    desk.site.clock.move(datetime.now(UTC) - desk.site.clock.now)  # commands go by real clocks
    desk.add("free@example.org", "reader@example.org")
    desk.add("paid@example.org", "payer@example.org", audience="paid")
    never = desk.add("never@example.org")
    desk.people.choose(never, {"posts": "never"}, desk.site.clock.now, lifts=False)
    campaign = desk.send(audience="paid")
    desk.run_jobs()
    assert sorted(sink.addresses) == ["paid@example.org", "payer@example.org"]

    if how == "screen":
        owner, one = desk.sign_in_as("owner"), f"/admin/newsletter/campaign/{campaign.id}"
        assert "n’était que pour «\xa0paid\xa0»" in owner.get(one).text
        owner.send(one, {"do": "rest"})
    else:
        said = desk.site.run("newsletter", "resend", campaign.id, "--audience", "subscribers")
        assert said.output == f"{campaign.id}: it is sent to those who did not get it\n"
        desk.site.clock.move("1 hour")
    desk.run_jobs()

    assert sorted(sink.addresses) == ["free@example.org", "paid@example.org", "payer@example.org", "reader@example.org"]
    assert desk.state(campaign) == "done"
    assert 'value="rest"' not in desk.sign_in_as("owner").get(f"/admin/newsletter/campaign/{campaign.id}").text


@pytest.mark.parametrize("fault", ["452 4.2.2 full", "mute"])
def test_one_full_mailbox_keeps_nobody_else_from_getting_what_went_to_one_audience(mailed, sink, fault):
    """Which is tried again for more than a day, and what is in doubt once."""
    desk = mailed()
    desk.add("free@example.org")
    desk.add("paid@example.org", "full@example.org", audience="paid")
    stage = "DATA" if fault == "mute" else "RCPT"
    sink.fails = lambda now, number, to: fault if now == stage and to.startswith("full") else None
    campaign = desk.send(audience="paid")
    desk.run_jobs()
    assert desk.state(campaign) == "sending"
    owner, one = desk.sign_in_as("owner"), f"/admin/newsletter/campaign/{campaign.id}"
    before = desk.counts(campaign)

    assert not desk.campaigns.resend(campaign.id, desk.site.clock.now)
    assert desk.counts(campaign) == before
    assert 'value="rest"' in owner.get(one).text
    owner.send(one, {"do": "rest"})
    desk.run_jobs()
    finish(desk)

    assert sink.addresses.count("free@example.org") == sink.addresses.count("paid@example.org") == 1
    assert sink.addresses.count("full@example.org") == (2 if fault == "mute" else 0)


def test_a_campaign_that_has_not_begun_is_widened_by_nobody(mailed, sink):
    desk = mailed()
    desk.add("free@example.org")
    campaign = desk.send(audience="paid")

    refused = desk.site.run("newsletter", "resend", campaign.id, "--audience", "subscribers")
    unknown = desk.site.run("newsletter", "resend", campaign.id, "--audience", "subscriber")
    desk.run_jobs()

    assert refused.errors.startswith(f"error: {campaign.id}: it is not over, or never began\n")
    assert unknown.errors.startswith('error: "subscriber" is no audience of this site\n')
    assert sink.addresses == []
