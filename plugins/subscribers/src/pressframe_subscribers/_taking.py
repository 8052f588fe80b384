"""Members who are taken in: one whose address is typed, or a list; and all of them as a list."""

from __future__ import annotations

import io
from collections.abc import Iterable

import attrs

from pressframe.errors import ContentError
from pressframe.model import Json, Live
from pressframe_admin import Account, Action, Done, Flash
from pressframe_members.care import ask_to_confirm
from pressframe_members.model import read_name
from pressframe_members.transfer import Terms, export_members, import_members
from pressframe_subscribers._desk import LIST, ONE, Desk, page_of, problem
from pressframe_web import Request, Response
from pressframe_web.addresses import read_address
from pressframe_web.uploads import read_files

_SHOWN = 100
_FIELDS = ("address", "name", "consent")
_LIST_FIELDS = ("consent", "paid_as", "until", "do")


def _(text: str) -> str:
    return text  # marks what is translated when shown


@attrs.frozen
class Taking:
    """The forms that take members in, and the list that is given out."""

    _desk: Desk

    def actions(self) -> Iterable[Action]:
        """Return them."""
        yield Action(path=f"{LIST}add", endpoint=self.show_form)
        yield Action(methods=("POST",), path=f"{LIST}add", endpoint=self.add)
        yield Action(path=f"{LIST}import", endpoint=self.show_import)
        yield Action(methods=("POST",), path=f"{LIST}import", endpoint=self.take_list, takes_files=True)
        yield Action(path=f"{LIST}members.csv", endpoint=self.give_list)

    # ---------------------------------------------------------------------------------------------- one

    def show_form(self, request: Request, site: Live, account: Account) -> Response:
        """Show the form for one member."""
        return self._form(dict.fromkeys(_FIELDS, ""), "")

    def _form(self, typed: dict[str, Json], wrong: str) -> Response:
        data: dict[str, Json] = {"typed": typed, "problem": wrong, "givable": self._desk.givable}
        return page_of("add", data, status=422 if wrong else 200)

    def add(self, request: Request, site: Live, account: Account) -> Response | Done:
        """Take somebody in: mail them the question, or believe the owner that they agreed."""
        form, now, desk = request.form, request.now, self._desk
        typed: dict[str, Json] = {name: form.get(name, "")[:300] for name in _FIELDS}
        if read_address(form.get("address", "")) is None:
            return self._form(typed, "address")
        try:
            read_name(form.get("name", ""))
        except ValueError:
            return self._form(typed, "name")
        if form.get("consent") not in ("ask", "given"):
            return self._form(typed, "consent")
        is_known = desk.members.find_by_address(form["address"]) is not None
        confirmed = now if form["consent"] == "given" else None
        member = desk.members.add(
            form["address"], now=now, name=form.get("name", ""), confirmed_at=confirmed, source="owner"
        )
        back = f"{ONE}{member.id}"
        if member.confirmed is None:
            is_asked = ask_to_confirm(desk.host, member.id, now)
            text = _("A mail asks them to confirm their address.")
            return (
                Done(location=back, flash=Flash(text=text))
                if is_asked
                else problem(_("No mail was sent: they were mailed within the last hour."), back)
            )
        return Done(
            location=back,
            flash=Flash(text=_("They were a member already.") if is_known else _("They are a member now.")),
        )

    # --------------------------------------------------------------------------------------------- many

    def show_import(self, request: Request, site: Live, account: Account) -> Response:
        """Show the form for a list."""
        return self._import({})

    def _import(self, data: dict[str, Json], *, status: int = 200) -> Response:
        known: dict[str, Json] = {
            "givable": self._desk.givable,
            "report": None,
            "error": None,
            "typed": dict.fromkeys(_LIST_FIELDS, ""),
        }
        return page_of("import", {**known, **data}, status=status)

    def take_list(self, request: Request, site: Live, account: Account) -> Response | Done:
        """Look at a list, or take in who is on it; say what came of it."""
        form, now = request.form, request.now
        typed: dict[str, Json] = {name: form.get(name, "")[:300] for name in _LIST_FIELDS}
        sent = read_files(request).get("file")
        if sent is None or not sent.content:
            return self._import({"error": {"what": "none"}, "typed": typed}, status=422)
        try:
            until = self._desk.end_of(form, now)
        except ValueError:
            return self._import({"error": {"what": "until"}, "typed": typed}, status=422)
        audience = form.get("paid_as", "")
        terms = Terms(
            confirmed=form.get("consent") == "given", ask=form.get("consent") == "ask",
            paid_as=audience if audience in self._desk.givable else None, until=until, dry=form.get("do") != "import",
        )  # fmt: skip
        try:
            report = import_members(
                self._desk.host, io.BytesIO(sent.content), sent.name or "list.csv", terms=terms, now=now
            )
        except ContentError as error:
            told: dict[str, Json] = {
                "what": "list", "said": error.message, "line": error.at.line if error.at else None,
            }  # fmt: skip
            return self._import({"error": told, "typed": typed}, status=422)
        lines: list[Json] = [{"line": one.line, "why": one.why} for one in report.lines[:_SHOWN]]
        data: dict[str, Json] = {
            "dry": terms.dry, "format": report.format, "new": report.new, "known": report.known, "asked": report.asked,
            "granted": report.granted, "without": report.without, "left": sum(report.left_out.values()), "lines": lines,
            "reasons": [{"why": why, "count": count} for why, count in report.left_out.items()],"name": sent.name[:80],
        }  # fmt: skip
        return self._import({"report": data, "typed": typed})

    def give_list(self, request: Request, site: Live, account: Account) -> Response:
        """Return all members as a file."""
        text = "".join(export_members(self._desk.host))
        return Response(
            body=text.encode(),
            media_type="text/csv",
            headers={"Content-Disposition": 'attachment; filename="members.csv"', "X-Robots-Tag": "noindex"},
        )
