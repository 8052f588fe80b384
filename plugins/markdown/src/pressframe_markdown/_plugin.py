"""The plugin: its settings and its hooks."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from pressframe.hookspecs import hookimpl
from pressframe_markdown._addresses import check_pattern

if TYPE_CHECKING:
    from pressframe.model import Engine, Entry, Host, Loader


@attrs.frozen(eq=False)
class Markdown:
    """Read entries from a folder of Markdown files, and make HTML of their texts.

    Attributes:
        folder: Where the files are, in folders as you like; what is below one called ``pages`` is a page.
        permalink: Posts' addresses, made of {year}, {month}, {day} and {slug}.
        page_permalink: Pages' addresses.
        own_keys: Front matter keys for other plugins, where they look like a misspelt one of ours.
    """

    folder: Path = Path("content")
    permalink: str = attrs.field(default="/{year}/{month}/{slug}/", validator=check_pattern)
    page_permalink: str = attrs.field(default="/{slug}/", validator=check_pattern)
    own_keys: frozenset[str] = frozenset()

    @hookimpl
    def register_loaders(self, host: Host) -> Iterable[Loader]:
        from pressframe_markdown._loader import MarkdownLoader

        folder = host.folder / self.folder
        inside = folder.is_relative_to(host.folder)
        loader = MarkdownLoader(
            folder=folder,
            label=(folder.relative_to(host.folder) if inside else folder).as_posix(),
            zone=host.settings.timezone,
            permalink=self.permalink,
            page_permalink=self.page_permalink,
            own_keys=self.own_keys,
            closes=bool(host.hooks.implementers("judge_gate")),
            cuts=bool(host.hooks.implementers("register_sections")),
        )
        return [loader]

    @hookimpl
    def find_markup(self, format: str) -> Engine | None:
        if format != "markdown":
            return None
        from pressframe_markdown._engine import PyromarkEngine

        return PyromarkEngine()

    @hookimpl
    def filter_entry(self, entry: Entry) -> Entry | None:
        from pressframe_markdown._settle import settle_body

        return settle_body(entry) if entry.source.loader == "markdown" else None
