"""The parts of the account page that members always have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import attrs

from pressframe.model import Host, Json
from pressframe_members.model import AccountPart, Member, Outcome
from pressframe_members.store import Members
from pressframe_web import Request


def own_parts(host: Host) -> Iterable[AccountPart]:
    """Return them in the order in which they are shown."""
    yield Naming(host).part()


@attrs.frozen
class Naming:
    """How a member wishes to be called."""

    _host: Host

    def part(self) -> AccountPart:
        """Return the part."""
        return AccountPart(name="name", template="members/parts/name.html", load=self.load, save=self.save)

    def load(self, member: Member, request: Request) -> Mapping[str, Json]:
        return {"typed": member.name or ""}

    def save(self, member: Member, request: Request) -> Outcome | None:
        typed = request.form.get("name", "")
        try:
            Members(self._host).rename(member.id, typed)
        except ValueError as error:
            return Outcome(problem=str(error), data={"typed": typed[:200]})
        return None
