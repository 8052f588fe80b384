"""What the next build would do, found out without publishing anything."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from pressframe.errors import PressframeError
from pressframe_press._json import encode
from pressframe_press._make import Making
from pressframe_press._memory import Past
from pressframe_press._output import Output, state_of
from pressframe_press._parts import remembered
from pressframe_press._plan import Plan, Task
from pressframe_press._run import Build
from pressframe_press._scan import Scanned, fingerprints
from pressframe_press._seal import epoch_of, is_fresh, seal_of, why_anew
from pressframe_press._view import Press


@attrs.frozen(kw_only=True)
class Present:
    """The site as it is now, compared with what is remembered.

    Attributes:
        anew: Why the next build makes everything anew; empty if it does not.
        error: What stops it.
        again: Why it renders each page that it does, by address and audiences.
    """

    press: Press
    plan: Plan
    anew: str = ""
    error: str = ""
    again: Mapping[Task, str] = attrs.field(factory=dict)


def look(build: Build, past: Past, scanned: Scanned) -> Present:
    """Return what the next build would do."""
    site, output = build.site, Output(build.wish.folder, state_of(build.site.folder, build.wish.folder))
    epoch, comments, version = epoch_of(site, drafts=build.wish.drafts), fingerprints(site), output.version()
    if not build.can_use(past, epoch, version):
        press, plan = remembered(build.wish, past, build.memory.shelf)
        return Present(press=press, plan=plan, anew=why_anew(past, epoch, version, build.now))
    if version == past.fact("version") and is_fresh(past, seal_of(site, epoch, scanned.digest, comments), build.now):
        press, plan = remembered(build.wish, past, build.memory.shelf)
        return Present(press=press, plan=plan)
    output.peek()
    try:
        making = Making(build, build.load(scanned, past), past, output)
        press, plan, changes = making.plan(encode(comments))
        return Present(press=press, plan=plan, again=making.tasks(plan, changes))
    except PressframeError as error:
        press, plan = remembered(build.wish, past, build.memory.shelf)
        return Present(press=press, plan=plan, error=str(error))
