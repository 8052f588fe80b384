"""PRland as files on a static host, with a server for members at another address: every link leads somewhere."""

import json
import re
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from pressframe import Site

from .conftest import NOW

HERE, LIVE = "https://prland.example", "https://live.prland.example"
CLOSED, OPEN = "2011/05/ce-que-la-conversation-fait-a-l-entreprise", "2026/11/ma-revue-de-presse-sans-les-mains"
LINK = re.compile(r'\b(?:href|src|srcset|poster)="([^" ]*)')
ACTION = re.compile(r'<form\b[^>]*? action="([^"]*)"')


@pytest.fixture
def host(prland) -> Path:
    """Return the folder of files, with free posts a month, a reminder and comments in the settings."""
    file = prland / "pressframe.toml"
    text = re.sub(r"(?m)^url = .*$", f'url = "{HERE}"', file.read_text("utf-8"))
    text = text.replace("gifts = 3", "free = 2\ngifts = 3").replace(
        "[plugins.comments]", f'[plugins.web]\nlive = "{LIVE}"\n\n[plugins.comments]', 1
    )
    file.write_text(text, "utf-8")
    Site.open(prland).build(now=NOW)
    return prland / "public"


def pages(host: Path) -> dict[str, str]:
    """Return the text of every page, by its address."""
    files = host.rglob("*.html")
    return {
        f"/{file.relative_to(host).as_posix().removesuffix('index.html')}": file.read_text("utf-8") for file in files
    }


def is_there(host: Path, address: str) -> bool:
    file = host / unquote(address).lstrip("/")
    return file.is_file() or (file / "index.html").is_file()


def test_every_link_leads_to_a_file_or_to_the_server(host):
    lost = set()
    for page, text in pages(host).items():
        for link in map(unescape, LINK.findall(text)):
            parts = urlsplit(link)
            is_ours = not parts.netloc or f"{parts.scheme}://{parts.netloc}" == HERE
            if is_ours and parts.scheme in ("", "https") and link and not link.startswith("#"):
                path = parts.path if parts.path.startswith("/") else page.rpartition("/")[0] + "/" + parts.path
                lost |= set() if is_there(host, path or "/") else {(page, link)}

    assert lost == set()


def test_no_page_has_a_form_that_nobody_answers(host):
    assert {(page, action) for page, text in pages(host).items() for action in ACTION.findall(text)} == set()


@pytest.mark.parametrize(
    ("page", "links"),
    [
        (CLOSED, [f"{LIVE}/{CLOSED}/", f"{LIVE}/members/subscribe", f"{LIVE}/members/"]),
        (OPEN, [f"{LIVE}/members/subscribe?next=/{OPEN}/", f"{LIVE}/{OPEN}/#respond", f"{LIVE}/members/"]),
        ("", [f"{LIVE}/members/subscribe", f"{LIVE}/members/"]),
    ],
)
def test_what_needs_the_server_is_a_link_to_it(host, page, links):
    text = (host / page / "index.html").read_text("utf-8")

    assert [link for link in links if f'href="{link}"' not in text] == []


def test_no_script_asks_a_server_that_is_not_there(host):
    scripts = {src for text in pages(host).values() for src in re.findall(r'<script[^>]* src="([^"?]*)', text)}

    assert not {src for src in scripts if "comments" in src}
    for text in pages(host).values():
        for block in re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL):
            assert LIVE not in json.dumps(json.loads(block))


def test_gift_links_of_the_command_line_lead_to_the_server(site):
    blog = site(
        f'== pressframe.toml ==\n[site]\ntitle = "t"\nurl = "{HERE}"\n'
        'plugins = ["markdown", "sql", "web", "admin", "gates", "passes", "members", "archives", "journal"]\n'
        f'[plugins.web]\nlive = "{LIVE}"\n[plugins.gates]\narchive_after = "30 days"\n'
        "== content/posts/un.md ==\n---\ntitle: Un\ndate: 2012-01-01\n---\nDébut.\n\nSuite.\n"
    )

    assert blog.run("passes", "gift", "content/posts/un.md").output.startswith(f"{LIVE}/passes/gift/")


def test_the_server_takes_that_address_for_its_own(site):
    blog = site(
        f'== pressframe.toml ==\n[site]\ntitle = "t"\nurl = "{HERE}"\nlanguage = "fr"\n'
        'plugins = ["markdown", "sql", "web", "gates", "members", "archives", "journal"]\n'
        f'[plugins.web]\nlive = "{LIVE}"\n[plugins.gates]\narchive_after = "30 days"\n'
        "== content/posts/un.md ==\n---\ntitle: Un\ndate: 2012-01-01\nslug: un\n---\nDébut.\n\nSuite.\n"
    )

    process = blog.start()

    process.wait_for(f"links and mails lead to {LIVE}")
    page = process.get("/2012/01/un/").text
    assert '<form class="gate-form" action="/members/subscribe"' in page
    assert "Lire la suite" not in page
