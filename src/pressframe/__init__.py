"""A publishing framework made of plugins: content loading, comments, subscription gates, rendering."""
# ruff: isort: skip_file
# fmt: off

from pressframe._build._output import Stored
from pressframe._build._release import Release
from pressframe._hooks import Hooks
from pressframe._site import Site
from pressframe.errors import (
    BuildError, ConfigError, ContentError, HookError, MailError, ManyErrors, Place, PluginError, PressframeError,
    ServeError, StoreError, TemplateError, did_you_mean, raise_all,
)
from pressframe.hookspecs import hookimpl
from pressframe.model import (
    Asset, Author, Block, Body, Card, Change, Comment, Comments, Conversation, Cookie, Engine, Entry, Gate, Group,
    Heading, Host, Job, Json, Judgement, Live, Loader, Mailer, Manuscript, Message, Neighbours, Output, Page, Problem,
    ReadOnly, Reader, Reply, Report, Request, Response, Route, SiteSettings, Source, Teaser, Term, Verdict, View,
)

__all__ = [
    "Asset", "Author", "Block", "Body", "BuildError", "Card", "Change", "Comment", "Comments", "ConfigError",
    "ContentError", "Conversation", "Cookie", "Engine", "Entry", "Gate", "Group", "Heading", "HookError", "Hooks",
    "Host", "Job", "Json", "Judgement", "Live", "Loader", "MailError", "Mailer", "Manuscript", "ManyErrors",
    "Message", "Neighbours", "Output", "Page", "Place", "PluginError", "PressframeError", "Problem", "ReadOnly",
    "Reader", "Release", "Reply", "Report", "Request", "Response", "Route", "ServeError", "Site", "SiteSettings",
    "Source", "StoreError", "Stored", "Teaser", "TemplateError", "Term", "Verdict", "View", "did_you_mean",
    "hookimpl", "raise_all",
]
