"""Elements of an XML export, one after the other, in bounded memory and with no entities."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import IO
from xml.etree.ElementTree import Element, ParseError

import attrs

from pressframe.errors import ContentError, Place

_CONTROL = bytes(32 if code < 32 and code not in (9, 10, 13) else code for code in range(256))


@attrs.frozen
class _Legal:
    """A file without control characters, which XML forbids and other systems export all the same."""

    file: IO[bytes]

    def read(self, size: int = -1) -> bytes:
        return self.file.read(size).translate(_CONTROL)


def elements(file: Path, label: str, names: Collection[str], *, depth: int) -> Iterator[Element]:
    """Yield each element at *depth* that is called one of *names*, whatever its namespace, with all that is in it.

    Args:
        label: What messages call the file.
        depth: How many elements are around it.

    Raises:
        ContentError: It is not well-formed, or declares a document type, which could name other files or grow.
    """
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import iterparse

    above: list[Element] = []
    try:
        with file.open("rb") as opened:
            for event, element in iterparse(_Legal(opened), events=("start", "end"), forbid_dtd=True):
                if event == "start":
                    above.append(element)
                    continue
                above.pop()
                if len(above) == depth:
                    if local(element) in names:
                        yield element
                    above[-1].remove(element)
    except ParseError as error:
        line, _ = error.position
        fix = "is the file whole, and in the encoding that its first line names?"
        raise ContentError(f"not well-formed XML: {error.msg}", at=Place(label, line), fix=fix) from error
    except (DefusedXmlException, LookupError, ValueError) as error:
        raise ContentError(f"no export: {error}", at=Place(label), fix="export the comments again") from error


def local(element: Element) -> str:
    """Return the name of *element* without its namespace."""
    return element.tag.rpartition("}")[2]


def child(element: Element, name: str) -> Element | None:
    """Return the first child called *name*, whatever its namespace; None if there is none."""
    return next((one for one in element if local(one) == name), None)


def text(element: Element | None, name: str) -> str:
    """Return the text of a child without white space around it; empty if there is none."""
    found = None if element is None else child(element, name)
    return "" if found is None else (found.text or "").strip()


def attribute(element: Element | None, name: str) -> str:
    """Return an attribute whatever its namespace; empty if there is none."""
    if element is None:
        return ""
    return next((value.strip() for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")
