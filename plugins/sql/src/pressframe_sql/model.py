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
    """

    name: str
    run: Callable[[Mapping[str, Json]], None]
    attempts: int = 12
