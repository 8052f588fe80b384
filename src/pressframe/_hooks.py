"""The typed front of the hooks: one function a hook, which asks every plugin and combines the answers.

pluggy finds and registers the implementations; its call loop is not used. A chain for each hook is frozen when the site
is opened: it keeps the order of ``[site] plugins``, names the plugin that fails and checks the type of each answer.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from operator import itemgetter
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import attrs
import pluggy

from pressframe import hookspecs, model
from pressframe.errors import HookError, Place, PressframeError
from pressframe.hookspecs import Contract, Sanitizer

if TYPE_CHECKING:
    # isort: off
    # fmt: off
    from pressframe.model import (
        Block, Card, Comment, Comments, Conversation, Engine, Entry, Gate, Host, Judgement, Loader, Page, Sender,
        Teaser, View,
    )
    # fmt: on
    # isort: on

T = TypeVar("T")

_HERE = Path(__file__).parent


class _Nobody(str):
    """An audience that equals no other, so that nobody can be given it."""

    __eq__ = object.__eq__
    __hash__ = object.__hash__


NOBODY = _Nobody("nobody")
"""What a gate requires when the plugin that judges it fails."""

_PASSED = (PressframeError, KeyboardInterrupt, SystemExit, GeneratorExit)
_ASKER = "<lambda>"
"""What asks a plugin's part for its answer; the failure is the part's."""
_STRICTNESS: tuple[Conversation, ...] = ("shown", "counted", "hidden")

Witness: TypeAlias = Callable[[str, str, tuple[object, ...], Callable[[], Any]], Any]
"""Has a plugin answer, and looks on: gets the plugin, the hook, its arguments, and what asks; returns the answer."""
_witness: ContextVar[Witness | None] = ContextVar("witness", default=None)


@contextmanager
def witnessed(by: Witness | None) -> Iterator[None]:
    """Have *by* look on whenever a plugin is asked meanwhile, in this thread."""
    before = _witness.set(by)
    try:
        yield
    finally:
        _witness.reset(before)


find_witness = _witness.get
"""Returns who looks on now."""


@attrs.frozen
class _Call:
    """One implementation; ``invoke`` hands it those of the hook's arguments that it takes."""

    plugin: str
    function: Callable[..., Any]
    invoke: Callable[[tuple[Any, ...]], Any]


@attrs.frozen
class _Chain:
    """All implementations of one hook, in the order of the plugins."""

    hook: str
    contract: Contract
    calls: tuple[_Call, ...]
    keeps_all: bool

    def ask(self, call: _Call, arguments: tuple[object, ...]) -> Any:
        """Return the call's answer, checked, before a witness if there is one.

        Raises:
            HookError, PressframeError: As ``answer``.
        """
        witness = _witness.get()
        if witness is None:
            return self.answer(call, arguments)
        return witness(call.plugin, self.hook, arguments, lambda: self.answer(call, arguments))

    def answer(self, call: _Call, arguments: tuple[object, ...]) -> Any:
        """Return the call's answer, checked; an iterable is exhausted here, so that its errors are the plugin's.

        Raises:
            HookError: The plugin failed or answered wrongly.
            PressframeError: One that the plugin raised on purpose.
        """
        try:
            answer = call.invoke(arguments)
            if self.keeps_all and answer == []:  # what most plugins have for most slots
                return ()
            many = self.keeps_all and answer is not None and not isinstance(answer, Mapping)
            if many and not isinstance(answer, Iterable):
                raise self.odd(call, answer, "list", arguments)
            answers = tuple(answer) if many else (answer,)
        except _PASSED:
            raise
        except BaseException as error:  # parts written in Rust panic with a BaseException
            raise _failure(call.plugin, self.hook, _subject(arguments), error) from error
        for one in answers:
            wanted = None if one is None else self.contract.wanted
            if wanted is not None and not isinstance(one, wanted):
                raise self.odd(call, one, wanted.__name__, arguments)
        return answers if many else answer

    def odd(self, call: _Call, answer: object, wanted: str, arguments: tuple[object, ...]) -> HookError:
        code = getattr(call.function, "__code__", None)
        article, got = "an" if wanted[0] in "AEIOU" else "a", type(answer).__name__
        message = f"{call.plugin} answered {self.hook} with {got}; {article} {wanted} is wanted"
        at = Place(code.co_filename, code.co_firstlineno) if code and code.co_name != _ASKER else None
        return HookError(f"{message}, {_subject(arguments)}", plugin=call.plugin, hook=self.hook, at=at)


def ask_part(plugin: str, method: str, wanted: type, call: Callable[..., T], *arguments: object) -> T:
    """Return what a part that *plugin* brought answers, named and checked as an answer to a hook is."""
    chain, asked = _chain_of(method, wanted), _Call(plugin, call, lambda given: call(*given))
    answer: T | None = chain.ask(asked, arguments)
    if answer is None:
        raise chain.odd(asked, answer, wanted.__name__, arguments)
    return answer


@functools.cache
def _chain_of(method: str, wanted: type) -> _Chain:
    return _chain(method, Contract("entry", "stop", wanted))


def _chain(hook: str, contract: Contract, calls: Iterable[_Call] = ()) -> _Chain:
    return _Chain(hook, contract, tuple(calls), hook.startswith("register_"))


def _failure(plugin: str, hook: str, subject: str, error: BaseException) -> HookError:
    """Return the error that shows the innermost line of the plugin's own code."""
    import traceback

    frames = traceback.extract_tb(error.__traceback__)
    theirs = [frame for frame in frames if not Path(frame.filename).is_relative_to(_HERE)] or frames
    theirs = theirs[1:] if theirs[0].name == _ASKER and theirs[1:] else theirs
    last = [frame for frame in theirs if Path(frame.filename).parent == Path(theirs[0].filename).parent][-1]
    of_attrs = error.args[1:] and isinstance(error.args[1], attrs.Attribute)  # whose errors carry the whole field
    message = f"{plugin} failed in {hook}, {subject}: {type(error).__name__}: {error.args[0] if of_attrs else error}"
    fix = f"{last.line}\nmend the plugin, or take it out of [site] plugins"
    return HookError(message, plugin=plugin, hook=hook, at=Place(last.filename, last.lineno), fix=fix)


def _log(error: PressframeError, **more: str) -> None:
    import logging  # neither a quick import, nor needed where nothing fails

    logging.getLogger("pressframe").error("%s", error, extra=more)


def _subject(arguments: tuple[object, ...]) -> str:
    """Return what a hook was working on, told from its arguments."""
    for argument in arguments:
        match argument:
            case model.Entry(id=id, source=source):
                return f"while working on the entry {source.place.file if source.place else id}"
            case model.Source(key=key, place=place):
                return f"while reading {place.file if place else key}"
            case model.Page(address=address):
                return f"while working on the page {address}"
            case model.Comment(id=id, entry=entry):
                return f"while working on comment {id} of {entry}"
    return "while the site was opened or planned"


class _Manager(pluggy.PluginManager):
    # Of a plugin's attributes most can be no hook; a close look at each of them would be a third of opening a site.
    def parse_hookimpl_opts(self, plugin: object, name: str) -> Any:
        is_marked = hasattr(getattr(type(plugin), name, None), "pressframe_impl")
        return super().parse_hookimpl_opts(plugin, name) if is_marked else None


class Hooks:
    """Every hook of a site as a function. What the answers mean, and how they combine: ``pressframe.hookspecs``."""

    def __init__(self, plugins: Iterable[tuple[str, object]], declared: Iterable[ModuleType] = ()) -> None:
        """Freeze the chains of *plugins*, name and instance, which have been checked before.

        Args:
            declared: Modules of hooks that plugins add to the core's.
        """
        manager = _Manager("pressframe")
        for module in (hookspecs, *declared):
            manager.add_hookspecs(module)
        order = [manager.register(plugin, name=name) for name, plugin in plugins]
        self._chains = {one.name: _freeze(one, order) for one in vars(manager.hook).values() if one.has_spec()}
        self._kept: dict[str, tuple[tuple[str, Any], ...]] = {}
        self._sanitizer: Sanitizer | None = self.first("find_sanitizer")

    def implementers(self, hook: str) -> tuple[str, ...]:
        """Return the names of the plugins that implement *hook*, in the order in which they are asked."""
        return tuple(call.plugin for call in self._chains[hook].calls)

    # ------------------------------------------------------------------------------- how answers combine

    def ask(self, hook: str, *arguments: object, but: Container[str] = ()) -> Iterator[tuple[str, Any]]:
        """Yield each plugin that has an answer with it; with the error, logged, where one fails that must fail shut.

        Args:
            but: Plugins that are not asked.
        """
        chain = self._chains.get(hook, _chain(hook, Contract("start", "stop")))  # one that no plugin declares
        for call in chain.calls:
            if call.plugin in but:
                continue
            try:
                answer = chain.ask(call, arguments)
            except PressframeError as error:
                if chain.contract.failure == "stop":
                    raise
                _log(error, hook=hook, plugin=call.plugin)
                answer = error
            if answer is not None:
                yield call.plugin, answer

    def all(self, hook: str, *arguments: object) -> tuple[tuple[str, Any], ...]:
        """Return every answer with its plugin, as ``register_`` hooks combine; those of the start are asked once."""
        if hook in self._kept:
            return self._kept[hook]
        asked = [(plugin, many) for plugin, many in self.ask(hook, *arguments) if not isinstance(many, PressframeError)]
        answers = tuple((plugin, one) for plugin, many in asked for one in many)
        if hook in self._chains and self._chains[hook].contract.stage == "start":
            self._kept[hook] = answers
        return answers

    def first(self, hook: str, *arguments: object) -> Any:
        """Return the first answer that is not None, as ``find_`` hooks combine; None if a plugin failed shut."""
        answer = next((answer for _, answer in self.ask(hook, *arguments)), None)
        return None if isinstance(answer, PressframeError) else answer

    # ------------------------------------------------------------------------------------------- loading

    def register_loaders(self, host: Host) -> tuple[tuple[str, Loader], ...]:
        return self.all("register_loaders", host)

    @functools.cached_property  # with a cache that ends with the site
    def find_markup(self) -> Callable[[str], Engine | None]:
        return functools.cache(functools.partial(self.first, "find_markup"))

    def filter_entry(self, entry: Entry) -> Entry:
        chain = self._chains["filter_entry"]
        for call in chain.calls:
            answer: Entry = chain.ask(call, (entry,)) or entry
            if (answer.id, answer.kind, answer.source) != (entry.id, entry.kind, entry.source):
                message = f"{call.plugin} changed id, kind or source in filter_entry, {_subject((entry,))}"
                fix = "these belong to the loader; change other fields, or keep what you need in data"
                raise HookError(message, plugin=call.plugin, hook="filter_entry", fix=fix)
            entry = answer
        return entry

    # -------------------------------------------------------------------------------------------- gating

    def judge_gate(self, entry: Entry, now: datetime) -> Gate | None:
        gates = []
        for plugin, answer in self.ask("judge_gate", entry, now):
            shut = model.Gate(requires=frozenset({NOBODY}), reason=f"{plugin} failed")
            gates.append(shut if isinstance(answer, PressframeError) else answer)
        return _join(gates, now)

    def find_teaser(self, entry: Entry, gate: Gate) -> Teaser | None:
        answer = next((answer for _, answer in self.ask("find_teaser", entry, gate)), None)
        return answer if answer is None or isinstance(answer, model.Teaser) else model.Teaser(html="")

    # ------------------------------------------------------------------------------------------ comments

    def register_comments(self, host: Host) -> tuple[tuple[str, Comments], ...]:
        return self.all("register_comments", host)

    def judge_comment(
        self, comment: Comment, entry: Card, now: datetime, sender: Sender, host: Host
    ) -> tuple[Judgement, ...]:
        """Return every judgement, the strictest first; a hold where nobody judges or a judge fails."""
        held = functools.partial(model.Judgement, verdict=model.Verdict.HOLD)
        asked = self.ask("judge_comment", comment, entry, now, sender, host)
        said = [held(reason=f"{plugin} failed") if isinstance(one, PressframeError) else one for plugin, one in asked]
        return tuple(sorted(said or [held(reason="no rule spoke for it")], key=lambda judgement: -judgement.verdict))

    def filter_comment(self, comment: Comment) -> str:
        """Return the HTML that *comment* is shown as: through every filter, then always through the sanitizer."""
        plain, sanitize = _plain(comment.body), self._sanitizer
        if sanitize is None:
            return plain
        chain, text = self._chains["filter_comment"], plain if comment.format == "text" else comment.body
        try:
            for call in chain.calls:
                answer = chain.ask(call, (text, comment))
                text = text if answer is None else answer
            return ask_part("the sanitizer", "find_sanitizer", str, lambda _: sanitize(text), comment)
        except PressframeError as error:
            _log(error, hook="filter_comment")
            return plain

    # ----------------------------------------------------------------------------------------- rendering

    def register_pages(self, site: View, *, but: Container[str] = ()) -> Iterator[tuple[str, tuple[Page, ...]]]:
        return self.ask("register_pages", site, but=but)

    def register_blocks(self, slot: str, page: Page, site: View) -> tuple[Block, ...]:
        chain = self._chains["register_blocks"]
        return tuple([block for call in chain.calls for block in chain.ask(call, (slot, page, site)) or ()])


def _freeze(caller: pluggy.HookCaller, order: Sequence[str | None]) -> _Chain:
    """Return the chain of one hook; pluggy would call the last registered first."""
    spec = caller.spec
    assert spec is not None
    calls = []
    for implementation in sorted(caller.get_hookimpls(), key=lambda one: order.index(one.plugin_name)):
        named = (*implementation.argnames, *implementation.kwargnames)  # those with a default of their own too
        invoke = _taking(implementation.function, [spec.argnames.index(name) for name in named])
        calls.append(_Call(implementation.plugin_name, implementation.function, invoke))
    return _chain(caller.name, spec.function.contract, calls)  # type: ignore[attr-defined] # set by hookspecs


def _taking(function: Callable[..., Any], positions: list[int]) -> Callable[[tuple[Any, ...]], Any]:
    """Return what calls *function* with the arguments at *positions*."""
    if not positions:
        return lambda arguments: function()
    pick = itemgetter(*positions)
    if len(positions) == 1:
        return lambda arguments: function(pick(arguments))
    return lambda arguments: function(*pick(arguments))


def _join(gates: list[Gate], now: datetime) -> Gate | None:
    """Return one gate that requires what all of them require; None if there are none."""
    if not gates:
        return None
    closed = [gate for gate in gates if gate.requires]
    return model.Gate(
        requires=frozenset().union(*(gate.requires for gate in gates)),
        until=min((gate.until for gate in gates if gate.until and gate.until > now), default=None),
        reason="; ".join(gate.reason for gate in closed or gates),
        conversation=max((gate.conversation for gate in closed), key=_STRICTNESS.index, default="hidden"),
    )


def _plain(text: str) -> str:
    """Return *text* as escaped paragraphs."""
    import html  # its table of names would be a part of every start

    paragraphs = re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip())
    return "\n".join(f"<p>{html.escape(paragraph).replace(chr(10), '<br>')}</p>" for paragraph in paragraphs)
