"""What can go wrong with serving and with mail, beside the core's own errors."""

from typing import Literal, TypeAlias

from pressframe.errors import Place, PressframeError

About: TypeAlias = Literal["address", "mail", "server", "unknown"]


class ServeError(PressframeError):
    """The live server cannot start."""


class MailError(PressframeError):
    """A message was not handed over, or nobody knows whether it was.

    Attributes:
        permanent: True if trying again is pointless (SMTP 5xx).
        about: Whose fault it is: the ``"address"``'s, this ``"mail"``'s, or the ``"server"``'s, which takes none now.
            ``"unknown"`` if the whole of it was sent and no answer came: it may have been taken.
        code: What the server said, as numbers alone: ``"550 5.1.1"``; empty if it said nothing.
    """

    def __init__(  # noqa: PLR0913 - what is said of an error is named where it is raised
        self,
        message: str,
        *,
        permanent: bool = False,
        about: About = "server",
        code: str = "",
        at: Place | None = None,
        fix: str | None = None,
    ) -> None:
        super().__init__(message, at=at, fix=fix)
        self.permanent = permanent
        self.about = about
        self.code = code


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
