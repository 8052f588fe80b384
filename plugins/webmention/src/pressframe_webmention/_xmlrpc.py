"""XML-RPC as far as pingbacks need it: one call read, one answer written, and the other way round."""

from __future__ import annotations

from html import escape
from xml.parsers import expat

LONGEST = 16_384
"""Bytes of a call: two addresses, and some."""
_DEEPEST = 12


class UnreadableError(ValueError):
    """It is no call or answer that a pingback could be."""


class _Values:
    """The method's name and the texts in a call or an answer, with the member's name where one is a struct's."""

    def __init__(self) -> None:
        self.method = ""
        self.values: list[tuple[str, str]] = []
        self.is_fault = False
        self._path: list[str] = []
        self._text: list[str] = []
        self._name = ""

    def start(self, tag: str, attributes: object) -> None:
        self._path.append(tag)
        self._text.clear()
        self.is_fault = self.is_fault or tag == "fault"
        if len(self._path) > _DEEPEST:
            raise UnreadableError("nested too deeply")

    def text(self, data: str) -> None:
        self._text.append(data)

    def end(self, tag: str) -> None:
        self._path.pop()
        text = "".join(self._text).strip()
        if tag == "methodName":
            self.method = text
        elif tag == "name":
            self._name = text
        elif tag in ("string", "int", "i4") or (tag == "value" and text):
            self.values.append((self._name, text))
        self._text.clear()


def _read(body: bytes) -> _Values:
    def refuse(*_: object) -> None:
        raise UnreadableError("a DOCTYPE or an entity")  # no bombs, nothing fetched

    found, parser = _Values(), expat.ParserCreate()
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    parser.StartElementHandler, parser.EndElementHandler = found.start, found.end
    parser.CharacterDataHandler = found.text
    try:
        parser.Parse(body[: LONGEST + 1], True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise UnreadableError(str(error)) from None
    return found


def read_call(body: bytes) -> tuple[str, list[str]]:
    """Return the method that is called and its arguments, as texts.

    Raises:
        UnreadableError: It is no call, or holds what no pingback has.
    """
    found = _read(body)
    if not found.method:
        raise UnreadableError("no method is called")
    return found.method, [text for _, text in found.values]


def read_answer(body: bytes) -> tuple[int, str]:
    """Return the fault that an answer tells, with its text; 0 if it is none.

    Raises:
        UnreadableError: It is no answer.
    """
    found = _read(body)
    members = dict(found.values)
    if not found.is_fault:
        if not found.values:
            raise UnreadableError("no value")
        return 0, found.values[0][1]
    code = members.get("faultCode", "")
    return int(code) if code.isascii() and code.isdigit() and len(code) < 9 else -1, members.get("faultString", "")


def write_call(method: str, *texts: str) -> bytes:
    """Return a call with *texts* as its arguments."""
    params = "".join(f"<param><value><string>{escape(text)}</string></value></param>" for text in texts)
    return _xml(f"<methodCall><methodName>{escape(method)}</methodName><params>{params}</params></methodCall>")


def write_answer(text: str) -> bytes:
    """Return an answer that says *text*."""
    value = f"<value><string>{escape(text)}</string></value>"
    return _xml(f"<methodResponse><params><param>{value}</param></params></methodResponse>")


def write_fault(code: int, text: str) -> bytes:
    """Return an answer that tells a fault."""
    members = (
        f"<member><name>faultCode</name><value><int>{code}</int></value></member>"
        f"<member><name>faultString</name><value><string>{escape(text)}</string></value></member>"
    )
    return _xml(f"<methodResponse><fault><value><struct>{members}</struct></value></fault></methodResponse>")


def _xml(content: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{content}'.encode()
