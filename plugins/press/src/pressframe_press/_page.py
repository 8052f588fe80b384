"""How a page came about."""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterator
from typing import TypeAlias
from zoneinfo import ZoneInfo

from pressframe.model import Gate, Json
from pressframe.press import NOBODY, Explanation
from pressframe_press._json import parse
from pressframe_press._memory import Done, Past
from pressframe_press._present import Present, look
from pressframe_press._rows import Row, read_gate
from pressframe_press._run import Build
from pressframe_press._scan import scan
from pressframe_press._trace import Contribution, Trace
from pressframe_press._winners import Winner, find_winners
from pressframe_press._words import grouped, moment_in, several, shortened

Line: TypeAlias = tuple[str, str]


def eyes(names: Collection[str]) -> str:
    """Return for whom a rendering is, told from the audiences of its readers."""
    if len(names) > 1:
        return f"the audiences {several(names)} together"
    return f"the audience {several(names)}" if names else "strangers"


class PageExplaining:
    """Explains one page that the last build left."""

    def __init__(self, build: Build, past: Past, address: str) -> None:
        self._build, self._past, self._address = build, past, address
        self._zone, self._site = build.site.settings.timezone, build.site
        scanned = scan(build.site)
        self._found = scanned.found
        self._done = sorted(past.done.find("address = ?", address), key=lambda one: one.audiences)
        self._present: Present = look(build, past, scanned)
        planner = next(
            (one for one in past.planned.all().values() for item in parse(one.pages) if item[0] == address), None
        )
        self._planned = planner
        self._row = next(iter(past.rows.find("address = ? AND id != ''", address)), None) if planner is None else None

    def explanation(self) -> Explanation:
        """Return what there is to tell."""
        whom = " and for ".join(eyes(one.readers) for one in self._done)
        row, planned = self._row, self._planned
        what = f"the page of {row.file}" if row else f"a page that {planned.plugin if planned else 'nobody'} planned"
        parts = {
            "Entry": self._entry(), "Gate": self._gated(), "Sections": self._sections(), "Plan": self._plan(),
            "Last build": self._last(), "Next build": self._next(), "Rendered again when": self._again(),
            "Templates": [(one.name, str(one)) for one in self._winners],
            "Plugins": [(one.hook, f"{one.plugin}: {one.what}") for one in self._contributions],
            "What it asked for": self._asked(),
        }  # fmt: skip
        return Explanation(
            address=self._address, summary=f"{what}, for {whom}",
            parts={heading: lines for heading, lines in parts.items() if lines}, facts=self._facts(),
        )  # fmt: skip

    # ------------------------------------------------------------------------------------------ where from

    @functools.cached_property
    def _subject(self) -> Row | None:
        """The entry that the page is about."""
        if self._row or self._planned is None:
            return self._row
        item = next(item for item in parse(self._planned.pages) if item[0] == self._address)
        return next(iter(self._past.rows.find("id = ?", item[1])), None) if item[1] else None

    def _entry(self) -> list[Line]:
        row = self._subject
        if row is None:
            return []
        owner = next(
            (one.plugin for one in self._found if (one.source.loader, one.source.key) == (row.loader, row.key)), ""
        )
        lines = [("id", row.id), ("title", row.title), ("source", row.file)]
        return [
            *lines,
            ("loader", f"{row.loader}, of the plugin {owner}" if owner else f"{row.loader}, which lists it no more"),
        ]

    def _gated(self) -> list[Line]:
        row = self._subject
        if row and row.gate:
            return [*told_of(read_gate(row.gate), self._zone)]
        if row and row.until:
            return [("open", f"until {moment_in(self._zone, row.until)}, when it is judged again")]
        return []

    def _sections(self) -> list[Line]:
        """Tell which sections there are, and for whom there are renderings; those that are alike are one."""
        sections = self._subject.sections if self._subject else None
        if sections is None:
            return []
        lines = [(str(number), f"for {eyes(sorted(one))}") for number, one in enumerate(sections.sections, 1)]
        found = [eyes(one.readers) for one in self._done]
        return [*lines, ("renderings", f"{len(found)}: for {' and for '.join(found)}")]

    def _plan(self) -> list[Line]:
        planned, page = self._planned, self._present.plan.get(self._address)
        template = [("template", page.template)] if page else [("", "It is planned no more.")]
        if planned is None:
            return [
                ("planned as", f"the page of its entry, as every {self._row.kind if self._row else 'entry'} has one"),
                *template,
            ]
        asked = [(f"asked: {group}", shortened(items)) for group, items in grouped(parse(planned.questions)).items()]
        return [("planned by", f"the plugin {planned.plugin}, in register_pages"), *template, *asked]

    # ------------------------------------------------------------------------------------------- what with

    @functools.cached_property
    def _trace(self) -> Trace:
        """What plugins do for the page as it is now: in its own rendering, and in that for readers."""
        trace, row, present = Trace(), self._row, self._present
        for one in self._found if row else ():
            if row and (one.source.loader, one.source.key) == (row.loader, row.key):
                trace.load(self._build.wish, one, self._build.memory.shelf)
        page = present.plan.get(self._address)
        for done in self._done if page else ():
            assert page is not None
            trace.render(present.press, page, frozenset(done.readers))
        return trace

    @functools.cached_property
    def _contributions(self) -> list[Contribution]:
        planned, asked = self._planned, {one.partition("\t")[0] for done in self._done for one in self._questions(done)}
        found = [Contribution("register_pages", planned.plugin, "planned this page")] if planned else []
        found += self._trace.contributions(self._build.wish)
        if asked & {"comments", "talk", "conversations"}:
            filters = self._site.hooks.implementers("filter_comment")
            found += [
                Contribution("register_comments", name, "asked for comments")
                for name in dict.fromkeys(name for name, _ in self._site.hooks.register_comments(self._site))
            ]
            found += [Contribution("filter_comment", name, "asked about the HTML of each comment") for name in filters]
        return found

    @functools.cached_property
    def _winners(self) -> list[Winner]:
        page, present = self._present.plan.get(self._address), self._present
        asked = {one for done in self._done for one in self._questions(done) if one.startswith("template\t")}
        blocks = {
            block.template: plugin
            for hook, plugin, _, answer in self._trace.calls
            for block in (answer if hook == "register_blocks" else ())
        }
        names = {one.partition("\t")[2] for one in asked} | blocks.keys()
        return find_winners(self._site, present.press.templates, page.template, names, blocks) if page else []

    # ------------------------------------------------------------------------------------------- and when

    def _questions(self, done: Done) -> list[str]:
        shared = self._past.shared.get(done.shared)
        return [*parse(done.own), *(parse(shared.questions) if shared else ())]

    def _asked(self) -> list[Line]:
        """Tell what the renderings asked for; templates are told by themselves."""
        questions = {one for done in self._done for one in self._questions(done)}
        return [(group, shortened(items)) for group, items in grouped(questions).items() if group != "templates"]

    def _by_last(self, done: Done) -> bool:
        return done.build == self._past.fact("build")

    def _last(self) -> list[Line]:
        lines = [("at", moment_in(self._zone, self._past.fact("now")))]
        for done in self._done:
            if self._by_last(done):
                lines.append((f"for {eyes(done.readers)}", f"rendered: {done.reason}"))
            else:
                when = moment_in(self._zone, done.build.partition(" ")[2])
                kept = f"not rendered, as all that it asked for was the same; rendered at {when}: {done.reason}"
                lines.append((f"for {eyes(done.readers)}", kept))
        return lines

    def _next_of(self, done: Done) -> str:
        """Return why the next build renders it; empty if it does not."""
        present = self._present
        return present.anew or present.again.get((done.address, frozenset(done.readers)), "")

    def _next(self) -> list[Line]:
        if self._present.error:
            return [("", f"fails: {self._present.error}")]
        if self._present.plan.get(self._address) is None:
            return [("", "removes it: it is planned no more")]
        failed = [("", f"fails: {self._trace.error}")] if self._trace.error else []
        lines = []
        for done in self._done:
            why = self._next_of(done)
            lines.append((f"for {eyes(done.readers)}", f"renders it: {why}" if why else "leaves it as it is"))
        return failed or lines

    def _again(self) -> list[Line]:
        lines = (
            [("", f"{self._row.file} says something else, or a plugin makes something else of it")] if self._row else []
        )
        lines.append(("", "anything that it asked for is answered otherwise, or one of its templates changes"))
        if self._planned:
            lines.append(("", f"{self._planned.plugin} plans it otherwise"))
        if self._row and self._row.until:
            lines.append(("", f"{moment_in(self._zone, self._row.until)} comes, when its gate is judged again"))
        return [
            *lines,
            ("", "the settings, a plugin, a translation or an installed version changes: then every page is"),
        ]

    # -------------------------------------------------------------------------------------- for programs

    def _rendering(self, done: Done) -> Json:
        asked: list[Json] = [[*one.split("\t")] for one in sorted(self._questions(done))]
        return {
            "audiences": [*done.readers], "bytes": done.size,
            "rendered_by_last_build": self._by_last(done), "rendered": done.build.partition(" ")[2],
            "why": done.reason, "next": self._next_of(done) or None, "asked": asked,
        }  # fmt: skip

    def _facts(self) -> dict[str, Json]:
        row, planned, past = self._subject, self._planned, self._past
        entry: Json = {"id": row.id, "title": row.title, "source": row.file, "loader": row.loader} if row else None
        renderings: list[Json] = [self._rendering(done) for done in self._done]
        return {
            "kind": "page", "entry": entry, "gate": facts_of_gate(read_gate(row.gate) if row and row.gate else None),
            "sections": [[*sorted(one)] for one in row.sections.sections] if row and row.sections else [],
            "planned_by": planned.plugin if planned else None,
            "plan_asked": [[*one.split("\t")] for one in parse(planned.questions)] if planned else [],
            "templates": [one._asdict() for one in self._winners],
            "plugins": [one._asdict() for one in self._contributions],
            "renderings": renderings, "last_build": past.fact("now"), "error": self._present.error or None,
        }  # fmt: skip


def facts_of_gate(gate: Gate | None) -> Json:
    """Return a gate for programs."""
    if gate is None:
        return None
    until = gate.until.isoformat() if gate.until else None
    requires: list[Json] = [*sorted(map(str, gate.requires))]
    return {"requires": requires, "until": until, "reason": gate.reason, "conversation": gate.conversation}


def told_of(gate: Gate, zone: ZoneInfo) -> Iterator[Line]:
    """Yield what is told of a closed gate."""
    yield "closed by", gate.reason
    yield "opens for", "nobody" if NOBODY in gate.requires else eyes(sorted(gate.requires))
    yield "comments", gate.conversation
    if gate.until:
        yield "until", moment_in(zone, gate.until.isoformat())
