"""The filter of one site: judges by what it learned, and learns what the owner decides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice

import attrs

from pressframe.model import Comment, Host
from pressframe_bayes._memory import Memory
from pressframe_bayes._score import Counts, Score, score
from pressframe_bayes._tokens import Sample
from pressframe_comments import Filed, Search, State, comment_store

_AT_ONCE = 100


@attrs.frozen
class Filter:
    """What *host*'s site has learned, and what follows from it.

    Attributes:
        least: Texts of each kind that must have been learned before anything is said.
    """

    host: Host
    memory: Memory
    least: int

    def score(self, comment: Comment, *, email: str = "") -> Score | None:
        """Return how likely *comment* is spam; None as long as too little was learned. Raises StoreError."""
        learned, known = self.memory.recall(Sample.of(comment, email=email).tokens)
        return score(known, learned) if self.is_trained(learned) else None

    def is_trained(self, learned: Counts) -> bool:
        """Tell whether enough of both kinds was learned."""
        return min(learned.spam, learned.ham) >= self.least

    # ----------------------------------------------------------------------------------------- learning

    def learn(self, comment: Comment, *, is_spam: bool) -> None:
        """Learn what the owner has decided about *comment*. Raises StoreError."""
        filed = comment_store(self.host).get(comment.id)
        sample = Sample.of(comment, email=filed.email if filed else "")
        self.memory.learn([(comment.id, sample, is_spam)], datetime.now(UTC))

    def train(self) -> tuple[int, int]:
        """Learn every comment that is approved or marked as spam; return how many there are, and how many were news.

        Raises:
            StoreError: The comments cannot be read, or nothing more be learned.
        """
        seen = news = 0
        filed = self.decided()
        while batch := list(islice(filed, _AT_ONCE)):
            samples = [
                (one.comment.id, Sample.of(one.comment, email=one.email), one.state is State.SPAM) for one in batch
            ]
            seen, news = seen + len(batch), news + self.memory.learn(samples, datetime.now(UTC))
        return seen, news

    def decided(self) -> Iterator[Filed]:
        """Yield every comment that is approved or marked as spam."""
        for state in (State.APPROVED, State.SPAM):
            after: str | None = None
            while True:
                found = comment_store(self.host).search(Search(state=state), after=after, count=_AT_ONCE)
                yield from found.comments
                after = found.next
                if after is None:
                    break

    # ------------------------------------------------------------------------------------------ testing

    def scores(self, comments: Iterable[Filed]) -> Iterator[tuple[Filed, Score | None]]:
        """Yield each comment with the score that it would have had if it had never been learned itself."""
        waiting = iter(comments)
        while batch := list(islice(waiting, _AT_ONCE)):
            counted = self.memory.counted([one.comment.id for one in batch])
            for one in batch:
                yield one, self._score_apart(one, counted)

    def _score_apart(self, filed: Filed, counted: Mapping[str, bool]) -> Score | None:
        sample = Sample.of(filed.comment, email=filed.email)
        learned, known = self.memory.recall(sample.tokens)
        if not self.is_trained(learned):
            return None
        is_spam = counted.get(filed.comment.id)
        if is_spam is None:
            return score(known, learned)
        others = {token: _less(counts, is_spam=is_spam) for token, counts in known.items()}
        known = {token: counts for token, counts in others.items() if counts.spam + counts.ham}
        return score(known, _less(learned, is_spam=is_spam))


def _less(counts: Counts, *, is_spam: bool) -> Counts:
    """Return *counts* without one text."""
    return Counts(max(counts.spam - is_spam, 0), max(counts.ham - (not is_spam), 0))


def tally(scores: Sequence[tuple[bool, str]]) -> dict[str, dict[str, int]]:
    """Return how many of each kind got each verdict: ``{"ham": {"accept": 12, …}, "spam": {…}}``."""
    table = {kind: dict.fromkeys(("accept", "hold", "spam", "unsaid"), 0) for kind in ("ham", "spam")}
    for is_spam, verdict in scores:
        table["spam" if is_spam else "ham"][verdict] += 1
    return table
