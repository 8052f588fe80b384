"""A browser without a screen: asks a served site in this process, keeps cookies, reads mail."""

import asyncio
import contextlib
import email
import email.policy
import functools
import re
from collections.abc import Callable, Coroutine, Mapping, MutableMapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit

import attrs
from click.testing import CliRunner

from pressframe import PluginError, Site
from pressframe_sql import Worker, database
from pressframe_web.app import App

_LINK = re.compile(r"https?://\S+")
_TOKEN = re.compile(r'name="token" value="([^"]+)"')
_PASSWORD = "a password for tests alone"


@attrs.frozen
class Reply:
    """What the server answered.

    Attributes:
        headers: By name in lower case; the last of several.
        cookies: The Set-Cookie headers, as they came.
    """

    status: int
    headers: Mapping[str, str]
    cookies: tuple[str, ...]
    body: bytes

    @property
    def text(self) -> str:
        """Return the body as text."""
        return self.body.decode()


@attrs.define
class Visitor:
    """One browser: its cookies, and where it asks from.

    Attributes:
        site: The site's own origin, sent with forms as browsers do.
        address: Its network address.
    """

    _send: Callable[["Ask"], Reply]
    site: str
    cookies: dict[str, str] = attrs.field(factory=dict)
    address: str = "192.0.2.1"

    def get(self, address: str, *, headers: Mapping[str, str] | None = None, method: str = "GET") -> Reply:
        """Ask for *address*: a path with its query, or a whole link to the site."""
        return self._ask(method, address, dict(headers or {}), b"")

    def post(self, address: str, form: Mapping[str, str], *, headers: Mapping[str, str] | None = None) -> Reply:
        """Send *form* to *address*, as a page of the site would; *headers* change what it sends along."""
        sent = {
            "origin": self.site,
            "sec-fetch-site": "same-origin",
            "content-type": "application/x-www-form-urlencoded",
        }
        return self._ask("POST", address, sent | dict(headers or {}), urlencode(form).encode())

    def send(self, address: str, form: Mapping[str, str], *, page: str = "/admin/") -> Reply:
        """Send *form* with the token that the forms of *page* have, as on the owner's side they must.

        Raises:
            LookupError: No form of the page has one: nobody is signed in.
        """
        found = _TOKEN.search(self.get(page).text)
        if found is None:
            raise LookupError(f"no form of {page} has a token")
        return self.post(address, {"token": found[1], **form})

    def upload(self, address: str, form: Mapping[str, str], files: Mapping[str, tuple[str, bytes]]) -> Reply:
        """Send a form with *files*, each by its field as what it is called and what it holds."""
        mark, head = "----pressframe7MA4YWxk", "Content-Disposition: form-data; name="
        parts = [f'{head}"{name}"\r\n\r\n'.encode() + value.encode() for name, value in form.items()]
        for field, (name, content) in files.items():
            parts.append(f'{head}"{field}"; filename="{name}"\r\nContent-Type: text/csv\r\n\r\n'.encode() + content)
        body = b"".join(f"--{mark}\r\n".encode() + part + b"\r\n" for part in parts) + f"--{mark}--\r\n".encode()
        sent = {"origin": self.site, "sec-fetch-site": "same-origin"}
        return self._ask("POST", address, {**sent, "content-type": f"multipart/form-data; boundary={mark}"}, body)

    def follow(self, reply: Reply) -> Reply:
        """Ask for the address that *reply* leads to."""
        return self.get(reply.headers["location"])

    def _ask(self, method: str, address: str, headers: dict[str, str], body: bytes) -> Reply:
        if self.cookies:
            headers["cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        request = Ask(address=address, method=method, headers=headers, body=body, client=self.address)
        reply = self._send(request)
        for line in reply.cookies:
            name, _, value = line.split(";")[0].partition("=")
            self.cookies[name] = value
            if not value:
                del self.cookies[name]
        return reply


@attrs.frozen(kw_only=True)
class Ask:
    """One request.

    Attributes:
        address: A path with its query, or a whole link.
        more: Further headers, which may come twice.
    """

    address: str
    method: str = "GET"
    headers: Mapping[str, str] = attrs.field(factory=dict)
    body: bytes = b""
    client: str = "192.0.2.1"
    more: Sequence[tuple[str, str]] = ()

    def scope(self) -> dict[str, Any]:
        """Return the request as a server hands it to an application."""
        parts = urlsplit(self.address)
        given = [*self.headers.items(), *self.more, ("content-length", str(len(self.body)))]
        return {
            "type": "http", "method": self.method, "path": unquote(parts.path), "raw_path": parts.path.encode(),
            "query_string": parts.query.encode(), "scheme": "http", "client": (self.client, 40_000),
            "server": ("127.0.0.1", 8123),
            "headers": [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in given],
        }  # fmt: skip


def _run(answering: Coroutine[Any, Any, None]) -> None:
    """Run to the end: in a thread of its own where this one has a loop, as while Playwright drives a browser."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        asyncio.run(answering)
    else:
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, answering).result()


def ask(app: App, request: Ask) -> Reply:
    """Return what *app* answers to one request, sent to it as a server would."""
    sent: list[Any] = []

    coming = iter([{"type": "http.request", "body": request.body, "more_body": False}])

    async def receive() -> dict[str, Any]:
        for message in coming:
            return message
        await asyncio.Event().wait()  # until the browser goes away, which it does not
        return {"type": "http.disconnect"}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    _run(app(request.scope(), receive, send))
    pairs = [(name.decode().lower(), value.decode("latin-1")) for name, value in sent[0]["headers"]]
    return Reply(
        status=sent[0]["status"],
        headers=dict(pairs),
        cookies=tuple(value for name, value in pairs if name == "set-cookie"),
        body=b"".join(message.get("body", b"") for message in sent[1:]),
    )


@attrs.frozen(eq=False)
class Served:
    """A site being served in this process; nothing runs in the background but what a test asks for.

    Attributes:
        visitor: A first browser; ``browser()`` gives more.
    """

    folder: Path
    app: App
    _site: Site
    _clock: Callable[[], datetime]
    visitor: Visitor
    _read: dict[Path, EmailMessage] = attrs.field(factory=dict, init=False)

    @classmethod
    def of(cls, folder: Path, clock: Callable[[], datetime]) -> "Served":
        """Build and serve the site in *folder*."""
        site = Site.open(folder)
        app = App(site, clock=clock)
        app.rebuilder.tell()
        return cls(folder, app, site, clock, Visitor(functools.partial(ask, app), site.settings.url))

    def browser(self, address: str = "192.0.2.1") -> Visitor:
        """Return another browser, without cookies."""
        return Visitor(functools.partial(ask, self.app), self._site.settings.url, address=address)

    def close(self) -> None:
        """Give back threads and the database."""
        self.app.close()
        with contextlib.suppress(PluginError):
            database(self._site).close()

    def sign_in(self, address: str) -> Visitor:
        """Return another browser, whose reader has subscribed with *address* and followed the mailed link.

        Raises:
            LookupError: No mail came: the plugin members is not enabled, or does not take the address.
        """
        self.run_jobs()  # what has waited is no answer
        browser, before = self.browser(), len(self.mails)
        browser.post("/members/subscribe", {"email": address})
        self.run_jobs()
        if len(self.mails) == before:
            raise LookupError(f"no mail came for {address}")
        browser.post(self.links()[0], {})
        return browser

    def sign_in_as(self, role: str, *, author: str = "") -> Visitor:
        """Return another browser, signed in on the owner's side; its account is made if there is none.

        Args:
            role: ``owner``, ``moderator`` or ``author``; its address is ``owner@example.org``, or the author's.
            author: Slug of the author as whom they sign posts.

        Raises:
            LookupError: The account was not made: the plugin admin is not enabled, or the role needs an author.
        """
        address, browser = f"{author or role}@example.org", self.browser()
        arguments = ["create", address, "--role", role, "--author", author, "--password-stdin"]
        brought = (command for _, command in self._site.hooks.all("register_commands", self._site))
        command = next((one for one in brought if one.name == "admin"), None)
        if command is None:
            raise LookupError("no account was made: the plugin admin is not enabled")
        made = CliRunner().invoke(command, arguments, input=f"{_PASSWORD}\n")
        if made.exit_code and "already" not in str(made.exception):
            raise LookupError(f"no account was made: {made.stderr or made.exception}")
        browser.post("/admin/sign-in", {"address": address, "password": _PASSWORD})
        return browser

    def rebuild(self) -> bool:
        """Do what the server does several times a second: build again if something has changed; say whether."""
        return self.app.rebuilder.run_due()

    def run_jobs(self) -> int:
        """Do the work that waits, mail above all; return how many jobs were run."""
        jobs = [job for _, job in self._site.hooks.all("register_jobs", self._site)]
        return Worker(self._site, jobs, self._clock).run_due()

    @property
    def mails(self) -> list[EmailMessage]:
        """Return the mails in the outbox, oldest first."""
        files = sorted((self.folder / "outbox").glob("*.eml"))
        for file in files:
            if file not in self._read:
                self._read[file] = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        return [self._read[file] for file in files]

    def links(self) -> list[str]:
        """Return the paths of the links in the newest mail's text."""
        body = self.mails[-1].get_body(("plain",))
        text = body.get_content() if body else ""
        return [urlsplit(link).path for link in _LINK.findall(text)]
