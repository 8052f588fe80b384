"""YAML front matter read event by event, with PyYAML's parser, in bounds and by the rules of YAML 1.2."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import yaml
from yaml import events as kinds

from pressframe.model import Json
from pressframe_markdown._yaml import Unreadable

LONGEST = 64 * 1024
"""Characters of front matter; more is a forgotten end mark, or an attack."""

DEEPEST = 20
"""Tables and lists inside each other."""

_INTEGER = re.compile(r"[-+]?(?:0x[0-9a-fA-F_]+|0o[0-7_]+|0b[01_]+|[0-9][0-9_]*)")
_FLOAT = re.compile(r"[-+]?(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9_]+)(?:[eE][-+]?[0-9]+)?")
_WORDS: Mapping[str, bool | None] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("null", "Null", "NULL", "~", ""), None),
}
_REASONS = {
    "mapping values are not allowed": ("a colon in a value without quotes", 'put the value in quotes: "Before: after"'),
    "cannot start any token": ("a tab, or a value that starts with @, % or `", "indent with spaces; put it in quotes"),
    "alphabetic or numeric character": ("a value that starts with * or &", "put it in quotes"),
    "unexpected end of stream": ("a quotation mark that nothing closes", "close it"),
    "expected key": ("words after a closing bracket or quotation mark", "put the whole value in quotes"),
    "expected <document start>": ("more after the mark of its end (...)", "write one table of keys and values"),
    "expected node content": ("an unfinished list", "close it; put in quotes what starts with #, @ or &"),
}


def read_carefully(text: str) -> Mapping[str, Json]:
    """Return the same as ``read_table``, with PyYAML alone."""
    if len(text) > LONGEST:
        raise Unreadable(f"longer than {LONGEST // 1024} kB", fix="is the --- missing that should end it?")
    try:
        return _read_document(yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = error.problem or error.context or "not YAML"
        reason, fix = next((known for part, known in _REASONS.items() if part in problem), (problem, None))
        raise Unreadable(reason, mark.line + 1 if mark else 1, fix) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise Unreadable("a control character", line, "delete it") from None


def _read_document(events: Iterator[kinds.Event]) -> Mapping[str, Json]:
    for event in events:
        if isinstance(event, kinds.MappingStartEvent):
            table = _read_mapping(events, event, depth=1)
            if any(isinstance(later, kinds.DocumentStartEvent) for later in events):
                raise Unreadable("more than one document", fix="write one table of keys and values")
            return table
        if isinstance(event, kinds.SequenceStartEvent | kinds.AliasEvent) or _says_something(event):
            break
        if isinstance(event, kinds.StreamEndEvent):
            return {}
    raise Unreadable("no table of keys and values", fix="write it as lines of key: value")


def _says_something(event: kinds.Event) -> bool:
    return isinstance(event, kinds.ScalarEvent) and event.value != ""


def _read_value(events: Iterator[kinds.Event], event: kinds.Event, *, depth: int) -> Json:
    line = _line(event)
    if depth > DEEPEST:
        raise Unreadable(f"more than {DEEPEST} lists or tables inside each other", line)
    if isinstance(event, kinds.AliasEvent) or getattr(event, "anchor", None):
        raise Unreadable("an anchor or alias (&name, *name)", line, "put the value in quotes, or write it out")
    tag = str(getattr(event, "tag", None) or "").replace("tag:yaml.org,2002:", "!!")
    if tag:
        raise Unreadable(f"a tag ({tag})", line, "put the value in quotes, or take the tag away")
    if isinstance(event, kinds.MappingStartEvent):
        return _read_mapping(events, event, depth=depth)
    if isinstance(event, kinds.SequenceStartEvent):
        return [_read_value(events, one, depth=depth + 1) for one in _until(events, kinds.SequenceEndEvent)]
    assert isinstance(event, kinds.ScalarEvent)
    return _resolve(event.value, line) if event.implicit[0] else event.value


def _line(event: kinds.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _until(events: Iterator[kinds.Event], end: type[kinds.Event]) -> Iterator[kinds.Event]:
    for event in events:
        if isinstance(event, end):
            return
        yield event


def _read_mapping(events: Iterator[kinds.Event], start: kinds.Event, *, depth: int) -> Mapping[str, Json]:
    table: dict[str, Json] = {}
    for event in _until(events, kinds.MappingEndEvent):
        line = _line(event)
        if not isinstance(event, kinds.ScalarEvent):
            raise Unreadable("a key that is no plain text", line)
        if event.value in table:
            raise Unreadable(f"the key {event.value} is there twice", line, "keep one of them")
        table[event.value] = _read_value(events, next(events), depth=depth + 1)
    return table


def _resolve(text: str, line: int) -> Json:
    """Return what a value without quotes means in YAML 1.2."""
    if text in _WORDS:
        return _WORDS[text]
    plain = text.replace("_", "")
    try:
        if _INTEGER.fullmatch(text):
            return int(plain, 10 if plain.lstrip("+-").isdigit() else 0)
        return float(plain) if _FLOAT.fullmatch(text) else text
    except ValueError:
        raise Unreadable("a number of too many digits", line, "put it in quotes") from None
