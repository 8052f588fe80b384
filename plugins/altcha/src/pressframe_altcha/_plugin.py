"""The plugin: its settings, the judge, and what the form needs."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import attrs
from attrs.validators import and_, ge, le

from pressframe.hookspecs import hookimpl
from pressframe.model import Asset, Block, Comment, Host, Judgement, Live, Sender, Verdict
from pressframe_web import Request, Response, Route

if TYPE_CHECKING:
    from pressframe_altcha._proof import Finding, Prover

_HERE = Path(__file__).parent


def _(text: str) -> str:
    return text  # marks what is translated when shown


_ANSWERS: dict[Finding, tuple[Verdict, str]] = {
    "right": (Verdict.ACCEPT, _("its browser proved its work")),
    "missing": (Verdict.HOLD, _("no proof of work came with it, as from a browser without JavaScript")),
    "expired": (Verdict.HOLD, _("its proof of work came too late")),
    "wrong": (Verdict.REFUSE, _("its proof of work is wrong")),
    "used": (Verdict.REFUSE, _("its proof of work was used for another comment")),
}


@attrs.frozen(eq=False)
class Altcha:
    """Ask browsers to work a moment before they send a comment; of those that can't, comments wait to be read.

    Attributes:
        difficulty: Tries that a browser needs on average; 1,000 take a phone about a second.
        lifetime: How long after its form was first touched a comment may be sent.
        known_too: True asks also readers who are signed in, or had a comment accepted.
    """

    needs: ClassVar[tuple[str, ...]] = ("sql", "web", "comments")

    difficulty: int = attrs.field(default=1000, validator=and_(ge(1), le(1_000_000)))
    lifetime: timedelta = attrs.field(
        default=timedelta(hours=1), validator=and_(ge(timedelta(minutes=1)), le(timedelta(days=1)))
    )
    known_too: bool = False

    def _prover(self, host: Host) -> Prover:
        from pressframe_altcha._proof import Prover

        return Prover(host=host, difficulty=self.difficulty, lifetime=self.lifetime)

    @hookimpl
    def judge_comment(self, comment: Comment, now: datetime, sender: Sender, host: Host) -> Judgement | None:
        is_known = comment.accepted_before or comment.reader is not None
        if comment.kind != "comment" or (is_known and not self.known_too):
            return None
        finding = self._prover(host).check(sender.fields.get("altcha", ""), comment, now)
        verdict, reason = _ANSWERS[finding]
        return Judgement(verdict=verdict, reason=reason)

    @hookimpl
    def register_blocks(self, slot: str) -> Iterable[Block]:
        if slot != "comment_form":
            return []
        return [Block(template="altcha/form.html", data={"lifetime": round(self.lifetime.total_seconds())})]

    @hookimpl
    def register_templates(self) -> Iterable[Path]:
        return [_HERE / "templates"]

    @hookimpl
    def register_translations(self) -> Iterable[Path]:
        return [_HERE / "locale"]

    @hookimpl
    def register_assets(self) -> Iterable[Asset]:
        names = ("altcha.js", "altcha-worker.js")
        return [Asset(address=f"/{name}", file=_HERE / "static" / name) for name in names]

    @hookimpl
    def register_migrations(self) -> Iterable[Path]:
        return [_HERE / "migrations"]

    @hookimpl
    def register_routes(self, host: Host) -> Iterable[Route]:
        prover = self._prover(host)

        def give(request: Request, site: Live) -> Response:
            body = json.dumps(prover.challenge(request.now)).encode()
            return Response(body=body, media_type="application/json")

        return [Route(methods=("GET",), path="/altcha/challenge", endpoint=give)]
