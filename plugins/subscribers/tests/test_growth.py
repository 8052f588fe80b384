"""Tiers and growth, as figures and as a plot."""

import re
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest

from pressframe_members.transfer import Terms, import_members
from pressframe_subscribers._growth import Period, growth, plot

from .conftest import LIST


def test_audiences_are_counted_also_those_that_the_settings_name_no_more(desk, owner):
    for number in range(3):
        one = desk.add(f"m{number}")
        desk.members.grant(one.id, "paid", source="stripe", now=desk.now, until=desk.now + timedelta(days=number + 1))
    desk.add("pending", is_confirmed=False)
    settings = (desk.site.folder / "pressframe.toml").read_text("utf-8")
    desk.site.edit("pressframe.toml", settings.replace("[plugins.gates.audiences.paid]\n", ""))
    other = desk.site.serve()

    page = other.sign_in_as("owner").get(f"{LIST}tiers").text

    rows = re.findall(r'(?:<bdi>(\w+)</bdi>|>(subscribers)<).*\n.*<span class="count">(\d+)', page)
    assert [(one or other, int(count)) for one, other, count in rows] == [("subscribers", 3), ("gold", 0), ("paid", 3)]
    assert "The site knows it no more" in page


def test_growth_counts_who_came_and_who_left_on_their_days(desk, owner, clock):
    ada = desk.add("ada", days=40)
    desk.add("bob", days=2)
    desk.add("pending", is_confirmed=False)
    desk.members.remove(ada.id, now=clock.now - timedelta(days=1))

    periods = growth(desk.app.site, "day", clock.now)

    assert [(one.total, one.new, one.left) for one in periods[-4:]] == [(1, 0, 0), (2, 1, 0), (1, 0, 1), (1, 0, 0)]
    assert {one.total for one in periods[:-3]} == {1}


@pytest.mark.parametrize(("step", "first"), [("day", "2026-10-25"), ("week", "2026-06-01"), ("month", "2024-12-01")])
def test_periods_end_with_the_present_one(desk, clock, step, first):
    periods = growth(desk.app.site, step, datetime(2026, 11, 23, 10, tzinfo=UTC))

    assert periods[0].first.isoformat() == first
    assert len({one.first for one in periods}) == len(periods)


def test_the_plot_is_drawn_without_script_and_told_as_a_table(desk, owner):
    desk.add("ada", days=40)
    desk.add("bob")

    for step in ("day", "week", "month", "nonsense"):
        page = owner.get(f"{LIST}growth?by={step}").text
        assert '<svg viewBox="0 0 360 200" role="img" aria-labelledby="growth"' in page
        assert "<script" not in page
        assert "style=" not in page
    assert page.count('<th scope="row">') == 24


def test_nobody_yet_is_said_instead_of_an_empty_plot(owner):
    page = owner.get(f"{LIST}growth").text

    assert "Nobody has confirmed an address yet." in page
    assert "<svg" not in page


@pytest.mark.parametrize(("most", "rules"), [(0, 2), (1, 2), (7, 5), (99, 6), (100_000, 6)])
def test_the_plot_has_round_numbers_at_its_edge_and_stays_inside(most, rules):
    day = datetime(2026, 11, 1, tzinfo=UTC).date()
    drawn = plot(
        tuple(Period(first=day + timedelta(days=one), total=most * one // 9, new=0, left=0) for one in range(10))
    )

    assert len(drawn["rules"]) == rules
    points = [tuple(map(float, point.split(","))) for point in drawn["line"].split()]
    assert all(0 <= x <= 360 and 0 <= y <= 200 for x, y in points)


@pytest.mark.parametrize(("language", "written"), [("en", "1,234"), ("fr", "1\u202f234")])
def test_thousands_are_parted_as_the_site_s_language_does(serve, language, written):
    desk = serve(language=language)
    lines = "".join(f"m{number}@example.org\n" for number in range(1_234))
    import_members(
        desk.app.site, BytesIO(f"email\n{lines}".encode()), "list.csv", terms=Terms(confirmed=True), now=desk.now
    )
    owner = desk.sign_in_as("owner")

    for path in ("/admin/", LIST, f"{LIST}tiers", f"{LIST}growth"):
        assert written in owner.get(path).text
