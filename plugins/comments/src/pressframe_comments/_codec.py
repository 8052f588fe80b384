"""Comments as JSON: what the command line prints, and what a store is exported to and read back from."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from pressframe.errors import ContentError, Place, PressframeError, raise_all
from pressframe.model import Comment, Json
from pressframe_comments._links import safe_url
from pressframe_comments._printing import json_text, printable
from pressframe_comments._reasons import Reason, reason_of_json, reason_to_json
from pressframe_comments._store import Filed, Record, State, Step, Texts

EARLIEST, LATEST = 1970, 2999
"""Years of what is brought."""
FORMAT = "pressframe comments"
VERSION = 1

_MOST = 2**31
"""What every database can count to."""
_HEAD = f'{{"format": "{FORMAT}", "version": {VERSION}, "comments": ['
_OF_COMMENT = ("entry", "parent", "kind", "author", "url", "body", "format", "reader", "accepted_before", "by_author")
_OF_FILED = ("email", "client", "agent", "referrer", "sender", "version")
_TEXT, _MAYBE = (str, "text"), (str | None, "text or null")
_KINDS: Mapping[str, tuple[Any, str]] = {  # of each key the type and its name
    **dict.fromkeys(("id", "state", "entry", "kind", "author", "body", "format", "email"), _TEXT),
    **dict.fromkeys(("client", "agent", "referrer", "received", "changed"), _TEXT),
    **dict.fromkeys(("parent", "url", "reader", "sender", "edited"), _MAYBE),
    **dict.fromkeys(("accepted_before", "by_author"), (bool, "true or false")),
    "version": (int, "a number"),
    "reasons": (list, "a list"),
    "phrases": (list, "a list"),
    "history": (list, "a list"),
}
_NEEDED = ("id", "state", "received", "entry", "author", "body")


def to_json(filed: Filed) -> dict[str, object]:
    """Return everything that is known of a comment, but its history."""
    comment = filed.comment
    return {
        "id": comment.id,
        "state": filed.state.value,
        "reasons": list(filed.reasons),
        "received": _moment(comment.received),
        **{name: getattr(comment, name) for name in _OF_COMMENT},
        **{name: getattr(filed, name) for name in _OF_FILED},
        "changed": _moment(filed.changed),
        "edited": None if filed.edited is None else _moment(filed.edited),
    }


def step_to_json(step: Step) -> dict[str, object]:
    """Return a change of a comment, without the comment's id."""
    states = {"before": step.before.value, "after": step.after.value}
    texts = None if step.texts is None else texts_to_json(step.texts)
    return {"act": step.act, "version": step.version, "at": _moment(step.at), "by": step.by, **states, "texts": texts}


def texts_to_json(texts: Texts) -> dict[str, Json]:
    """Return what was said before an edit; the reasons only where the edit changed those, too."""
    told: dict[str, Json] = {"author": texts.author, "url": texts.url, "body": texts.body}
    if texts.reasons is not None:
        told["reasons"] = [reason_to_json(reason) for reason in texts.reasons]
    return told


def lines_of(records: Iterator[Record]) -> Iterator[str]:
    """Yield the lines of an export, a line for each comment; together they are one JSON object."""
    yield _HEAD
    before = ""
    for record in records:
        more: dict[str, object] = {"history": [step_to_json(step) for step in record.steps]}
        if any(isinstance(reason, Reason) for reason in record.filed.reasons):  # to be said in other languages, too
            more["phrases"] = [reason_to_json(reason) for reason in record.filed.reasons]
        yield from [before] if before else []
        before = json_text(to_json(record.filed) | more, indent=None) + ","
    yield from [before.removesuffix(",")] if before else []
    yield "]}"


def read(text: str, name: str) -> list[Record]:
    """Return the comments of an export, in their order.

    Args:
        name: How its owner calls the file.

    Raises:
        ContentError: It is no export, or one of a newer version, or a comment is wrong; ManyErrors for several.
    """
    try:
        table = json.loads(text)
    except json.JSONDecodeError as error:
        fix = "`pressframe comments export` writes what can be brought back, if not told --csv"
        raise ContentError(f"not valid JSON: {error.msg}", at=Place(name, error.lineno), fix=fix) from error
    except RecursionError as error:
        raise ContentError("no export of comments: it is nested too deeply", at=Place(name)) from error
    except ValueError as error:  # a number of thousands of digits
        raise ContentError("no export of comments: it has a number that is too long", at=Place(name)) from error
    if not isinstance(table, dict) or table.get("format") != FORMAT or not isinstance(table.get("comments"), list):
        fix = "known are those of Disqus, Isso, Remark42, WordPress, and of `pressframe comments export`"
        raise ContentError("no export of comments", at=Place(name), fix=fix)
    if table.get("version") != VERSION:
        raise ContentError(
            f"an export of version {table.get('version')!r}; this program reads {VERSION}",
            at=Place(name, None, "version"),
            fix="update pressframe-comments",
        )
    errors: list[PressframeError] = []
    records, seen = [], dict[str, int]()
    for number, item in enumerate(table["comments"], 1):
        try:
            record = _record(item)
            first = seen.setdefault(record.filed.comment.id, number)
            if first != number:
                raise ValueError(f"has the id of comment {first}")
            records.append(record)
        except (ValueError, TypeError, OverflowError) as error:
            id = item.get("id") if isinstance(item, dict) else None
            which = f"comment {number}" + (f" ({id[:80]})" if isinstance(id, str) else "")
            errors.append(ContentError(printable(f"{which}: {_reason(error)}"), at=Place(name)))
    raise_all(errors)
    return records


def _record(item: object) -> Record:
    """Return one comment with its history.

    Raises:
        ValueError, TypeError, OverflowError: Something in it is wrong.
    """
    if not isinstance(item, dict):
        raise TypeError("must be an object")
    _check(item)
    known = {name: item[name] for name in _OF_COMMENT if name in item}
    comment = Comment(**known, id=item["id"], received=_read_moment(item, "received"))
    filed = Filed(
        comment=comment,
        state=_read_state(item, "state"),
        reasons=_reasons(item),
        **{name: item[name] for name in _OF_FILED if name in item},
        changed=_read_moment(item, "changed") if "changed" in item else comment.received,
        edited=_read_moment(item, "edited") if item.get("edited") else None,
    )
    return Record(filed=filed, steps=tuple(_step(step, comment.id) for step in item.get("history", ())))


def _reasons(item: Mapping[str, Any]) -> tuple[str, ...]:
    if "phrases" not in item:
        return tuple(map(str, item.get("reasons", ())))
    return _phrases(item["phrases"], "phrases")


def _phrases(told: object, name: str) -> tuple[str, ...]:
    """Return reasons as they can be said in other languages, too; *name* says where they stand."""
    if not isinstance(told, list):
        raise TypeError(f"{name} must be a list")
    _check_text(name, json.dumps(told, ensure_ascii=False))
    return tuple(map(reason_of_json, told))


def _check(item: Mapping[str, Any]) -> None:
    missing = [name for name in _NEEDED if name not in item]
    if missing:
        raise ValueError(f"{', '.join(missing)} is missing")
    for name, value in item.items():
        kind, words = _KINDS.get(name, (None, ""))
        if kind is None:
            raise ValueError(f"{name[:80]} is no key of a comment")
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise TypeError(f"{name} must be {words}")
        if isinstance(value, str):
            _check_text(name, value)
    if not item["author"]:
        raise ValueError("author is empty")
    for name in ("author", "email"):  # they stand in headers of mail, and in lines of lists
        if any(unicodedata.category(one) == "Cc" for one in item.get(name, "")):
            raise ValueError(f"{name} has a line break or another control character in it")
    if item.get("url") is not None and safe_url(item["url"]) is None:
        raise ValueError("url must begin with http:// or https://, or be null")
    if len(item["id"]) > 80:
        raise ValueError("id has more than 80 characters")
    if not 0 < item.get("version", 1) < _MOST:
        raise ValueError("version must be 1 or more")
    for reason in item.get("reasons", ()):
        if not isinstance(reason, str):
            raise TypeError("each of reasons must be text")
        _check_text("reasons", reason)


def _check_text(name: str, text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError(f"{name} has half a character in it") from error
    if "\0" in text:  # which PostgreSQL cannot keep, and no form lets pass
        raise ValueError(f"{name} has a NUL in it")


def _step(item: object, id: str) -> Step:
    if not isinstance(item, dict):
        raise TypeError("a change in history must be an object")
    try:
        texts = item["texts"]
        for name, value in {**item, **(texts or {})}.items():
            if isinstance(value, str):
                _check_text(f"history: {name}", value)
        version = int(item["version"])
        if not 0 < version < _MOST:
            raise ValueError("history: version must be 1 or more")
        return Step(
            act=str(item["act"]),
            comment=id,
            version=version,
            at=_read_moment(item, "at"),
            by=str(item["by"]),
            before=_read_state(item, "before"),
            after=_read_state(item, "after"),
            texts=None if texts is None else _texts(texts),
        )
    except KeyError as error:
        raise ValueError(f"a change in history lacks {error.args[0]}") from error
    except AttributeError as error:
        raise TypeError("texts in history must be an object or null") from error


def _texts(table: Mapping[str, Any]) -> Texts:
    texts = {name: table[name] for name in ("author", "url", "body")}
    if not all(value is None or isinstance(value, str) for value in texts.values()):
        raise TypeError("texts in history must hold text")
    reasons = table.get("reasons")
    return Texts(**texts, reasons=None if reasons is None else _phrases(reasons, "history: reasons"))


def _moment(time: datetime) -> str:
    return time.astimezone(UTC).isoformat()


def _read_moment(item: Mapping[str, Any], name: str) -> datetime:
    try:
        time = datetime.fromisoformat(item[name])
    except (ValueError, TypeError) as error:
        raise ValueError(f"{name} must be a date and time, such as 2026-11-23T10:00:00+00:00") from error
    if time.utcoffset() is None:
        raise ValueError(f"{name} must have a time zone, such as 2026-11-23T10:00:00+00:00")
    if not is_in_reach(time):
        raise ValueError(f"{name} must be a date from {EARLIEST} to {LATEST}")
    return time.astimezone(UTC)


def is_in_reach(time: datetime) -> bool:
    """Tell whether *time* can be stored, and be read and shown in any time zone: others stop all that meets them."""
    return EARLIEST <= time.year <= LATEST


def _read_state(item: Mapping[str, Any], name: str) -> State:
    try:
        return State(item[name])
    except ValueError as error:
        raise ValueError(f"{name} must be one of {', '.join(state.value for state in State)}") from error


def _reason(error: Exception) -> str:
    """Return what is wrong in few words: validators carry the whole field in their arguments."""
    return str(error.args[0])[:300] if error.args else type(error).__name__
