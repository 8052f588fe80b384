"""The way of a reader who pays, in a browser; every screen as axe sees it."""

import contextlib
import itertools
import random
import re
import socket
import time
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest

from pressframe_testing import find_barriers, wants_everything
from pressframe_testing.stripe import FakeStripe

from .conftest import CONTENT, PLANS, SETTINGS, STUDY, WITHHELD

pytestmark = pytest.mark.browser

LOOKS = [*itertools.product(["light", "dark"], [390, 1280])] if wants_everything() else [("light", 390), ("dark", 1280)]


@pytest.fixture
def stripe(clock):
    """Real time: the site runs in a process of its own."""
    clock.now = datetime.now(UTC)
    made = FakeStripe()
    for id, amount, interval in (("month", 500, "month"), ("year", 5000, "year"), ("patron", 2000, "month")):
        made.add_price(f"price_{id}", amount, interval=interval)
    made.add_portal()
    yield made
    made.close()


def free_port():
    """Return a port below those that other tests are given meanwhile, who ask for any."""
    for port in random.sample(range(20_000, 32_000), 100):
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise AssertionError("no port is free")


@pytest.fixture(params=["fr", "en"])
def live(blog, stripe, site, request):
    port = free_port()  # Stripe leads back to the address that the settings name
    settings = SETTINGS.format(settings="", url=stripe.url, language=request.param)
    made = site(settings.replace("https://prland.example", f"http://127.0.0.1:{port}") + CONTENT)
    process = made.start("--port", str(port))
    stripe.site = process.url
    return made, process


@pytest.fixture
def walk(live, browser_page):
    """Return a page, and what looks at it on a phone and on a desk, both light and dark where everything is wanted."""
    site, process = live
    said, found = [], {}
    browser_page.on(
        "console", lambda one: said.append((one.location["url"], one.text)) if one.type == "error" else None
    )

    def look(name):
        for scheme, width in LOOKS:
            browser_page.emulate_media(color_scheme=scheme)
            browser_page.set_viewport_size({"width": width, "height": 900})
            barriers = find_barriers(browser_page, name=f"stripe {name} {scheme} {width}")
            if browser_page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                barriers.append("wider than the screen")
            if barriers:
                found[f"{name} {scheme} {width}"] = barriers

    return browser_page, site, process, look, found, said


def test_a_stranger_becomes_a_member_pays_and_reads(walk, stripe):
    page, site, process, look, found, said = walk

    page.goto(process.url + PLANS)
    look("plans of a stranger")
    page.goto(process.url + STUDY)
    look("closed study")
    press(page, '.gate-rest a[href^="/members/plans/?plan=monthly"]')
    look("chosen by a stranger")
    sign_up(page, site, process)
    assert f"{PLANS}?plan=monthly&next=" in page.url
    look("chosen by a member")
    press(page, "main a[href^='/members/plans/?next=']")
    look("plans of a member")
    press(page, 'form:has([value="monthly"]) button')
    assert page.url.startswith(f"{stripe.url}/c/pay/")
    press(page, "a")
    look("left")
    page.goto(f"{process.url}{PLANS}?plan=monthly&next={STUDY}")
    press(page, "main form button")
    press(page, "button")
    assert page.url.startswith(f"{process.url}/members/plans/thanks?session=cs_test_")
    look("thanks")
    press(page, "main form button")
    assert page.url == process.url + STUDY
    assert WITHHELD in page.content()

    assert found == {}
    assert [one for one in said if one[0].startswith(process.url)] == []


@pytest.fixture
def payer(walk, stripe):
    """Return what ``walk`` gives, of a member who has paid, and Stripe's id of what they pay for."""
    page, site, process, *_ = walk
    page.goto(f"{process.url}{PLANS}?plan=monthly")
    sign_up(page, site, process)
    press(page, "main form button")
    press(page, "button")
    press(page, "main form button")
    [id] = [one for one in stripe.things if one.startswith("sub_")]
    return *walk, id


def test_who_pays_manages_it(payer, stripe):
    page, _, process, look, found, _, id = payer

    for address in ("/members/", PLANS):
        page.goto(process.url + address)
        look(f"{address}, paid")
        press(page, 'form[action="/members/plans/portal"] button')
        assert page.url.startswith(f"{stripe.url}/p/session/")
    page.goto(f"{process.url}/members/")
    press(page, "#paying [value=end]")
    look("account, cancelled")
    press(page, "#paying [value=keep]")
    stripe.status = 500
    press(page, "#paying [value=end]")
    look("account, out of reach")
    page.goto(f"{process.url}{PLANS}")
    press(page, 'form:has([value="patron"]) button')
    look("plans, out of reach")
    stripe.status = None
    stripe.things[id]["current_period_end"] = stripe.things[id]["current_period_start"]
    stripe.renew(id, is_paid=False)
    _wait(page, f"{process.url}/members/", r"dernier paiement|last payment")
    look("account, failed")

    assert found == {}


@pytest.mark.parametrize("live", ["fr"], indirect=True)
def test_who_is_refunded_reads_no_more_within_a_minute(payer, stripe):
    """Threat 10, by real clocks."""
    page, _, process, look, found, _, id = payer
    page.goto(process.url + STUDY)
    assert WITHHELD in page.content()

    stripe.refund(id)
    start = time.monotonic()
    _wait(page, process.url + STUDY, f"^(?!.*{re.escape(WITHHELD)})")

    assert time.monotonic() - start < 60
    page.goto(f"{process.url}/members/")
    look("account, refunded")
    assert found == {}


def press(page, selector):
    """Press a button or follow a link, and wait for where it leads."""
    with page.expect_navigation():
        page.locator(selector).first.click()


def sign_up(page, site, process):
    """Give an address in the form of the chosen plan, and follow the mailed link."""
    page.fill("#plan-email", "lectrice@example.org")
    press(page, 'article form[action="/members/subscribe"] button')
    page.goto(process.url + _mailed(site))
    press(page, "main form button")


def _mailed(site) -> str:
    """Return the path of the link in the mail that asks to confirm, as soon as it is there."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        outbox = site.folder / "outbox"  # a hidden file is one that is still being written
        texts = [mail.read_text("utf-8").replace("=\n", "") for mail in outbox.glob("[!.]*.eml")]
        found = re.search(r"https?://\S+/members/confirm/[^\s\"]+", "\n".join(texts))
        if found:
            return urlsplit(found[0]).path
        time.sleep(0.05)
    raise AssertionError("no mail came")


def _wait(page, address, pattern):
    end = time.monotonic() + 60
    while True:
        page.goto(address)
        if re.search(pattern, page.content(), re.DOTALL):
            return
        assert time.monotonic() < end
        time.sleep(0.2)
