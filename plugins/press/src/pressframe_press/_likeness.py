"""What a build and its workers must have in common, so that the same bytes come out of both."""

from __future__ import annotations

import functools
import os
import platform
import sys
from collections.abc import Mapping
from pathlib import Path

import pressframe
from pressframe import Site
from pressframe.files import digest_of, digest_of_bytes
from pressframe_press._seal import installed

_SECRET = "PRESSFRAME_SECRET"
"""Where a site's secret is not in its folder, which workers share."""


def likeness_of(site: Site) -> dict[str, str]:
    """Return what must be alike, by what to call it."""
    kinds = [plugin.kind for plugin, _ in site.plugins.values()]
    tops = {sys.modules[kind.__module__.partition(".")[0]] for kind in kinds}
    ours = (Path(__file__).with_name("__init__.py"), Path(pressframe.__file__))
    files = sorted({*ours, *(Path(top.__file__) for top in tops if top.__file__)})
    secret = site.secret("workers").hex() if _SECRET in os.environ else ""
    folders = [file.parent for file in files if file.name == "__init__.py"]
    return {
        "Python": platform.python_version(),
        "pressframe.toml, or variable that it names,": site.fingerprint,
        _SECRET: secret,
        **dict(name.removesuffix(".dist-info").rpartition("-")[::2] for name in installed()),
        **{f"file {file.name}": digest_of_bytes(file.read_bytes()) for file in files if file.name != "__init__.py"},
        **{f"code of {folder.name}": _code(folder) for folder in folders},
        **{f"set of templates in {folder.name}": _digest(folder, code=False) for folder in folders},
    }


def unlike(one: Mapping[str, str], other: Mapping[str, str]) -> list[str]:
    """Return what both have, and have differently; what only one has installed, the other may do without."""
    return [name for name, value in one.items() if name in other and other[name] != value]


@functools.cache
def _code(folder: Path) -> str:
    """Return a digest of a package's code as it was when it was imported, or soon after."""
    return _digest(folder, code=True)


def _digest(folder: Path, *, code: bool) -> str:
    files = (file for file in sorted(folder.rglob("*")) if file.is_file() and "__pycache__" not in file.parts)
    wanted = [file for file in files if (file.suffix == ".py") == code]
    return digest_of("\n".join(f"{file.relative_to(folder)} {digest_of_bytes(file.read_bytes())}" for file in wanted))
