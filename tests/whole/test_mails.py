"""Every mail that a site sends, as it is seen: its two parts say the same, and the one with looks has no barriers."""

import re
from html import unescape

import pytest

from pressframe_testing import find_barriers

from .postbag import Postbag, text_of

pytestmark = pytest.mark.browser

OF_PAGES = {"landmark-one-main", "page-has-heading-one", "region"}
"""Rules for whole pages; a mail stands in the page of who shows it."""
ENDED_BY_A_LINK = {"news", "post", "digest"}


@pytest.fixture(params=["fr", "en"])
def bag(site, request) -> Postbag:
    return Postbag.of(site(text_of(request.param)), request.param)


def test_each_mail_reads_well_wherever_it_is_read(bag, browser_page):
    found = {}

    for kind, mail in bag.by_kind.items():
        plain, page = mail.get_body(("plain",)).get_content(), mail.get_body(("html",))
        lines = plain.replace("\r\n", "\n").split("\n")
        assert "\n\n\n" not in "\n".join(lines).strip(), kind
        assert [line for line in lines if line != line.rstrip() and line not in ("-- ", "> ")] == [], kind
        assert mail["From"] == "Essai & fils <noreply@essai.example>"
        assert mail["Auto-Submitted"] == "auto-generated"
        assert (kind in ENDED_BY_A_LINK) is (mail["List-Unsubscribe"] is not None)
        if page is None:
            continue
        html = page.get_content()
        assert "Essai & fils" not in html, f"{kind}: a title is text"
        assert f'<html lang="{bag.language}">' in html or kind in ("post", "digest", "test")
        assert set(re.findall(r"https://essai\.example/[^\s\"<]+", unescape(html))) <= set(
            re.findall(r"https://essai\.example/[^\s<>]*", plain)
        ) | {"https://essai.example/"}, kind
        for scheme in ("light", "dark"):
            for width in (390, 640):
                browser_page.emulate_media(color_scheme=scheme)
                browser_page.set_viewport_size({"width": width, "height": 700})
                browser_page.set_content(html)
                barriers = find_barriers(browser_page, name=f"mail {kind} {bag.language} {scheme} {width}")
                barriers = [one for one in barriers if one.partition(":")[0] not in OF_PAGES]
                found |= {(kind, scheme, width): barriers} if barriers else {}

    assert found == {}
