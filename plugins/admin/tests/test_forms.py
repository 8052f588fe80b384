"""Forms: nothing happens that its own page did not ask for."""

import pytest

from .conftest import main_of

APPROVE = "/admin/desk/approve"


def _token(browser) -> str:
    return browser.get("/admin/").text.partition('name="token" value="')[2].partition('"')[0]


def test_a_form_with_its_sessions_token_is_taken(desk):
    owner = desk.owner()

    assert owner.post(APPROVE, {"token": _token(owner)}).status == 303
    assert desk.calls == ["approve owner"]


@pytest.mark.parametrize("kind", ["none", "empty", "wrong", "another user's", "an ended session's", "é"])
def test_a_form_without_its_sessions_token_does_nothing(desk, kind):
    """Threat 40."""
    owner = desk.owner()
    before = desk.owner()
    ended = _token(before)
    before.send("/admin/account/sign-out", {})
    tokens = {
        "empty": "", "wrong": "0" * 32, "another user's": _token(desk.sign_in_as("moderator")),
        "an ended session's": ended, "é": "é" * 32,
    }  # fmt: skip

    answer = owner.post(APPROVE, {} if kind == "none" else {"token": tokens[kind]})

    assert answer.status == 403
    assert main_of(answer.text).startswith("Rien n’a été fait")
    assert desk.calls == []


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example", "sec-fetch-site": "cross-site"},
        {"origin": "https://blog.prland.example", "sec-fetch-site": "same-site"},
        {"origin": "null", "sec-fetch-site": "cross-site"},
        {"origin": "null", "sec-fetch-site": ""},
    ],
)
def test_a_form_from_elsewhere_does_nothing_even_with_the_token(desk, subtests, headers):
    """Threat 40: another site, a sub-domain, a page without a name; signing somebody in counts, too."""
    owner = desk.owner()
    token = _token(owner)

    for path in (APPROVE, "/admin/sign-in", "/admin/sign-in/link", "/admin/account/sign-out"):
        with subtests.test(path=path):
            answer = owner.post(path, {"token": token, "address": "x@example.org", "password": "x"}, headers=headers)

            assert answer.status == 403
            assert desk.calls == []
            assert owner.get("/admin/").status == 200


@pytest.mark.parametrize("kind", ["text/plain", "application/json", "multipart/form-data; boundary=x"])
def test_what_is_no_form_is_not_taken(desk, kind):
    """Threat 40."""
    owner = desk.owner()

    assert owner.post(APPROVE, {"token": _token(owner)}, headers={"content-type": kind}).status == 415
    assert desk.calls == []


def test_get_changes_nothing(desk):
    """Threat 32."""
    owner = desk.owner()

    for path in (APPROVE, "/admin/account/sign-out", "/admin/account/password", "/admin/account/sessions"):
        assert owner.get(path).status == 404
    assert desk.calls == []


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"current": "faux"}, "Ce n’est pas votre mot de passe actuel."),
        ({"again": "autre chose encore"}, "Les deux nouveaux mots de passe diffèrent."),
        ({"new": "court", "again": "court"}, "Un mot de passe compte au moins 12 caractères."),
        ({"new": "x" * 1025, "again": "x" * 1025}, "Un mot de passe compte au plus 1024 caractères."),
        ({"new": "florian@prland.example", "again": "florian@prland.example"}, "Votre adresse ne peut pas servir"),
    ],
)
def test_a_password_that_will_not_do_is_told_beside_its_field(desk, form, said):
    owner = desk.owner()
    right = {
        "current": "quatre mots tirés au sort",
        "new": "le nouveau mot de passe",
        "again": "le nouveau mot de passe",
    }

    answer = owner.send("/admin/account/password", right | form, page="/admin/account/")

    assert answer.status == 422
    assert said in answer.text
    assert answer.text.count('aria-invalid="true" aria-describedby="problem" autofocus') == 1
    assert desk.enter().status == 303


def test_sessions_are_listed_and_ended_one_by_one(desk):
    phone, desktop = desk.browser("203.0.113.77"), desk.owner()
    agent = "Mozilla/5.0 (Android 14; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0 <script>alert(1)</script>"
    form = {"address": "florian@prland.example", "password": "quatre mots tirés au sort"}
    phone.post("/admin/sign-in", form, headers={"user-agent": agent})

    page = desktop.get("/admin/account/").text
    assert "Firefox, Android" in page
    assert "203.0.113.0/24" in page
    assert "<script>" not in page
    id = page.partition('name="session" value="')[2].partition('"')[0]
    answer = desktop.send("/admin/account/sessions", {"session": id}, page="/admin/account/")

    assert main_of(desktop.follow(answer).text).startswith("1 session terminée. Votre compte")
    assert phone.get("/admin/").status == 303
    again = desktop.send("/admin/account/sessions", {"session": id}, page="/admin/account/")
    assert main_of(desktop.follow(again).text).startswith("Cette session avait déjà pris fin.")


def test_nobody_ends_a_session_of_somebody_else(desk):
    """Threat 44: an id alone is no right."""
    owner, moderator = desk.owner(), desk.sign_in_as("moderator")

    for id in ("1", "2", "-1", "9" * 30, "²", "1 OR 1=1"):
        moderator.send("/admin/account/sessions", {"session": id}, page="/admin/account/")
    moderator.send("/admin/account/sessions", {"session": "others"}, page="/admin/account/")

    assert owner.get("/admin/").status == 200
    assert moderator.get("/admin/").status == 200
