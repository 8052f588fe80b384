"""The plugin: its settings and its hooks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import attrs
from attrs.validators import deep_iterable, ge

# isort: off
# fmt: off
from pressframe.hookspecs import hookimpl
from pressframe.model import (
    Asset, Block, Conversation, Entry, Gate, Host, Page, Reader, Teaser, View,
)
from pressframe_sql import Job, PersonalData
from pressframe_web import Request, Route
# fmt: on
# isort: on
from pressframe_members._gate import check_audience, judge
from pressframe_members.model import SUBSCRIBERS

if TYPE_CHECKING:
    import click

_HERE = Path(__file__).parent
_AUDIENCE = re.compile(r"[a-z][a-z0-9-]{0,39}")


def _is_audience(_: object, __: object, value: str) -> None:
    if not _AUDIENCE.fullmatch(value) or value in ("public", "nobody"):
        raise ValueError(f'must be a word in lower case such as "paid", not "public" or "nobody"; got "{value}"')


@attrs.frozen(eq=False)
class Members:
    """Keep posts for subscribers, who sign up and sign in by mailed links.

    An entry's front matter may say ``audience: public`` or ``audience: subscribers``; that goes before the settings.

    Attributes:
        archive_after: How long a post is open to all; older ones are for subscribers. Left out: for ever.
        overlay: True shows a reminder to subscribe over open posts; readers can put it away.
        closed_comments: What a closed page shows of its comments: ``"shown"``, ``"counted"`` or ``"hidden"``.
        teaser_paragraphs: How many paragraphs of a closed post are public, where its author set no mark.
        way_out: Words of the link that puts the reminder away; empty for "Continue reading" in the site's language.
        audiences: What members may have besides ``subscribers``, which is whoever confirmed an address: ``"paid"``.
    """

    archive_after: timedelta | None = None
    overlay: bool = False
    closed_comments: Conversation = "hidden"
    teaser_paragraphs: int = attrs.field(default=1, validator=ge(0))
    way_out: str = ""

    audiences: frozenset[str] = attrs.field(default=frozenset(), validator=deep_iterable(_is_audience))

    needs: ClassVar[tuple[str, ...]] = ("sql", "web")
    hookspecs: ClassVar[str] = "pressframe_members.hookspecs"

    # ------------------------------------------------------------------------------------------ gating

    @hookimpl
    def filter_entry(self, entry: Entry) -> None:
        """Stop the build where an entry names an audience that there is not: a guess could open it."""
        check_audience(entry)

    @hookimpl
    def judge_gate(self, entry: Entry, now: datetime) -> Gate | None:
        return judge(entry, now, after=self.archive_after, conversation=self.closed_comments)

    @hookimpl
    def find_teaser(self, entry: Entry, gate: Gate) -> Teaser | None:
        from pressframe_members._teaser import cut

        if SUBSCRIBERS not in gate.requires:
            return None
        return Teaser(html=cut(entry.body, paragraphs=self.teaser_paragraphs))

    @hookimpl
    def find_reader(self, request: Request, host: Host) -> Reader | None:
        session = request.cookies.get("session")
        if not session:
            return None
        from pressframe_members._sessions import Sessions

        return Sessions(host).find_reader(session, request.now)

    # --------------------------------------------------------------------------------------- rendering

    @hookimpl
    def register_templates(self) -> Iterable[Path]:
        return [_HERE / "templates"]

    @hookimpl
    def register_translations(self) -> Iterable[Path]:
        return [_HERE / "locale"]

    @hookimpl
    def register_filters(self) -> Mapping[str, Callable[..., object]]:
        return {"as_moment": datetime.fromisoformat}  # what a page is given is JSON, which has no times

    @hookimpl
    def register_assets(self) -> Iterable[Asset]:
        return [Asset(address="/members.css", file=_HERE / "static" / "members.css")] if self.overlay else []

    @hookimpl
    def register_blocks(self, slot: str, page: Page, site: View) -> Iterable[Block]:
        if slot == "after_body" and page.subject is not None:
            gate = site.gate(page.subject)
            if gate is not None and SUBSCRIBERS in gate.requires - site.audiences:
                yield Block(template="members/gate.html", data={"next": page.address})
        if slot == "footer":
            is_subscriber = SUBSCRIBERS in site.audiences
            has_form = not is_subscriber and not page.template.startswith("members/")
            nav = {"is_subscriber": is_subscriber, "has_form": has_form, "next": page.address if page.indexed else ""}
            yield Block(template="members/nav.html", data=nav)
            if self.overlay and not is_subscriber and page.indexed and _is_open_post(page, site):
                yield Block(template="members/reminder.html", data={"next": page.address, "way_out": self.way_out})

    # ----------------------------------------------------------------------------------------- serving

    @hookimpl
    def register_routes(self, host: Host) -> Iterable[Route]:
        from pressframe_members._routes import Pages

        return Pages(host).routes()

    @hookimpl
    def register_personal_data(self) -> Iterable[PersonalData]:
        from pressframe_members._personal import erase, find, readers

        return [PersonalData(name="members", find=find, erase=erase, readers=readers)]

    @hookimpl
    def register_jobs(self, host: Host) -> Iterable[Job]:
        from pressframe_members._asking import ANSWER, Asking
        from pressframe_members._links import MAIL
        from pressframe_members._mail import LinkMail
        from pressframe_members._telling import END, TELL, Telling

        told = Telling(host)
        jobs = {
            ANSWER: Asking(host).answer,
            MAIL: LinkMail(host).send,
            TELL: told.tell_later,
            END: told.look_at_end,
        }
        return [Job(name=name, run=run) for name, run in jobs.items()]

    @hookimpl
    def register_migrations(self) -> Iterable[Path]:
        return [_HERE / "migrations"]

    @hookimpl
    def register_commands(self, host: Host) -> Iterable[click.Command]:
        from pressframe_members._commands import make_members_command

        return [make_members_command(host)]


def _is_open_post(page: Page, site: View) -> bool:
    card = site.card(page.subject) if page.subject is not None else None
    return card is not None and card.kind == "post" and not card.gated
