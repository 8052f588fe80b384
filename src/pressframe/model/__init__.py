"""The words that core and plugins share: frozen, keyword-only, checked when made, free of input and output."""
# ruff: isort: skip_file
# fmt: off

from pressframe.model._basis import Json, ReadOnly
from pressframe.model.comments import Comment, Comments, Judgement, Kind, Reply, Sender, Verdict
from pressframe.model.content import (
    Asset, Author, Body, Card, Engine, Entry, Group, Heading, Loader, Manuscript, Neighbours, Source, Term,
)
from pressframe.model.gating import Conversation, Gate, Reader, Teaser
from pressframe.model.rendering import Block, Output, Page, Report
from pressframe.model.site import Host, Live, SiteSettings, View

__all__ = [
    "Asset", "Author", "Block", "Body", "Card", "Comment", "Comments", "Conversation", "Engine",
    "Entry", "Gate", "Group", "Heading", "Host", "Json", "Judgement", "Kind", "Live", "Loader", "Manuscript",
    "Neighbours", "Output", "Page", "ReadOnly", "Reader", "Reply", "Report",
    "Sender", "SiteSettings", "Source", "Teaser", "Term", "Verdict", "View",
]
