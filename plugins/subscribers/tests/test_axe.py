"""Every screen as axe sees it: in both schemes, on a phone and on a desk."""

import pytest

from .conftest import LIST, SITE, Desk

pytestmark = pytest.mark.browser

ADDRESSES = {
    "dashboard": "/admin/", "list": LIST, "all chosen": f"{LIST}?select=all", "found": f"{LIST}?q=m1&audience=paid",
    "nothing found": f"{LIST}?q=rien", "audiences": f"{LIST}tiers", "growth": f"{LIST}growth",
    "growth by day": f"{LIST}growth?by=day", "add": f"{LIST}add", "import": f"{LIST}import",
    "no such member": f"{LIST}member/x",
}  # fmt: skip


@pytest.fixture
def live(site, browser_page):
    """Return the blog in a process of its own, and a browser in which its owner is signed in."""
    made = site(SITE.format(language="fr", url="http://localhost:8000"))
    desk = Desk(made, made.serve())
    for number in range(60):
        one = desk.add(f"m{number}", days=number * 9, is_confirmed=number % 5 != 0)
        if number % 3 == 0:
            desk.members.grant(one.id, "paid", source="complimentary", now=desk.now)
    long = desk.members.add(f"{'x' * 60}@{'y' * 60}.example", now=desk.now, confirmed_at=desk.now, name="Long " * 15)
    desk.members.grant(long.id, "paid", source="stripe", now=desk.now)
    assert made.run("admin", "create", "o@example.org", "--role", "owner", "--mail-link").status == 0
    desk.served.run_jobs()
    link = desk.served.links()[0]
    desk.served.close()
    process = made.start()
    browser_page.goto(process.url + link)
    browser_page.click("main button")
    browser_page.wait_for_url(f"{process.url}/admin/**")
    return browser_page, process.url, long.id


@pytest.fixture
def walk(live, look):
    """Return a browser that is signed in, and what looks at the page that it shows."""
    page, url, long = live
    return page, url, long, look, look.found


def test_every_screen_and_what_acts_lead_to_is_without_barriers(walk, tmp_path):
    page, url, long, look, found = walk

    def send(button):
        with page.expect_navigation():
            page.locator(button).first.click()

    for name, address in ADDRESSES.items():
        page.goto(url + address)
        look(name)
    page.goto(f"{url}{LIST}member/{long}")
    look("member")
    send("#give ~ form button")
    look("given, with an undo")
    page.goto(f"{url}{LIST}member/{long}/remove")
    look("remove")
    page.goto(f"{url}{LIST}?state=pending")
    send(".who-link")
    look("not confirmed")
    page.goto(f"{url}{LIST}add")
    page.fill("#address", "x@y")
    send("main form button")
    look("added wrongly")
    page.goto(f"{url}{LIST}import")
    file = tmp_path / "list.csv"
    file.write_text("email,email_disabled,type\na@example.org,true,\nb@example.org,false,paid\n", "utf-8")
    page.set_input_files("#file", file)
    send("button[value=try]")
    page.click("summary:has-text('Qui est')")
    look("report")
    file.write_text("nothing\n", "utf-8")
    page.set_input_files("#file", file)
    send("button[value=import]")
    look("broken list")

    assert found == {}
