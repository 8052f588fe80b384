"""``authors.toml``: who signs the entries of a content folder."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pressframe import model
from pressframe.errors import ContentError, Place, PressframeError, did_you_mean, raise_all
from pressframe_markdown._slug import slug

if TYPE_CHECKING:
    from pressframe.model import Author

FILE = "authors.toml"
_KEYS = ("name", "url")


def read_authors(folder: Path, label: str) -> Mapping[str, Author]:
    """Return the authors by the names that front matter calls them; none where there is no file.

    Args:
        folder: The content folder.
        label: What messages call it.

    Raises:
        ContentError: The file cannot be read, or says something else; all at once as ManyErrors.
    """
    place = f"{label}/{FILE}"
    try:
        text = (folder / FILE).read_text("utf-8")
        table: Mapping[str, object] = tomllib.loads(text)
    except FileNotFoundError:
        return {}
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        at = Place(place, int(found[1]) if found else None)
        raise ContentError(f"not valid TOML: {error}", at=at) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ContentError(f"cannot be read: {error}", at=Place(place), fix="save it as UTF-8 text") from error
    errors: list[PressframeError] = []
    authors = {key: _author(key, value, Place(place, _line(text, key), key), errors) for key, value in table.items()}
    raise_all(errors)
    return authors


def author_of(name: str, authors: Mapping[str, Author]) -> Author:
    """Return who *name* is in front matter; somebody of that name where the file knows nobody."""
    return authors.get(name) or authors.get(slug(name)) or model.Author(slug=slug(name), name=name)


def _author(key: str, value: object, at: Place, errors: list[PressframeError]) -> Author:
    if not isinstance(value, dict):
        errors.append(ContentError("must be a table", at=at, fix=f'write [{key}], and below it name = "…"'))
        return model.Author(slug=key, name=key)
    for name, text in value.items():
        if name not in _KEYS:
            knows = f"{did_you_mean(name, _KEYS)} An author has: {', '.join(_KEYS)}".strip()
            errors.append(ContentError(f"no such key: {name}", at=at, fix=knows))
        elif not isinstance(text, str) or not text:
            errors.append(ContentError(f"{name} must be text in quotes", at=at))
    if not slug(key):
        errors.append(ContentError("has no letter or digit, so there can be no page of this author", at=at))
    return model.Author(slug=slug(key), name=str(value.get("name", key)), url=value.get("url"))


def _line(text: str, key: str) -> int | None:
    found = re.search(rf"^[ \t]*(?:\[[ \t]*)?[\"']?{re.escape(key)}[\"']?\s*[\].=]", text, re.MULTILINE)
    return text.count("\n", 0, found.start()) + 1 if found else None
