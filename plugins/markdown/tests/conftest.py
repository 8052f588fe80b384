"""Sites with Markdown files, built as a program would build them."""

import json
from datetime import UTC, datetime
from pathlib import Path

import attrs
import pytest

from pressframe import PressframeError, Release, Site
from pressframe.model import Body, Entry
from pressframe_markdown import Markdown

DATA = Path(__file__).parents[4] / "shared" / "data"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
GATE = '''
"""Closes what is tagged "closed" for all but members."""
import attrs
from pressframe import Gate, hookimpl

@attrs.frozen(eq=False)
class Closing:
    @hookimpl
    def judge_gate(self, entry):
        if any(term.slug == "closed" for term in entry.terms):
            return Gate(requires=frozenset({"members"}), reason="closed by its tag")
'''


@attrs.frozen
class Blog:
    """A site in a folder: files are written as text, and what a build makes of them is looked at."""

    folder: Path

    def write(self, path: str, text: str | bytes) -> Path:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return file

    def post(self, body: str = "", *, front: str = "", path: str = "content/posts/a.md") -> None:
        """Write an entry with title and date, unless *front* has them."""
        given = "".join(
            line for key, line in (("title", "title: T\n"), ("date", "date: 2026-05-01\n")) if f"{key}:" not in front
        )
        self.write(path, f"---\n{given}{front}{'' if front.endswith(chr(10)) or not front else chr(10)}---\n{body}")

    def settings(self, markdown: str = "", *, plugins: str = '"markdown"', site: str = "") -> None:
        self.write(
            "pressframe.toml",
            f'[site]\ntitle = "t"\nplugins = [{plugins}]\n{site}\n[plugins.markdown]\n{markdown}\n',
        )

    def build(self, *, drafts: bool = False) -> Release:
        return Site.open(self.folder).build(now=NOW, drafts=drafts)

    def entry(self, id: str = "posts/a", *, drafts: bool = False) -> Entry:
        entry = self.build(drafts=drafts).view().entry(id)
        assert entry is not None
        return entry

    def error(self) -> str:
        """Return what a build refuses."""
        with pytest.raises(PressframeError) as caught:
            self.build()
        return str(caught.value)


@pytest.fixture
def blog(tmp_path):
    made = Blog(tmp_path)
    made.settings()
    for name in ("post", "page"):
        made.write(f"templates/{name}.html", "{{ entry.title }}\n{{ entry.body.html | safe }}")
    return made


@pytest.fixture
def gated(blog):
    """A blog on which what is tagged ``closed`` is for members."""
    blog.write("plugins/closing.py", GATE)
    blog.settings(plugins='"markdown", "closing"')
    return blog


@pytest.fixture(scope="session")
def render():
    """The engine for Markdown, asked for as the core does."""
    engine = Markdown().find_markup("markdown")

    def render(text: str) -> Body:
        return engine.render(text)

    return render


@pytest.fixture(scope="session")
def cases():
    """Gives the test cases of a file of others' data, or skips."""

    def read(name: str) -> list[dict[str, object]]:
        file = DATA / name
        if not file.is_file():
            pytest.skip(f"the test data {name} is not there")
        return [json.loads(line) for line in file.read_text("utf-8").splitlines()]

    return read
