"""Site: the one place where settings, plugins and content meet."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import attrs

from pressframe._config import FILE, check_shape, read_file
from pressframe._hooks import Hooks
from pressframe._plugins import Plugin, declared, find_plugins
from pressframe.errors import BuildError, ConfigError, Place, PluginError, raise_all
from pressframe.model import SiteSettings

if TYPE_CHECKING:
    from pressframe.press import Explanation, Release, Stored, Wish

T = TypeVar("T")

SECRET = "PRESSFRAME_SECRET"
"""The environment variable that holds a site's secret where its data folder should not."""


@attrs.frozen(eq=False, kw_only=True)
class Site:
    """A folder with ``pressframe.toml``, its settings checked and its plugins ready.

    Attributes:
        folder: Absolute.
        fingerprint: Changes when any setting does, or a variable of the environment that one names.
        plugins: Those enabled, in their order, with their settings.
    """

    folder: Path
    settings: SiteSettings
    fingerprint: str
    plugins: Mapping[str, tuple[Plugin, attrs.AttrsInstance]]
    hooks: Hooks

    @classmethod
    def open(cls, folder: Path, *, environment: Mapping[str, str] | None = None, url: str | None = None) -> Site:
        """Return the site in *folder*; *url* replaces the address in its settings.

        Raises:
            ConfigError: ``pressframe.toml`` is missing or wrong.
            PluginError: A plugin is missing or unfit.
            ManyErrors: Several of these.
        """
        folder = folder.resolve()
        reader = read_file(folder, os.environ if environment is None else environment)
        table = reader.table()
        if "site" not in table:
            raise ConfigError("there is no [site] table", at=Place(FILE), fix='start with [site] and title = "…"')
        settings = reader.build(SiteSettings, table["site"], ("site",), owner="[site]")
        names = _names(table["site"])
        plugins, errors = find_plugins(names, folder, lambda index: reader.place("site", "plugins", index))
        check_shape(reader, table, names)
        tables = table.get("plugins", {})
        enabled = {}
        for plugin in plugins:
            own = tables.get(plugin.name, {}) if isinstance(tables, dict) else {}
            instance = reader.build(plugin.kind, own, ("plugins", plugin.name), owner=plugin.name)
            if instance is not None:
                enabled[plugin.name] = (plugin, instance)
        raise_all([*reader.errors, *errors])
        assert settings is not None
        settings = attrs.evolve(settings, url=url or settings.url)
        hooks = Hooks([(name, instance) for name, (_, instance) in enabled.items()], declared(plugins))
        fingerprint = reader.fingerprint(table, settings.url)
        return cls(folder=folder, settings=settings, fingerprint=fingerprint, plugins=enabled, hooks=hooks)

    def plugin(self, kind: type[T]) -> T:
        """Return the enabled plugin of class *kind*.

        Raises:
            PluginError: None is enabled.
        """
        for _, instance in self.plugins.values():
            if isinstance(instance, kind):
                return instance
        name = kind.__name__
        raise PluginError(f"no {name} plugin is enabled", fix=f'add "{name.lower()}" to [site] plugins')

    def secret(self, purpose: str) -> bytes:
        """Return 32 bytes to sign with, different for each *purpose*, the same after a restart.

        Made from the environment variable PRESSFRAME_SECRET, or else from ``data/secret``, which is drawn at random
        the first time it is needed and readable by its owner alone. Neither may be shorter than 32 bytes.
        """
        import hashlib
        import hmac

        given = os.environ.get(SECRET, "").encode()
        root, at = (given, SECRET) if given else (self._drawn(), str(self.folder / "data" / "secret"))
        if len(root) < 32:
            raise ConfigError("holds no secret worth the name", at=Place(at), fix="delete it: another is drawn")
        return hmac.digest(root, purpose.encode(), hashlib.sha256)

    def _drawn(self) -> bytes:
        import secrets
        import tempfile

        file = self.folder / "data" / "secret"
        try:
            if not file.exists():
                file.parent.mkdir(exist_ok=True)
                with tempfile.NamedTemporaryFile(dir=file.parent) as draft, suppress(FileExistsError):
                    draft.write(secrets.token_hex(32).encode())
                    draft.flush()
                    os.link(draft.name, file)  # whole or not at all, and of two processes the first one's
            return file.read_bytes()
        except OSError as error:
            message, fix = f"the site's secret cannot be kept: {error.strerror}", f"set {SECRET} in the environment"
            raise ConfigError(message, at=Place(str(file)), fix=fix) from error

    def build(
        self, *, output: Path | None = None, drafts: bool = False, now: datetime | None = None,
        jobs: int | None = None, progress: Callable[[str, int, int], None] | None = None,
    ) -> Release:  # fmt: skip
        """Load, gate, plan, render and write the site; what was there before stays until all of it succeeded.

        Args:
            output: Where strangers' files go; ``public`` in the site's folder if None.
            drafts: Also build drafts and what is scheduled.
            now: Aware; the moment that decides what is published and what is gated.
            jobs: How many processes load and render; None for as many as pay.
            progress: Told the stage, how much of it is done, and of how much.

        Raises:
            PluginError: No press is installed.
            ContentError, TemplateError, HookError, BuildError: Or several as ManyErrors; nothing was published.
        """
        return self._build(self._wish(output, now, drafts=drafts, jobs=jobs, told=progress))

    def rebuild(  # noqa: PLR0913 - whoever asks names each
        self, last: Release, *, output: Path | None = None, drafts: bool = False, now: datetime | None = None,
        scan: bool = True, early: Callable[[Mapping[str, Stored]], None] | None = None,
    ) -> Release:  # fmt: skip
        """Return what ``build`` does, sooner: what the release has in common with the *last* one is taken from that.

        Args:
            last: Made by this very object; where another process has built since, it is of no use, and no harm.
            scan: False if only comments may have changed since; content that has is seen by the next build that scans.
            early: Told of the pages, open to all, of entries under which something else is said, before all others.
        """
        return self._build(self._wish(output, now, drafts=drafts, last=last, scan=scan, early=early))

    def _build(self, wish: Wish) -> Release:
        from pressframe.press import find_press

        try:
            return find_press().build(wish)
        except OSError as error:  # whatever the press has no words of its own for
            message, fix = f"cannot be used: {error.strerror}", "what was published before is still there"
            raise BuildError(message, at=Place(str(error.filename or wish.folder)), fix=fix) from error

    def explain(self, address: str, *, output: Path | None = None, now: datetime | None = None) -> Explanation:
        """Return how *address*, or a whole URL of the site, came about in the last build; nothing is built.

        Raises:
            PluginError: No press is installed.
            BuildError: Nothing was built yet, or the site has no such address.
        """
        from pressframe.press import find_press

        return find_press().explain(self._wish(output, now), address)

    def _wish(self, output: Path | None, now: datetime | None, **more: Any) -> Wish:
        from pressframe.press import Wish

        output = output or self.folder / "public"
        return Wish(site=self, folder=output.resolve(), now=now or datetime.now(UTC), **more)


def _names(table: object) -> list[str]:
    listed = table.get("plugins", []) if isinstance(table, dict) else []
    return [name for name in listed if isinstance(name, str)] if isinstance(listed, list) else []
