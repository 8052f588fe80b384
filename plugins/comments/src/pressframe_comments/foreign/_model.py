"""A comment as another system has it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import attrs

from pressframe.model import Kind
from pressframe_comments._store import State

NO_ENTRY = "no entry is at"
"""How the reason begins for what stood on a page that is not here."""


@attrs.frozen(kw_only=True)
class Foreign:
    """A comment of another system.

    Attributes:
        id: Its name there; the same in each export.
        address: The page's address there, with or without scheme and host.
        parent: ``id`` of the comment answered.
        client: Network address, whole or shortened.
        received: Aware.
        by_author: True if an account wrote it of which that system says that it wrote the page.
        signs: Names of the account that wrote it, and its address; none where anybody could have typed them, save that
            Isso has nothing else.
    """

    id: str
    address: str
    parent: str | None = None
    kind: Kind = "comment"
    author: str
    email: str = ""
    url: str | None = None
    body: str
    format: Literal["text", "html"] = "text"
    received: datetime
    edited: datetime | None = None
    state: State = State.APPROVED
    client: str = ""
    by_author: bool = False
    signs: tuple[str, ...] = ()


@attrs.frozen
class Loss:
    """A comment that is left out.

    Attributes:
        why: Completes "12 left out: …"; the same for all that are left out for this reason.
        parent: What it answered, so that answers to it can stand under that.
    """

    id: str
    why: str
    parent: str | None = None
