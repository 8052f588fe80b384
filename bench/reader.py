"""A reader of the live site: asks for pages, subscribes by a mailed link, as a browser without JavaScript would."""

from __future__ import annotations

import email
import email.policy
import http.client
import re
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import attrs

_PATIENCE = 60.0


@attrs.define
class Reader:
    """Someone at *host* and *port*.

    Attributes:
        cookie: What is sent as the Cookie header; empty for a stranger.
    """

    host: str
    port: int
    cookie: str = ""

    def get(self, path: str) -> tuple[http.client.HTTPMessage, bytes]:
        """Return headers and body."""
        return self._ask("GET", path)

    def wait(self) -> None:
        """Return when the server answers."""
        _until(self._is_answered, "the server does not answer")

    def subscribe(self, address: str, outbox: Path) -> None:
        """Subscribe, and be signed in from now on; the mail is read in *outbox*."""
        self._ask("POST", "/members/subscribe", {"email": address})
        _until(lambda: any(outbox.glob("*.eml")), f"no mail arrives in {outbox}")
        (mail,) = outbox.glob("*.eml")
        headers, _ = self._ask("POST", _link(mail))
        cookie = headers.get("set-cookie", "")
        if not cookie:
            raise RuntimeError("the mailed link does not sign in")
        self.cookie = cookie.partition(";")[0]

    def sign_in(self, address: str, password: str) -> None:
        """Go through the owner's door, and be signed in from now on."""
        headers, _ = self._ask("POST", "/admin/sign-in", {"address": address, "password": password})
        cookie = headers.get("set-cookie", "")
        if not cookie:
            raise RuntimeError("the password does not sign in")
        self.cookie = cookie.partition(";")[0]

    def comment(self, entry: str, text: str) -> None:
        """Have a comment stored."""
        self._ask("POST", f"/comments/{entry}", {"author": "Zoé", "email": "zoe@example.org", "comment": text})

    def _is_answered(self) -> bool:
        try:
            self.get("/")
        except OSError:
            return False
        return True

    def _ask(self, method: str, path: str, form: dict[str, str] | None = None) -> tuple[http.client.HTTPMessage, bytes]:
        connection = http.client.HTTPConnection(self.host, self.port, timeout=10)
        headers = {"Cookie": self.cookie} if self.cookie else {}
        if method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, urlencode(form or {}), headers)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        if answer.status >= 400:
            raise RuntimeError(f"{method} {path} was answered {answer.status}")
        return answer.headers, body


def _link(mail: Path) -> str:
    text = email.message_from_bytes(mail.read_bytes(), policy=email.policy.default).get_body(("plain",))
    found = re.search(r"https?://\S+", text.get_content() if text else "")
    if found is None:
        raise RuntimeError(f"{mail} holds no link")
    return urlsplit(found[0]).path


def _until(is_so: Callable[[], bool], otherwise: str) -> None:
    patience = time.monotonic() + _PATIENCE
    while not is_so():
        if time.monotonic() > patience:
            raise RuntimeError(otherwise)
        time.sleep(0.05)
