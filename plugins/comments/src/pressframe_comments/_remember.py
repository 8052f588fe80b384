"""Name, mail address and site of who comments, in a cookie, if they ticked the box."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import timedelta

from pressframe_comments._form import AUTHOR, EMAIL, URL, Typed
from pressframe_web import Cookie

DETAILS = "commenter-details"
_KEPT = timedelta(days=365)
_LONGEST = 4000
"""In characters of the cookie: browsers keep no more."""


def make_details(typed: Typed, cookies: Mapping[str, str]) -> tuple[Cookie, ...]:
    """Return the cookie that remembers what was typed, or forgets it where the box was not ticked; nothing else."""
    if typed.remember:
        said = json.dumps([typed.author, typed.email, typed.url], ensure_ascii=False)
        value = base64.urlsafe_b64encode(said.encode("utf-8", "replace")).decode()
        return (Cookie(name=DETAILS, value=value, max_age=_KEPT),) if len(value) <= _LONGEST else ()
    return (Cookie(name=DETAILS, value=""),) if DETAILS in cookies else ()


def read_details(cookies: Mapping[str, str]) -> Typed:
    """Return a form with what is remembered; an empty one if that is nothing, or was not written by us."""
    try:
        author, email, url = json.loads(base64.urlsafe_b64decode(cookies.get(DETAILS, "")[:_LONGEST]))
        if not all(isinstance(one, str) for one in (author, email, url)):
            return Typed()
    except (ValueError, TypeError, RecursionError):
        return Typed()
    return Typed(author=author[:AUTHOR], email=email[:EMAIL], url=url[:URL], remember=True).printable()
