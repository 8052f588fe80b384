"""The conversation under an entry, ready for its template."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import attrs

from pressframe.model import Block, Entry, Page, View
from pressframe_comments._form import AUTHOR, BODY, EMAIL, TRAP, URL, Typed
from pressframe_comments._live import Live
from pressframe_comments._rules import Rules
from pressframe_comments._thread import arrange

LIMITS = {"comment": BODY, "author": AUTHOR, "email": EMAIL, "url": URL}


@attrs.frozen(kw_only=True)
class Form:
    """The form, as the template writes it.

    Attributes:
        post_to: Where it is sent.
        reply_at: Where a link leads that answers a comment: its id is to be added.
        typed: What it is filled with.
        problems: What is wrong, as ``<field>-<what>``.
        answers: The name of whom it answers; None for a comment at the top level.
    """

    post_to: str
    reply_at: str
    typed: Typed
    problems: tuple[str, ...]
    answers: str | None

    def problem(self, field: str) -> str | None:
        """Return what is wrong with *field*, if anything is."""
        return next((problem for problem in self.problems if problem.partition("-")[0] == field), None)

    @property
    def first_wrong_field(self) -> str:
        """The field to begin mending with: the first that is wrong; the text where no field is."""
        wrong = {problem.partition("-")[0] for problem in self.problems}
        return next((field for field in LIMITS if field in wrong), "comment" if self.problems else "")


def conversation_blocks(slot: str, page: Page, site: View, *, rules: Rules, depth: int) -> Iterator[Block]:
    """Yield what belongs into *slot* of an entry's page: the conversation, or the script of its form."""
    entry = site.entry(page.subject) if page.subject is not None and slot in ("head", "after_entry") else None
    if entry is None:
        return
    gate = site.gate(entry.id)
    live = Live.of(page)
    closing = rules.closing(entry.published)
    is_too_old = (live and live.is_closed) or (closing is not None and site.is_past(closing))
    is_open = entry.open_to_comments and gate is None and not is_too_old
    if slot == "head":
        if is_open:
            yield Block(template="comments/head.html")
    elif (gate is None or gate.conversation != "hidden") and (is_open or live or site.comment_count(entry.id)):
        yield _conversation(entry, site, live or Live(), is_open=is_open, depth=depth)


def _conversation(entry: Entry, site: View, live: Live, *, is_open: bool, depth: int) -> Block:
    replies, gate = list(site.comments(entry.id)), site.gate(entry.id)
    known = {reply.comment.id: reply for reply in replies}
    own = live.own if live.own and live.own.comment.id not in known else None
    comments = [reply for reply in replies if reply.comment.kind == "comment"]
    parent = known.get(live.typed.parent)
    form = Form(
        post_to=f"/comments/{quote(entry.id)}",
        reply_at=f"/comments/reply/{quote(entry.id)}?to=",
        typed=live.typed,
        problems=live.problems,
        answers=parent.comment.author if parent else None,
    )
    data = {
        "count": site.comment_count(entry.id) + (own is not None and not live.awaits),
        "nodes": arrange(
            [*comments, own] if own else comments,
            depth=depth,
            awaiting=live.own.comment.id if live.own and live.awaits else None,
        ),
        "pings": arrange([reply for reply in replies if reply.comment.kind != "comment"], depth=1),
        "form": form if is_open else None,
        "is_closed": not is_open and gate is None,
        "is_reserved": gate is not None and gate.conversation == "shown" and entry.open_to_comments,
        "limits": LIMITS,
        "trap": TRAP,
    }
    return Block(template="comments/thread.html", data=data)
