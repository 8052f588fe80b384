"""The commands that change comments: approve, hold, spam, trash, restore, edit, reply, delete, undo."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Callable, Collection, Iterator
from datetime import UTC, datetime
from typing import Any

import attrs
import click

from pressframe.errors import StoreError
from pressframe.model import Host
from pressframe_comments._codec import to_json
from pressframe_comments._commands import search_of, with_search
from pressframe_comments._printing import comments, json_text, make_sure
from pressframe_comments._store import Act, CommentStore, Draft, Filed, Search, State, Texts, comment_store
from pressframe_comments._telling import nobody_knows, tell_act, tell_new, tell_removed

BY = "command line"
"""Who acts, in the history."""

_MOVES = (
    ("approve", State.APPROVED, "approved", "Show comments to everybody."),
    ("hold", State.PENDING, "held", "Let comments wait again."),
    ("spam", State.SPAM, "marked as spam", "Mark comments as spam."),
    ("trash", State.TRASH, "put into the trash", "Put comments into the trash."),
)
_OPTIONS = "--state, --text, --author, --address, --entry, --kind, --client"
_WHICH = (
    "ID is a number as `list` shows it: 17 or c17; several may be given. Without any, --state and its like tell which."
)


def make_acts(host: Host) -> Iterator[click.Command]:
    """Yield the commands for one site."""
    for name, state, done, text in _MOVES:
        yield _make_bulk(host, name, done, text, _mover(state))
    yield _make_bulk(host, "restore", "restored", "Take comments out of trash or spam, to where they were.", _restore)
    yield _make_edit(host)
    yield _make_reply(host)
    yield _make_delete(host)
    yield _make_undo(host)


Work = Callable[[CommentStore, Collection[str]], Act]


def _mover(state: State) -> Work:
    return lambda store, ids: store.move(ids, state, by=BY)


def _restore(store: CommentStore, ids: Collection[str]) -> Act:
    return store.restore(ids, by=BY)


def _make_bulk(host: Host, name: str, done: str, text: str, work: Work) -> click.Command:
    @click.command(name, help=f"{text} {_WHICH}")
    @click.argument("ids", metavar="[ID]...", nargs=-1)
    @with_search(None)
    @click.option("--yes", is_flag=True, help="Do it to all that the options describe, without asking.")
    @click.option("--json", "as_json", is_flag=True, help="Print one JSON object: the act, and the comments changed.")
    def change(ids: tuple[str, ...], *, yes: bool, as_json: bool, **options: Any) -> None:
        if ids and any(options.values()):
            raise click.UsageError("name comments, or describe them by options, not both")
        store = comment_store(host)
        names = _distinct(ids) or _described(store, options, name, is_sure=yes)
        act = work(store, names) if names else Act()
        tell_act(host, act)
        if as_json:
            click.echo(_as_json(act))
            return
        others = len(names) - len(act.changed)
        if name == "restore":
            click.echo(f"{comments(len(act.changed))} {done}")
        elif names and others == len(names):
            click.echo(f"{comments(others)} {done} before, nothing was changed")
        else:
            click.echo(f"{comments(len(names))} {done}{f', {others} of them before' if others else ''}")

    return change


def _described(store: CommentStore, options: dict[str, Any], name: str, *, is_sure: bool) -> list[str]:
    """Return the ids of all comments that the options describe, having asked whether they are meant."""
    state = options["state"]
    search = search_of(options)
    if search == Search() and state is None:
        raise click.UsageError(f"name comments, or say which: {_OPTIONS}")
    ids = [record.filed.comment.id for record in store.records(search)]
    if ids and not is_sure:
        make_sure(f"{name} {comments(len(ids))}?")
    return ids


def _distinct(ids: Collection[str]) -> list[str]:
    """Return *ids* as they were typed, each comment's once: 17 is c17."""
    return list({f"c{id}" if id.isascii() and id.isdigit() else id: id for id in ids}.values())


def _make_edit(host: Host) -> click.Command:
    @click.command("edit", help="Change the name, the website or the text of the comment ID; what is left out stays.")
    @click.argument("id")
    @click.option("--author", default=None)
    @click.option("--url", default=None, help="The website; empty for none.")
    @click.option("--body", default=None, help="The text; - reads it from standard input.")
    @click.option("--json", "as_json", is_flag=True, help="Print one JSON object: the act, and the comment.")
    def edit(id: str, author: str | None, url: str | None, body: str | None, *, as_json: bool) -> None:
        if author is None and url is None and body is None:
            raise click.UsageError("say what to change: --author, --url, --body")
        store = comment_store(host)
        filed = _get(store, id)
        texts = Texts.of(filed.comment)
        if author is not None:
            texts = attrs.evolve(texts, author=_checked_author(author))
        if url is not None:
            texts = attrs.evolve(texts, url=_checked_url(url))
        if body is not None:
            texts = attrs.evolve(texts, body=_read_body(body))
        act = store.edit(id, texts, by=BY, expected=filed.version)
        tell_act(host, act)
        what = f"{filed.comment.id} {'edited' if act.changed else 'is so already'}"
        click.echo(_as_json(act) if as_json else what)

    return edit


def _make_reply(host: Host) -> click.Command:
    @click.command(
        "reply",
        help="Answer the comment ID as an author of the site; shown at once. A comment that waits is approved with it.",
    )
    @click.argument("id")
    @click.argument("body")
    @click.option("--author", required=True, help="The name under which it is shown.")
    @click.option("--email", default="", help="Whose comment it is, for the owner alone.")
    @click.option("--json", "as_json", is_flag=True, help="Print the answer as one JSON object.")
    def reply(id: str, body: str, author: str, email: str, *, as_json: bool) -> None:
        store = comment_store(host)
        found = _get(store, id)
        answered = found.comment
        draft = Draft(
            entry=answered.entry,
            author=_checked_author(author),
            email=_checked_email(email),
            url=None,
            body=_read_body(body),
            received=datetime.now(UTC),
            parent=answered.id,
            by_author=True,
        )
        waited = _approve(host, store, found)
        filed = store.add(draft, State.APPROVED)
        tell_new(host, filed, nobody_knows(answered.entry), by=BY)
        what = f"{filed.comment.id} answers {answered.id}{', which is approved with it' if waited else ''}"
        click.echo(json_text(to_json(filed)) if as_json else what)

    return reply


def _approve(host: Host, store: CommentStore, answered: Filed) -> bool:
    """Show what is answered, and tell whether it waited.

    Raises:
        StoreError: It is put away, so that an answer would stand under nothing.
    """
    id = answered.comment.id
    if answered.state in (State.SPAM, State.TRASH):
        where = "among the spam" if answered.state is State.SPAM else "in the trash"
        raise StoreError(f"{id} is {where}, and cannot be answered", fix=f"first `pressframe comments restore {id}`")
    if answered.state is State.PENDING:
        tell_act(host, store.move([id], State.APPROVED, by=BY, expected={id: answered.version}))
    return answered.state is State.PENDING


def _make_delete(host: Host) -> click.Command:
    @click.command("delete", help="Delete comments with their histories. Nothing brings them back.")
    @click.argument("ids", metavar="ID...", nargs=-1, required=True)
    @click.option("--for-ever", "for_ever", is_flag=True, help="Say that this is what you want.")
    @click.option("--json", "as_json", is_flag=True, help="Print one JSON object: the ids of what was deleted.")
    def delete(ids: tuple[str, ...], *, for_ever: bool, as_json: bool) -> None:
        if not for_ever:
            raise click.UsageError(
                "comments are deleted --for-ever; `pressframe comments trash` keeps them for a while"
            )
        removed = comment_store(host).delete(_distinct(ids))
        tell_removed(host, removed, by=BY)
        told = json_text({"deleted": [filed.comment.id for filed in removed]})
        click.echo(told if as_json else f"{comments(len(removed))} deleted for ever")

    return delete


def _make_undo(host: Host) -> click.Command:
    @click.command(
        "undo",
        help="Take back an act, as `show` names it; the last one of the command line if none is named, so that twice is"
        " no change.",
    )
    @click.argument("act", required=False)
    @click.option("--json", "as_json", is_flag=True, help="Print one JSON object: the act, and the comments changed.")
    def undo(act: str | None, *, as_json: bool) -> None:
        store = comment_store(host)
        act = act or store.last_act(BY)
        if act is None:
            raise StoreError("the command line has changed nothing yet that could be undone")
        done = store.undo(act, by=BY)
        tell_act(host, done)
        states = ", ".join(sorted({filed.state.value for filed in done.changed}))
        click.echo(_as_json(done) if as_json else f"{comments(len(done.changed))} as before: {states}")

    return undo


def _as_json(act: Act) -> str:
    told = {"act": act.id, "changed": [to_json(filed) for filed in act.changed]}
    return json_text(told)


def _get(store: CommentStore, id: str) -> Filed:
    filed = store.get(id)
    if filed is None:
        raise StoreError(f"there is no comment {id}", fix="`pressframe comments list --state all` shows all")
    return filed


def _checked_author(author: str) -> str:
    plain = " ".join(author.split())
    if not 1 <= len(plain) <= 245 or any(unicodedata.category(one) == "Cc" for one in plain):
        raise click.UsageError("a name has 1 to 245 characters, and no control characters")
    return plain


def _checked_email(email: str) -> str:
    plain = email.strip()
    if plain and (
        plain.count("@") != 1 or any(one.isspace() or one in ",;<>" or not one.isprintable() for one in plain)
    ):
        raise click.UsageError("a mail address looks like name@example.org")
    return plain


def _checked_url(url: str) -> str | None:
    from pressframe_comments._links import safe_url

    if url and safe_url(url) is None:
        raise click.UsageError("a website begins with http:// or https://")
    return url or None


def _read_body(body: str) -> str:
    text = (sys.stdin.read() if body == "-" else body).replace("\r\n", "\n").strip()
    if not 1 <= len(text) <= 65_525:
        raise click.UsageError("a comment has 1 to 65,525 characters")
    return text
