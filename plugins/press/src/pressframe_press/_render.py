"""Render pages, stage their bytes, and note what each of them asked."""

from collections.abc import Sequence
from typing import NamedTuple

import attrs

from pressframe.model import Live, Page
from pressframe.model import Output as Bytes
from pressframe_press._json import encode
from pressframe_press._load import AT_ONCE
from pressframe_press._output import Output
from pressframe_press._plan import Task
from pressframe_press._view import Press

SHARED = ("template\t", "asset\t", "groups\t", "pages", "listed")
"""How questions begin that many pages ask alike: few different sets of them are kept."""


class Rendered(NamedTuple):
    """What became of a page: media type, tag and size of its bytes, and the questions that it asked, as JSON.

    Those that many pages ask alike are ``shared``; the others are its ``own``.
    """

    media_type: str
    tag: str
    size: int
    shared: str
    own: str


@attrs.frozen
class Rendering:
    """Renders tasks by their numbers: what each process of the build does."""

    press: Press
    output: Output
    tasks: Sequence[Task]

    def __call__(self, numbers: range) -> list[Rendered]:
        """Return what became of each task.

        Raises:
            TemplateError, HookError, OSError: At the first that fails.
        """
        views = {audiences: self.press.view(audiences) for audiences in {self.tasks[one][1] for one in numbers}}
        sets: dict[str, str] = {}
        results: list[Rendered] = []
        for start in range(0, len(numbers), AT_ONCE):  # some take each step together, as in loading
            tasks = [self.tasks[one] for one in numbers[start : start + AT_ONCE]]
            pages = [self._page(task) for task in tasks]
            made = [self._render(page, views[task[1]]) for page, task in zip(pages, tasks, strict=True)]
            tags = [self._stage(task, output) for task, (output, _) in zip(tasks, made, strict=True)]
            results += [_told(output, tag, asked, sets) for tag, (output, asked) in zip(tags, made, strict=True)]
        return results

    def _page(self, task: Task) -> Page:
        """Return the page of a task, with its entry at hand."""
        (address, audiences), pages = task, self.press.pages
        page = pages.get(address) if pages else None
        assert page is not None
        if page.subject is not None:
            self.press.world.entry(page.subject, audiences)
        return page

    def _render(self, page: Page, view: Live) -> tuple[Bytes, set[str]]:
        """Return what becomes of a page, and the questions that it asked."""
        asked: set[str] = set()
        self.press.notebook.page = asked
        try:
            return view.render(page), asked
        finally:
            self.press.notebook.page = None

    def _stage(self, task: Task, output: Bytes) -> str:
        """Put a page where it is wanted; return its tag."""
        address, audiences = task
        return self.output.keep_open(output) if audiences else self.output.stage(address, output)


def _told(output: Bytes, tag: str, asked: set[str], sets: dict[str, str]) -> Rendered:
    shared = {one for one in asked if one.startswith(SHARED)}
    text, own = encode(sorted(shared)), encode(sorted(asked - shared))
    return Rendered(output.media_type, tag, len(output.body), sets.setdefault(text, text), own)
