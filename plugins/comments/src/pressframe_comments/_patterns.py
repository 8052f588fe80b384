"""Lists of words, names, addresses, sites and networks, and which of them a comment bears."""

from __future__ import annotations

import functools
import ipaddress
import re
from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import TypeAlias
from urllib.parse import urlsplit

import attrs

from pressframe.errors import ConfigError, Place
from pressframe.files import stamp
from pressframe.model import Comment
from pressframe_comments._folding import normalized
from pressframe_comments._links import split_links
from pressframe_comments._reasons import Reason

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

KINDS = ("word", "name", "mail", "site", "network")


def _(text: str) -> str:
    return text  # marks what is translated when shown


_FOUND = {
    "word": _("it says “%(text)s”"),
    "name": _("its name fits “%(text)s”"),
    "mail": _("its address fits “%(text)s”"),
    "site": _("it leads to “%(text)s”"),
    "network": _("it came from %(text)s"),
}
_KIND = re.compile(r"([a-z]+):(?!//)\s*(.*)", re.DOTALL)
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_WORD = re.compile(r"\w+")


def fold(text: str) -> str:
    """Return *text* as it is compared: case, forms of one letter and characters that nobody sees make no difference."""
    return (text if text.isascii() else normalized("NFKC", _UNSEEN.sub("", text))).casefold()


def hosts(comment: Comment) -> tuple[str, ...]:
    """Return the hosts that *comment* leads to, each once: its author's site, then the links in its text."""
    urls = [comment.url, *(url for _, url in split_links(comment.body))]
    return tuple(dict.fromkeys(host for url in urls if url and (host := _host(url))))


def _host(url: str) -> str:
    try:
        return fold(urlsplit(url).hostname or "").strip(".")
    except ValueError:
        return ""


@attrs.frozen(kw_only=True)
class Traits:
    """What a comment is looked through for, folded; made once a comment.

    Attributes:
        text: Author, site and text in lines.
        client: The neighbourhood on the network; None if it is unknown.
    """

    text: str
    words: frozenset[str]
    name: str
    mail: str
    hosts: tuple[str, ...]
    client: Network | None

    @classmethod
    def of(cls, comment: Comment, *, email: str = "", client: str = "") -> Traits:
        """Return the traits of *comment*, sent with *email* from the network address *client*, or a neighbourhood."""
        text = fold("\n".join((comment.author, comment.url or "", comment.body)))
        return cls(
            text=text,
            words=frozenset(_WORD.findall(text)),
            name=fold(comment.author),
            mail=fold(email),
            hosts=hosts(comment),
            client=_network(client),
        )


@functools.lru_cache(maxsize=1024)
def _network(text: str) -> Network | None:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


@attrs.frozen
class Pattern:
    """One line of a list.

    Attributes:
        kind: One of ``KINDS``.
        text: As it was written, without its kind.
        fits: Tells whether a comment bears it.
    """

    kind: str
    text: str
    fits: Callable[[Traits], bool] = attrs.field(repr=False, eq=False)

    @classmethod
    def read(cls, line: str) -> Pattern:
        """Return the pattern that *line* writes: ``viagra``, ``mail:*@spam.example``, ``network:203.0.113.0/24``.

        Raises:
            ValueError: It is none; says why and how to write it.
        """
        found = _KIND.fullmatch(line.strip())
        kind, text = (found[1], found[2].strip()) if found else ("word", line.strip())
        if kind not in KINDS:
            near = get_close_matches(kind, KINDS, 1)
            hint = f'did you mean "{near[0]}:{text}"? A' if near else "A"
            kinds = ", ".join(KINDS)
            raise ValueError(
                f'"{line.strip()}" begins with no kind of pattern ({kinds}); {hint}s a word it is "word:{line.strip()}"'
            )
        if not _WORD.search(text) and not (kind == "word" and text.strip("*")):
            raise ValueError(f'"{line.strip()}" would fit everything or nothing; write what it should fit')
        return cls(kind, text, _MAKERS[kind](fold(text)))

    @property
    def found(self) -> Reason:
        """What is said of a comment that bears it; completes "held because …"."""
        return Reason(_FOUND[self.kind], text=self.text)


def _fits_glob(pieces: list[str], text: str) -> bool:
    """Tell whether *text* has *pieces* in order, the first at its start and the last at its end; in one pass."""
    first, last = pieces[0], pieces[-1]
    if len(pieces) == 1:
        return text == first
    if len(text) < len(first) + len(last) or not text.startswith(first) or not text.endswith(last):
        return False
    at, end = len(first), len(text) - len(last)
    for piece in pieces[1:-1]:
        found = text.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True


def _word(text: str) -> Callable[[Traits], bool]:
    if "*" in text:
        pieces = text.split("*")
        longest = max(pieces, key=len)
        return lambda traits: (
            longest in traits.text and any(_fits_glob(pieces, word) for word in traits.words if longest in word)
        )
    if _WORD.fullmatch(text):
        return lambda traits: text in traits.words
    whole = re.compile(rf"(?<!\w){re.escape(text)}(?!\w)")
    return lambda traits: text in traits.text and whole.search(traits.text) is not None


def _name(text: str) -> Callable[[Traits], bool]:
    pieces = text.split("*")
    return lambda traits: _fits_glob(pieces, traits.name)


def _is_host(text: str) -> Callable[[str], bool]:
    """Return what tells whether a host is *text* or lies under it."""
    if "*" in text:
        pieces = text.split("*")
        return lambda host: _fits_glob(pieces, host)
    below = "." + text.strip(".")
    return lambda host: ("." + host).endswith(below)


def _mail(text: str) -> Callable[[Traits], bool]:
    if text.startswith("@") or "@" not in text:
        is_host = _is_host(text.removeprefix("@"))
        return lambda traits: is_host(traits.mail.rpartition("@")[2]) if traits.mail else False
    pieces = text.split("*")
    return lambda traits: _fits_glob(pieces, traits.mail)


def _site(text: str) -> Callable[[Traits], bool]:
    is_host = _is_host(_host(text) if "://" in text else text)
    return lambda traits: any(is_host(host) for host in traits.hosts)


def _near(text: str) -> Callable[[Traits], bool]:
    network = _network(text)
    if network is None:
        raise ValueError(f'"{text}" is no network; write one such as 203.0.113.0/24 or 2001:db8:7::/48')
    return lambda traits: (
        traits.client is not None and traits.client.version == network.version and traits.client.overlaps(network)
    )


_MAKERS = {"word": _word, "name": _name, "mail": _mail, "site": _site, "network": _near}


def read_patterns(lines: Iterable[str]) -> tuple[Pattern, ...]:
    """Return a pattern a line.

    Raises:
        ValueError: A line is none.
    """
    return tuple(map(Pattern.read, lines))


def are_patterns(_: object, __: attrs.Attribute[tuple[str, ...]], lines: tuple[str, ...]) -> None:
    """Check a setting that is a list of patterns."""
    read_patterns(lines)


class PatternFile:
    """A file of patterns, one a line, read again whenever it has changed; ``#`` begins a remark.

    Args:
        file: It need not be there before it is asked for.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._kept: tuple[object, tuple[Pattern, ...]] = (None, ())

    def patterns(self) -> tuple[Pattern, ...]:
        """Return what the file says now.

        Raises:
            ConfigError: It is not there, no text, or has a line that is no pattern.
        """
        try:
            seen = stamp(self._file)
            if seen != self._kept[0]:
                self._kept = seen, tuple(self._read(self._file.read_text("utf-8-sig")))
        except (OSError, UnicodeDecodeError) as error:
            fix = "write the file in UTF-8, one pattern a line, or take it out of [plugins.comments]"
            at = Place(str(self._file))
            raise ConfigError(f"the list of patterns cannot be read: {error}", at=at, fix=fix) from None
        return self._kept[1]

    def _read(self, text: str) -> Iterator[Pattern]:
        for number, line in enumerate(text.splitlines(), 1):
            if not line.strip() or line.lstrip().startswith("#"):
                continue
            try:
                yield Pattern.read(line)
            except ValueError as error:
                raise ConfigError(str(error), at=Place(str(self._file), number)) from None


class Lists:
    """What settings and files say, kept as patterns until they say something else."""

    def __init__(self) -> None:
        self._settings: dict[tuple[str, ...], tuple[Pattern, ...]] = {}
        self._files: dict[Path, PatternFile] = {}

    def of(self, lines: tuple[str, ...], file: Path | None) -> tuple[Pattern, ...]:
        """Return the patterns of *lines*, then those of *file*.

        Raises:
            ValueError: One of *lines* is no pattern.
            ConfigError: As ``PatternFile.patterns``.
        """
        if lines not in self._settings:
            self._settings[lines] = read_patterns(lines)
        if file is None:
            return self._settings[lines]
        return self._settings[lines] + self._files.setdefault(file, PatternFile(file)).patterns()
