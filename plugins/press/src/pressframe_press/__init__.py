"""Builds releases of sites: loads, plans, renders and writes what changed since the last build; explains how it did."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pressframe import ContentError, Site
    from pressframe.press import Explanation, Profile, Release, Wish

__all__ = ["build", "check", "explain", "profile"]


def build(wish: Wish) -> Release:
    """Return the release made of a site's content, with strangers' files in its folder.

    Raises:
        ContentError, TemplateError, HookError, BuildError: Or several as ManyErrors; nothing was published.
    """
    from pressframe_press._run import build

    return build(wish)


def explain(wish: Wish, address: str) -> Explanation:
    """Return how *address* came about in the last build, without building.

    Raises:
        BuildError: Nothing was built yet, or there is no such address.
    """
    from pressframe_press._explain import explain

    return explain(wish, address)


def profile() -> Profile:
    """Return a clock for one build."""
    from pressframe_press._clock import Profile

    return Profile()


def check(site: Site) -> Sequence[ContentError]:
    """Return what the owner of *site* should mend; what stops a build is raised as by ``build``."""
    from pressframe_press._check import check

    return check(site)
