"""The words that core and plugins share: frozen, keyword-only, checked when made, free of input and output."""
# ruff: isort: skip_file
# fmt: off

from typing import TYPE_CHECKING

from pressframe._lazy import names_in as _names_in

if TYPE_CHECKING:
    from pressframe.model._basis import Json, ReadOnly
    from pressframe.model.comments import Comment, Comments, Judgement, Kind, Reply, Sender, Verdict
    from pressframe.model.content import Author, Body, Card, Entry, Group, Heading, Manuscript, Neighbours, Term
    from pressframe.model.gating import Conversation, Gate, Reader, Section, Teaser
    from pressframe.model.rendering import Block, Output, Page
    from pressframe.model.site import Asset, Engine, Host, Live, Loader, Report, SiteSettings, Source, View
else:
    __getattr__ = _names_in(__name__, "_basis", "site", "gating", "content", "rendering", "comments")

__all__ = [
    "Asset", "Author", "Block", "Body", "Card", "Comment", "Comments", "Conversation", "Engine", "Entry", "Gate",
    "Group", "Heading", "Host", "Json", "Judgement", "Kind", "Live", "Loader", "Manuscript", "Neighbours", "Output",
    "Page", "ReadOnly", "Reader", "Reply", "Report", "Section", "Sender", "SiteSettings", "Source", "Teaser",
    "Term", "Verdict", "View",
]
