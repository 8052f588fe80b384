"""How often passwords may be tried, and that nobody is kept out for ever."""

from datetime import timedelta

from pressframe_testing import EVERY_DATABASE

from .conftest import OWNER, PASSWORD, main_of

pytestmark = EVERY_DATABASE


def _fail(desk, times, *, client="198.51.100.7", address=OWNER):
    return [desk.enter(address, "faux", browser=desk.browser(client)).status for _ in range(times)]


def test_one_client_waits_longer_and_longer(desk, clock):
    assert _fail(desk, 7) == [422] * 5 + [429] * 2

    waits = []
    for _ in range(10):
        answer = desk.enter(OWNER, "faux", browser=desk.browser("198.51.100.7"))
        waits.append(int(answer.headers["retry-after"]))
        clock.move(timedelta(seconds=waits[-1]))
        assert _fail(desk, 1) == [422]

    assert waits == [5, 10, 20, 40, 80, 160, 320, 640, 900, 900]


def test_the_right_password_waits_as_well(desk, clock):
    _fail(desk, 5)

    refused = desk.enter(browser=desk.browser("198.51.100.7"))
    assert refused.status == 429
    assert main_of(refused.text).startswith("Se connecter Trop d’essais. Réessayez dans 5 secondes")
    clock.move("5 seconds")

    assert desk.enter(browser=desk.browser("198.51.100.7")).status == 303
    assert _fail(desk, 5) == [422] * 5  # forgotten


def test_the_owner_is_never_kept_out_for_long(desk, clock):
    """However many clients guess at the account: a turn comes within a minute, and a mailed link at once."""
    for number in range(60):
        _fail(desk, 1, client=f"203.0.113.{number}")
        clock.move("1 minute")
    _fail(desk, 1, client="203.0.113.99")

    assert desk.enter().status == 429
    assert desk.browser().post(desk.mail(), {}).status == 303
    clock.move("1 minute")

    assert desk.enter().status == 303


def test_waiting_is_enough_whoever_knocks_meanwhile(desk, clock):
    """What is refused is not counted, so knocking prolongs nothing."""
    _fail(desk, 5)
    assert _fail(desk, 20) == [429] * 20

    clock.move("5 seconds")

    assert desk.enter().status == 303


def test_many_attempts_at_once_count_as_many(desk):
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(8) as threads:
        statuses = list(threads.map(lambda _: _fail(desk, 1)[0], range(16)))

    assert sorted(statuses) == [422] * 5 + [429] * 11


def test_unknown_addresses_wait_as_known_ones_do(desk):
    """Threat 35."""
    assert _fail(desk, 6, address="nobody@prland.example") == [422] * 5 + [429]
    assert desk.enter(browser=desk.browser("192.0.2.77")).status == 303


def test_a_clock_set_back_shuts_nobody_out(desk, clock):
    """Threat 75."""
    _fail(desk, 12)
    clock.move("-5 hours")

    assert desk.enter(browser=desk.browser("198.51.100.7")).status == 303


def test_the_current_password_is_guessed_no_faster_from_inside(desk):
    browser = desk.owner()
    form = {"current": "faux", "new": "le nouveau mot de passe", "again": "le nouveau mot de passe"}

    pages = [browser.send("/admin/account/password", form, page="/admin/account/") for _ in range(7)]

    assert [page.status for page in pages] == [422] * 7
    assert ["Trop d’essais" in page.text for page in pages] == [False] * 5 + [True] * 2
    assert desk.enter(password=PASSWORD, browser=desk.browser("192.0.2.50")).status == 429


def test_nobodys_address_is_stored_with_the_attempts(desk):
    """Threat 60: what tells clients apart tells nothing else."""
    _fail(desk, 1, address="lectrice@example.org", client="203.0.113.77")

    stored = b"".join(file.read_bytes() for file in (desk.site.folder / "data").iterdir() if file.is_file())
    assert b"lectrice@" not in stored
    assert b"203.0.113.77" not in stored
