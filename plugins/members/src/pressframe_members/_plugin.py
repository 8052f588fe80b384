"""The plugin: its settings and its hooks."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import attrs

# isort: off
# fmt: off
from pressframe.hookspecs import hookimpl
from pressframe.model import (
    Asset, Block, Host, Page, Reader, View,
)
from pressframe_sql import Job, PersonalData
from pressframe_web import Request, Route, Web
from pressframe_web.model import MADE_FOR, is_signed_in
# fmt: on
# isort: on
from pressframe_members.model import KNOWN, SUBSCRIBERS, AccountPart, Change, Member

if TYPE_CHECKING:
    import click

log = logging.getLogger("pressframe")

_HERE = Path(__file__).parent


@attrs.frozen(eq=False)
class Members:
    """Have subscribers, who sign up and sign in by mailed links; what is kept for them the plugin ``gates`` says.

    Attributes:
        overlay: True shows a reminder to subscribe over open posts; readers can put it away.
        way_out: Words of the link that puts the reminder away; empty for "Continue reading" in the site's language.
    """

    overlay: bool = False
    way_out: str = ""

    needs: ClassVar[tuple[str, ...]] = ("sql", "web", "gates")
    hookspecs: ClassVar[str] = "pressframe_members.hookspecs"

    # ------------------------------------------------------------------------------------------ readers

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
    def register_assets(self) -> Iterable[Asset]:
        yield Asset(address="/members.js", file=_HERE / "static" / "members.js")
        if self.overlay:
            yield Asset(address="/members.css", file=_HERE / "static" / "members.css")
            yield Asset(address="/reminder.js", file=_HERE / "static" / "reminder.js")

    @hookimpl
    def register_blocks(self, slot: str, page: Page, site: View) -> Iterable[Block]:
        if slot not in ("after_body", "footer", "withheld_ways", "gate_ways"):
            return
        live = site.plugin(Web).elsewhere(site)  # on a static host forms do nothing: links lead to where they do
        is_member = is_signed_in(page, site)
        if slot == "withheld_ways":
            if not live and not is_member:
                yield Block(template="members/ways.html", data={"next": page.address, "may_join": _asks(page)})
            return
        if slot == "gate_ways":
            if not live and not is_member:
                yield Block(template="members/gate.html" if _asks(page) else "members/known.html")
            return
        has_gate = not live and _is_closed(page, site)
        if slot == "after_body":
            if has_gate:
                yield Block(template="members/gate.html", data={"next": page.address})
            elif not live and not is_member and _is_closed(page, site, asking=None):
                yield Block(template="members/known.html", data={"next": page.address})
            return
        is_shared = page.indexed and MADE_FOR not in page.data  # who was given a text is not asked over it to subscribe
        has_reminder = self.overlay and not is_member and is_shared and _is_open_post(page, site)
        has_form = not (live or is_member or has_gate or has_reminder or page.template.startswith("members/"))
        said = {"is_member": is_member or KNOWN in page.data, "has_form": has_form, "live": live}
        yield Block(template="members/nav.html", data=said)
        if has_reminder:
            said = {"next": page.address, "way_out": self.way_out, "live": live}
            yield Block(template="members/reminder.html", data=said)

    # ----------------------------------------------------------------------------------------- serving

    @hookimpl
    def register_routes(self, host: Host) -> Iterable[Route]:
        from pressframe_members._routes import Pages

        return Pages(host).routes()

    @hookimpl
    def register_account(self, host: Host) -> Iterable[AccountPart]:
        from pressframe_members._own_parts import own_parts

        return own_parts(host)

    @hookimpl
    def on_subscription(self, member: Member, audience: str, change: Change) -> None:
        """Leave a trail in the log, without names or addresses."""
        log.info("member %s: %s %s", member.id, change, audience)

    @hookimpl
    def on_name(self, reader: Reader, name: str, host: Host) -> None:
        """Keep the name under which a member without one has just commented."""
        from pressframe_members.store import Members as Store

        with suppress(ValueError):  # one that is no name here is asked for again
            Store(host).name(reader.id, name)

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


def _asks(page: Page) -> bool:
    """Say whether what a page's readers lack is for subscribers, by what its ``data`` says that it requires."""
    requires = page.data.get("requires")
    return isinstance(requires, Sequence) and SUBSCRIBERS in requires


def _is_closed(page: Page, site: View, *, asking: str | None = SUBSCRIBERS) -> bool:
    """Say whether what *page* is about is closed, and being one of *asking* would be of use."""
    gate = site.gate(page.subject) if page.subject is not None else None
    return gate is not None and (asking is None or asking in gate.requires - site.audiences)


def _is_open_post(page: Page, site: View) -> bool:
    card = site.card(page.subject) if page.subject is not None else None
    return card is not None and card.kind == "post" and not card.gated
