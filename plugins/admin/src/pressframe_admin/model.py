"""What the owner's screens are made of: accounts and roles, screens and their actions, and what an action answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import TypeAlias

import attrs
from attrs.validators import min_len

from pressframe.model import Card, Live
from pressframe_web import Request, Response

_SCREEN = re.compile(r"/admin/(?:[a-z0-9-]+/)*")
_LONGEST_VALUE = 100
_LONGEST_UNDO = 1_000


class Role(StrEnum):
    """What somebody may do on the owner's side.

    Attributes:
        OWNER: Everything.
        MODERATOR: What concerns the comments of all.
        AUTHOR: What concerns their own posts.
    """

    OWNER = "owner"
    MODERATOR = "moderator"
    AUTHOR = "author"


@attrs.frozen(kw_only=True)
class Account:
    """Who is signed in on the owner's side.

    Attributes:
        id: Never used again for somebody else.
        name: To be shown; the part of the address before the @ if none was given.
        author: Slug of the author as which they sign posts; empty for none.
    """

    id: int
    address: str
    name: str
    role: Role
    author: str = ""

    def writes(self, card: Card) -> bool:
        """Say whether they are among the authors of an entry."""
        return self.author != "" and any(author.slug == self.author for author in card.authors)


def _cut(values: Mapping[str, str | int]) -> Mapping[str, str | int]:
    """Return *values*, long ones cut: they travel in a cookie."""
    cut = {
        name: f"{value[: _LONGEST_VALUE - 1]}…" if isinstance(value, str) and len(value) > _LONGEST_VALUE else value
        for name, value in values.items()
    }
    return MappingProxyType(cut)


def _is_short(_: object, field: attrs.Attribute[Mapping[str, str]], value: Mapping[str, str]) -> None:
    if sum(len(name) + len(text) for name, text in value.items()) > _LONGEST_UNDO:
        raise ValueError(
            f"{field.name} may hold {_LONGEST_UNDO} characters: store what is to be undone, and name it here"
        )


def _own(_: object, field: attrs.Attribute[str], value: str) -> None:
    if not value.startswith("/admin/"):
        raise ValueError(f'{field.name} must be a path that begins with /admin/, got "{value}"')


@attrs.frozen(kw_only=True)
class Undo:
    """How to take back what has just been done: a form that is sent when its button is pressed.

    Attributes:
        action: Path of an ``Action`` that takes POST.
        fields: What is sent to it, beside the form's token; short.
        label: Of the button; English, translated when shown.
    """

    action: str = attrs.field(validator=_own)
    fields: Mapping[str, str] = attrs.field(factory=dict, validator=_is_short)
    label: str = "Undo"


@attrs.frozen(kw_only=True)
class Flash:
    """A sentence that the next page says once: "3 comments approved. Undo".

    Attributes:
        text: English, translated when shown. In the code's own words only: what people typed goes into *values*.
        plural: Another one for a *count* that wants the plural; holds ``%(num)s`` where the count stands.
        values: What stands in ``%(name)s``; long texts are cut.
        problem: True if it says that something was not done.
    """

    text: str
    plural: str = ""
    count: int = 1
    values: Mapping[str, str | int] = attrs.field(factory=dict, converter=_cut)
    undo: Undo | None = None
    problem: bool = False


@attrs.frozen(kw_only=True)
class Done:
    """An answer: something was done, and the browser goes on to a screen, which says so.

    Attributes:
        location: Path on the owner's side; sent with status 303.
    """

    location: str = attrs.field(validator=_own)
    flash: Flash | None = None


@attrs.frozen(kw_only=True)
class Tile:
    """A card on the dashboard.

    Attributes:
        title: English, translated when shown, as is *text*.
        value: The figure or the few words that matter.
        text: What else there is to say; the code's own words, with ``%(name)s`` for *values*.
        location: Path that the card leads to; empty for none.
    """

    title: str
    value: str | int = ""
    text: str = ""
    values: Mapping[str, str | int] = attrs.field(factory=dict, converter=_cut)
    location: str = ""


Endpoint: TypeAlias = Callable[[Request, Live, Account], Response | Done]


def _roles(roles: Iterable[Role]) -> frozenset[Role]:
    return frozenset(Role(role) for role in roles)


@attrs.frozen(kw_only=True)
class Action:
    """Something that a screen answers: a page that it shows, or a form that it takes.

    Attributes:
        methods: ``("POST",)``; HEAD comes with GET. What is no GET changes something, and must bring the form's token.
        path: Within the screen's: ``/admin/comments/{id}``; names in braces arrive in ``Request.parameters``.
        endpoint: Called in a worker thread with the request, the site and who is signed in; a ``Response`` with a page
            is rendered in the shell, if its template extends ``admin/base.html``.
        roles: Who may; None for all who may see the screen.
        takes_files: True for a form of the type multipart/form-data: ``pressframe_web.uploads.read_files`` returns its
            files, ``Request.form`` has the other fields.
    """

    methods: tuple[str, ...] = attrs.field(default=("GET",), validator=min_len(1))
    path: str = attrs.field(validator=_own)
    endpoint: Endpoint
    roles: frozenset[Role] | None = attrs.field(default=None, converter=attrs.converters.optional(_roles))
    takes_files: bool = False


def _actions(actions: Iterable[Action]) -> tuple[Action, ...]:
    return tuple(actions)


def _is_screen(_: object, field: attrs.Attribute[str], value: str) -> None:
    if not _SCREEN.fullmatch(value):
        raise ValueError(f'{field.name} must look like "/admin/comments/", got "{value}"')


def _are_within(screen: Screen, field: attrs.Attribute[tuple[Action, ...]], value: tuple[Action, ...]) -> None:
    for action in value:
        if not action.path.startswith(screen.path):
            raise ValueError(f'{field.name} of the screen {screen.path} must lie below it, got "{action.path}"')
        if action.roles is not None and not action.roles <= screen.roles:
            raise ValueError(f"{field.name}: {action.path} allows a role that the screen {screen.path} does not")
    if not any(action.path == screen.path and "GET" in action.methods for action in value):
        raise ValueError(f"{field.name} must answer GET {screen.path}, where the navigation leads")


@attrs.frozen(kw_only=True)
class Screen:
    """A part of the owner's side, with a place in its navigation.

    Attributes:
        path: ``/admin/comments/``; all that it answers lies below.
        title: English, translated when shown.
        roles: Who may see it and use it; at least one.
        badge: Says how many things wait there for this account; 0 shows none.
        tile: Gives a card for this account's dashboard, or None.
        listed: False keeps it out of the navigation.
    """

    path: str = attrs.field(validator=_is_screen)
    title: str = attrs.field(validator=min_len(1))
    roles: frozenset[Role] = attrs.field(converter=_roles, validator=min_len(1))
    routes: tuple[Action, ...] = attrs.field(converter=_actions, validator=_are_within)
    badge: Callable[[Account, Live], int] | None = None
    tile: Callable[[Account, Live], Tile | None] | None = None
    listed: bool = True
