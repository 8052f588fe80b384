import pytest

from bench import pages

OURS = {"posts": 1_000, "home": 100, "tags": 400, "categories": 105, "years": 110, "indexes": 3}


@pytest.mark.parametrize(
    ("page", "kind"),
    [
        ("2017/01/une-page-00093/index.html", "posts"),
        ("index.html", "home"),
        ("page/12/index.html", "home"),
        ("tag/presse/index.html", "tags"),
        ("tag/presse/page/2/index.html", "tags"),
        ("category/web/page/2/index.html", "categories"),
        ("2017/index.html", "years"),
        ("2017/page/11/index.html", "years"),
        ("tag/index.html", "indexes"),
        ("archives/index.html", "indexes"),
        ("404.html", "other"),
        ("2017/01/index.html", "other"),
    ],
)
def test_a_page_is_of_the_kind_that_its_path_tells(page, kind):
    assert pages.count([page]) == {kind: 1}


def test_who_makes_the_same_pages_differs_in_nothing():
    assert list(pages.differences(OURS, OURS)) == []


def test_one_page_in_a_hundred_is_no_difference():
    assert list(pages.differences(OURS, {**OURS, "posts": 990, "tags": 404, "other": 17})) == []


@pytest.mark.parametrize(
    ("kind", "number", "told"),
    [
        ("posts", 989, "989 posts for 1,000"),
        ("tags", 405, "405 tags for 400"),
        ("years", 0, "0 years for 110"),
        ("indexes", 2, "2 indexes for 3"),
        ("other", 18, "18 other for 0"),
    ],
)
def test_more_than_that_is_told(kind, number, told):
    assert list(pages.differences(OURS, {**OURS, kind: number})) == [told]
