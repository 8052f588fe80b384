"""Batches done elsewhere: by an executor that a plugin handed in, of threads, of processes, or of other machines.

Its workers share nothing with the build but the site's folder, and only read there. The build itself puts the texts
that they send on its shelf, and stages their pages: one that was lost, or goes on after the end, leaves nothing behind.
"""

from __future__ import annotations

import contextlib
import logging
import secrets
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any, TypeAlias

from pressframe.errors import BuildError, PressframeError
from pressframe.files import digest_of_bytes
from pressframe.model import Output as Bytes
from pressframe.press import NOBODY, Wish
from pressframe_press._json import encode, pack
from pressframe_press._likeness import likeness_of
from pressframe_press._load import Reading
from pressframe_press._output import Output, path_of
from pressframe_press._plan import Plan
from pressframe_press._render import Rendered, Rendering
from pressframe_press._rows import Row, Shelf
from pressframe_press._view import Press
from pressframe_press._worker import HANDED, Answer, Recipe, Sent, do

Work: TypeAlias = Reading | Rendering

log = logging.getLogger("pressframe")


def find_elsewhere(wish: Wish, state: Path) -> Elsewhere | None:
    """Return what does batches elsewhere, if a plugin brings an executor.

    Raises:
        PressframeError: It cannot be had.
    """
    plugin, executor = next(wish.site.hooks.ask("find_executor", wish.site), ("", None))
    return Elsewhere(wish, state, plugin, executor) if executor else None


class Elsewhere:
    """The executor that *plugin* handed in, from when it is first needed to the end of the build."""

    def __init__(self, wish: Wish, state: Path, plugin: str, executor: Executor) -> None:
        site = wish.site
        self._recipe = Recipe(
            build=secrets.token_hex(8), folder=str(site.folder), url=site.settings.url, drafts=wish.drafts,
            now=wish.now.isoformat(), output=str(wish.folder), likeness=likeness_of(site),
        )  # fmt: skip
        self._state, self._plugin = state, plugin
        self._futures: list[Future[Answer]] = []
        self._closing = contextlib.ExitStack()
        with self._blamed():
            self._executor = self._closing.enter_context(executor)

    def spread(self, work: Work, batches: Sequence[range]) -> Iterator[list[Any]]:
        """Yield what becomes of each batch, in their order.

        Raises:
            BuildError: The executor failed, or a worker was lost.
            PressframeError: What stopped a worker.
        """
        handed = self._hand_over(work.press) if isinstance(work, Rendering) else ""
        recipe, orders = encode(self._recipe), [_order(work, batch) for batch in batches]
        with self._blamed():
            for order in orders:
                self._futures.append(self._executor.submit(do, recipe, order, handed))
        while self._futures:
            with self._blamed():
                answer = self._futures[0].result()
            del self._futures[0]  # and its bytes
            for level, message, named in answer.told:
                log.log(level, "%s", message, extra=dict(named))
            if answer.error:
                raise answer.error
            yield [*map(_taker(work), answer.results, answer.contents)]

    def leave(self) -> None:
        """Give up what has not begun, and let go of the executor."""
        for future in self._futures:
            future.cancel()
        self._recipe.handed_over.unlink(missing_ok=True)
        try:
            self._closing.close()
        except Exception as error:  # noqa: BLE001 - all that it was asked for is done, or something worse has happened
            log.warning("the executor of %s was not closed: %s: %s", self._plugin, type(error).__name__, error)

    def _hand_over(self, press: Press) -> str:
        """Write what workers render from, where they find it; return its digest."""
        for left in self._state.glob(f"{HANDED}*"):  # by builds that were killed
            left.unlink(missing_ok=True)
        world, plan = press.world, press.pages
        assert isinstance(plan, Plan)
        content = pack([[*world.rows.all.values()], [*world.said.all.values()], plan.planned, press.files])
        self._recipe.handed_over.write_bytes(content)
        world.shelf.close()  # on a network, others see what was written to a file once it was closed
        return digest_of_bytes(content)

    @contextlib.contextmanager
    def _blamed(self) -> Iterator[None]:
        """Say of whatever happens that the executor did it: workers answer with what stops them, and raise nothing."""
        try:
            yield
        except PressframeError:
            raise
        except Exception as error:
            message = f'the executor of "{self._plugin}" failed: {type(error).__name__}: {error}'
            fix = "see whether its workers are there, and have memory enough"
            raise BuildError(message.rstrip(": "), fix=fix) from error


def _order(work: Work, batch: range) -> str:
    """Return what a worker must know of one batch: sources; or addresses, audiences, and the tags of what is there."""
    if isinstance(work, Reading):
        return encode([work.found[number].source for number in batch])
    before, tasks = work.output.before, [work.tasks[number] for number in batch]
    return encode([
        (address, [None if one is NOBODY else one for one in sorted(audiences)], before.get(path_of(address), ""))
        for address, audiences in tasks
    ])  # fmt: skip


def _taker(work: Work) -> Callable[[Any, bytes | None], Any]:
    """Return what takes over one result with its bytes."""
    if isinstance(work, Rendering):
        return lambda rendered, body: _stage(work.output, rendered, body)
    return lambda row, texts: _shelve(work.shelf, row, texts)


def _shelve(shelf: Shelf, row: Row | PressframeError, texts: bytes | None) -> Row | PressframeError:
    if texts is None or isinstance(row, PressframeError):
        return row
    lengths, contents = map(int, row.text.split(",")), memoryview(texts)
    places = []
    for length in lengths:
        places.append(shelf.put(bytes(contents[:length])))
        contents = contents[length:]
    return row._replace(text=",".join(places))


def _stage(output: Output, sent: Sent, body: bytes | None) -> Rendered:
    rendered = sent.rendered
    if body is not None:
        page = Bytes(body=body, media_type=rendered.media_type)
        tag = output.keep_open(page) if sent.is_open else output.stage(sent.address, page)
        if tag != rendered.tag:
            raise BuildError(f"a worker sent other bytes for {sent.address} than it made", fix="build again")
    return rendered
