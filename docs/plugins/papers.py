"""Let links between the papers work here as they do in the repository. Hooks: filter_entry."""

import re

import attrs

from pressframe import Entry, hookimpl

_LINK = re.compile(r'href="(?:[\w-]+/|\.\./)*([\w-]+)\.md(#[^"]*)?"')


@attrs.frozen(eq=False)
class Papers:
    """Turns links to Markdown files into links to their pages."""

    @hookimpl
    def filter_entry(self, entry: Entry) -> Entry:
        """Return the entry with ``reference/hooks.md`` linked as ``/hooks/``."""
        html = _LINK.sub(lambda found: f'href="/{found[1]}/{found[2] or ""}"', entry.body.html)
        return attrs.evolve(entry, body=attrs.evolve(entry.body, html=html))
