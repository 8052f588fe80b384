"""A publishing framework made of plugins: content loading, comments, subscription gates, rendering."""
# ruff: isort: skip_file
# fmt: off

from typing import TYPE_CHECKING

from pressframe._lazy import names_in as _names_in

if TYPE_CHECKING:
    from pressframe._hooks import Hooks
    from pressframe._site import Site
    from pressframe.errors import (
        BuildError, ConfigError, ContentError, HookError, ManyErrors, Place, PluginError, PressframeError,
        StoreError, TemplateError, did_you_mean, raise_all,
    )
    from pressframe.hookspecs import hookimpl
    from pressframe.model import (
        Asset, Author, Block, Body, Card, Comment, Comments, Conversation, Engine, Entry, Gate, Group,
        Heading, Host, Json, Judgement, Kind, Live, Loader, Manuscript, Neighbours, Output, Page,
        ReadOnly, Reader, Reply, Report, Section, Sender, SiteSettings, Source, Teaser, Term, Verdict, View,
    )
    from pressframe.press import Release, Stored
else:
    __getattr__ = _names_in(__name__, "errors", "hookspecs", "model", "press", "_hooks", "_site")

__all__ = [
    "Asset", "Author", "Block", "Body", "BuildError", "Card", "Comment", "Comments", "ConfigError", "ContentError",
    "Conversation", "Engine", "Entry", "Gate", "Group", "Heading", "HookError", "Hooks", "Host", "Json",
    "Judgement", "Kind", "Live", "Loader", "Manuscript", "ManyErrors", "Neighbours", "Output", "Page", "Place",
    "PluginError", "PressframeError", "ReadOnly", "Reader", "Release", "Reply", "Report", "Section", "Sender",
    "Site", "SiteSettings", "Source", "StoreError", "Stored", "Teaser", "TemplateError", "Term", "Verdict", "View",
    "did_you_mean", "hookimpl", "raise_all",
]
