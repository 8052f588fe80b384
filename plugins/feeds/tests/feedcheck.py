"""Says what is wrong with an Atom or RSS feed, in the words of the W3C's feed validator."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from urllib.parse import urlsplit
from xml.etree import ElementTree

ATOM = "{http://www.w3.org/2005/Atom}"
TAG = re.compile(
    r"tag:[a-z0-9.-]+,\d{4}(-\d\d(-\d\d)?)?:[\w.~!$&'()*+,;=:@/?%-]*(#[\w.~!$&'()*+,;=:@/?%-]*)?", re.ASCII
)
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
RFC2822 = re.compile(
    r"((Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?\d\d? [A-Z][a-z]{2} \d{4} \d\d:\d\d(:\d\d)? ([+-]\d{4}|[A-Z]{1,3})"
)
ONCE = {
    f"{ATOM}feed": {"id", "title", "updated"},
    f"{ATOM}entry": {"id", "title", "updated"},
    f"{ATOM}author": {"name"},
    "channel": {"title", "link", "description"},
}
AT_MOST_ONCE = {
    f"{ATOM}feed": {"subtitle", "generator", "icon", "logo", "rights"},
    f"{ATOM}author": {"uri", "email"},
    f"{ATOM}entry": {"content", "summary", "published", "rights", "source"},
    "channel": {"language", "lastBuildDate", "pubDate"},
    "item": {"title", "link", "description", "guid", "pubDate", "comments"},
}


def flaws(feed: bytes) -> list[str]:
    """Return a name and a place for each flaw."""
    try:
        root = ElementTree.fromstring(feed)
    except ElementTree.ParseError as error:
        return [f"SAXError {error}"]
    return [flaw for element in root.iter() for flaw in (*_counts(element), *_values(element))]


def _counts(element: ElementTree.Element) -> Iterator[str]:
    inside = Counter(child.tag.removeprefix(ATOM) if element.tag.startswith(ATOM) else child.tag for child in element)
    for name in sorted(ONCE.get(element.tag, ())):
        if not inside[name]:
            yield f"MissingElement {name} in {element.tag}"
    for name in sorted(ONCE.get(element.tag, set()) | AT_MOST_ONCE.get(element.tag, set())):
        if inside[name] > 1:
            yield f"DuplicateElement {name} in {element.tag}"
    if element.tag == "item" and not inside["title"] and not inside["description"]:
        yield "ItemMustContainTitleOrDescription"


def _values(element: ElementTree.Element) -> Iterator[str]:
    text = (element.text or "").strip()
    if element.tag in (f"{ATOM}updated", f"{ATOM}published") and not _is_date(RFC3339, datetime.fromisoformat, text):
        yield f"InvalidRFC3339Date {text}"
    if element.tag in ("pubDate", "lastBuildDate") and not _is_date(RFC2822, parsedate_to_datetime, text):
        yield f"InvalidRFC2822Date {text}"
    if element.tag in (f"{ATOM}id", "guid") and text.startswith("tag:") and not TAG.fullmatch(text):
        yield f"InvalidTAG {text}"
    yield from (f"{name} {iri!r} in {element.tag}" for name, iri in _iris(element, text) if not _is_absolute(iri))
    if element.tag == f"{ATOM}content" and element.get("type") == "html":
        yield from (f"ContainsRelRef {address}" for address in _addresses(text) if not urlsplit(address).scheme)


def _iris(element: ElementTree.Element, text: str) -> list[tuple[str, str]]:
    """Return what must be absolute in *element*, with the flaw's name; the validator lets links be relative."""
    match element.tag.rpartition("}")[2]:
        case "id" | "uri":
            return [("InvalidFullLink", text)]
        case "category" | "in-reply-to":
            values = [element.get("scheme"), element.get("ref"), element.get("href")]
            return [("InvalidFullLink", value) for value in values if value is not None]
        case "link" | "thumbnail" | "commentRss" | "loc":
            return [("RelativeLink", element.get("href") or element.get("url") or text)]
    return []


def _is_absolute(iri: str) -> bool:
    return bool(urlsplit(iri).scheme) and not re.search(r"\s", iri)


def _is_date(pattern, parse, text: str) -> bool:
    try:
        return bool(pattern.fullmatch(text)) and parse(text) is not None
    except ValueError:
        return False


def _addresses(html: str) -> list[str]:
    found: list[str] = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attributes: found.extend(
        value for name, value in attributes if name in ("href", "src") and value
    )
    parser.feed(html)
    return found
