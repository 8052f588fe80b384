"""Find the plugins that a site names, and refuse what is missing, misspelt or unfit before anything runs."""

import importlib
import importlib.util
import inspect
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import NoReturn, TypeAlias

import attrs

from pressframe import hookspecs
from pressframe._installed import Point, entry_points
from pressframe.errors import Place, PluginError, PressframeError, did_you_mean
from pressframe.files import digest_of_bytes

Hooks: TypeAlias = Mapping[str, Callable[..., object]]

BUNDLED = (
    "markdown", "wordpress", "archives", "feeds", "journal", "sql", "comments", "gates", "members", "admin", "web",
    "webmention", "dask", "bayes", "akismet", "altcha", "gravatar", "moderation", "passes", "newsletter",
    "stripe", "subscribers",
)  # fmt: skip

_DECORATE = "decorate it with @attrs.frozen(eq=False)"


def hooks_in(module: ModuleType) -> dict[str, Callable[..., object]]:
    """Return the hooks that *module* declares, in their order."""
    return {name: spec for name, spec in vars(module).items() if hasattr(spec, "contract")}


HOOKS = hooks_in(hookspecs)


@attrs.frozen
class Plugin:
    """A plugin found, not yet configured.

    Attributes:
        name: As ``[site] plugins`` lists it.
        kind: The attrs class whose fields are its settings and whose marked methods are its hooks.
        origin: Where it is from: as text a file of the site, or a distribution with its version.
        code: Of a file of the site, what changes with the text that was run; it may have been edited since.
    """

    name: str
    kind: type[attrs.AttrsInstance]
    origin: str | Point
    code: str = ""

    def hooks(self) -> tuple[str, ...]:
        """Return the hooks that it implements."""
        return tuple(name for name, method in inspect.getmembers(self.kind) if _is_marked(method))


def declared(plugins: Iterable[Plugin]) -> list[ModuleType]:
    """Return the modules of hooks that *plugins* declare themselves."""
    named = [(plugin.name, getattr(plugin.kind, "hookspecs", None)) for plugin in plugins]
    try:
        return [importlib.import_module(module) for _, module in named if module]
    except ImportError as error:
        owner = next((name for name, module in named if module == error.name), "a plugin")
        raise PluginError(f"{owner} declares hooks in a module that cannot be imported: {error}") from error


def known_hooks(plugins: Iterable[Plugin]) -> dict[str, Callable[..., object]]:
    """Return every hook there is for a site with *plugins*: the core's, then those that they declare."""
    return HOOKS | {name: spec for module in declared(plugins) for name, spec in hooks_in(module).items()}


def find_plugins(
    names: Sequence[str], folder: Path, place: Callable[[int], Place]
) -> tuple[list[Plugin], list[PressframeError]]:
    """Return the plugins that *names* lists, in that order, and what is wrong with them.

    Args:
        names: The value of ``[site] plugins``.
        folder: The site's; single-file plugins stand in ``plugins/`` inside it.
        place: Where the name at an index stands in the settings.
    """
    plugins: list[Plugin] = []
    errors: list[PressframeError] = []
    points = installed()
    for index, name in enumerate(names):
        try:
            if name in names[:index]:
                raise PluginError(f'plugins lists "{name}" twice', at=place(index), fix="list it once")
            plugins.append(_find(name, folder, partial(place, index), points))
        except PressframeError as error:
            errors.append(error)
    known, found = known_hooks(plugins), {plugin.name for plugin in plugins}
    for plugin in plugins:
        if found.issuperset(_others(plugin.kind, "needs")):  # if not, its hooks may be declared by what it lacks
            errors += _flaws(plugin.kind, folder, known)
        errors += _company(plugin, names, partial(place, names.index(plugin.name)))
    return plugins, errors


def installed() -> list[Point]:
    """Return the plugins that distributions announce; none is imported."""
    return entry_points("pressframe")


def _find(name: str, folder: Path, at: Callable[[], Place], points: Sequence[Point]) -> Plugin:
    file = folder / "plugins" / f"{name}.py"
    named = [point for point in points if point.name == name]
    origins = [*named, *([f"plugins/{name}.py"] if file.is_file() else ())]
    if not origins:
        raise _missing(name, folder, at, points)
    if len(origins) > 1:
        message = f'there are two plugins called "{name}": {" and ".join(map(str, origins))}'
        raise PluginError(message, at=at(), fix="uninstall or rename one of them")
    return Plugin(name, _import(named[0], at), origins[0]) if named else _import_file(file, folder)


def _missing(name: str, folder: Path, at: Callable[[], Place], points: Sequence[Point]) -> PluginError:
    files = {file.stem for file in (folder / "plugins").glob("*.py")}
    near = did_you_mean(name, {*(point.name for point in points), *BUNDLED, *files})
    fix = f"pip install pressframe-{name}" if name in BUNDLED else near or f"install it, or write plugins/{name}.py"
    return PluginError(f'plugins lists "{name}", which is not installed', at=at(), fix=fix)


def _import(point: Point, at: Callable[[], Place]) -> type[attrs.AttrsInstance]:
    try:
        kind = point.load()
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # it may end the process, or panic in Rust
        message = f'the plugin "{point.name}" ({point}) cannot be imported: {type(error).__name__}: {error}'
        raise PluginError(message, at=at(), fix="install what it misses, or take it out of [site] plugins") from error
    if not isinstance(kind, type) or not attrs.has(kind):
        raise PluginError(f'the plugin "{point.name}" names {point.value}, which is no attrs class', at=at())
    return kind


class _Source(SourceFileLoader):
    """Compiles each time: Python tells its compiled copies by size and second, which an edit may leave as they were."""

    code = ""

    def path_stats(self, path: str) -> NoReturn:
        raise OSError(path)

    def get_data(self, path: str) -> bytes:
        content = super().get_data(path)
        self.code = digest_of_bytes(content)
        return content


def _import_file(file: Path, folder: Path) -> Plugin:
    """Import a single-file plugin under a name of its own, so that calendar.py or email.py shadow nothing."""
    place = f"plugins/{file.name}"
    name = f"pressframe_local_{zlib.crc32(bytes(folder.resolve())):08x}_{file.stem}"
    loader = _Source(name, str(file))
    spec = importlib.util.spec_from_file_location(name, file, loader=loader)
    assert spec is not None  # as for every file whose name ends in .py
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        loader.exec_module(module)
    except SyntaxError as error:
        raise PluginError(f"not valid Python: {error.msg}", at=Place(place, error.lineno)) from error
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise PluginError(f"cannot be imported: {type(error).__name__}: {error}", at=Place(place)) from error
    return Plugin(file.stem, _only_plugin(module, place), place, loader.code)


def _only_plugin(module: ModuleType, place: str) -> type[attrs.AttrsInstance]:
    own = [kind for kind in vars(module).values() if inspect.isclass(kind) and kind.__module__ == module.__name__]
    kinds = [kind for kind in own if any(_is_marked(method) for method in vars(kind).values())]
    kinds = kinds or [kind for kind in own if any(hook in vars(kind) for hook in HOOKS)]
    if len(kinds) != 1:
        message = f"holds {len(kinds)} plugins; a file holds exactly one class with @hookimpl methods"
        raise PluginError(message, at=Place(place), fix="write one class, decorated with @attrs.frozen(eq=False)")
    kind = kinds[0]
    if not attrs.has(kind):
        raise PluginError(f"{kind.__name__} is no attrs class", at=Place(place), fix=_DECORATE)
    return kind


def _is_marked(method: object) -> bool:
    return hasattr(method, "pressframe_impl")


def _flaws(kind: type, folder: Path, known: Hooks) -> Iterator[PressframeError]:
    """Yield what pluggy would swallow: misspelt hooks, forgotten markers, options that rearrange other plugins."""
    if "__eq__" in vars(kind):
        message = f"{kind.__name__} compares by value, so two of them would count as one plugin"
        yield PluginError(message, at=_place_of(kind, folder), fix=_DECORATE)
    for name, method in inspect.getmembers(kind, inspect.isfunction):
        if _is_marked(method):
            for message, fix in _method_flaws(method, known):
                yield PluginError(message, at=_place_of(method, folder), fix=fix)
        elif name in known:
            message, fix = f"{name} has the name of a hook but not its marker", "put @hookimpl above it, or rename it"
            yield PluginError(message, at=_place_of(method, folder), fix=fix)


def _method_flaws(method: Callable[..., object], hooks: Hooks) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with an implementation, and how to mend it."""
    name = method.__name__
    if name not in hooks:
        yield f"{name} is no hook", f"{did_you_mean(name, hooks)} (pressframe hooks lists all)".strip()
        return
    if inspect.iscoroutinefunction(method) or inspect.isasyncgenfunction(method):
        yield f"{name} is async; hooks are plain functions", "write def; live hooks run in a thread"
        return
    options = getattr(method, "pressframe_impl")  # noqa: B009 - set by pluggy, unknown to the type checker
    odd = sorted(option for option, value in options.items() if value)
    if odd:
        message = f"{name} asks for {', '.join(odd)}, which would rearrange other plugins"
        yield message, "order plugins in [site] plugins; change others' results with a filter_ hook"
    known = list(inspect.signature(hooks[name]).parameters)
    for argument in list(inspect.signature(method).parameters)[1:]:
        if argument not in known:
            hint = did_you_mean(argument, known) or f"{name} has: {', '.join(known) or 'no arguments'}"
            yield f"{name} has no argument {argument}", hint


def _place_of(thing: type | Callable[..., object], folder: Path) -> Place:
    try:
        file, line = Path(inspect.getfile(thing)), inspect.getsourcelines(thing)[1]
    except (OSError, TypeError):
        return Place(thing.__module__)
    inside = file.is_relative_to(folder.resolve())
    return Place(str(file.relative_to(folder.resolve()) if inside else file), line)


def _company(plugin: Plugin, names: Sequence[str], at: Callable[[], Place]) -> Iterator[PressframeError]:
    """Yield what *plugin* says about others that the site's list does not keep."""
    for needed in _others(plugin.kind, "needs"):
        if needed not in names:
            message = f'"{plugin.name}" needs the plugin "{needed}", which is not enabled'
            yield PluginError(message, at=at(), fix=f'add "{needed}" to [site] plugins')
    for other in (one for one in _others(plugin.kind, "conflicts") if one in names):
        message = f'"{plugin.name}" and "{other}" cannot be enabled together'
        yield PluginError(message, at=at(), fix="keep one of them")
    for earlier in _others(plugin.kind, "after"):
        if earlier in names and names.index(earlier) > names.index(plugin.name):
            right = [name for name in names if name != plugin.name]
            right.insert(right.index(earlier) + 1, plugin.name)
            fix = "write plugins = [" + ", ".join(f'"{name}"' for name in right) + "]"
            yield PluginError(f'"{plugin.name}" must come after "{earlier}"', at=at(), fix=fix)


def _others(kind: type[attrs.AttrsInstance], word: str) -> Sequence[str]:
    """Return the plugins that *kind* names under *word*: none where that is one of its settings."""
    return () if word in attrs.fields_dict(kind) else getattr(kind, word, ())
