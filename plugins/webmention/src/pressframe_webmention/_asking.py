"""Other servers asked: what may be otherwise later is told apart from what will not."""

from __future__ import annotations

from collections.abc import Callable

from pressframe_web.fetching import Fetched, FetchError


class LaterError(FetchError):
    """It did not answer, or said that it is busy: to be tried again later."""


def ask(fetch: Callable[[], Fetched]) -> Fetched:
    """Return what *fetch* gives.

    Raises:
        LaterError: It may answer later.
        FetchError: It will not.
    """
    try:
        fetched = fetch()
    except FetchError as error:
        if error.permanent:
            raise
        raise LaterError(error.message) from error
    if fetched.status == 429 or fetched.status >= 500:
        raise LaterError(f"it answers {fetched.status}")
    return fetched
