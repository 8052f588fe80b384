"""An export as a whole: who writes, which terms and files there are, and where in the file each entry stands."""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import attrs

from pressframe.errors import ContentError, Place
from pressframe.model import Author
from pressframe_wordpress._addresses import Addresses, OldSite, path_of, slug_of
from pressframe_wordpress._item import Item, item_of, number, plain
from pressframe_wordpress._losses import Notes, find_hosts, find_losses
from pressframe_wordpress._shortcodes import File
from pressframe_wordpress._xml import Node, read_node, read_nodes

_ENTRIES = ("post", "page")
_NOT_THERE = ("trash", "auto-draft", "inherit")
_UNPUBLISHED = ("draft", "pending", "private")
_OWN_DOMAINS = ("category", "post_tag", "tag")


@attrs.frozen(kw_only=True)
class Record:
    """Where an entry stands in the file, in bytes and lines, and what all others must know of it."""

    id: int
    start: int
    end: int
    line: int
    address: str
    has_remarks: bool


@attrs.frozen(kw_only=True)
class Person:
    """An author's account; ``id`` is 0 where the export doesn't tell it."""

    id: int
    email: str
    author: Author


@attrs.frozen(kw_only=True)
class Export:
    """All that must be known of an export to read one entry of it.

    Attributes:
        label: What messages call the file.
        stamp: Changes whenever the file does.
        people: By login.
        parents: The slug of the wider term, by taxonomy and slug.
        names: Names of terms, by taxonomy and slug.
        files: By number.
        notes: What can't be carried, a sentence each.
    """

    file: Path
    label: str
    stamp: str
    encoding: str
    records: Mapping[int, Record]
    people: Mapping[str, Person]
    parents: Mapping[tuple[str, str], str]
    names: Mapping[tuple[str, str], str]
    files: Mapping[int, File]
    site: OldSite
    notes: tuple[str, ...]

    def read(self, id: int) -> Item:
        """Return an entry with all its text and comments.

        Raises:
            ContentError: The file has changed since it was looked through.
        """
        record = self.records[id]
        if stamp_of(self.file, self.label) != self.stamp:
            raise ContentError("has changed while it was being read", at=Place(self.label), fix="build again")
        with self.file.open("rb") as opened:
            opened.seek(record.start)
            content = opened.read(record.end - record.start) + "</item>".encode(self.encoding)
        return item_of(read_node(content, self.label, line=record.line, encoding=self.encoding))


def stamp_of(file: Path, label: str) -> str:
    """Return what changes whenever *file* does, without reading it.

    Raises:
        ContentError: There is no such file.
    """
    try:
        status = file.stat()
    except OSError as error:
        fix = "put it there, or name another one: [plugins.wordpress] export"
        raise ContentError(f"cannot be read: {error.strerror}", at=Place(label), fix=fix) from error
    return f"{status.st_size}-{status.st_mtime_ns}-{status.st_ino}"


@attrs.define
class Shelf:
    """Keeps an export that was looked through, until its file changes; may be asked from any thread."""

    _kept: dict[tuple[Path, int], Export] = attrs.field(factory=dict, init=False)
    _lock: threading.Lock = attrs.field(factory=threading.Lock, init=False)

    def export(self, file: Path, label: str, addresses: Mapping[str, str]) -> Export:
        """Return what *file* holds, looked through at most once a process for each state of it."""
        stamp = stamp_of(file, label)
        key = (file, os.getpid())
        with self._lock:
            if key not in self._kept or self._kept[key].stamp != stamp:
                self._kept[key] = _Survey(file, label, stamp, addresses).make()
            return self._kept[key]

    def __reduce__(self) -> tuple[type[Shelf], tuple[()]]:
        return Shelf, ()  # another process looks through the file itself


@attrs.define
class _Survey:
    """Looks through an export once, and keeps of each item what is asked for later."""

    file: Path
    label: str
    stamp: str
    addresses: Mapping[str, str]
    version: str = ""
    base: str = ""
    people: dict[str, Person] = attrs.field(factory=dict)
    parents: dict[tuple[str, str], str] = attrs.field(factory=dict)
    names: dict[tuple[str, str], str] = attrs.field(factory=dict)
    entries: dict[int, tuple[Node, Item]] = attrs.field(factory=dict)
    attachments: dict[int, Item] = attrs.field(factory=dict)
    hosts: Counter[str] = attrs.field(factory=Counter)
    notes: Notes = attrs.field(factory=Notes)

    def make(self) -> Export:
        encoding = read_nodes(self.file, self.label, self.take)
        if not self.version.startswith("1."):
            what = f"is a WordPress export of version {self.version}" if self.version else "is no WordPress export"
            fix = "export the site anew: Tools, Export, All content"
            raise ContentError(f"{what}: wp:wxr_version 1.0 to 1.2 is wanted", at=Place(self.label, 1), fix=fix)
        records = self._records()
        base = urlsplit(self.base)
        entries = {record.id: record.address for record in records.values()}
        site = OldSite(host=(base.hostname or "").removeprefix("www."), moved={}, entries=entries)
        files = {id: self._file(item, site) for id, item in self.attachments.items() if item.file}
        moved = {path_of(item.link) or "": files[id].address for id, item in self.attachments.items() if id in files}
        site = attrs.evolve(site, moved={old: new for old, new in moved.items() if old and old not in entries.values()})
        self._note_media(site)
        return Export(
            file=self.file, label=self.label, stamp=self.stamp, encoding=encoding, records=records, people=self.people,
            parents=self.parents, names=self.names, files=files, site=site, notes=self.notes.sentences(),
        )  # fmt: skip

    def take(self, node: Node) -> None:
        """Note what an element of the channel tells."""
        if node.name == "item":
            self._take_item(node, item_of(node))
        elif node.name == "wp:author":
            self._take_author(node)
        elif node.name == "wp:category":
            self._take_term(node, "category", "wp:category_nicename", "wp:category_parent", "wp:cat_name")
        elif node.name == "wp:tag":
            self._take_term(node, "post_tag", "wp:tag_slug", "", "wp:tag_name")
        elif node.name == "wp:term":
            self._take_term(node, node.get("wp:term_taxonomy"), "wp:term_slug", "wp:term_parent", "wp:term_name")
        elif node.name == "wp:wxr_version":
            self.version = node.text.strip()
        elif node.name == "wp:base_blog_url" or (node.name == "link" and not self.base):
            self.base = node.text.strip()

    def _take_author(self, node: Node) -> None:
        login = node.get("wp:author_login")
        name = plain(node.get("wp:author_display_name")) or login
        author = Author(slug=slug_of(login, "author"), name=name)
        self.people[login] = Person(
            id=number(node.get("wp:author_id")), email=node.get("wp:author_email"), author=author
        )

    def _take_term(self, node: Node, domain: str, slug: str, parent: str, name: str) -> None:
        key = (domain, node.get(slug))
        self.names[key] = plain(node.get(name))
        if parent and node.get(parent):
            self.parents[key] = node.get(parent)

    def _take_item(self, node: Node, item: Item) -> None:
        if item.type == "attachment":
            if item.id:
                self.attachments[item.id] = attrs.evolve(item, text="", remarks=())
            return
        if item.type not in _ENTRIES or item.status in _NOT_THERE:
            self.notes.count(_reason(item))
            return
        if item.id is None or item.id in self.entries:
            why = "without a number (wp:post_id)" if item.id is None else f"with the number {item.id} of an earlier one"
            self.notes.add(f"left out, as an item {why}", f"line {item.line}")
            return
        self._note_losses(item)
        slim = attrs.evolve(item, text="", excerpt="", meta={}, labels=(), remarks=item.remarks[:1])
        self.entries[item.id] = (attrs.evolve(node, texts=[], children=[]), slim)

    def _note_losses(self, item: Item) -> None:
        for loss in find_losses(item):
            self.notes.add(loss.what, f"{item.title or item.link}{f' ({loss.detail})' if loss.detail else ''}")
        if item.sent is None and item.status not in _UNPUBLISHED:
            self.notes.add("dated 1970, as the export tells no date", item.title or f"line {item.line}")
        if item.status == "private":
            self.notes.add("private, so left out", item.title or item.link)
        for remark in item.remarks:
            if not remark.is_approved:
                self.notes.count("comments left out, as they were not approved")
        for domain in {label.domain for label in item.labels}:
            if domain == "post_format":
                self.notes.count("posts with a format (aside, gallery, …) that is like any other here")
        if item.status == "publish" and not item.has_password:
            self.hosts.update(find_hosts(item))

    def _records(self) -> dict[int, Record]:
        """Return where entries stand; those that are published choose their addresses first."""
        parents = {id: item for id, (_, item) in self.entries.items() if item.type == "page"}
        wanted = {number(id): address for id, address in self.addresses.items()}
        unknown = [id for id in self.addresses if number(id) not in self.entries]
        if unknown:
            raise ContentError(
                f"holds no post or page with the number {unknown[0]}", at=Place(self.label),
                fix="mend or drop it in [plugins.wordpress.addresses]",
            )  # fmt: skip
        choose = Addresses(wanted, parents)
        ordered = sorted(self.entries.values(), key=lambda pair: _precedence(pair[1], wanted))
        addresses = {item.id: choose.claim(item, self.notes.add) for _, item in ordered}
        return {
            id: Record(
                id=id, start=node.start, end=node.end, line=node.line, address=addresses[id],
                has_remarks=bool(item.remarks),
            )
            for id, (node, item) in self.entries.items()
        }  # fmt: skip

    def _file(self, item: Item, site: OldSite) -> File:
        return File(
            id=item.id or 0, address=site.path_of(item.file), parent=item.parent,
            alternative=item.meta.get("_wp_attachment_image_alt", ""), caption=item.excerpt,
        )  # fmt: skip

    def _note_media(self, site: OldSite) -> None:
        for host, count in sorted(self.hosts.items()):
            if site.host and host.removeprefix("www.") == site.host:
                advice = "copy the old site's wp-content/uploads to static/wp-content/uploads"
                self.notes.add(f"pictures and media expected at their old paths; {advice}", f"{count} in all")
            else:
                self.notes.add(
                    "pictures and media that stay on other hosts, if readers may load them", f"{count} on {host}"
                )


def _reason(item: Item) -> str:
    """Return why an item is no entry."""
    if item.type in _ENTRIES:
        return f"{item.type}s left out, as they were in the bin or never saved"
    if item.type == "nav_menu_item":
        return "menu items left out; write the site's menu into [site.menu]"
    return f"items of the type {item.type} left out"


def _precedence(item: Item, wanted: Mapping[int, str]) -> tuple[bool, bool, int]:
    id = item.id or 0
    return id not in wanted, item.status not in ("publish", "future"), id
