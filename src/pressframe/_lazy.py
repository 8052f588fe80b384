"""Names of a package that are imported when somebody first asks for them: most runs need few of them."""

import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any


def names_in(package: str, *modules: str) -> Callable[[str], Any]:
    """Return ``__getattr__`` for *package*, which finds public names in its *modules*, the lightest first."""

    def find(name: str) -> Any:
        front = vars(sys.modules[package])
        for module in modules if name in front.get("__all__", ()) else ():
            found = import_module(f"{package}.{module}")
            if hasattr(found, name):
                return front.setdefault(name, getattr(found, name))
        raise AttributeError(f"module {package!r} has no attribute {name!r}")

    return find
