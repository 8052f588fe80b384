"""Akismet's web service: four calls, as https://akismet.com/developers/ documents them."""

from __future__ import annotations

import http.client
import re
import socket
import ssl
from collections.abc import Mapping
from datetime import timedelta
from functools import cached_property
from time import monotonic
from urllib.parse import urlencode, urlsplit

import attrs

from pressframe_comments import Reason

_AGENT = "pressframe/0.1 | pressframe-akismet/0.1"
_LONGEST = 10_000
"""Bytes of an answer that are read; real ones are one word."""
_THANKS = "Thanks for making the web a better place."
_NEVER_FOR = timedelta(days=7)
_UNPRINTABLE = re.compile(r"[^\x20-\x7e]")


def _(text: str) -> str:
    return text  # marks what is translated when shown


class AkismetError(Exception):
    """Akismet could not be asked, or did not answer as documented.

    Attributes:
        reason: Why, in one sentence, without the key.
    """

    def __init__(self, message: str, **values: str | int) -> None:
        self.reason = Reason(message, **values)
        super().__init__(str(self.reason))


@attrs.frozen(kw_only=True)
class Answer:
    """What Akismet says of a comment.

    Attributes:
        is_blatant: True if it may be thrown away unread: the header ``X-akismet-pro-tip: discard``.
        recheck_after: When to ask again, as Akismet will know more by then; None if this answer is final.
    """

    is_spam: bool
    is_blatant: bool = False
    recheck_after: timedelta | None = None


@attrs.frozen(kw_only=True)
class _Said:
    text: str
    headers: Mapping[str, str]


@attrs.frozen(kw_only=True, slots=False)
class Api:
    """The service at *url* for one key and one site.

    Attributes:
        url: With ``/1.1`` at its end; https, or http to this machine.
        blog: The site's address.
        timeout: Longest silence that is waited for.
        is_test: True: Akismet learns nothing from what is sent.
    """

    url: str
    key: str = attrs.field(repr=False)
    blog: str
    timeout: timedelta
    is_test: bool

    def verify(self) -> bool:
        """Tell whether the key is good for the site.

        Raises:
            AkismetError: It could not be asked.
        """
        said = self._ask("verify-key", {"key": self.key})
        if said.text not in ("valid", "invalid"):
            raise self._odd("verify-key", said)
        return said.text == "valid"

    def check(self, fields: Mapping[str, str], *, recheck_reason: str = "") -> Answer:
        """Return what Akismet says of the comment with *fields*, named as in its documents.

        Raises:
            AkismetError: It could not be asked, or said neither.
        """
        more = {"recheck_reason": recheck_reason} if recheck_reason else {}
        said = self._ask("comment-check", {**fields, **more})
        if said.text not in ("true", "false"):
            raise self._odd("comment-check", said)
        seconds = said.headers.get("x-akismet-recheck-after", "")
        wait = timedelta(seconds=int(seconds)) if re.fullmatch(r"[0-9]{1,9}", seconds) and int(seconds) else None
        return Answer(
            is_spam=said.text == "true",
            is_blatant=said.headers.get("x-akismet-pro-tip") == "discard",
            recheck_after=None if wait is None else min(wait, _NEVER_FOR),
        )

    def submit(self, fields: Mapping[str, str], *, is_spam: bool) -> None:
        """Tell Akismet that it was wrong about the comment with *fields*.

        Raises:
            AkismetError: It was not told.
        """
        call = "submit-spam" if is_spam else "submit-ham"
        said = self._ask(call, fields)
        if said.text != _THANKS:
            raise self._odd(call, said)

    # ------------------------------------------------------------------------------------------- asking

    @cached_property
    def _context(self) -> ssl.SSLContext:
        return ssl.create_default_context()

    def _ask(self, call: str, fields: Mapping[str, str]) -> _Said:
        test = {"is_test": "1"} if self.is_test else {}
        body = urlencode({"api_key": self.key, "blog": self.blog, **test, **fields}, errors="replace").encode()
        headers = {"User-Agent": _AGENT, "Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
        parts = urlsplit(self.url)
        connection, end = self._connect(parts.scheme, parts.netloc), monotonic() + self.timeout.total_seconds()
        try:
            connection.connect()
            connection.sock.settimeout(max(end - monotonic(), 0.01))
            connection.request("POST", f"{parts.path.rstrip('/')}/{call}", body, headers)
            answer = connection.getresponse()
            text = answer.read(_LONGEST).decode("utf-8", "replace").strip()
            named = {name.lower(): _UNPRINTABLE.sub("?", value)[:300] for name, value in answer.getheaders()}
        except (OSError, http.client.HTTPException) as error:
            raise AkismetError(_("Akismet could not be asked: %(why)s"), why=_why(error, self.timeout)) from error
        finally:
            connection.close()
        if answer.status != http.client.OK:  # also where it sends elsewhere: a key goes to no address but the one set
            message = _("Akismet answered %(call)s with status %(status)s")
            raise AkismetError(message, call=call, status=answer.status)
        return _Said(text=text, headers=named)

    def _connect(self, scheme: str, netloc: str) -> http.client.HTTPConnection:
        seconds = self.timeout.total_seconds()
        if scheme == "https":
            return http.client.HTTPSConnection(netloc, timeout=seconds, context=self._context)
        return http.client.HTTPConnection(netloc, timeout=seconds)

    def _odd(self, call: str, said: _Said) -> AkismetError:
        """Return the error that tells what Akismet gave as the reason, if it gave one."""
        names = ("x-akismet-debug-help", "x-akismet-error", "x-akismet-alert-msg")
        help = next((said.headers[name] for name in names if said.headers.get(name)), "")
        help = f": {help}" if help else ""
        if said.text in ("invalid", "Invalid key."):
            return AkismetError(_("Akismet does not accept the key%(help)s"), help=help)
        text = _UNPRINTABLE.sub("?", said.text)[:100]
        return AkismetError(_("Akismet answered %(call)s with “%(text)s”%(help)s"), call=call, text=text, help=help)


def _why(error: Exception, timeout: timedelta) -> str:
    if isinstance(error, TimeoutError | socket.timeout):
        return Reason(_("no answer within %(seconds)s s"), seconds=f"{timeout.total_seconds():g}")
    return _UNPRINTABLE.sub("?", str(error) or type(error).__name__)[:200]
