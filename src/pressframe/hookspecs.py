"""The contract between the core and its plugins: every hook, in the order in which a site calls them.

A hook's verb says how the answers of several plugins combine; the plugins' order in ``[site] plugins`` is their order.

* ``register_``: all answers are kept;
* ``find_``: the first answer that is not None is the answer;
* ``filter_``: each plugin changes the last one's result, and None leaves it as it is;
* ``judge_``: the strictest answer decides.

Stages say when a hook is called and what it may look at:

* **start**: once, when the site is opened; may look at its own settings and at *host*.
* **entry**: once for each version of an entry or comment; must be pure in its arguments, in any process and order.
* **plan**: once a build, with every entry known; pure in what it asks of *site*.
* **page**: for each page rendered; pure in its arguments and in what it asks of *site*.
* **live**: while the site is served, for a request or an event; may block, runs in a worker thread.

Failures, by the contract of each hook: **stop** ends the build with the plugin, the hook and the entry or page named,
and what was published stays; **shut** takes the safe answer (comment held, gate closed, reader a stranger) and logs the
plugin. An implementation may leave out any argument. Hooks are plain methods, never ``async``.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias, TypeVar

import attrs
import pluggy

from pressframe._installed import object_at

if TYPE_CHECKING:  # what a site's hooks do not need is not imported
    from concurrent.futures import Executor
    from datetime import datetime

    import click

    # isort: off
    # fmt: off
    from pressframe.model import (
        Asset, Block, Card, Comment, Comments, Engine, Entry, Gate, Host, Judgement, Loader, Page, Section, Sender,
        Teaser, View,
    )

Sanitizer: TypeAlias = Callable[[str], str]
Stage: TypeAlias = Literal["start", "entry", "plan", "page", "live"]
Failure: TypeAlias = Literal["stop", "shut"]
Spec = TypeVar("Spec", bound=Callable[..., object])

hookimpl = pluggy.HookimplMarker("pressframe")
_mark = pluggy.HookspecMarker("pressframe")


@attrs.frozen
class Contract:
    """What the core enforces of a hook.

    Attributes:
        stage: When it is called.
        failure: What becomes of the work when an implementation raises or answers wrongly.
        answer: The type of one answer (of one element, for ``register_``), or where it is, ``"package.module:Name"``,
            to be imported when there is an answer; None for any of the right shape.
    """

    stage: Stage
    failure: Failure
    answer: type | str | None = None

    @property
    def wanted(self) -> type | None:
        """The type of one answer."""
        return _type_at(self.answer) if isinstance(self.answer, str) else self.answer


_type_at = functools.cache(object_at)


def hookspec(stage: Stage, failure: Failure = "stop", *, answer: type | str | None = None) -> Callable[[Spec], Spec]:
    """Mark a function as a hook: its name, arguments and docstring are the contract, its body is empty.

    A plugin that others build on may declare hooks of its own: it names the module that holds them in its class
    attribute ``hookspecs``, and asks them through ``host.hooks.all(...)`` or ``host.hooks.first(...)``.
    """

    def mark(spec: Spec) -> Spec:
        setattr(spec, "contract", Contract(stage, failure, answer))  # noqa: B010 - functions have no typed attributes
        return _mark(spec)

    return mark


# --------------------------------------------------------------------------------------------------- loading


@hookspec("start", answer="pressframe.model:Loader")
def register_loaders(host: Host) -> Iterable[Loader]:
    """Bring loaders: objects that list sources cheaply and read one entry at a time.

    Called once when the site is opened. All loaders are kept; two of one name are an error.
    """


@hookspec("start", answer="pressframe.model:Engine")
def find_markup(format: str) -> Engine | None:
    """Give the engine that makes HTML of texts in *format*.

    Called once for each format that a loader names. The first answer wins; a format without an engine is an error.
    """


@hookspec("entry", answer="pressframe.model:Entry")
def filter_entry(entry: Entry) -> Entry | None:
    """Change an entry after its engine has run: text, terms, what the plugin keeps in ``data``.

    Called once for each version of an entry, and again for what each audience gets of it where that is not all, so that
    nothing derived from withheld text can reach others' pages. Must leave ``id``, ``kind`` and ``source`` alone.

    Args:
        entry: As loaded, or as the plugin before left it.
    """


# ---------------------------------------------------------------------------------------------------- gating


@hookspec("entry", "shut", answer="pressframe.model:Gate")
def judge_gate(entry: Entry, now: datetime) -> Gate | None:
    """Say which audiences an entry requires.

    Called once a build for each entry. Requirements add up: a reader needs every audience that any plugin names. None
    requires nothing. If a plugin fails, the entry is closed for everybody.

    Args:
        entry: Whole.
        now: The moment that the build is made for; say in ``Gate.until`` when the answer may change. An entry that
            will be gated later is answered with empty ``requires`` and that moment.
    """


@hookspec("entry", "shut", answer="pressframe.model:Teaser")
def find_teaser(entry: Entry, gate: Gate) -> Teaser | None:
    """Give the public part of a closed entry.

    Called once a build for each gated entry. The first answer wins; without one it is the text up to the author's mark,
    else nothing. If a plugin fails, it is nothing.

    Args:
        entry: Without its sections, before ``filter_entry``, which gets the public part by itself.
        gate: What closes it; all plugins' gates joined.
    """


@hookspec("entry", answer="pressframe.model:Section")
def register_sections(entry: Entry, text: str) -> Iterable[Section]:
    """Bring the parts of an entry's text that are for some audiences alone: for three at most, with its gate's.

    Called once for each version of an entry. All are kept; none may reach into another, nor over the author's mark.

    Args:
        entry: Whole, before ``filter_entry``, which gets what each set of these audiences may read by itself.
        text: What its HTML was made of. The line of a ``ContentError`` at ``Place("", line)`` counts in it.
    """


# -------------------------------------------------------------------------------------------------- comments


@hookspec("start", answer="pressframe.model:Comments")
def register_comments(host: Host) -> Iterable[Comments]:
    """Bring sources of accepted comments; each answers for many entries at once.

    Called once when the site is opened. All are kept, and their comments merged by time.
    """


@hookspec("live", "shut", answer="pressframe.model:Judgement")
def judge_comment(comment: Comment, entry: Card, now: datetime, sender: Sender, host: Host) -> Judgement | None:
    """Say what should become of a comment that a reader has just sent.

    Called once for each new comment, before it is stored. The strictest verdict wins and all reasons are kept; None
    abstains. With no answer at all, or if a plugin fails or takes too long, the comment is held.

    Args:
        comment: As received; its texts are untrusted.
        entry: The entry it replies to, as a stranger sees it.
        now: The server's time.
        sender: Who sent it, for judges alone; never shown.
    """


@hookspec("entry", "shut", answer=str)
def filter_comment(html: str, comment: Comment) -> str | None:
    """Change the HTML that a comment is shown as.

    Called once for each version of a comment. Each plugin gets the last one's result; the first gets the text escaped,
    in paragraphs. Whatever comes out goes through the sanitizer. If a plugin fails, the comment is shown as plain text.
    """


@hookspec("start", "shut")
def find_sanitizer() -> Sanitizer | None:
    """Give the function that makes untrusted HTML harmless.

    Called once when the site is opened; the first answer wins. The core runs it on every comment, after every filter;
    without one, and whenever it fails, comments are shown as plain escaped text.
    """


# ------------------------------------------------------------------------------------------------- rendering


@hookspec("start", answer=Path)
def register_templates() -> Iterable[Path]:
    """Bring folders of Jinja templates.

    Called once when the site is opened. All are kept: the site's own ``templates`` folder wins over them, and a later
    plugin over an earlier one. ``{% extends "journal:base.html" %}`` names a plugin's own, whoever else has one.
    """


@hookspec("start", answer=Path)
def register_translations() -> Iterable[Path]:
    """Bring folders of gettext catalogues, ``<language>/LC_MESSAGES/*.mo``.

    Called once when the site is opened. All are kept: the site's own ``locale`` folder wins over them, and a later
    plugin over an earlier one.
    """


@hookspec("start", answer="pressframe.model:Asset")
def register_assets() -> Iterable[Asset]:
    """Bring files to be published as they are.

    Called once when the site is opened. All are kept; two with one address are an error, unless their bytes are equal.
    The site's own ``static`` folder wins over them.
    """


@hookspec("start", answer=Mapping)
def register_filters() -> Mapping[str, Callable[..., object]]:
    """Bring pure functions for templates, by the name of the filter.

    Called once when the site is opened. All are kept; two of one name are an error.
    """


@hookspec("plan", answer="pressframe.model:Page")
def register_pages(site: View) -> Iterable[Page]:
    """Bring pages beyond those of the entries: indexes, feeds, a theme's style sheet.

    Called once a build, after every entry is known. All are kept; two with one address are an error that names both.

    Args:
        site: As a stranger sees it, without pages as yet.
    """


@hookspec("page", answer="pressframe.model:Block")
def register_blocks(slot: str, page: Page, site: View) -> Iterable[Block]:
    """Bring pieces for a slot of the theme: a form, a reminder, links in the head.

    Called for each slot in each page rendered. All are kept, in the order of the plugins. Slots of every theme:
    ``head``, ``before_body``, ``after_body`` (of an entry's text), ``after_entry``, ``aside``, ``footer``. In the text,
    ``withheld`` stands where its readers lack sections: ``page.data`` has their audiences (``requires``) and ``count``.

    Args:
        slot: Name of the slot.
        page: The page being rendered.
        site: As its readers see it.
    """


# -------------------------------------------------------------------------------------------------- building


@hookspec("start", answer="concurrent.futures:Executor")
def find_executor(host: Host) -> Executor | None:
    """Give the executor that loads entries and renders pages, in place of processes of this machine.

    Called in a build that has so much to do that several processes pay, or that was asked for several jobs; not where
    one was asked for. The first answer wins. It is used as a context manager: entered at once, and left when the build
    ends, however it does, so that what it holds open is let go of; each build wants a new one. If it fails, or loses a
    worker for good, the build stops, and what was published before stays.

    Its workers, threads, processes or other machines, open the site themselves, and only read in its folder: they have
    it under the same name, with the same plugins, and the same variables of the environment that settings name.
    """


# -------------------------------------------------------------------------------------------------- commands


@hookspec("start")
def register_commands(host: Host) -> Iterable[click.Command]:
    """Bring commands for ``pressframe``, bound to the site they are asked for.

    Called when the command line is not one of the core's own. All are kept; two of one name are an error.
    """
