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
