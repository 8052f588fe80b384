"""What tests of hostile comments share: how texts are dealt out, and where comments are read besides their page."""

import json
import re
from collections.abc import Iterator, Mapping
from html import escape
from typing import TypeVar
from xml.etree import ElementTree

from pressframe.model import Json
from pressframe_moderation._mail import NewsMail
from pressframe_testing import Served, Visitor

_T = TypeVar("_T")
ORIGIN = "https://essai.example"
POST = """
== content/p{}.md ==
---
title: Billet
date: 2026-11-20
---
Un texte.
"""
IN_A_MAIL = 100


def split(texts: list[_T], size: int) -> list[list[_T]]:
    """Return *texts* in lots of so many, the last one of what is left."""
    return [texts[start : start + size] for start in range(0, len(texts), size)]


def items(feed: str) -> Iterator[str]:
    """Yield the HTML of each comment in a feed, and what is plain text there as HTML, as those do that read feeds."""
    if feed.startswith("{"):
        for item in json.loads(feed)["items"]:
            urls = "".join(f'<a href="{author.get("url", "")}"></a>' for author in item["authors"])
            yield item["content_html"] + urls + escape(item["title"])
        return
    for item in ElementTree.fromstring(feed).iter():
        assert not re.match(r"\{http://www\.w3\.org/(?!2005/Atom)", item.tag), "an element that browsers know"
        if item.tag.endswith(("}entry", "item")):
            parts = {part.tag.rpartition("}")[2]: part for part in item.iter()}
            urls = "".join(f'<a href="{part.text}"></a>' for name, part in parts.items() if name == "uri")
            yield (parts.get("content", parts.get("description")).text or "") + urls


def listed(owner: Visitor) -> list[str]:
    """Return every page of the owner's list of all comments."""
    address, pages = "/admin/comments/?state=all", []
    while address:
        pages.append(owner.get(address).text)
        following = re.search(r'<a class="button quiet" href="([^"]*)" rel="next"', pages[-1])
        address = following[1].replace("&amp;", "&") if following else ""
    return pages


def mailed(served: Served, titles: Mapping[str, str]) -> list[str]:
    """Return the HTML of the mails that tell the owner of comments, by their ids, on entries with such *titles*."""
    for part in split(list(titles.items()), IN_A_MAIL):
        told: list[Json] = [{"id": id, "title": title, "gated": False} for id, title in part]
        NewsMail(served.app.site).send({"account": 1, "comments": told})
    return [mail.get_body(("html",)).get_content() for mail in served.mails]
