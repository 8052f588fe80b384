"""Builds releases of sites: loads, plans, renders and writes what changed since the last build, and only that."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pressframe.press import Release, Wish

__all__ = ["build"]


def build(wish: Wish) -> Release:
    """Return the release made of a site's content, with strangers' files in its folder.

    Raises:
        ContentError, TemplateError, HookError, BuildError: Or several as ManyErrors; nothing was published.
    """
    from pressframe_press._run import build

    return build(wish)
