"""Whoever types an address into a form learns nothing about it: members, followers, owners are answered like nobody."""

import random
import re
import time
from collections.abc import Callable
from html import unescape
from statistics import median

import pytest

from pressframe_testing import Reply, Visitor, wants_everything

from .postbag import Postbag, text_of

TRIES = 200 if wants_everything() else 30
"""How often each form is sent to be timed: as often as threat 35 says where PRESSFRAME_EVERYTHING is set."""
MARGIN, NOISE = 0.05, 0.002
"""Medians differ by less than this share, or than so many seconds."""
WHO = {
    "never": "never@nowhere.example",
    "pending": "nina@example.org",
    "member": "max@example.org",
    "left the newsletter": "lea2@example.org",
    "follower": "zoe@example.org",
    "asked follower": "yves@example.org",
    "owner": "o@example.org",
}
Send = Callable[[Visitor, str], Reply]
FORMS: dict[str, Send] = {
    "/members/subscribe": lambda browser, address: browser.post("/members/subscribe", {"email": address}),
    "/members/sign-in": lambda browser, address: browser.post("/members/sign-in", {"email": address}),
    "/members/account/address": lambda browser, address: browser.post("/members/account/address", {"email": address}),
    "/comments/un": lambda browser, address: browser.post(
        "/comments/un", {"author": "Zoé", "email": address, "comment": f"À {time.monotonic_ns()}.", "follow_all": "1"}
    ),
    "/admin/sign-in/link": lambda browser, address: browser.post("/admin/sign-in/link", {"address": address}),
}
"""Every form that takes an address, but the owner's with a password, which is timed in the plugin's own tests."""
CHANGES = re.compile(
    r"À \d+\.|[?&]v=\w+|c\d+|comments-\d+|to=\d+|(?<=value=\")[\w.-]{20,}(?=\")|/comments/pending/[^\s\"#]+"
    r"|datetime=\"[^\"]*\"|\d\dh\d\d|__Host-\w+=[^;]*|\b\d+ réponses?\b|@example\.org|@nowhere\.example"
)


@pytest.fixture
def bag(site) -> Postbag:
    text = text_of("fr").replace("flood_limit = 0", "flood_limit = 0\nflood_limit_site = 0")
    bag = Postbag.of(site(text), "fr")
    bag.later(120)
    path = bag._link("lea2@example.org", "/newsletter/leave/")
    assert bag.served.browser().post(path, {}).status == 200
    return bag


@pytest.fixture
def send(bag) -> Callable[[str, str], Reply]:
    """Return what sends a form with an address, each time from elsewhere."""
    signed_in, count = bag._join("visitor@example.org"), iter(range(1_000_000))

    def send(form: str, address: str) -> Reply:
        number = next(count)
        browser = bag.served.browser(f"203.{number // 62_500 % 250}.{number // 250 % 250}.{number % 250}")
        if form == "/members/account/address":
            browser.cookies = dict(signed_in.cookies)
        return FORMS[form](browser, address)

    return send


def told(reply: Reply, address: str) -> tuple[object, ...]:
    """Return all that a reader is told, without what differs each time."""
    text = CHANGES.sub("…", unescape(reply.text).replace(address, "…"))
    headers = {name: CHANGES.sub("…", value) for name, value in reply.headers.items()}
    headers.pop("content-length", None)  # of the address itself; sizes are compared below
    return reply.status, text, headers, [CHANGES.sub("…", cookie) for cookie in reply.cookies]


def test_no_form_that_takes_an_address_is_left_out(bag):
    """Threat 35: those on any page, for strangers and for who is signed in."""
    member, found = bag._join("visitor@example.org"), set()
    pages = [one for one in bag.served.app.served.release.files if one.endswith("/")]
    pages += ["/members/", "/members/sign-in", "/members/code", "/admin/sign-in", "/admin/sign-in/link"]
    for browser in (bag.served.browser(), member):
        for address in pages:
            for form in re.findall(r"<form\b.*?</form>", browser.get(address).text, re.DOTALL):
                if re.search(r'<input[^>]* (?:type="email"|autocomplete="(?:email|username)")', form):
                    found.update(re.findall(r'action="([^"]*)"', form))

    assert found - {"/admin/sign-in"} == FORMS.keys() | {"/comments/deux"}


@pytest.mark.parametrize("form", FORMS)
def test_the_answer_tells_nothing_of_an_address(send, bag, form):
    """Threat 35: status, text, size, headers, cookies."""
    answers = {who: [send(form, address) for _ in range(3)] for who, address in WHO.items()}

    wanted = told(answers["never"][0], WHO["never"])
    assert {who: told(one, WHO[who]) for who, many in answers.items() for one in many} == dict.fromkeys(WHO, wanted)
    sizes = {len(one.body) - one.text.count(WHO[who]) * len(WHO[who]) for who, many in answers.items() for one in many}
    assert max(sizes) - min(sizes) <= (0 if "comments" not in form else 40)  # numbers grow


def slower_or_faster(send: Callable[[str, str], Reply], form: str, chance: random.Random) -> set[str]:
    """Return whose median is another than that of an address that nobody has."""
    times: dict[str, list[float]] = {who: [] for who in WHO}
    for _ in range(TRIES):
        for who in chance.sample(list(WHO), len(WHO)):
            begun = time.perf_counter()
            send(form, WHO[who])
            times[who].append(time.perf_counter() - begun)
    medians = {who: median(found) for who, found in times.items()}
    wanted = medians["never"]
    return {who for who, one in medians.items() if abs(one - wanted) > max(MARGIN * wanted, NOISE)}


@pytest.mark.parametrize("form", FORMS)
def test_the_time_tells_nothing_of_an_address(send, form):
    """Threat 35: medians within 5 % or 2 ms; what a busy machine does to one address it does not do three times."""
    chance = random.Random(35)
    far = slower_or_faster(send, form, chance)
    for _ in range(2):
        far &= slower_or_faster(send, form, chance) if far else far

    assert far == set()
