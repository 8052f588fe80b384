"""The live server: rendered pages at the speed of memory, plugins' routes, mail."""

from pressframe_web._app import App
from pressframe_web._plugin import Web
from pressframe_web._settings import Smtp

__all__ = ["App", "Smtp", "Web"]
