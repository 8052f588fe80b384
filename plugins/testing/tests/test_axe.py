"""Pages are looked at with axe, or the test says why not."""

import pytest

from pressframe_testing import find_barriers

pytestmark = pytest.mark.browser

PAGE = """<!doctype html><html lang="fr"><head><title>Essai</title></head>
<body><main><h1>Essai</h1><p style="color: #aaa; background: #fff">Pâle</p><input id="field"></main></body></html>"""


def test_what_people_would_stumble_over_is_named_with_its_element(browser_page):
    browser_page.set_content(PAGE)

    found = find_barriers(browser_page)

    assert [one.partition(": ")[0] for one in found] == ["color-contrast", "label"]
    assert 'id="field"' in found[1]
    assert find_barriers(browser_page, within="h1") == []


def test_a_picture_of_each_page_is_left_where_it_is_wanted(browser_page, tmp_path, monkeypatch):
    monkeypatch.setenv("PRESSFRAME_PICTURES", str(tmp_path))
    browser_page.set_content(PAGE)

    find_barriers(browser_page, name="à propos / light")

    assert [file.name for file in tmp_path.iterdir()] == ["à-propos-light.png"]
