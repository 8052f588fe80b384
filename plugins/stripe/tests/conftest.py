"""A blog with paid members, and Stripe on this machine."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import attrs
import pytest

from pressframe_members.store import Members
from pressframe_testing import Ask, Served, TestSite, ask
from pressframe_testing.stripe import FakeStripe

PLANS = "/members/plans/"
STUDY = "/2026/01/study/"
WITHHELD = "La suite, pour qui paie."
SETTINGS = """
== pressframe.toml ==
[site]
title = "PRland"
url = "https://prland.example"
language = "{language}"
plugins = ["markdown", "sql", "web", "comments", "gates", "members", "stripe", "archives", "feeds", "journal"]
[plugins.gates.audiences.paid]
name = "membres"
join = "/members/plans/"
[plugins.gates.audiences.patron]
name = "mécènes"
join = "/members/plans/"
[[plugins.gates.rules]]
tag = "étude"
audience = ["paid"]
[[plugins.gates.rules]]
tag = "carnet"
audience = ["patron"]
[plugins.stripe]
key = {{ env = "STRIPE_KEY" }}
webhook_secret = {{ env = "STRIPE_WEBHOOK_SECRET" }}
url = "{url}"
pages = ["{url}"]
grace = "3 days"
timeout = "30 seconds"
{settings}
[plugins.stripe.plans.monthly]
price = "price_month"
label = "Au mois"
cost = "5 €"
gives = ["Toutes les études."]
[plugins.stripe.plans.yearly]
price = "price_year"
label = "À l’année"
cost = "50 €"
interval = "year"
[plugins.stripe.plans.patron]
price = "price_patron"
label = "Mécène"
cost = "20 €"
audience = "patron"
[plugins.stripe.plans.former]
price = "price_former"
label = "Ancienne formule"
cost = "3 €"
offered = false
"""
CONTENT = f"""
== content/study.md ==
---
title: Une étude
date: 2026-01-01
slug: study
tags: [étude]
---
Le premier paragraphe.

{WITHHELD}
== content/note.md ==
---
title: Un carnet
date: 2026-01-02
slug: note
tags: [carnet]
---
Le début du carnet.

La suite du carnet.
"""


@pytest.fixture
def stripe(clock) -> Iterator[FakeStripe]:
    made = FakeStripe(clock)
    made.add_price("price_month", 500)
    made.add_price("price_year", 5000, interval="year")
    made.add_price("price_patron", 2000)
    made.add_price("price_former", 300)
    made.add_portal()
    yield made
    made.close()


@pytest.fixture
def blog(site, stripe, monkeypatch) -> Callable[..., TestSite]:
    """Return a function that makes the blog, with lines for the plugin's table."""
    monkeypatch.setenv("STRIPE_KEY", stripe.key)
    monkeypatch.setenv("STRIPE_WEBHOOK_SECRET", stripe.secret)
    return lambda settings="", *, language="fr": site(
        SETTINGS.format(settings=settings, url=stripe.url, language=language) + CONTENT
    )


@attrs.frozen
class Shop:
    """The blog being served; what its readers, Stripe and the clock do."""

    site: TestSite
    served: Served
    stripe: FakeStripe

    def __getattr__(self, name):
        return getattr(self.served, name)

    def choose(self, browser, plan="monthly", **form):
        """Press a plan's button."""
        return browser.post(PLANS, {"plan": plan, "next": "", **form})

    def session(self, browser, plan="monthly", **form) -> str:
        """Go to the checkout page; return the id of the visit."""
        answer = self.choose(browser, plan, **form)
        assert (answer.status, answer.headers["location"][: len(self.stripe.url)]) == (303, self.stripe.url)
        return answer.headers["location"].rpartition("/")[2]

    def buy(self, address="lectrice@example.org", plan="monthly"):
        """Subscribe and pay; return the browser and Stripe's subscription. Nothing of it was told yet."""
        browser = self.sign_in(address)
        return browser, self.stripe.pay(self.session(browser, plan))

    def hook(self, event, **how):
        """Send one event as Stripe does; return the answer."""
        return self.send(*self.stripe.signed(event, **how))

    def send(self, body, headers):
        request = Ask(address="/stripe/webhook", method="POST", headers=headers, body=body, client="198.51.100.9")
        return ask(self.served.app, request)

    def tell(self, *, work=True):
        """Send all events that were not sent yet, in their order, and work on them."""
        for event in self.stripe.events:
            assert self.hook(event).status == 200
        self.stripe.events.clear()
        if work:
            self.run_jobs()

    def reads(self, browser, address=STUDY, text=WITHHELD):
        """Say whether somebody gets the whole text; after the 30 seconds for which the server remembers readers."""
        self.served.app.readers.forget(_cookies(browser))
        return text in browser.get(address).text

    def memberships(self, address="lectrice@example.org"):
        """Return what Stripe has given a member, and until when."""
        members = Members(self.served.app.site)
        member = members.find_by_address(address)
        found = members.memberships(member.id, now=self.site.clock.now)
        return {one.audience: one.until for one in found if one.source == "stripe"}

    def command(self, *arguments: str):
        return self.site.run("stripe", *arguments)

    def calls(self, method="") -> list[str]:
        """Return what Stripe was asked, and forget it."""
        asked = [f"{one.method} {one.path}" for one in self.stripe.asked if method in ("", one.method)]
        self.stripe.asked.clear()
        return asked


def _cookies(browser) -> bytes:
    return "; ".join(f"{name}={value}" for name, value in browser.cookies.items()).encode()


@pytest.fixture
def open_shop(blog, stripe) -> Callable[..., Shop]:
    def make(settings="", **how):
        site = blog(settings, **how)
        return Shop(site, site.serve(), stripe)

    return make


@pytest.fixture
def shop(open_shop) -> Shop:
    return open_shop()


def main_of(html: str) -> str:
    """Return the text in a page's <main>, without markup."""
    inside = html.partition("<main")[2].partition(">")[2].partition("</main>")[0]
    return re.sub(r"[ \n]+", " ", re.sub(r"<[^>]*>", " ", inside)).strip()


def everything_in(folder: Path) -> bytes:
    """Return all bytes that a site keeps."""
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


def exported(browser) -> dict:
    return json.loads(browser.get("/members/export").text)
