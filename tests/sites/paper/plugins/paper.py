"""A loader, an engine, a gate and comments in one small file: all that the core needs to press a site.

An entry is ``content/NAME.html``: TOML between two lines of ``+++``, then HTML, its public part above ``<!--more-->``.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import attrs

# isort: off
from pressframe import (
    Asset, Author, Body, Comment, Entry, Gate, Heading, Host, Manuscript, Place, Source, Term, hookimpl,
)  # fmt: skip

MARK = "<!--more-->"
SOME_DAY = datetime(2024, 1, 1, 12, tzinfo=UTC)


def read(file: Path) -> tuple[dict, str]:
    """Return the front matter and the text of an entry's file."""
    _, front, text = file.read_text("utf-8").split("+++\n", 2)
    return tomllib.loads(front), text


@attrs.frozen
class Sheets:
    """The loader of ``content/*.html``."""

    folder: Path
    name: str = "paper"

    def scan(self) -> Iterator[Source]:
        for file in sorted((self.folder / "content").glob("*.html")):
            state = file.stat()
            place = Place(f"content/{file.name}")
            yield Source(loader="paper", key=file.name, fingerprint=f"{state.st_mtime_ns} {state.st_size}", place=place)

    def load(self, source: Source) -> Manuscript:
        front, text = read(self.folder / "content" / source.key)
        name = Path(source.key).stem
        known = {key: front[key] for key in ("kind", "updated", "status", "summary", "image") if key in front}
        gate = {key: str(value) if key == "until" else value for key, value in front.get("gate", {}).items()}
        entry = Entry(
            id=front.get("id", name), source=source, title=front.get("title", name), body=Body(html=""),
            published=front.get("published", SOME_DAY), address=front.get("address", f"/{name}/"),
            authors=tuple(Author(slug=slug, name=slug.title()) for slug in front.get("authors", ())),
            terms=tuple(map(term, front.get("terms", ()))), data={"paper": gate} if gate else {},
            assets=tuple(asset(self.folder, one) for one in front.get("assets", ())), **known,
        )  # fmt: skip
        return Manuscript(entry=entry, format="html", text=text)


def asset(folder: Path, address: str) -> Asset:
    return Asset(address=address, file=folder / "files" / Path(address).name)


def term(text: str) -> Term:
    """Return the term that *text* writes as ``taxonomy:parent/slug``, its parent left out at the top."""
    taxonomy, path = text.split(":")
    *wider, slug = path.split("/")
    return Term(taxonomy=taxonomy, slug=slug, name=slug.title(), parent=wider[-1] if wider else None)


@attrs.frozen
class Html:
    """The engine that takes HTML as it is."""

    version: str = "1"

    def render(self, text: str) -> Body:
        above, mark, below = text.partition(MARK)
        names = [part.split('"')[0] for part in text.split('<h2 id="')[1:]]
        headings = tuple(Heading(level=2, id=name, text=name) for name in names)
        return Body(html=above + below, headings=headings, more=len(above) if mark else None)


@attrs.frozen
class Letters:
    """The comments that stand in entries' front matter, as tables ``comments``."""

    folder: Path
    name: str = "paper"

    def _all(self) -> dict[str, list[Comment]]:
        found = {}
        for file in sorted((self.folder / "content").glob("*.html")):
            front, _ = read(file)
            entry = front.get("id", file.stem)
            found[entry] = [
                Comment(entry=entry, **{"author": "Ann", "received": SOME_DAY + timedelta(hours=number), **fields})
                for number, fields in enumerate(front.get("comments", ()))
            ]
        return found

    def fingerprint(self) -> str:
        return repr(self._all())

    def of(self, entries: frozenset[str]) -> Mapping[str, Sequence[Comment]]:
        return {entry: comments for entry, comments in self._all().items() if entry in entries}


@attrs.frozen(eq=False)
class Paper:
    """Everything; ``theme`` is its folder of templates."""

    @hookimpl
    def register_loaders(self, host: Host) -> Iterator[Sheets]:
        yield Sheets(host.folder)

    @hookimpl
    def find_markup(self, format: str) -> Html | None:
        return Html() if format == "html" else None

    @hookimpl
    def judge_gate(self, entry: Entry) -> Gate | None:
        front = dict(entry.data.get("paper", {}))
        if not front:
            return None
        until = datetime.fromisoformat(front.pop("until")) if "until" in front else None
        return Gate(requires=frozenset(front.pop("requires")), until=until, reason="its author says so", **front)

    @hookimpl
    def register_comments(self, host: Host) -> Iterator[Letters]:
        yield Letters(host.folder)

    @hookimpl
    def register_templates(self) -> Iterator[Path]:
        yield Path(__file__).parents[1] / "theme"
