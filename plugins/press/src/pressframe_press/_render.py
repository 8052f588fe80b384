"""Render pages, stage their bytes, and note what each of them asked."""

from collections.abc import Sequence
from typing import NamedTuple

import attrs

from pressframe.model import Live
from pressframe_press._json import encode
from pressframe_press._output import Output
from pressframe_press._plan import Task
from pressframe_press._view import Press

SHARED = ("template", "asset", "groups", "pages", "listed")
"""Questions that many pages ask alike: few different sets of them are kept."""


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
        tasks = [self.tasks[one] for one in numbers]
        return [self._render(address, views[audiences], sets) for address, audiences in tasks]

    def _render(self, address: str, view: Live, sets: dict[str, str]) -> Rendered:
        pages, notebook = self.press.pages, self.press.notebook
        page = pages.get(address) if pages else None
        assert page is not None
        asked: set[str] = set()
        notebook.page = asked
        try:
            output = view.render(page)
        finally:
            notebook.page = None
        tag = self.output.keep_open(output) if view.audiences else self.output.stage(address, output)
        shared = {one for one in asked if one.partition("\t")[0] in SHARED}
        text = encode(sorted(shared))
        return Rendered(
            output.media_type, tag, len(output.body), sets.setdefault(text, text), encode(sorted(asked - shared))
        )
