"""Comments, what becomes of them, and where they come from."""

import enum
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal, Protocol, TypeAlias, runtime_checkable

import attrs
from attrs.validators import in_, matches_re

from pressframe.model._basis import is_aware

Kind: TypeAlias = Literal["comment", "pingback", "webmention"]


@attrs.frozen(kw_only=True)
class Comment:
    """One reader's reply to an entry, as received.

    Attributes:
        id: Letters, digits and hyphens; unique in a site and never reused, so that links to
            ``#comment-17`` keep their meaning.
        entry: ``id`` of the entry.
        kind: ``"comment"``, or ``"pingback"`` or ``"webmention"`` for another site's link to the entry.
        author: Plain text, untrusted, 1 to 245 characters.
        url: http or https, untrusted; None if none was given.
        body: As typed, untrusted.
        format: ``"text"``, or ``"html"`` where another system already made HTML of it; both are sanitised.
        received: Aware; also the order of a conversation, together with ``id``.
        parent: ``id`` of the comment answered; None at the top level.
        reader: ``id`` of the signed-in reader; None for a stranger.
        accepted_before: True if a comment of the same proven sender was accepted earlier; never taken from typed names.
        by_author: True if an author of the entry wrote it.
    """

    id: str = attrs.field(validator=matches_re(r"[A-Za-z0-9-]+"))
    entry: str
    kind: Kind = attrs.field(default="comment", validator=in_(("comment", "pingback", "webmention")))
    author: str
    url: str | None = None
    body: str
    format: Literal["text", "html"] = attrs.field(default="text", validator=in_(("text", "html")))
    received: datetime = attrs.field(validator=is_aware)
    parent: str | None = None
    reader: str | None = None
    accepted_before: bool = False
    by_author: bool = False


@attrs.frozen(kw_only=True)
class Sender:
    """What is known of who sent a comment, for judges alone and never shown; its texts are untrusted.

    Attributes:
        client: Network address, shortened so that it names a neighbourhood.
        agent: What the browser calls itself.
        referrer: The page that the browser says it came from.
        fields: The posted form's other fields, for judges that put some of their own into it.
    """

    email: str = ""
    client: str = ""
    agent: str = ""
    referrer: str = ""
    fields: Mapping[str, str] = attrs.field(factory=dict)


@attrs.frozen(kw_only=True)
class Reply:
    """A comment made ready to be shown: ``html`` went through every filter and then the sanitizer."""

    comment: Comment
    html: str


@enum.unique
class Verdict(enum.IntEnum):
    """What becomes of a comment, mildest first; of several, the greatest holds."""

    ACCEPT = 0
    HOLD = 1
    SPAM = 2
    REFUSE = 3


@attrs.frozen(kw_only=True)
class Judgement:
    """A verdict and why, for the owner's eyes; ``reason`` completes "held because …"."""

    verdict: Verdict
    reason: str


@runtime_checkable
class Comments(Protocol):
    """A source of accepted comments that answers for many entries at once."""

    name: str

    def fingerprint(self) -> str:
        """Return something that changes with any comment to be shown; asked often, so it must be cheap."""

    def of(self, entries: frozenset[str]) -> Mapping[str, Sequence[Comment]]:
        """Return the comments to be shown under each of *entries*, in any order; entries with none may be left out."""
