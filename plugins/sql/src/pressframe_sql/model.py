"""Work that plugins leave for later, and what they keep of people."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import attrs

from pressframe.model import Json

if TYPE_CHECKING:
    import sqlalchemy


@attrs.frozen(kw_only=True)
class Job:
    """Work done after an answer was given, at least once: mail, a rebuild.

    Attributes:
        name: Unique in a site: ``members.confirm``.
        run: Gets what was enqueued; must bear being run twice. Raising puts it off, with
            backoff; an error whose attribute ``permanent`` is true is not tried again.
        attempts: After so many it is set aside.
        lane: Jobs of one lane are run one after the other, lanes side by side: work that waits for strangers' servers
            takes a lane of its own, so that no mail has to wait for it.
        soon: True if it is never planned for more than a day ahead: one that seems to be was dated by a clock that was
            far ahead, and is run once that is set back.
    """

    name: str
    run: Callable[[Mapping[str, Json]], None]
    attempts: int = 12
    lane: str = "main"
    soon: bool = False


@attrs.frozen(kw_only=True)
class PersonalData:
    """What a plugin keeps of people, by their mail address; its functions may be called with any text.

    Attributes:
        name: What it is, unique in a site: ``comments``.
        find: Returns everything that is kept of an address, as it is told to its owner.
        erase: Deletes it in the transaction of the connection, and returns how many things that were. What must be
            remembered of it, such as that nothing may be sent there, is kept as a keyed hash.
        readers: Returns the ``id`` of each reader who signs in by an address: both functions of all plugins are called
            with them as well, so that what somebody did while they were signed in is found without their address.
    """

    name: str
    find: Callable[[sqlalchemy.Connection, str], Sequence[Mapping[str, Json]]]
    erase: Callable[[sqlalchemy.Connection, str], int]
    readers: Callable[[sqlalchemy.Connection, str], Sequence[str]] = lambda connection, address: ()
