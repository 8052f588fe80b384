"""The plugin: its settings, the judge, and how it learns."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import attrs
from attrs.validators import and_, ge, le

from pressframe.hookspecs import hookimpl
from pressframe.model import Comment, Host, Judgement, Sender, Verdict
from pressframe_comments.hookspecs import Change

if TYPE_CHECKING:
    import click

    from pressframe_bayes._filter import Filter
    from pressframe_bayes._score import Score
    from pressframe_sql import PersonalData

_HERE = Path(__file__).parent


@attrs.frozen(eq=False)
class Bayes:
    """Tell spam by the words of what the owner has approved and marked as spam before.

    Attributes:
        hold: A comment that is spam with this probability, in percent, waits.
        spam: One with this probability is marked as spam.
        training: Comments of each kind, approved and spam, that must have been learned before the filter says anything.
        most_words: So many words are remembered; the rarest are forgotten first.
    """

    needs: ClassVar[tuple[str, ...]] = ("sql", "comments")

    hold: int = attrs.field(default=60, validator=and_(ge(1), le(100)))
    spam: int = attrs.field(default=98, validator=and_(ge(1), le(100)))
    training: int = attrs.field(default=20, validator=ge(1))
    most_words: int = attrs.field(default=100_000, validator=ge(1000))

    def __attrs_post_init__(self) -> None:
        if self.spam < self.hold:
            raise ValueError(f"spam must be at least hold, {self.hold}, got {self.spam}")

    def filter(self, host: Host) -> Filter:
        """Return the filter of *host*'s site."""
        from pressframe_bayes._filter import Filter
        from pressframe_bayes._memory import Memory

        return Filter(host, Memory(host, self.most_words), self.training)

    def verdict(self, score: Score) -> Verdict:
        """Return what the settings make of *score*."""
        from pressframe_bayes._saying import percent

        likely = percent(score.probability)
        return Verdict.SPAM if likely >= self.spam else Verdict.HOLD if likely >= self.hold else Verdict.ACCEPT

    @hookimpl
    def register_quick_judges(self) -> Iterable[str]:
        return ["it counts the words of one text, and reads what it has learned of them in one query"]

    @hookimpl
    def judge_comment(self, comment: Comment, sender: Sender, host: Host) -> Judgement | None:
        from pressframe_bayes._saying import explain

        score = self.filter(host).score(comment, email=sender.email)
        if score is None:
            return None
        return Judgement(verdict=self.verdict(score), reason=explain(score))

    @hookimpl
    def on_comment(self, comment: Comment, change: Change, host: Host, by: str) -> None:
        """Learn what a moderator decides; what readers and other judges do teaches nothing."""
        if change is Change.REMOVED:  # spam that is cleared away was spam; of the rest nothing is kept
            self.filter(host).memory.unlearn([comment.id], but_spam=True)
        elif by and change in (Change.ACCEPTED, Change.SPAM):
            self.filter(host).learn(comment, is_spam=change is Change.SPAM)
        elif by and change is Change.HELD:  # a decision was taken back
            self.filter(host).memory.unlearn([comment.id])

    @hookimpl
    def register_personal_data(self, host: Host) -> Iterable[PersonalData]:
        from pressframe_bayes._persons import words_of_person

        return [words_of_person(self.filter(host))]

    @hookimpl
    def register_migrations(self) -> Iterable[Path]:
        return [_HERE / "migrations"]

    @hookimpl
    def register_translations(self) -> Iterable[Path]:
        return [_HERE / "locale"]

    @hookimpl
    def register_commands(self, host: Host) -> Iterable[click.Command]:
        from pressframe_bayes._commands import make_bayes_command

        return [make_bayes_command(self, host)]
