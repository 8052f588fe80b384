"""What a person sees of an answer, and the owner of a site that a process of its own serves."""

import html
import re

from pressframe_testing import Process, Reply, TestSite, Visitor

PASSWORD = "a password for tests alone"


def seen(reply: Reply) -> str:
    """Return the words of a page."""
    return " ".join(re.sub(r"[ \n]+", " ", html.unescape(re.sub("<[^>]*>", " ", reply.text))).split(" "))


def action(page: Reply) -> str:
    """Return where the form for comments leads."""
    return html.unescape(re.findall(r'<form id="commentform"[^>]* action="([^"]*)"', page.text)[0])


def fields(page: Reply) -> dict[str, str]:
    """Return what the form for comments is filled with."""
    form = page.text.partition("<textarea")[0].rpartition("<form")[2] + page.text[page.text.find("<textarea") :]
    form = form.partition("</form>")[0]
    found = dict(re.findall(r'<input[^>]*? name="(\w+)"[^>]*? value="([^"]*)"', form))
    text = re.search(r'<textarea[^>]*? name="comment"[^>]*>\n?(.*?)</textarea>', form, re.DOTALL)
    found["comment"] = text[1] if text else ""
    ticked = ("remember", "follow_answers", "follow_all")
    return {name: html.unescape(value) for name, value in found.items() if name not in ticked}


def make_owner(site: TestSite, process: Process) -> Visitor:
    """Return the browser of the site's owner, who has just signed in."""
    address = "owner@example.org"
    made = site.run("admin", "create", address, "--role", "owner", "--password-stdin", given=f"{PASSWORD}\n")
    assert made.status == 0, made.errors
    browser = process.browser()
    browser.post("/admin/sign-in", {"address": address, "password": PASSWORD})
    return browser
