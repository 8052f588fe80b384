"""Choosing a plan, paying at Stripe, coming back."""

from datetime import timedelta

from .conftest import PLANS, STUDY, WITHHELD, main_of


def test_a_member_chooses_pays_and_reads(shop):
    browser = shop.sign_in("lectrice@example.org")
    assert not shop.reads(browser)

    session = shop.session(browser, next=STUDY)
    shop.stripe.pay(session)
    shop.tell()

    assert shop.reads(browser)
    assert shop.memberships() == {"paid": shop.site.clock.now + timedelta(days=33)}
    asked = next(one for one in shop.stripe.asked if one.path == "/v1/checkout/sessions")
    assert asked.params["customer_email"] == "lectrice@example.org"
    assert asked.params["locale"] == "fr"
    assert asked.params["success_url"] == "https://prland.example/members/plans/thanks?session={CHECKOUT_SESSION_ID}"
    assert asked.headers["stripe-version"] == "2025-02-24.acacia"


def test_who_was_given_what_a_plan_opens_is_told_before_they_pay(shop):
    from pressframe_members.store import Members

    said = "Vous pouvez déjà lire tout cela sans payer."
    assert said not in shop.browser().get(PLANS).text
    assert said not in shop.sign_in("lectrice@example.org").get(PLANS).text
    members = Members(shop.served.app.site)
    member = members.find_by_address("lectrice@example.org")
    members.grant(member.id, "paid", source="complimentary", now=shop.site.clock.now)

    page = shop.sign_in("lectrice@example.org").get(PLANS).text

    assert said in main_of(page)
    assert "Passer au paiement" in main_of(page)


def test_the_button_of_the_thanks_page_opens_what_no_webhook_has_opened_yet(shop):
    browser = shop.sign_in("lectrice@example.org")
    session = shop.session(browser, next=STUDY)
    shop.stripe.pay(session)
    page = browser.get(f"/members/plans/thanks?session={session}")
    assert "Votre paiement est en route." in main_of(page.text)
    assert not shop.reads(browser)

    answer = browser.post("/members/plans/thanks", {"session": session})

    assert (answer.status, answer.headers["location"]) == (303, STUDY)
    assert WITHHELD in browser.follow(answer).text


def test_thanks_are_asked_for_ten_times_and_nothing_happens(shop):
    """Threat 32."""
    browser = shop.sign_in("lectrice@example.org")
    session = shop.session(browser)
    shop.stripe.pay(session)
    shop.calls()

    for method in ("GET", "HEAD") * 5:
        for address in (f"/members/plans/thanks?session={session}", "/members/plans/left", f"{PLANS}?plan=monthly"):
            assert browser.get(address, method=method).status == 200

    assert shop.calls() == []
    assert shop.memberships() == {}


def test_who_has_not_paid_is_told_so(shop):
    browser = shop.sign_in("lectrice@example.org")
    session = shop.session(browser)

    page = browser.post("/members/plans/thanks", {"session": session})

    assert "Votre paiement n’est pas encore arrivé." in main_of(page.text)
    assert shop.memberships() == {}


def test_a_session_of_somebody_else_gives_nothing(shop):
    payer, other = shop.sign_in("lectrice@example.org"), shop.sign_in("autre@example.org")
    session = shop.session(payer)
    shop.stripe.pay(session)
    shop.calls()

    for id in (session, "cs_test_none", "", "../x", "cs_test_" + "x" * 300):
        assert other.post("/members/plans/thanks", {"session": id}).headers["location"] == "/members/"

    assert shop.calls() == []
    assert not shop.reads(other)


def test_a_stranger_chooses_confirms_an_address_and_pays(shop):
    browser = shop.browser()
    page = browser.get(f"{PLANS}?next={STUDY}").text
    assert "Continuer" not in main_of(page)
    assert 'href="/members/plans/?plan=monthly&amp;next=%2F2026%2F01%2Fstudy%2F"' in page

    chosen = f"{PLANS}?plan=monthly&next=%2F2026%2F01%2Fstudy%2F"
    assert "Continuer" in main_of(browser.get(chosen).text)
    browser.post("/members/subscribe", {"email": "neuve@example.org", "next": chosen})
    shop.run_jobs()
    back = browser.post(shop.links()[0], {})

    assert back.headers["location"] == chosen
    page = browser.follow(back).text
    assert 'name="plan" value="monthly"' in page
    assert 'name="plan" value="yearly"' not in page
    shop.stripe.pay(shop.session(browser, next=STUDY))
    shop.tell()
    assert shop.reads(browser)


def test_who_comes_from_a_closed_page_is_led_back_to_it(shop):
    browser = shop.sign_in("lectrice@example.org")

    page = browser.get(PLANS, headers={"referer": f"https://prland.example{STUDY}"}).text
    assert page.count(f'name="next" value="{STUDY}"') == 3
    for elsewhere in (
        "https://evil.example/",
        "https://prland.example.evil.example/",
        "https://prland.example/members/",
    ):
        assert browser.get(PLANS, headers={"referer": elsewhere}).text.count('name="next" value=""') == 3


def test_a_stranger_who_posts_a_plan_is_led_to_the_form(shop):
    answer = shop.choose(shop.browser(), next=STUDY)

    assert answer.headers["location"] == f"{PLANS}?plan=monthly&next=%2F2026%2F01%2Fstudy%2F"
    assert shop.calls() == []


def test_an_unconfirmed_address_buys_nothing(shop):
    """Threat 12."""
    browser = shop.browser()
    browser.post("/members/subscribe", {"email": "neuve@example.org"})
    shop.run_jobs()

    assert shop.choose(browser).headers["location"].startswith(PLANS)
    assert shop.calls() == []


def test_two_clicks_open_one_checkout_page(shop):
    """Threat 71."""
    browser = shop.sign_in("lectrice@example.org")

    assert shop.session(browser) == shop.session(browser)
    shop.site.clock.move("11 minutes")
    assert len({shop.session(browser), shop.session(browser, "yearly")}) == 2


def test_what_somebody_has_is_not_sold_to_them_twice(shop):
    browser, _ = shop.buy()
    shop.tell()
    shop.calls()

    for plan in ("monthly", "yearly"):
        assert shop.choose(browser, plan).headers["location"] == PLANS
    page = main_of(browser.get(PLANS).text)

    assert shop.calls() == []
    assert "Ce que vous avez Au mois – 5 € par mois" in page
    assert "À l’année" not in page
    assert "Mécène" in page


def test_two_audiences_may_be_bought_one_after_the_other(shop):
    browser, _ = shop.buy()
    shop.tell()

    shop.stripe.pay(shop.session(browser, "patron"))
    shop.tell()

    assert shop.memberships().keys() == {"paid", "patron"}
    assert shop.reads(browser, "/2026/01/note/", "La suite du carnet.")
    customers = {one["customer"] for one in shop.stripe.things.values() if one["object"] == "subscription"}
    assert len(customers) == 1


def test_what_is_not_for_sale_is_not_sold(shop):
    browser = shop.sign_in("lectrice@example.org")

    for plan in ("former", "none", "", "__init__"):
        answer = shop.choose(browser, plan)
        assert answer.status == 422
        assert "Cette formule n’est pas en vente." in main_of(answer.text)
        assert "Ancienne" not in answer.text
    assert shop.calls() == []


def test_readers_are_told_when_stripe_cannot_be_reached(shop, caplog):
    browser = shop.sign_in("lectrice@example.org")

    for status in (500, 503, 429, 401):
        shop.stripe.status = status
        answer = shop.choose(browser)
        assert (answer.status, answer.headers["retry-after"]) == (503, "60")
        assert "Notre service de paiement est injoignable" in main_of(answer.text)
        assert "sk_test" not in caplog.text + answer.text
    assert "lectrice" not in caplog.text


def test_readers_are_led_to_no_page_that_the_settings_do_not_name(open_shop):
    shop = open_shop()
    site = shop.site.read("pressframe.toml").replace(f'pages = ["{shop.stripe.url}"]', "")
    shop.site.edit("pressframe.toml", site)
    served = shop.site.serve()

    answer = served.sign_in("lectrice@example.org").post(PLANS, {"plan": "monthly"})

    assert answer.status == 503
    assert "location" not in answer.headers


def test_nobody_is_led_elsewhere_afterwards(shop):
    """Threat 39."""
    for count, elsewhere in enumerate(
        ("//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:evil")
    ):
        browser = shop.sign_in(f"l{count}@example.org")
        session = shop.session(browser, next=elsewhere)
        shop.stripe.pay(session)
        assert browser.post("/members/plans/thanks", {"session": session}).headers["location"] == "/members/"
        assert "evil" not in main_of(shop.browser().get(f"{PLANS}?next={elsewhere}&plan=monthly").text)


def test_who_begins_very_often_has_to_wait(shop):
    browser = shop.sign_in("lectrice@example.org")
    for count in range(20):
        assert shop.choose(browser, ["monthly", "yearly"][count % 2]).status == 303
    shop.calls()

    answer = shop.choose(browser)

    assert (answer.status, answer.headers["retry-after"]) == (429, "60")
    assert "Veuillez réessayer dans une heure." in main_of(answer.text)
    assert shop.calls() == []
    shop.site.clock.move("61 minutes")
    assert shop.choose(browser).status == 303


def test_no_other_site_sends_readers_to_pay(shop):
    """Threat 40."""
    browser, _ = shop.buy()
    shop.tell()
    shop.calls()
    evil = {"sec-fetch-site": "cross-site", "origin": "https://evil.example"}

    for path in (PLANS, "/members/plans/portal", "/members/plans/thanks"):
        assert browser.post(path, {"plan": "patron"}, headers=evil).status == 403
    assert shop.calls() == []


def test_forms_may_lead_to_stripe_and_nowhere_else(shop):
    """Threat 31: browsers follow a redirect after a form only where the page's policy lets them."""
    browser, _ = shop.buy()
    shop.tell()

    for address in (PLANS, "/members/"):
        policy = browser.get(address).headers["content-security-policy"]
        assert f"form-action 'self' {shop.stripe.url};" in policy
        assert "default-src 'self'" in policy
    assert "form-action 'self';" in browser.get("/").headers["content-security-policy"]


def test_no_page_holds_anything_of_stripes(shop):
    browser, _ = shop.buy()
    shop.tell()

    for address in ("/", STUDY, PLANS, "/members/", "/members/plans/left"):
        page = browser.get(address).text
        assert "stripe.com" not in page
        assert '<script src="http' not in page


def test_pages_for_one_reader_are_kept_by_no_cache(shop):
    """Threat 9."""
    browser, _ = shop.buy()
    shop.tell()

    for address in (PLANS, "/members/", "/members/plans/thanks", "/members/plans/left"):
        assert browser.get(address).headers["cache-control"] == "private, no-store"
