"""The typed front of the hooks: one function a hook, which asks every plugin and combines the answers.

pluggy finds and registers the implementations; its call loop is not used. A chain for each hook is frozen when the site
is opened: it keeps the order of ``[site] plugins``, names the plugin that fails and checks the type of each answer.
"""

from __future__ import annotations

import html
import logging
import re
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import attrs
import pluggy

from pressframe import hookspecs
from pressframe.errors import HookError, Place, PressframeError
from pressframe.hookspecs import Contract, Sanitizer

# isort: off
# fmt: off
from pressframe.model import (
    Asset, Block, Card, Comment, Comments, Conversation, Engine, Entry, Gate, Host, Job, Judgement, Loader, Mailer,
    Page, Reader, Request, Route, Teaser, Verdict, View,
)
# fmt: on
# isort: on

if TYPE_CHECKING:
    import click

log = logging.getLogger("pressframe")

NOBODY = "nobody"
"""An audience that no reader ever has: what a gate requires when the plugin that judges it fails."""

_STRICTNESS: tuple[Conversation, ...] = ("shown", "counted", "hidden")


@attrs.frozen
class _Call:
    """One implementation; ``positions`` of the hook's arguments that it takes, None for all of them in order."""

    plugin: str
    function: Callable[..., Any]
    positions: tuple[int, ...] | None

    def __call__(self, *arguments: object) -> Any:
        if self.positions is None:
            return self.function(*arguments)
        return self.function(*[arguments[position] for position in self.positions])


@attrs.frozen
class _Chain:
    """All implementations of one hook, in the order of the plugins."""

    hook: str
    contract: Contract
    calls: tuple[_Call, ...]

    def guarded(self, call: _Call, arguments: tuple[object, ...], *, many: bool = False) -> Any:
        """Return the call's answer, checked.

        With *many* it is an iterable, exhausted here so that its errors are the plugin's.

        Raises:
            HookError: The plugin failed or answered wrongly.
            PressframeError: One that the plugin raised on purpose.
        """
        try:
            answer = call(*arguments)
            answers = tuple(answer) if many and not isinstance(answer, Mapping) and answer is not None else answer
        except (PressframeError, KeyboardInterrupt, SystemExit, GeneratorExit):
            raise
        except BaseException as error:  # parts written in Rust panic with a BaseException
            raise self._failure(call, error, arguments) from error
        for one in answers if isinstance(answers, tuple) and many else (answers,):
            self._check(call, one, arguments)
        return answers

    def _check(self, call: _Call, answer: object, arguments: tuple[object, ...]) -> None:
        wanted = self.contract.answer
        if wanted is None or answer is None or isinstance(answer, wanted):
            return
        code = getattr(call.function, "__code__", None)
        raise HookError(
            f"{call.plugin} answered {self.hook} with {type(answer).__name__}; {_article(wanted.__name__)} is wanted"
            + _while(arguments),
            plugin=call.plugin,
            hook=self.hook,
            at=Place(code.co_filename, code.co_firstlineno) if code else None,
        )

    def _failure(self, call: _Call, error: BaseException, arguments: tuple[object, ...]) -> HookError:
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename != __file__]
        last = frames[-1] if frames else None
        return HookError(
            f"{call.plugin} failed in {self.hook}: {type(error).__name__}: {error}" + _while(arguments),
            plugin=call.plugin,
            hook=self.hook,
            at=Place(last.filename, last.lineno) if last else None,
            fix=(f"{last.line}\n  " if last and last.line else "")
            + f"mend the plugin, or take {call.plugin} out of [site] plugins",
        )


@contextmanager
def working(plugin: str, method: str, subject: str) -> Iterator[None]:
    """Name *plugin* when an object that it brought fails in *method* while working on *subject*.

    Raises:
        HookError: It failed otherwise than on purpose.
    """
    try:
        yield
    except (PressframeError, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:  # parts written in Rust panic with a BaseException
        last = traceback.extract_tb(error.__traceback__)[-1]
        raise HookError(
            f"{plugin} failed in {method}: {type(error).__name__}: {error}, while working on {subject}",
            plugin=plugin,
            hook=method,
            at=Place(last.filename, last.lineno),
        ) from error


def _article(name: str) -> str:
    return f"{'an' if name[0] in 'AEIOU' else 'a'} {name}"


def _while(arguments: tuple[object, ...]) -> str:
    """Return what a hook was working on, told from its arguments."""
    for argument in arguments:
        match argument:
            case Entry(id=id, source=source):
                return f", while working on the entry {source.place.file if source.place else id}"
            case Page(address=address):
                return f", while working on the page {address}"
            case Comment(id=id, entry=entry):
                return f", while working on comment {id} of {entry}"
    return ""


class Hooks:
    """Every hook of a site as a function. What the answers mean, and how they combine: ``pressframe.hookspecs``."""

    def __init__(self, plugins: Iterable[tuple[str, object]], declared: Iterable[ModuleType] = ()) -> None:
        """Freeze the chains of *plugins*, name and instance, which have been checked before.

        Args:
            declared: Modules of hooks that plugins add to the core's.
        """
        manager = pluggy.PluginManager("pressframe")
        for module in (hookspecs, *declared):
            manager.add_hookspecs(module)
        order = []
        for name, plugin in plugins:
            manager.register(plugin, name=name)
            order.append(name)
        self._chains = {
            name: _freeze(caller, order) for name, caller in vars(manager.hook).items() if caller.has_spec()
        }
        self._kept: dict[str, tuple[tuple[str, Any], ...]] = {}
        self._sanitizer: Sanitizer | None = self.first("find_sanitizer")

    def implementers(self, hook: str) -> tuple[str, ...]:
        """Return the names of the plugins that implement *hook*, in the order in which they are asked."""
        return tuple(call.plugin for call in self._chains[hook].calls)

    # ------------------------------------------------------------------------------- how answers combine

    def all(self, hook: str, *arguments: object) -> tuple[tuple[str, Any], ...]:
        chain = self._chains[hook]
        return tuple(
            (call.plugin, one) for call in chain.calls for one in chain.guarded(call, arguments, many=True) or ()
        )

    def first(self, hook: str, *arguments: object) -> Any:
        """Return the first answer that is not None, as ``find_`` hooks combine."""
        chain = self._chains[hook]
        for call in chain.calls:
            answer = chain.guarded(call, arguments)
            if answer is not None:
                return answer
        return None

    def _shut(self, hook: str, error: PressframeError, outcome: str) -> None:
        who = f"{error.plugin}: " if isinstance(error, HookError) else ""
        log.error("%s%s %s", who, error, outcome, extra={"hook": hook})

    # ------------------------------------------------------------------------------------------- loading

    def register_loaders(self, host: Host) -> tuple[tuple[str, Loader], ...]:
        return self.all("register_loaders", host)

    def find_markup(self, format: str) -> Engine | None:
        return self.first("find_markup", format)  # type: ignore[no-any-return] # any object of the right shape will do

    def filter_entry(self, entry: Entry) -> Entry:
        chain = self._chains["filter_entry"]
        for call in chain.calls:
            answer: Entry | None = chain.guarded(call, (entry,))
            if answer is None:
                continue
            if (answer.id, answer.kind, answer.source) != (entry.id, entry.kind, entry.source):
                raise HookError(
                    f"{call.plugin} changed id, kind or source in filter_entry" + _while((entry,)),
                    plugin=call.plugin,
                    hook="filter_entry",
                    fix="these belong to the loader; change other fields, or keep what you need in data",
                )
            entry = answer
        return entry

    # -------------------------------------------------------------------------------------------- gating

    def judge_gate(self, entry: Entry, now: datetime) -> Gate | None:
        chain = self._chains["judge_gate"]
        gates: list[Gate] = []
        for call in chain.calls:
            try:
                gate = chain.guarded(call, (entry, now))
            except PressframeError as error:
                self._shut("judge_gate", error, "The entry is closed for everybody.")
                gate = Gate(requires=frozenset({NOBODY}), reason=f"{call.plugin} failed")
            if gate is not None:
                gates.append(gate)
        return _join(gates)

    def find_teaser(self, entry: Entry, gate: Gate) -> Teaser | None:
        try:
            return self.first("find_teaser", entry, gate)  # type: ignore[no-any-return] # checked by the contract
        except PressframeError as error:
            self._shut("find_teaser", error, "Nothing of the entry is shown.")
            return Teaser(html="")

    def find_reader(self, request: Request, host: Host) -> Reader | None:
        try:
            return self.first("find_reader", request, host)  # type: ignore[no-any-return] # checked by the contract
        except PressframeError as error:
            self._shut("find_reader", error, "The reader is taken for a stranger.")
            return None

    # ------------------------------------------------------------------------------------------ comments

    def register_comments(self, host: Host) -> tuple[tuple[str, Comments], ...]:
        return self.all("register_comments", host)

    def judge_comment(self, comment: Comment, entry: Card, now: datetime) -> tuple[Judgement, ...]:
        """Return every judgement, the strictest first; a hold where nobody judges or a judge fails."""
        chain = self._chains["judge_comment"]
        judgements: list[Judgement] = []
        for call in chain.calls:
            try:
                judgement = chain.guarded(call, (comment, entry, now))
            except PressframeError as error:
                self._shut("judge_comment", error, "The comment is held.")
                judgement = Judgement(verdict=Verdict.HOLD, reason=f"{call.plugin} failed")
            if judgement is not None:
                judgements.append(judgement)
        if not judgements:
            judgements.append(Judgement(verdict=Verdict.HOLD, reason="no rule spoke for it"))
        return tuple(sorted(judgements, key=lambda judgement: -judgement.verdict))

    def filter_comment(self, comment: Comment) -> str:
        """Return the HTML that *comment* is shown as: through every filter, then always through the sanitizer."""
        plain = _plain(comment.body)
        if self._sanitizer is None:
            return plain
        chain, text = self._chains["filter_comment"], plain if comment.format == "text" else comment.body
        try:
            for call in chain.calls:
                text = chain.guarded(call, (text, comment)) or text
            return self._sanitizer(text)
        except (KeyboardInterrupt, SystemExit, GeneratorExit):
            raise
        except BaseException as error:  # noqa: BLE001 - a sanitizer is a stranger's function, too
            log.error("%s The comment %s is shown as plain text.", error, comment.id, extra={"hook": "filter_comment"})
            return plain

    # ----------------------------------------------------------------------------------------- rendering

    def register_templates(self) -> tuple[tuple[str, Path], ...]:
        return self.all("register_templates")

    def register_translations(self) -> tuple[tuple[str, Path], ...]:
        return self.all("register_translations")

    def register_assets(self) -> tuple[tuple[str, Asset], ...]:
        return self.all("register_assets")

    def register_filters(self) -> tuple[tuple[str, Mapping[str, Callable[..., object]]], ...]:
        chain = self._chains["register_filters"]
        return tuple((call.plugin, chain.guarded(call, ()) or {}) for call in chain.calls)

    def register_pages(self, site: View) -> tuple[tuple[str, Page], ...]:
        return self.all("register_pages", site)

    def register_blocks(self, slot: str, page: Page, site: View) -> tuple[Block, ...]:
        chain = self._chains["register_blocks"]
        arguments = (slot, page, site)
        return tuple(one for call in chain.calls for one in chain.guarded(call, arguments, many=True) or ())

    # ------------------------------------------------------------------------------------------- serving

    def register_routes(self, host: Host) -> tuple[tuple[str, Route], ...]:
        return self.all("register_routes", host)

    def find_mailer(self, host: Host) -> Mailer | None:
        return self.first("find_mailer", host)  # type: ignore[no-any-return] # any object of the right shape will do

    def register_jobs(self, host: Host) -> tuple[tuple[str, Job], ...]:
        return self.all("register_jobs", host)

    def register_migrations(self) -> tuple[tuple[str, Path], ...]:
        return self.all("register_migrations")

    def register_commands(self, host: Host) -> tuple[tuple[str, click.Command], ...]:
        return self.all("register_commands", host)


def _freeze(caller: pluggy.HookCaller, order: list[str]) -> _Chain:
    """Return the chain of one hook; pluggy would call the last registered first."""
    spec = caller.spec
    assert spec is not None
    calls = []
    for implementation in sorted(caller.get_hookimpls(), key=lambda one: order.index(one.plugin_name)):
        positions = tuple(spec.argnames.index(name) for name in implementation.argnames)
        everything = positions == tuple(range(len(spec.argnames)))
        calls.append(_Call(implementation.plugin_name, implementation.function, None if everything else positions))
    return _Chain(caller.name, spec.function.contract, tuple(calls))  # type: ignore[attr-defined] # set by hookspecs


def _join(gates: list[Gate]) -> Gate | None:
    """Return one gate that requires what all of them require; None if there are none."""
    if not gates:
        return None
    closed = [gate for gate in gates if gate.requires]
    return Gate(
        requires=frozenset().union(*(gate.requires for gate in gates)),
        until=min((gate.until for gate in gates if gate.until), default=None),
        reason="; ".join(gate.reason for gate in closed or gates),
        conversation=max((gate.conversation for gate in closed), key=_STRICTNESS.index, default="hidden"),
    )


def _plain(text: str) -> str:
    """Return *text* as escaped paragraphs."""
    paragraphs = re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip())
    return "\n".join(f"<p>{html.escape(paragraph).replace(chr(10), '<br>')}</p>" for paragraph in paragraphs)
