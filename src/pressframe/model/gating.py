"""Gates, and the readers who pass them."""

from datetime import datetime
from typing import Literal, TypeAlias

import attrs
from attrs.validators import ge, in_, instance_of, min_len

from pressframe.model._basis import is_aware

Conversation: TypeAlias = Literal["shown", "counted", "hidden"]


def _are_names(_: object, __: object, value: frozenset[str]) -> None:
    for name in value:
        if "," in name:
            raise ValueError(f'an audience is named without a comma, got "{name}"')


@attrs.frozen(kw_only=True)
class Gate:
    """What a reader must be to read an entry whole.

    Attributes:
        requires: Audiences, all of which a reader must have.
        until: Aware; when this answer may become another one. None: only if the entry or the settings change.
        reason: For the owner: which rule closed it.
        conversation: What a closed page shows of the comments: all, how many, or nothing.
    """

    requires: frozenset[str] = attrs.field(validator=[instance_of(frozenset), _are_names])
    until: datetime | None = attrs.field(default=None, validator=is_aware)
    reason: str
    conversation: Conversation = attrs.field(default="hidden", validator=in_(("shown", "counted", "hidden")))


@attrs.frozen(kw_only=True)
class Section:
    """A part of an entry's text for readers of every audience in ``requires``, besides those that its gate requires.

    From ``start`` to ``end`` of the body's HTML, whole blocks; others get the slot ``withheld``, unless ``silent``.
    """

    start: int = attrs.field(validator=ge(0))
    end: int
    requires: frozenset[str] = attrs.field(validator=[instance_of(frozenset), min_len(1), _are_names])
    silent: bool = False


@attrs.frozen(kw_only=True)
class Teaser:
    """The public part of a closed entry, as HTML; whole blocks from the start of its body, or nothing."""

    html: str = attrs.field(validator=instance_of(str))


@attrs.frozen(kw_only=True)
class Reader:
    """Someone signed in by a confirmed address.

    Attributes:
        id: Stable and meaningless outside the site; never an address.
        audiences: What they may read: ``{"subscribers"}``.
        name: As they wish to be called; None if they never said.
    """

    id: str
    audiences: frozenset[str] = frozenset()
    name: str | None = None
