"""What the filter has learned of one person's comments: told, or taken back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import sqlalchemy as sa

from pressframe.model import Json
from pressframe_bayes._filter import Filter
from pressframe_comments import Search, comment_store
from pressframe_sql import PersonalData


def words_of_person(learned: Filter) -> PersonalData:
    """Return what the database asks; names and sites of people are among the words that are learned."""

    def find(connection: sa.Connection, address: str) -> Sequence[Mapping[str, Json]]:
        return learned.memory.lessons(connection, list(_ids(learned, address)))

    def erase(connection: sa.Connection, address: str) -> int:
        return learned.memory.erase(connection, list(_ids(learned, address)))

    return PersonalData(name="words learned", find=find, erase=erase)


def _ids(learned: Filter, address: str) -> Iterator[str]:
    """Yield the comments sent with *address* as they were before the erasure began, whoever is asked first."""
    after: str | None = None
    while True:
        found = comment_store(learned.host).search(Search(address=address), after=after)
        yield from (one.comment.id for one in found.comments)
        after = found.next
        if after is None:
            return
