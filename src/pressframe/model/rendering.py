"""Pages and blocks."""

from collections.abc import Mapping
from types import MappingProxyType

import attrs

from pressframe.model._basis import Json, ReadOnly, is_address, read_only


def _unchangeable(data: Mapping[str, object]) -> Mapping[str, object]:
    return MappingProxyType(data)


@attrs.frozen(kw_only=True)
class Page:
    """One address to be rendered.

    Attributes:
        address: ``/tag/crise/`` (written as ``index.html`` in that folder) or ``/feed.xml``.
        template: Name in the template chain.
        title: Plain text, without the site's name; empty for the home page.
        subject: ``id`` of the entry whose page it is; None for lists and the like.
        media_type: Without the charset: all text is UTF-8.
        data: What the template gets to know beyond ``page``, ``site`` and ``entry``.
        indexed: False keeps it out of the sitemap and asks search engines to pass.
    """

    address: str = attrs.field(validator=is_address)
    template: str
    title: str = ""
    subject: str | None = None
    media_type: str = "text/html"
    data: Mapping[str, Json] = attrs.field(factory=ReadOnly, converter=read_only)
    indexed: bool = True


@attrs.frozen(kw_only=True)
class Block:
    """A piece of HTML for a theme's slot: ``template`` rendered with the page's own names and ``data``."""

    template: str
    data: Mapping[str, object] = attrs.field(factory=dict, converter=_unchangeable)


@attrs.frozen(kw_only=True)
class Output:
    """A rendered page."""

    body: bytes
    media_type: str = "text/html"
