"""Work that plugins leave for later."""

from collections.abc import Callable, Mapping

import attrs

from pressframe.model import Json


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
    """

    name: str
    run: Callable[[Mapping[str, Json]], None]
    attempts: int = 12
    lane: str = "main"
