"""Readers and owners of a site that a process of its own serves, as browsers over real connections."""

import html
import re
from collections.abc import Mapping

from click.testing import CliRunner

from pressframe.cli import main
from pressframe_testing import Process, TestSite
from pressframe_testing import Reply as Answer

PASSWORD = "a password for tests alone"


class Reply:
    """What was answered, and what a person sees of it."""

    def __init__(self, answer: Answer) -> None:
        self.status, self.headers, self.cookies = answer.status, answer.headers, answer.cookies
        self.text = answer.body.decode()

    @property
    def seen(self) -> str:
        return " ".join(re.sub(r"[ \n]+", " ", html.unescape(re.sub("<[^>]*>", " ", self.text))).split(" "))

    @property
    def action(self) -> str:
        """Where the form for comments leads."""
        return html.unescape(re.findall(r'<form id="commentform"[^>]* action="([^"]*)"', self.text)[0])

    @property
    def fields(self) -> dict[str, str]:
        """What the form for comments is filled with."""
        form = self.text.partition("<textarea")[0].rpartition("<form")[2] + self.text[self.text.find("<textarea") :]
        form = form.partition("</form>")[0]
        fields = dict(re.findall(r'<input[^>]*? name="(\w+)"[^>]*? value="([^"]*)"', form))
        text = re.search(r'<textarea[^>]*? name="comment"[^>]*>\n?(.*?)</textarea>', form, re.DOTALL)
        ticked = ("remember", "follow_answers", "follow_all")
        found = {**fields, "comment": text[1] if text else ""}
        return {name: html.unescape(value) for name, value in found.items() if name not in ticked}


class Browser:
    """Keeps cookies, and says where its forms come from."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._cookies: dict[str, str] = {}

    def get(self, address: str) -> Reply:
        return self.ask("GET", address)

    def post(self, address: str, form: Mapping[str, str], *, headers: Mapping[str, str] | None = None) -> Reply:
        sent = {"origin": self._process.url, "sec-fetch-site": "same-origin"}
        return self.ask("POST", address, form, sent | dict(headers or {}))

    def send(self, address: str, form: Mapping[str, str]) -> Reply:
        """Send a form of the owner's side, with the token that such forms have."""
        (token, *_) = re.findall(r'name="token" value="([^"]+)"', self.get("/admin/").text)
        return self.post(address, {"token": token, **form})

    def follow(self, reply: Reply) -> Reply:
        assert reply.status == 303, reply.text
        return self.get(reply.headers["location"].partition("#")[0])

    def ask(
        self,
        method: str,
        address: str,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        sent = dict(headers or {})
        if self._cookies:
            sent["cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        reply = Reply(self._process.ask(method, address, form, sent))
        for line in reply.cookies:
            name, _, value = line.split(";")[0].partition("=")
            self._cookies[name] = value
        return reply


def make_owner(site: TestSite, process: Process) -> Browser:
    """Return the browser of the site's owner, who has just signed in."""
    arguments = ["admin", "create", "owner@example.org", "--role", "owner", "--password-stdin"]
    made = CliRunner().invoke(main, [*arguments, "--site", str(site.folder)], input=f"{PASSWORD}\n")
    assert made.exit_code == 0, made.output
    browser = Browser(process)
    browser.post("/admin/sign-in", {"address": "owner@example.org", "password": PASSWORD})
    return browser
