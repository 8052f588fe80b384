"""Which route answers an address."""

import re
from collections.abc import Iterable, Mapping

import attrs

from pressframe.errors import PluginError
from pressframe_web.model import Route

_HOLE = re.compile(r"\{(\w+)(:path)?\}")


@attrs.frozen
class Found:
    """What there is for an address.

    Attributes:
        plugin: Whose route it is.
        pattern: The route's path, its parameters' names in braces.
        route: None where the address exists, but not for this method.
        allowed: The methods that it exists for.
    """

    plugin: str
    pattern: str
    route: Route | None
    parameters: Mapping[str, str]
    allowed: tuple[str, ...]


@attrs.frozen
class _Pattern:
    plugin: str
    route: Route
    expression: re.Pattern[str]


class Routes:
    """The routes of all plugins; of several that fit, the one with the longest fixed start answers.

    Raises:
        PluginError: Two plugins have one path for one method.
    """

    def __init__(self, routes: Iterable[tuple[str, Route]]) -> None:
        owners: dict[tuple[str, str], str] = {}
        self._patterns: list[_Pattern] = []
        for plugin, route in routes:
            for method in route.methods:
                if (method, route.path) in owners:
                    other = owners[method, route.path]
                    raise PluginError(f'"{other}" and "{plugin}" both answer {method} {route.path}')
                owners[method, route.path] = plugin
            self._patterns.append(_Pattern(plugin, route, _expression(route.path)))
        self._patterns.sort(key=lambda pattern: -len(_HOLE.split(pattern.route.path)[0]))

    def find(self, method: str, path: str) -> Found | None:
        """Return what answers *method* at *path*; None if the address is not there for any."""
        allowed: list[str] = []
        others: list[_Pattern] = []
        for pattern in self._patterns:
            match = pattern.expression.fullmatch(path)
            if match is None:
                continue
            methods = (*pattern.route.methods, *(("HEAD",) if "GET" in pattern.route.methods else ()))
            if method in methods:
                return Found(pattern.plugin, pattern.route.path, pattern.route, match.groupdict(), methods)
            allowed += methods
            others.append(pattern)
        if not others:
            return None
        return Found(others[0].plugin, others[0].route.path, None, {}, tuple(dict.fromkeys(allowed)))


def _expression(path: str) -> re.Pattern[str]:
    parts, end = [], 0
    for hole in _HOLE.finditer(path):
        parts += [re.escape(path[end : hole.start()]), f"(?P<{hole[1]}>{'.+' if hole[2] else '[^/]+'})"]
        end = hole.end()
    return re.compile("".join([*parts, re.escape(path[end:])]))
