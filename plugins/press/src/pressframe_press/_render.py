"""Render pages, stage their bytes, and note what each of them asked."""

from collections.abc import Sequence
from typing import NamedTuple

import attrs

from pressframe.model import Live
from pressframe_press._json import encode
from pressframe_press._output import Output
from pressframe_press._plan import Task
from pressframe_press._view import Press


class Rendered(NamedTuple):
    """What became of a page: media type, tag and size of its bytes, and the questions that it asked, as JSON."""

    media_type: str
    tag: str
    size: int
    questions: str


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
        return [self._render(address, views[audiences]) for address, audiences in (self.tasks[one] for one in numbers)]

    def _render(self, address: str, view: Live) -> Rendered:
        page, notebook = self.press.pages.get(address), self.press.notebook
        assert page is not None
        questions: set[str] = set()
        notebook.page = questions
        try:
            output = view.render(page)
        finally:
            notebook.page = None
        tag = self.output.keep_open(output) if view.audiences else self.output.stage(address, output)
        return Rendered(output.media_type, tag, len(output.body), encode(sorted(questions)))
