"""Every error that pressframe raises on purpose; each says what is wrong, where, and how to mend it.

::

    PressframeError
    ├── ConfigError       pressframe.toml or an environment variable it names
    ├── PluginError       a plugin is missing, unfit, or misspells a hook
    │   └── HookError     one hook of one plugin failed, or answered something else than it must
    ├── ContentError      an entry: its front matter, a date, an address, a reference
    ├── TemplateError     a template: its syntax, a name it does not know
    ├── BuildError        the output: locked by another build, full, not ours to write
    ├── StoreError        stored data: missing, locked, of another version
    └── ManyErrors        several of the above, reported together

Only the command line prints them and sets the exit status; everything else lets them pass or adds to them.
"""

from collections.abc import Iterable, Sequence

import attrs


@attrs.frozen
class Place:
    """Where something stands in a file.

    Attributes:
        file: As its owner would type it: relative to the site's folder where it lies inside.
        line: From 1; None when the whole file is meant.
        key: The setting or front matter key, dotted; None when a line says enough.
    """

    file: str
    line: int | None = None
    key: str | None = None

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        return where if self.key is None else f"{where}: {self.key}"


class PressframeError(Exception):
    """What went wrong on purpose: a sentence, a place, and a way out.

    Attributes:
        message: One sentence, without the place.
        at: Where to look; None when it is nowhere in a file.
        fix: What to do about it, as an imperative; None when the message says it.
    """

    def __init__(self, message: str, *, at: Place | None = None, fix: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.at = at
        self.fix = fix

    def __reduce__(self) -> tuple[object, ...]:
        return _again, (type(self), self.args, self.__dict__)  # so that a worker process can report it

    def __str__(self) -> str:
        where = f"{self.at}: " if self.at else ""
        way_out = "".join(f"\n  {line.strip()}" for line in (self.fix or "").splitlines())
        return f"{where}{self.message}{way_out}"


def _again(kind: type[PressframeError], args: tuple[object, ...], state: dict[str, object]) -> PressframeError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error


class ConfigError(PressframeError):
    """A setting is missing, unknown, or of the wrong type."""


class PluginError(PressframeError):
    """A plugin cannot be used as it is."""


class HookError(PluginError):
    """A plugin's hook raised or gave a wrong answer.

    Attributes:
        plugin: Name of the plugin, as the settings list it.
        hook: Name of the hook.
    """

    def __init__(
        self, message: str, *, plugin: str, hook: str, at: Place | None = None, fix: str | None = None
    ) -> None:
        super().__init__(message, at=at, fix=fix)
        self.plugin = plugin
        self.hook = hook


class ContentError(PressframeError):
    """An entry cannot be read, or contradicts another."""


class TemplateError(PressframeError):
    """A template cannot be parsed or rendered."""


class BuildError(PressframeError):
    """The output cannot be written; what was served before stays served."""


class StoreError(PressframeError):
    """Stored data cannot be read or written."""


class ManyErrors(PressframeError):
    """Several errors found in one pass, in the order of their places."""

    def __init__(self, errors: Iterable[PressframeError]) -> None:
        self.errors: Sequence[PressframeError] = tuple(
            one for error in errors for one in (error.errors if isinstance(error, ManyErrors) else [error])
        )
        super().__init__(f"{len(self.errors)} errors")

    def __str__(self) -> str:
        return "\n".join(str(error) for error in self.errors)


def raise_all(errors: Sequence[PressframeError]) -> None:
    """Raise what was collected: nothing for none, the error itself for one, ManyErrors for more."""
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise ManyErrors(errors)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return ``Did you mean x?`` for the nearest of *known*, or an empty string when none is near."""
    import difflib  # only where there is something to tell

    near = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.6)
    return f"Did you mean {near[0]}?" if near else ""
