"""A site with comments, built and asked as its server would."""

import html
import json
import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import attrs
import pytest
from click.testing import CliRunner

from pressframe import Reader, Site
from pressframe.cli import main
from pressframe_comments import Search, comment_store
from pressframe_sql import database
from pressframe_web import Later, Request

SHELF = Path(__file__).with_name("shelf.py")
DATA = Path(__file__).parents[4] / "shared" / "data"
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
SETTINGS = """
[site]
title = "PRland"
url = "https://prland.example"
language = "{language}"
timezone = "Europe/Paris"
plugins = ["shelf", "sql", "web", "comments"]
[plugins.comments]
{settings}
"""
ENTRY = """<!doctype html>
<html><head><title>{{ page.title }}</title>{% if not page.indexed %}<meta name="robots" content="noindex">{% endif %}
{{ slot("head") }}</head>
<body><main id="main"><h1>{{ entry.title }}</h1>{{ entry.body.html | safe }}
{{ slot("after_entry") }}</main><footer id="end">fin</footer></body></html>
"""


BASE = """<!doctype html>
<html lang="{{ site.settings.language }}"><head><title>{% block title %}{% endblock %}</title>
{% if not page.indexed %}<meta name="robots" content="noindex">{% endif %}{{ slot("head") }}</head>
<body><main id="main">{% block main %}{% endblock %}</main><footer id="end">fin</footer></body></html>
"""


@attrs.frozen
class Answer:
    """What a browser got."""

    status: int
    text: str = ""
    location: str | None = None
    headers: dict = attrs.field(factory=dict)

    @property
    def comments(self) -> list[str]:
        """The id of each comment on the page, in order."""
        return re.findall(r'<li id="comment-([^"]+)" class="comment ', self.text)

    @property
    def seen(self) -> str:
        """The text of the page as it is read."""
        return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", self.text)).split())

    @property
    def errors(self) -> dict[str, str]:
        """What is said to be wrong, by the field that it is tied to."""
        found = re.findall(r'<span class="error" id="(\w+)-error">(.*?)</span>', self.text)
        assert all(f' aria-invalid="true" aria-describedby="{field}-error' in self.text for field, _ in found)
        return {field: html.unescape(text) for field, text in found}

    @property
    def form(self) -> dict[str, str]:
        """Each field of the form with what is in it."""
        fields = dict(re.findall(r'<input[^>]*? name="(\w+)"[^>]*? value="([^"]*)"', self.text))
        text = re.search(r'<textarea[^>]*? name="comment"[^>]*>\n?(.*?)</textarea>', self.text, re.DOTALL)
        return {name: html.unescape(value) for name, value in {**fields, "comment": text[1] if text else ""}.items()}


@attrs.define(slots=False)
class Served:
    """A site as its server answers for it; while it is building, pages follow the comments."""

    site: Site
    now: datetime = NOW
    client: str = "192.0.2.7"
    reader: Reader | None = None
    cookies: dict = attrs.field(factory=dict)
    changes: int = 0
    is_building: bool = True

    def __attrs_post_init__(self):
        self.routes = [route for _, route in self.site.hooks.all("register_routes", self.site)]
        self.release = self.site.build(now=self.now)

    def _view(self):
        if self.is_building and self.release.is_stale():
            self.release = self.site.build(now=self.now)
        return self.release.view(self.reader.audiences if self.reader else frozenset(), changed=self._changed)

    def _changed(self):
        self.changes += 1

    def page(self, address="/billet/"):
        view = self._view()
        return Answer(200, view.render(view.page(address)).body.decode())

    def get(self, path, **options):
        return self._ask("GET", path, **options)

    def post(self, entry="posts/billet", **form):
        typed = {"author": "Zoé", "email": "zoe@example.org", "url": "", "comment": "Très juste.", **form}
        return self._ask("POST", f"/comments/{entry}", form=typed)

    def follow(self, answer):
        assert answer.status == 303
        return self.get(answer.location.partition("#")[0])

    def _ask(self, method, path, form=None):
        path, _, query = path.partition("?")
        for route in self.routes:
            pattern = re.sub(r"\{(\w+):path\}", r"(?P<\1>.+)", re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", route.path))
            found = re.fullmatch(pattern, path)
            if found and method in route.methods:
                break
        else:
            raise LookupError(f"nothing answers {method} {path}")
        request = Request(
            method=method, path=path, form=form or {}, parameters=found.groupdict(), cookies=self.cookies,
            query=dict(re.findall(r"(\w+)=([^&]*)", query)), client=self.client, reader=self.reader, now=self.now,
        )  # fmt: skip
        view = self._view()
        response = route.endpoint(request, view)
        if isinstance(response, Later):
            response.until.exception(60)
            response = response.then()
        self.cookies |= {cookie.name: cookie.value for cookie in response.cookies}
        text = view.render(response.page).body.decode() if response.page else response.body.decode()
        return Answer(response.status, text, response.location, dict(response.headers))

    def later(self, **duration):
        self.now += timedelta(**duration)

    def moderate(self, command, *ids):
        from click.testing import CliRunner

        from pressframe.cli import main

        return CliRunner().invoke(main, ["comments", command, *ids, "--site", str(self.site.folder)])


@pytest.fixture
def make_site(tmp_path, sql_table, compiled, once):
    """Makes a site of entries as shelf.py knows them, or opens it again with others."""
    opened = []
    (tmp_path / ".pressframe").mkdir()
    (tmp_path / ".pressframe" / "templates").symlink_to(compiled)

    def make(entries=None, *, settings="", language="fr", database=""):
        (tmp_path / "plugins").mkdir(exist_ok=True)
        (tmp_path / "templates").mkdir(exist_ok=True)
        (tmp_path / "plugins" / "shelf.py").write_text(SHELF.read_text("utf-8"), "utf-8")
        (tmp_path / "templates" / "post.html").write_text(ENTRY, "utf-8")
        (tmp_path / "templates" / "base.html").write_text(BASE, "utf-8")
        (tmp_path / "shelf.json").write_text(json.dumps(entries or {"posts/billet": {}}), "utf-8")
        (tmp_path / "pressframe.toml").write_text(SETTINGS.format(language=language, settings=settings), "utf-8")
        if sql_table:
            with (tmp_path / "pressframe.toml").open("a", encoding="utf-8") as file:
                file.write(sql_table)
        if database:
            with (tmp_path / "pressframe.toml").open("a", encoding="utf-8") as file:
                file.write(f'[plugins.sql]\nurl = "{database}"\n')
        opened.append(Site.open(tmp_path))
        return opened[-1]

    yield make
    for site in opened:
        database(site).close()


@pytest.fixture
def serve(make_site):
    """Serves a site of entries."""
    return lambda *entries, **options: Served(make_site(*entries, **options))


@pytest.fixture
def served(serve):
    """One open entry, posts/billet, with the settings as they come."""
    return serve()


@pytest.fixture
def subscriber():
    """Who may read what is for subscribers, and never said their name."""
    return Reader(id="r1", audiences=frozenset({"subscribers"}))


class Tags(HTMLParser):
    """Every tag of a text, with its attributes."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.ends = [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        self.ends.append(tag)


@pytest.fixture
def tags_of():
    return lambda text: Tags(text).tags


@pytest.fixture(scope="session")
def payloads():
    """Every hostile text of the collections, or the tests are skipped where those are not there."""
    files = sorted((DATA / "xss").glob("*.jsonl"))
    if not files:
        pytest.skip(f"needs the test data: {DATA / 'xss'} is missing")
    lines = [line for file in files for line in file.read_text("utf-8").splitlines()]
    return [json.loads(line)["payload"] for line in lines]


@pytest.fixture
def bring(served):
    """Bring a file into the site, whose one entry is at /billet/."""

    def bring(file, *arguments):
        moved = ("--moved", "/2012/05/billet/", "/billet/")
        done = CliRunner().invoke(
            main, ["comments", "import", str(file), "--site", str(served.site.folder), *moved, *arguments]
        )
        database(served.site).close()
        return done

    return bring


@pytest.fixture
def found(served):
    """The comments of the store, by id."""

    def found():
        return {filed.comment.id: filed for filed in comment_store(served.site).search(Search(), count=500).comments}

    return found
