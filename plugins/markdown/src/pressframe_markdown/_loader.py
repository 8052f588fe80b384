"""The loader: a folder of Markdown files, each an entry."""

from __future__ import annotations

import functools
import hashlib
import io
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import attrs

from pressframe import model
from pressframe.errors import ContentError, Place
from pressframe.model import Source
from pressframe_markdown._addresses import address_beside, fill_pattern
from pressframe_markdown._authors import author_of, read_authors
from pressframe_markdown._files import find_files, fingerprints, has_files_beside
from pressframe_markdown._slug import slug

if TYPE_CHECKING:  # what reads a file is imported when one is read
    from pressframe.model import Asset, Author, Body, Json, Manuscript, Term
    from pressframe_markdown._front import FrontMatter, Kind

NAME = "markdown"


@attrs.define(kw_only=True, eq=False)
class MarkdownLoader:
    """Reads entries from the files in *folder*.

    Attributes:
        label: What messages call the folder.
        zone: Where dates without a zone are.
        permalink: The pattern of posts' addresses; see ``fill_pattern``.
        page_permalink: That of pages' addresses.
        own_keys: Front matter keys of others that look like a misspelt one.
        closes: Whether there is a plugin that closes entries for some readers.
        cuts: Whether there is one that closes sections.
    """

    folder: Path
    label: str
    zone: ZoneInfo
    permalink: str
    page_permalink: str
    own_keys: frozenset[str] = frozenset()
    closes: bool = True
    cuts: bool = True
    name: str = NAME

    _told: Mapping[str, Author] | None = attrs.field(default=None, init=False)
    _beside: Mapping[str, str] = attrs.field(factory=dict, init=False)
    _signs: str = attrs.field(default="", init=False)

    @property
    def _authors(self) -> Mapping[str, Author]:
        """What ``authors.toml`` told when sources were last listed; a process that lists none reads it once."""
        if self._told is None:
            self._told = read_authors(self.folder, self.label)
        return self._told

    def scan(self) -> Iterable[Source]:
        """Return every file as a source."""
        keys = self.keys()
        return [self.source(*one) for one in zip(keys, self.fingerprints(keys), strict=True)]

    def keys(self) -> Sequence[str]:
        """Return every file, by its path in the folder."""
        found = find_files(self.folder, self.label)
        self._told = None
        self._beside, self._signs = found.beside, _stamp(self._authors)
        return found.paths

    def fingerprints(self, keys: Sequence[str]) -> Sequence[str]:
        """Return their fingerprints, which also tell of ``authors.toml`` and of files beside them, as last listed."""
        found, signs = fingerprints(self.folder, keys, self._beside), self._signs
        return [one + signs for one in found] if signs else found

    def source(self, key: str, fingerprint: str) -> Source:
        """Return one file of the listing as a source."""
        return Source(loader=NAME, key=key, fingerprint=fingerprint, place=Place(f"{self.label}/{key}"))

    def load(self, source: Source) -> Manuscript:
        from pressframe_markdown._front import place_of, read_front_matter, split_front_matter

        file = f"{self.label}/{source.key}"
        front, text = split_front_matter(self._read(source.key, file), file)
        kind: Kind = "page" if "pages" in source.key.split("/")[:-1] else "post"
        matter = read_front_matter(front, file, zone=self.zone, own_keys=self.own_keys, kind=kind)
        self._check_closing(matter, text, file)
        address = matter.address or self._address(matter, source.key, file)
        image = _image(matter.image)
        files = self._files(source, text, image, address=address)
        if image and image not in files:
            fix = "name one, or an address: /images/photo.jpg"
            raise ContentError(f"there is no file {image} beside it", at=place_of("image", front, file), fix=fix)
        entry = model.Entry(
            id=matter.id or unicodedata.normalize("NFC", source.key.rpartition(".")[0]),
            kind=matter.kind,
            source=source,
            title=matter.title,
            body=_empty(),
            published=matter.date.astimezone(UTC),
            updated=matter.updated and matter.updated.astimezone(UTC),
            address=address,
            language=matter.language,
            status=matter.status,
            authors=tuple([author_of(name, self._authors) for name in matter.authors]),
            terms=_terms("category", matter.categories) + _terms("tag", matter.tags),
            summary=matter.summary,
            image=files[image].address if image else matter.image,
            open_to_comments=matter.comments,
            assets=tuple(files.values()),
            data={NAME: _data(matter.extra, files)},
        )
        return model.Manuscript(entry=entry, format=NAME, text=text)

    def _check_closing(self, matter: FrontMatter, text: str, file: str) -> None:
        if self.closes and self.cuts:
            return
        from pressframe_markdown._closing import check_audience, check_sections

        if not self.closes:
            check_audience(matter.extra, file)
        if not self.cuts:
            check_sections(text, file)

    def _read(self, path: str, file: str) -> str:
        try:
            with io.FileIO(f"{self.folder}/{path}") as opened:  # half the time of Path.read_bytes
                content = opened.readall()
            text = content.decode()
        except UnicodeDecodeError as error:
            at = Place(file, content.count(b"\n", 0, error.start) + 1)
            raise ContentError("not UTF-8 text", at=at, fix="save it as UTF-8") from error
        except OSError as error:
            raise ContentError(f"cannot be read: {error.strerror}", at=Place(file)) from error
        if b"\0" in content:
            at = Place(file, content.count(b"\n", 0, content.index(b"\0")) + 1)
            raise ContentError("holds a NUL byte, so it is no text", at=at, fix="delete it")
        if b"\r" in content:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        return text.removeprefix("\ufeff")

    def _files(self, source: Source, text: str, image: str | None, *, address: str) -> Mapping[str, Asset]:
        """Return the files beside an entry that it shows, by their paths from its folder."""
        if not has_files_beside(source.fingerprint):
            return {}
        from pressframe_markdown._beside import find_beside, is_beside

        folder = self.folder / source.key.rpartition("/")[0]
        names = [*find_beside(text, folder), *([image] if image and is_beside(image, folder) else [])]
        return {name: model.Asset(address=address_beside(address, name), file=folder / name) for name in names}

    def _address(self, matter: FrontMatter, path: str, file: str) -> str:
        last = matter.slug or slug(path.rpartition("/")[2].rpartition(".")[0])
        if not last:
            fix = "rename it, or add a slug to the front matter"
            raise ContentError("its name has no letter or digit to make an address of", at=Place(file), fix=fix)
        pattern = self.page_permalink if matter.kind == "page" else self.permalink
        return fill_pattern(pattern, matter.date, last)


def _stamp(authors: Mapping[str, Author]) -> str:
    return f"-{hashlib.blake2b(repr(authors).encode(), digest_size=6).hexdigest()}" if authors else ""


def _image(image: str | None) -> str | None:
    """Return the file beside the entry that *image* names; None where it is an address, or there is none."""
    if image is None or image.startswith(("/", "https://", "http://")):
        return None
    from pressframe_markdown._beside import name_of

    return name_of(image) or image


@functools.cache
def _empty() -> Body:
    return model.Body(html="")


def _terms(taxonomy: str, names: tuple[str, ...]) -> tuple[Term, ...]:
    return tuple([_term(taxonomy, name) for name in names])


@functools.lru_cache(maxsize=4096)
def _term(taxonomy: str, name: str) -> Term:
    return model.Term(taxonomy=taxonomy, slug=slug(name), name=name)


def _data(extra: Mapping[str, Json], files: Mapping[str, Asset]) -> Mapping[str, Json]:
    if not files:
        return {"extra": extra}
    return {"extra": extra, "files": {name: asset.address for name, asset in files.items()}}
