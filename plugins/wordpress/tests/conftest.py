"""Sites made of WordPress exports, built as a program would build them."""

from datetime import UTC, datetime
from pathlib import Path

import attrs
import pytest

from pressframe import PressframeError, Release, Site
from pressframe.model import Body, Comment, Entry
from pressframe_wordpress import Wordpress

from .wxr import HEAD, item

DATA = Path(__file__).parents[4] / "shared" / "data" / "wxr"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SANITIZER = """
import attrs
from pressframe import hookimpl

@attrs.frozen(eq=False)
class Plain:
    @hookimpl
    def find_sanitizer(self):
        return lambda html: html
"""


@attrs.frozen
class Blog:
    """A site in a folder that reads an export."""

    folder: Path

    def write(self, path: str, text: str | bytes) -> Path:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return file

    def settings(self, wordpress: str = "", *, site: str = "") -> None:
        lines = f'[site]\ntitle = "t"\nplugins = ["wordpress", "plain"]\n{site}\n[plugins.wordpress]\n{wordpress}\n'
        self.write("pressframe.toml", lines)

    def export(self, *items: str, head: str = HEAD, encoding: str = "UTF-8") -> None:
        text = f"{head.replace('{encoding}', encoding)}{''.join(items)}</channel></rss>\n"
        self.write("site.xml", text.encode(encoding))

    def build(self, *, drafts: bool = False) -> Release:
        return Site.open(self.folder).build(now=NOW, drafts=drafts)

    def entry(self, id: int = 1, *, drafts: bool = False) -> Entry:
        entry = self.build(drafts=drafts).view().entry(f"wp-{id}")
        assert entry is not None
        return entry

    def html(self, text: str, **fields: str) -> str:
        """Return what becomes of the text of a post."""
        self.export(item(1, content__encoded=text, **fields))
        return self.entry().body.html

    def comments(self, id: int = 1) -> list[Comment]:
        return [reply.comment for reply in self.build().view().comments(f"wp-{id}")]

    def notes(self) -> str:
        return "\n".join(self.build().report.notes)

    def error(self) -> str:
        """Return what a build refuses."""
        with pytest.raises(PressframeError) as caught:
            self.build()
        return str(caught.value)


@pytest.fixture
def blog(tmp_path):
    made = Blog(tmp_path)
    made.settings()
    made.write("plugins/plain.py", SANITIZER)
    for name in ("post", "page"):
        body = '<main>{{ entry.body.html | safe }}</main><footer id="end">end</footer>'
        made.write(f"templates/{name}.html", f"<!doctype html><title>{{{{ entry.title }}}}</title>{body}")
    return made


@pytest.fixture(scope="session")
def render():
    """The engine for what WordPress stores, asked for as the core does."""
    engine = Wordpress().find_markup("wordpress")

    def render(text: str) -> Body:
        return engine.render(text)

    return render


@pytest.fixture
def others(blog):
    """Copies an export that others made into the blog, or skips."""

    def copy(name: str) -> Blog:
        if not (DATA / name).is_file():
            pytest.skip(f"the test data wxr/{name} is not there")
        blog.write("site.xml", (DATA / name).read_bytes())
        return blog

    return copy
