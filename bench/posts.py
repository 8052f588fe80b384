"""Generated posts: the same words, links and terms for every generator, from a fixed seed."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path

import attrs

AT_LEAST = 840  # words a post; with the rest of the last section, 960 on average
TAGS = 200
CATEGORIES = ("actualites", "agences", "crise", "ecriture", "ecole", "influence", "mesure", "metiers", "presse", "web")

_FIRST, _LAST = datetime(2010, 1, 4, 8, tzinfo=UTC), datetime(2024, 12, 30, 8, tzinfo=UTC)
_CODE = """```python
def part_de_voix(mentions: dict[str, int], marque: str) -> float:
    total = sum(mentions.values())
    return mentions.get(marque, 0) / total if total else 0.0
```"""


@attrs.frozen(kw_only=True)
class Post:
    """One post.

    Attributes:
        text: Markdown of 840 to 1,100 words that every CommonMark engine with tables reads alike.
        audience: Who may read it whole, where a generator knows of that; None for all.
    """

    slug: str
    title: str
    published: datetime
    tags: tuple[str, ...]
    category: str
    text: str
    audience: str | None = None

    @property
    def address(self) -> str:
        return f"/{self.published:%Y/%m}/{self.slug}/"


def generate(count: int, *, seed: int = 2010) -> list[Post]:
    """Return *count* posts, oldest first, spread evenly over fifteen years."""
    return list(_Writer(random.Random(seed)).posts(count))


def sentences(*, seed: int = 2010) -> list[str]:
    """Return sentences such as posts are made of."""
    return _Writer(random.Random(seed)).sentences


class _Writer:
    """Makes posts of French words; a pool of sentences keeps 10,000 of them a matter of seconds."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._words = Path(__file__).with_name("words.txt").read_text(encoding="utf-8").split()
        self.sentences = [self._sentence() for _ in range(20_000)]
        plain = dict.fromkeys(_ascii(word) for word in self._words if len(word) > 3)
        self._tags = chance.sample(list(plain), TAGS)
        self._zipf = list(accumulate(1 / rank for rank in range(1, TAGS + 1)))

    def posts(self, count: int) -> Iterator[Post]:
        step = (_LAST - _FIRST) / max(count - 1, 1)
        addresses: list[str] = []
        for number in range(count):
            title = self._title()
            post = Post(
                slug=f"{'-'.join(_ascii(title).split())}-{number:05}",
                title=title,
                published=_FIRST + timedelta(seconds=int((step * number).total_seconds())),
                tags=self._three_tags(),
                category=self._chance.choice(CATEGORIES),
                text=self._text(addresses),
            )
            addresses.append(post.address)
            yield post

    def _sentence(self) -> str:
        words = self._chance.choices(self._words, k=self._chance.randint(8, 20))
        if len(words) > 12:
            words[5] += ","
        return f"{words[0].capitalize()} {' '.join(words[1:])}."

    def _title(self) -> str:
        return " ".join(self._chance.choices(self._words, k=self._chance.randint(4, 7))).capitalize()

    def _three_tags(self) -> tuple[str, ...]:
        tags: dict[str, None] = {}
        while len(tags) < 3:
            tags[self._chance.choices(self._tags, cum_weights=self._zipf)[0]] = None
        return tuple(tags)

    def _text(self, addresses: Sequence[str]) -> str:
        blocks = [self._paragraph(4)]
        size = _count(blocks)
        while size < AT_LEAST:
            section = [f"## {self._title()}", *self._section(addresses)]
            blocks += section
            size += _count(section)
            if size < AT_LEAST / 2 and _CODE not in blocks:
                blocks.append(_CODE)
        return "\n\n".join(blocks) + "\n"

    def _section(self, addresses: Sequence[str]) -> Iterator[str]:
        yield self._marked_up(addresses)
        yield self._paragraph(5)
        kind = self._chance.random()
        if kind < 0.5:
            yield "\n".join(f"- {sentence}" for sentence in self._chance.sample(self.sentences, k=4))
        elif kind < 0.7:
            yield "\n".join(f"> {sentence}" for sentence in self._chance.sample(self.sentences, k=2))
        elif kind < 0.8:
            rows = (f"| {word} | {self._chance.randint(1, 999)} |" for word in self._chance.sample(self._words, k=5))
            yield "\n".join(["| Support | Mentions |", "| --- | ---: |", *rows])
        yield self._paragraph(4)

    def _paragraph(self, sentences: int) -> str:
        return " ".join(self._chance.choices(self.sentences, k=sentences))

    def _marked_up(self, addresses: Sequence[str]) -> str:
        """Return a paragraph with emphasis and two links, one of them to an older post if there is one."""
        first, second, third = self._chance.choices(self.sentences, k=3)
        inside = self._chance.choice(addresses) if addresses else "/archives/"
        outside = f"https://example.org/{_ascii(self._chance.choice(self._words))}"
        return f"{first} *{self._title()}*, [{self._title()}]({inside}). **{second}** {third} [Source]({outside})."


def _count(blocks: Sequence[str]) -> int:
    return sum(len(block.split()) for block in blocks)


def _ascii(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.lower().replace("œ", "oe"))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))
