"""What can go wrong with serving and with mail, beside the core's own errors."""

from pressframe.errors import Place, PressframeError


class ServeError(PressframeError):
    """The live server cannot start."""


class MailError(PressframeError):
    """A message was not handed over.

    Attributes:
        permanent: True if trying again is pointless (SMTP 5xx).
    """

    def __init__(
        self, message: str, *, permanent: bool = False, at: Place | None = None, fix: str | None = None
    ) -> None:
        super().__init__(message, at=at, fix=fix)
        self.permanent = permanent


class FetchError(PressframeError):
    """Something on the network could not be fetched, or may not be.

    Attributes:
        permanent: True if trying again is pointless: a bad address, one of a network that is not public.
    """

    def __init__(
        self, message: str, *, permanent: bool = False, at: Place | None = None, fix: str | None = None
    ) -> None:
        super().__init__(message, at=at, fix=fix)
        self.permanent = permanent
