"""The peers' own environment, `.bench/venv`: what they need stays out of pressframe's."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import attrs

_HERE = Path(__file__).parent
_PEERS = _HERE / "peers.txt"


@attrs.frozen
class Environment:
    """A virtual environment with the peers that `peers.txt` pins."""

    folder: Path

    def program(self, name: str) -> Path:
        return self.folder / "bin" / name

    def packaged(self, pattern: str) -> Path:
        """Return the one file that an installed package brings, by its path in `site-packages`."""
        (found,) = self.folder.glob(f"lib/python*/site-packages/{pattern}")
        return found


def prepare() -> Environment:
    """Return the environment, made at the first call and again when `peers.txt` has changed."""
    folder = _HERE.parent / ".bench" / "venv"
    stamp = folder / "peers.txt"
    wanted = _PEERS.read_text(encoding="utf-8")
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted:
        print(f"installing {', '.join(wanted.split())} into {folder}")
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        (folder.parent / ".gitignore").write_text("*\n", encoding="utf-8")
        subprocess.run([*_installer(folder), "-r", str(_PEERS)], check=True)
        stamp.write_text(wanted, encoding="utf-8")
    return Environment(folder)


def _installer(folder: Path) -> list[str]:
    python, uv = folder / "bin" / "python", Path(sys.executable).with_name("uv")
    if uv.exists():
        return [str(uv), "pip", "install", "--quiet", "--python", str(python)]
    return [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
