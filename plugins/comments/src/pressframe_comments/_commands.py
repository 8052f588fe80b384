"""``pressframe comments``: list and moderate what readers sent."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

import click

from pressframe.errors import StoreError
from pressframe.model import Host
from pressframe_comments._codec import step_to_json, to_json
from pressframe_comments._printing import json_text, table, whole
from pressframe_comments._store import Search, State, comment_store

F = TypeVar("F", bound=Callable[..., Any])

_STATES = [*(state.value for state in State), "all"]
_KINDS = ("comment", "pingback", "webmention")


def make_comments_command(host: Host) -> click.Group:
    """Return the command ``comments`` for one site."""
    from pressframe_comments._commands_acts import make_acts
    from pressframe_comments._commands_data import make_data

    group = click.Group("comments", help="List and moderate comments, take them along, and forget people.")
    for command in (_make_list(host), _make_show(host), _make_count(host), *make_acts(host), *make_data(host)):
        group.add_command(command)
    return group


def with_search(default: str | None) -> Callable[[F], F]:
    """Give a command the options that say which comments are meant, by the argument *wanted* of what it calls.

    Args:
        default: State that is meant where none is given.
    """
    options = [
        click.option("--state", type=click.Choice(_STATES), default=default, show_default=default is not None),
        click.option("--text", default="", help="In the name or the text, whatever its case and accents."),
        click.option("--author", default="", help="In the name."),
        click.option("--address", default="", help="The whole mail address."),
        click.option("--entry", default="", help="The id of the entry."),
        click.option("--kind", type=click.Choice(_KINDS), default=None, help="Comments of readers, or of other sites."),
        click.option("--client", default="", help="The network address, as `show` shows it."),
    ]

    def decorate(function: F) -> F:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


def search_of(options: dict[str, Any]) -> Search:
    """Return what the options of ``with_search`` say, and take them out of *options*."""
    names = ("state", "text", "author", "address", "entry", "kind", "client")
    given = {name: options.pop(name) for name in names}
    state = given.pop("state")
    return Search(**given, state=None if state in (None, "all") else State(state))


def _make_list(host: Host) -> click.Command:
    @click.command("list", help="List comments, newest first: those that wait, or others that the options describe.")
    @with_search("pending")
    @click.option("--count", type=click.IntRange(1), default=100, show_default=True, help="List so many at most.")
    @click.option("--after", default=None, help="Go on where an earlier list ended; it says so itself.")
    @click.option("--json", "as_json", is_flag=True, help="Print one JSON array, with addresses and whole texts.")
    def list_comments(count: int, after: str | None, *, as_json: bool, **options: Any) -> None:
        search = search_of(options)
        found = comment_store(host).search(search, after=after, count=count)
        if as_json:
            click.echo(json_text([to_json(filed) for filed in found.comments]))
        for line in () if as_json else table(found.comments):
            click.echo(line)
        if not found.comments and not as_json:
            click.echo(_nothing(search))
        if found.next is not None:
            click.echo(f"there are more: add --after {found.next}", err=True)

    return list_comments


def _nothing(search: Search) -> str:
    if search == Search(state=search.state):
        return "no comments" if search.state is None else f"no comments are {search.state.value}"
    return "no comments fit" if search.state is None else f"no comments that fit are {search.state.value}"


def _make_show(host: Host) -> click.Command:
    @click.command("show", help="Print everything that is known of the comment ID, with what was done to it.")
    @click.argument("id")
    @click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
    def show(id: str, *, as_json: bool) -> None:
        store = comment_store(host)
        filed = store.get(id)
        if filed is None:
            raise StoreError(f"there is no comment {id}", fix="`pressframe comments list --state all` shows all")
        history = store.history(id)
        if as_json:
            known = to_json(filed) | {"history": [step_to_json(step) for step in history]}
            click.echo(json_text(known))
            return
        for line in whole(filed, history):
            click.echo(line)

    return show


def _make_count(host: Host) -> click.Command:
    @click.command("count", help="Print how many comments are in each state.")
    @click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
    def count(*, as_json: bool) -> None:
        counts = {state.value: number for state, number in comment_store(host).counts().items()}
        if as_json:
            click.echo(json.dumps(counts))
            return
        for state, number in counts.items():
            click.echo(f"{state:<8} {number:>9,}")

    return count
