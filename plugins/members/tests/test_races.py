"""Subscribing, confirming, signing out and leaving at once, in many ways: the end is one that has a name."""

import random
from concurrent.futures import ThreadPoolExecutor

from pressframe_testing import EVERY_DATABASE, wants_everything

from .conftest import OLD, WITHHELD

pytestmark = EVERY_DATABASE

ROUNDS, SEED = 100 if wants_everything() else 25, 20261126


def test_races_end_in_a_state_that_is_legal(readers):
    """Threat 73: nobody is half a member, nobody who left comes back, and nothing fails; a hundred ways for all."""
    chance = random.Random(SEED)
    for number in range(ROUNDS):
        steps = steps_of(readers, f"m{number}@example.org", f"198.51.100.{number}")
        chance.shuffle(steps)

        with ThreadPoolExecutor(len(steps)) as pool:
            replies = list(pool.map(lambda step: step(), steps))

        assert all(reply.status in (200, 303, 410) for reply in replies), [reply.status for reply in replies]
        readers.run_jobs()
    members = dict(readers.rows("SELECT id, confirmed FROM members_member"))
    sessions = [member for (member,) in readers.rows("SELECT member FROM members_session")]
    links = [member for (member,) in readers.rows("SELECT member FROM members_link")]
    assert set(sessions) | set(links) <= members.keys()
    assert all(members[member] is not None for member in sessions)


def steps_of(readers, address, client):
    """Return what somebody does who has just been mailed a link, and others who know the address."""
    link = readers.mail(address, browser=readers.browser(client))
    browser = readers.browser(client)
    return [
        lambda: browser.post(link, {}),
        lambda: readers.browser(client).post(link, {}),
        lambda: readers.ask(address, browser=readers.browser(client)),
        lambda: readers.ask(address, door="sign-in", browser=readers.browser(client)),
        lambda: browser.post("/members/leave", {}),
        lambda: browser.post("/members/sign-out", {}),
    ]


def test_who_left_is_not_brought_back_by_a_link_that_was_still_under_way(readers):
    """Threats 73, 79."""
    browser = readers.sign_up()
    link = readers.mail(door="sign-in", browser=readers.browser())
    readers.ask(door="sign-in", browser=readers.browser())

    browser.post("/members/leave", {})
    readers.run_jobs()

    late = readers.browser()
    assert late.post(link, {}).status == 410
    assert WITHHELD not in late.get(OLD).text
    assert "nobody has subscribed yet" in readers.command("list")
