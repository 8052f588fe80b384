"""What kind of file is published."""

import mimetypes

import pytest

from pressframe_press._media import media_type_of


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("/a/b.webp", "image/webp"), ("/a.woff2", "font/woff2"), ("/A.PNG", "image/png"),
        ("/app.mjs", "text/javascript"), ("/site.webmanifest", "application/manifest+json"),
        ("/readme", "application/octet-stream"), ("/a.tar.gz", "application/x-tar"),
        ("/a.unheard-of", "application/octet-stream"),
    ],
)  # fmt: skip
def test_a_file_has_the_type_of_its_name_also_where_the_system_knows_none(name, wanted, monkeypatch):
    monkeypatch.setattr(mimetypes, "knownfiles", [])
    monkeypatch.setattr(mimetypes, "inited", False)
    monkeypatch.setattr(mimetypes, "_db", None)

    assert media_type_of(name) == wanted
