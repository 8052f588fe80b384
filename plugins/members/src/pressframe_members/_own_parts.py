"""The parts of the account page that members always have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import attrs

from pressframe.model import Host, Json
from pressframe_members._audiences import known_audiences
from pressframe_members._comment_mails import CommentMails
from pressframe_members._pages import HOME, SESSION
from pressframe_members.model import SUBSCRIBERS, AccountPart, Member, Outcome
from pressframe_members.store import Members
from pressframe_web import Request
from pressframe_web.addresses import read_address

_LONGEST_SHOWN = 300
_GIVEN = ("complimentary", "import")


def own_parts(host: Host) -> Iterable[AccountPart]:
    """Return them in the order in which they are shown; what ends it all comes last, by itself."""
    yield Given(host).part()
    yield Naming(host).part()
    yield Moving(host).part()
    mails = CommentMails(host).part()
    if mails is not None:
        yield mails
    if "feeds" in host.settings.plugins:
        yield Feeding(host).part()
    yield Signing(host).part()


@attrs.frozen
class Given:
    """What a member has without paying for it here: what the owner gave, or a list from elsewhere."""

    _host: Host

    def part(self) -> AccountPart:
        """Return the part."""
        return AccountPart(name="given", template="members/parts/given.html", load=self.load, save=self.save)

    def load(self, member: Member, request: Request) -> Mapping[str, Json] | None:
        zone, known = self._host.settings.timezone, known_audiences(self._host)
        given: list[Json] = [
            {
                "audience": one.audience,
                "until": one.until.isoformat() if one.until else None,
                "last": last.isoformat() if (last := one.last_day(zone)) else None,
            }
            for one in Members(self._host).memberships(member.id, now=request.now)
            if one.source in _GIVEN and one.audience in known - {SUBSCRIBERS}
        ]
        return {"given": given} if given else None

    def save(self, member: Member, request: Request) -> None:
        """Nothing: there is no form."""


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
            return Outcome(problem=str(error), data={"typed": _shown(typed)})
        return None


@attrs.frozen
class Moving:
    """Another mail address: asked at the new one, and told to the old one."""

    _host: Host

    def part(self) -> AccountPart:
        """Return the part."""
        return AccountPart(name="address", template="members/parts/address.html", load=self.load, save=self.save)

    def load(self, member: Member, request: Request) -> Mapping[str, Json]:
        return {"typed": "", "now": member.address, "is_asked": "asked" in request.query}

    def save(self, member: Member, request: Request) -> Outcome | None:
        from pressframe_members._asking import Asked, Asking

        typed = request.form.get("email", "")
        address = read_address(typed)
        if address is None:
            return Outcome(problem="address", data={"typed": _shown(typed)})
        asked = Asked(address=address.shown, door="address", back=HOME, client=request.client, member=member.id)
        Asking(self._host).ask(asked, request.now)
        return Outcome(location=f"{HOME}?asked=1#address")


@attrs.frozen
class Feeding:
    """The member's own feed."""

    _host: Host

    def part(self) -> AccountPart:
        """Return the part."""
        return AccountPart(name="feed", template="members/parts/feed.html", load=self.load, save=self.save)

    def load(self, member: Member, request: Request) -> Mapping[str, Json]:
        from pressframe_members._feeds import Feeds

        return {"address": Feeds(self._host).address(member.id)}

    def save(self, member: Member, request: Request) -> Outcome | None:
        from pressframe_members._feeds import Feeds

        match request.form.get("do"):
            case "renew":
                Feeds(self._host).renew(member.id)
            case "revoke":
                Feeds(self._host).revoke(member.id)
        return None


@attrs.frozen
class Signing:
    """Where a member is signed in."""

    _host: Host

    def part(self) -> AccountPart:
        """Return the part."""
        return AccountPart(name="sessions", template="members/parts/sessions.html", load=self.load, save=self.save)

    def load(self, member: Member, request: Request) -> Mapping[str, Json]:
        from pressframe_members._sessions import Sessions

        found = Sessions(self._host).all_of(member.id, request.now, asking=request.cookies.get(SESSION, ""))
        sessions: list[Json] = [
            {
                "id": one.id,
                "device": one.device,
                "since": one.since.isoformat(),
                "seen": one.seen.isoformat(),
                "is_this": one.is_this,
            }
            for one in found
        ]
        return {"sessions": sessions}

    def save(self, member: Member, request: Request) -> Outcome | None:
        from pressframe_members._sessions import Sessions

        wanted = request.form.get("end", "")
        if wanted == "all":
            Sessions(self._host).end_all(member.id)
            return Outcome(location=HOME)
        Sessions(self._host).end_named(member.id, wanted)
        return None


def _shown(typed: str) -> str:
    """Return what was typed, as a page can hold it."""
    return typed[:_LONGEST_SHOWN].encode(errors="replace").decode()
