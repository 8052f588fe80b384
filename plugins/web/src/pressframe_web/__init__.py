"""The live server: rendered pages at the speed of memory, plugins' routes, mail."""

from pressframe_web._plugin import Web
from pressframe_web._settings import Smtp
from pressframe_web.errors import MailError, ServeError
from pressframe_web.model import BulkMailer, Cookie, Grant, Later, Mailer, Message, Request, Response, Route

__all__ = [
    "BulkMailer",
    "Cookie",
    "Grant",
    "Later",
    "MailError",
    "Mailer",
    "Message",
    "Request",
    "Response",
    "Route",
    "ServeError",
    "Smtp",
    "Web",
]
