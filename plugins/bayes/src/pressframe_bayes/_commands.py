"""``pressframe bayes``: what the filter knows, teaching it, trying it, making it forget."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import IO, TYPE_CHECKING

import click

from pressframe.errors import StoreError
from pressframe.model import Comment, Host
from pressframe_bayes._saying import explain, percent
from pressframe_bayes._score import Score
from pressframe_comments import Filed, State, comment_store

if TYPE_CHECKING:
    from pressframe_bayes._memory import Known
    from pressframe_bayes._plugin import Bayes


def make_bayes_command(plugin: Bayes, host: Host) -> click.Group:
    """Return the command ``bayes`` for one site."""
    group = click.Group("bayes", help="The spam filter that learns: what it knows, teaching it, trying it.")
    group.add_command(_make_show(plugin, host))
    group.add_command(_make_train(plugin, host))
    group.add_command(_make_test(plugin, host))
    group.add_command(_make_forget(plugin, host))
    return group


_as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


def _make_show(plugin: Bayes, host: Host) -> click.Command:
    @click.command("show", help="Show how much was learned, and the words that weigh most on each side.")
    @click.option("--count", type=click.IntRange(1, 1000), default=15, show_default=True, help="Words of each side.")
    @_as_json
    def show(count: int, *, as_json: bool) -> None:
        memory = plugin.filter(host).memory
        learned, _ = memory.recall([])
        spam, ham, words = memory.strongest(count)
        is_ready = plugin.filter(host).is_trained(learned)
        if as_json:
            answer = {
                "spam": learned.spam,
                "ham": learned.ham,
                "words": words,
                "training": plugin.training,
                "is_trained": is_ready,
                "hold": plugin.hold,
                "mark": plugin.spam,
                "spam_words": [_word_as_json(known) for known in spam],
                "ham_words": [_word_as_json(known) for known in ham],
            }
            click.echo(json.dumps(answer, ensure_ascii=False, indent=2))
            return
        click.echo(f"learned from {learned.spam} spam and {learned.ham} approved comments, {words} words")
        if is_ready:
            click.echo(f"holds from {plugin.hold}% on, marks as spam from {plugin.spam}% on")
        else:
            click.echo(f"says nothing before it has learned {plugin.training} of each: pressframe bayes train")
        for title, known in (("spam", spam), ("approved", ham)):
            words_said = ", ".join(f"{one.token} {one.counts.spam}:{one.counts.ham}" for one in known)
            click.echo(f"{title:<9} {words_said or 'no words yet'}")

    return show


def _make_train(plugin: Bayes, host: Host) -> click.Command:
    @click.command("train", help="Learn every comment that is approved or marked as spam, whoever decided it.")
    @_as_json
    def train(*, as_json: bool) -> None:
        seen, news = plugin.filter(host).train()
        learned, _ = plugin.filter(host).memory.recall([])
        if as_json:
            click.echo(json.dumps({"comments": seen, "news": news, "spam": learned.spam, "ham": learned.ham}))
            return
        click.echo(
            f"{_comments(seen)}, {news} of them new to it; learned from {learned.spam} spam and {learned.ham} approved"
        )

    return train


def _make_test(plugin: Bayes, host: Host) -> click.Command:
    @click.command(
        "test",
        help="Say what the filter would make of comments, each as if it had not been learned itself: of those called "
        "ID, of a text, or in numbers of all that are approved or spam.",
    )
    @click.argument("ids", metavar="[ID]...", nargs=-1)
    @click.option("--text", type=click.File(encoding="utf-8"), help="A file with the text of a comment; - for input.")
    @_as_json
    def test(ids: tuple[str, ...], text: IO[str] | None, *, as_json: bool) -> None:
        if text is not None:
            _say(plugin, host, [("text", plugin.filter(host).score(_typed(text.read())))], as_json=as_json)
        elif ids:
            scores = plugin.filter(host).scores([_found(host, id) for id in ids])
            _say(plugin, host, [(filed.comment.id, score) for filed, score in scores], as_json=as_json)
        else:
            _count(plugin, host, as_json=as_json)

    return test


def _say(plugin: Bayes, host: Host, scores: list[tuple[str, Score | None]], *, as_json: bool) -> None:
    if as_json:
        rows = [{"id": id, **_score_as_json(plugin, score)} for id, score in scores]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for id, score in scores:
        said = "too little was learned to tell" if score is None else explain(score)
        click.echo(f"{id:<6} {_named(plugin, score):<6}  {said}")


def _count(plugin: Bayes, host: Host, *, as_json: bool) -> None:
    from pressframe_bayes._filter import tally

    scores = plugin.filter(host).scores(plugin.filter(host).decided())
    table = tally([(filed.state is State.SPAM, _named(plugin, score)) for filed, score in scores])
    if as_json:
        click.echo(json.dumps(table))
        return
    for kind, title in (("ham", "approved"), ("spam", "spam")):
        row = table[kind]
        said = ", ".join(f"{row[verdict]} {verdict}" for verdict in row if row[verdict])
        click.echo(f"{title:<9} {sum(row.values())}: {said or 'none'}")


def _make_forget(plugin: Bayes, host: Host) -> click.Command:
    @click.command("forget", help="Take back what was learned of the comments called ID, or with --all everything.")
    @click.argument("ids", metavar="[ID]...", nargs=-1)
    @click.option("--all", "everything", is_flag=True, help="Forget everything.")
    @_as_json
    def forget(ids: tuple[str, ...], *, everything: bool, as_json: bool) -> None:
        if bool(ids) == everything:
            raise click.UsageError("name comments, or say --all")
        memory = plugin.filter(host).memory
        if everything:
            memory.clear()
            click.echo(json.dumps({"forgotten": "all"}) if as_json else "everything is forgotten")
            return
        number = memory.unlearn([f"c{id}" if id.isdigit() else id for id in ids])
        click.echo(json.dumps({"forgotten": number}) if as_json else f"forgotten what {_comments(number)} had taught")

    return forget


def _comments(number: int) -> str:
    return f"{number} {'comment' if number == 1 else 'comments'}"


def _found(host: Host, id: str) -> Filed:
    filed = comment_store(host).get(id)
    if filed is None:
        raise StoreError(f"there is no comment {id}", fix="see pressframe comments list --state all")
    return filed


def _typed(text: str) -> Comment:
    return Comment(id="new", entry="", author="", body=text, received=datetime.now(UTC))


def _named(plugin: Bayes, score: Score | None) -> str:
    return "unsaid" if score is None else plugin.verdict(score).name.lower()


def _word_as_json(known: Known) -> dict[str, object]:
    return {"word": known.token, "spam": known.counts.spam, "ham": known.counts.ham}


def _score_as_json(plugin: Bayes, score: Score | None) -> dict[str, object]:
    if score is None:
        return {"verdict": "unsaid", "percent": None, "words": []}
    words = [{"word": clue.token, "spam": round(clue.probability, 4)} for clue in score.clues]
    return {"verdict": _named(plugin, score), "percent": percent(score.probability), "words": words}
