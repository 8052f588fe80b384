"""A plugin that asks a view everything it can be asked, on pages that ask one thing each."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import attrs

from pressframe import Asset, Block, Comment, Entry, Gate, Page, Term, View, hookimpl

WORD = "mark0000"
IDS = ("posts/one", "posts/two", "posts/sub/three", "pages/four", "own")
OF_ONE = ("entry", "card", "gate", "near", "comments", "count")
OF_ALL = (
    "latest", "rest", "pages", "notes", "size", "tagged", "talk", "all said", "soon", "past", "asset", "addresses",
    "listed", "parts", "chosen", "odd",
)  # fmt: skip
GROUPS = (
    *(("category", slug) for slug in ("a", "b", "c", "d", "news")), ("tag", "a"), ("tag", "b"), ("author", "ann"),
    ("year", "2026"), ("month", "2026/11"), ("month", "2026/10"),
)  # fmt: skip
OF_GROUP = ("first", "second", "within", "number", "beside")
TAXONOMIES = ("category", "tag", "author", "year", "month", "none")
SOON = datetime(2026, 11, 24, tzinfo=UTC)


def _page(name: str, data: dict) -> Page:
    return Page(address=f"/atlas/{name}.txt", template="atlas.txt", media_type="text/plain", data=data)


def _nested(entry: Entry) -> Iterator[Term]:
    """Yield the categories that an entry is in by its key ``nest``: ``a<b`` is a, which the entry holds to be in b."""
    for told in entry.data["markdown"]["extra"].get("nest", ()):
        name, _, wider = told.partition("<")
        yield Term(taxonomy="category", slug=name.lower(), name=name, parent=wider or None)


@attrs.frozen(eq=False)
class Atlas:
    label: str = "atlas"
    club: bool = False

    @hookimpl
    def filter_entry(self, entry: Entry) -> Entry:
        words = [*entry.body.html.split()[:3], WORD]
        data = {**entry.data, "atlas": {"words": words, "pair": (1, (2, 3))}}
        return attrs.evolve(entry, data=data, terms=(*entry.terms, *_nested(entry)))

    @hookimpl
    def judge_gate(self, entry: Entry, now: datetime) -> Gate | None:
        if not self.club or not any(term.slug == "b" for term in entry.terms):
            return None
        is_closed = now < SOON
        return Gate(requires=frozenset({"club"} if is_closed else ()), until=SOON if is_closed else None, reason="b")

    @hookimpl
    def filter_comment(self, html: str, comment: Comment) -> str:
        return f"{html}<p>{self.label} {WORD} {comment.author}</p>"

    @hookimpl
    def register_templates(self) -> Iterator[Path]:
        yield Path(__file__).with_name("theme")

    @hookimpl
    def register_translations(self) -> Iterator[Path]:
        yield Path(__file__).with_name("words")

    @hookimpl
    def register_assets(self) -> Iterator[Asset]:
        yield Asset(address="/atlas.css", file=Path(__file__).with_name("atlas.css"))

    @hookimpl
    def register_filters(self) -> dict:
        return {"loud": lambda text: f"{text.upper()} {WORD} {self.label}"}

    @hookimpl
    def register_pages(self, site: View) -> Iterator[Page]:
        for what in OF_ONE:
            for id in IDS:
                yield _page(f"{what}/{id.replace('/', '-')}", {"what": what, "id": id})
        for what in OF_ALL:
            yield _page(what.replace(" ", "-"), {"what": what, "id": ""})
        for what in OF_GROUP:
            for taxonomy, slug in GROUPS:
                name = f"{what}/{taxonomy}-{slug.replace('/', '-')}"
                yield _page(name, {"what": what, "taxonomy": taxonomy, "slug": slug})
        for taxonomy in TAXONOMIES:
            yield _page(f"groups/{taxonomy}", {"what": "groups", "taxonomy": taxonomy})
        if site.size(within=("category", "c")) > 1 and not site.pages():
            yield Page(address="/atlas/many.html", template="atlas.html", title="many", data={"ids": ()}, indexed=False)
        yield Page(address="/atlas/all/", template="atlas.html", title=WORD, data={"ids": IDS})
        for card in site.latest(count=2):
            yield Page(address=f"/atlas/of{card.address}", template="atlas.html", subject=card.id, data={"ids": ()})
        for group in site.groups("tag"):
            address = f"/atlas/tag/{group.slug}.html"
            yield Page(address=address, template="atlas.html", title=group.name, data={"ids": ()})
        if site.is_past(SOON):
            yield Page(address="/atlas/late.html", template="late.html", title="late", data={"ids": IDS[:1]})

    @hookimpl
    def register_blocks(self, slot: str, page: Page, site: View) -> Iterator[Block]:
        if slot == "footer":
            newest = site.latest(count=1)
            data = {"newest": newest[0].title if newest else "", "late": site.is_past(SOON), "label": self.label}
            yield Block(template="atlas-block.html", data=data)
        if slot == "after_entry" and page.subject:
            near = site.neighbours(page.subject)
            yield Block(template="atlas-near.html", data={"near": [near.older, near.newer]})
