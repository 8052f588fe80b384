"""The plugin: its settings and its hooks."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import attrs
from attrs.validators import ge, optional

from pressframe.errors import PluginError
from pressframe.hookspecs import hookimpl
from pressframe.model import Block, Body, Card, Conversation, Entry, Gate, Json, Page, Section, Teaser, View
from pressframe_gates._rules import SUBSCRIBERS, Audience, Rule, Span, check_audiences, check_terms
from pressframe_gates._wishes import Wishes, read_wishes
from pressframe_web.model import is_signed_in

log = logging.getLogger("pressframe")

_HERE = Path(__file__).parent
_WITHHELD = "<!--withheld:"
"""What the press leaves in the place of a section."""
_STRICTEST = timedelta(microseconds=1)


@attrs.frozen(eq=False)
class Gates:
    """Close entries for who is not of an audience, and say what of them is public.

    An entry's front matter may hold ``audience``, one or several, or ``public``; that goes before the rules.
    ``teaser_paragraphs``, ``teaser_words`` and ``closed_comments`` stand there as well.

    Attributes:
        archive_after: How long a post is open to all; older ones are for subscribers. Left out: for ever.
        rules: Further rules, which add up: a reader must be of every audience that any of them asks for.
        audiences: Those that there are besides `subscribers`, by name, and what readers are told of each.
        teaser_paragraphs: How many paragraphs of a closed entry are public, where its author set no mark; 1 if neither
            this nor `teaser_words` is set.
        teaser_words: How many words of it, at most; whole paragraphs.
        closed_comments: What a closed page shows of its comments: ``"shown"``, ``"counted"`` or ``"hidden"``.
        tell_rest: Tell on closed pages how many sections and words, in hundreds, the rest has.
    """

    archive_after: timedelta | None = attrs.field(default=None, validator=optional(ge(timedelta(0))))
    rules: tuple[Rule, ...] = ()
    audiences: Mapping[str, Audience] = attrs.field(factory=dict)
    teaser_paragraphs: int | None = attrs.field(default=None, validator=optional(ge(0)))
    teaser_words: int | None = attrs.field(default=None, validator=optional(ge(0)))
    closed_comments: Conversation = "hidden"
    tell_rest: bool = True

    def __attrs_post_init__(self) -> None:
        check_audiences(self.rules, self._known)

    @functools.cached_property
    def _known(self) -> frozenset[str]:
        return frozenset({SUBSCRIBERS, *self.audiences})

    # ------------------------------------------------------------------------------------------ gating

    @hookimpl
    def filter_entry(self, entry: Entry) -> Entry | None:
        """Stop the build where an entry names an audience that there is not: a guess could open it.

        What is noted in ``data["gates"]``: ``rest``, the size of what a gate closes, and ``withholds``, that a section
        is missing.
        """
        from pressframe_gates._rest import take_mark

        read_wishes(entry, self._known)
        body, found = _without_marks(entry.body), take_mark(entry.body.html)
        noted: dict[str, Json] = {"withholds": True} if _WITHHELD in body.html else {}
        if found is not None:
            html, noted["rest"] = take_mark(body.html) or found
            body = attrs.evolve(body, html=html)
        if not noted:
            return None if body is entry.body else attrs.evolve(entry, body=body)
        return attrs.evolve(entry, body=body, data={**entry.data, "gates": noted})

    @hookimpl
    def register_sections(self, entry: Entry, text: str) -> Iterable[Section]:
        if "<!--" not in entry.body.html:
            return []
        from pressframe_gates._sections import find_sections

        return find_sections(entry, text, self._known)

    @hookimpl
    def judge_gate(self, entry: Entry, now: datetime) -> Gate | None:
        wishes = read_wishes(entry, self._known)
        if wishes.audience is not None:
            return self._own_gate(wishes) if wishes.audience else None
        fitting = [(said, rule, rule.span(entry)) for said, rule in self._named if rule.fits(entry)]
        closing = [one for one in fitting if one[2].holds(now)]
        until = min((moment for *_, span in fitting for moment in span.next(now)), default=None)
        if not closing and until is None:
            return None
        reasons = [_reason(*one) for one in closing or fitting]
        way = "audience: public in its front matter opens it" if closing else "open until then"
        return Gate(
            requires=frozenset(name for _, rule, _ in closing for name in rule.audience),
            until=until,
            reason=f"{'; '.join(reasons)} ({way})",
            conversation=wishes.closed_comments or self.closed_comments,
        )

    def _own_gate(self, wishes: Wishes) -> Gate:
        assert wishes.audience
        named = ", ".join(sorted(wishes.audience))
        return Gate(
            requires=wishes.audience,
            reason=f"its front matter says audience: {named} (without that line the rules decide)",
            conversation=wishes.closed_comments or self.closed_comments,
        )

    @functools.cached_property
    def _named(self) -> tuple[tuple[str, Rule], ...]:
        """Every rule with what it is called."""
        archive = [("archive_after", Rule(after=self.archive_after))] if self.archive_after is not None else []
        return (*archive, *((f"rule {number}", rule) for number, rule in enumerate(self.rules, 1)))

    @hookimpl
    def find_teaser(self, entry: Entry, gate: Gate) -> Teaser | None:
        from pressframe_gates._rest import mark_rest
        from pressframe_gates._teaser import Extent, cut

        if gate.requires.isdisjoint(self._known):
            return None
        wishes = read_wishes(entry, self._known)
        own = Extent.of(wishes.teaser_paragraphs, wishes.teaser_words)
        public = cut(entry.body, own or Extent.of(self.teaser_paragraphs, self.teaser_words) or Extent(paragraphs=1))
        return Teaser(html=public.html + (mark_rest(public.rest) if self.tell_rest else ""))

    # --------------------------------------------------------------------------------------- rendering

    @hookimpl
    def register_pages(self, site: View) -> Iterable[Page]:
        """Plan none; but look whether what the rules name is there."""
        for sentence in check_terms(self.rules, site):
            log.warning("%s", sentence)
        return []

    @hookimpl
    def register_templates(self) -> Iterable[Path]:
        return [_HERE / "templates"]

    @hookimpl
    def register_translations(self) -> Iterable[Path]:
        return [_HERE / "locale"]

    @hookimpl
    def register_filters(self) -> Mapping[str, Callable[..., object]]:
        return {"gate_names": self.names, "audience_name": self.name_of}

    def name_of(self, audience: str, subscribers: str = SUBSCRIBERS) -> str:
        """Return what an audience is called, in the site's language; its key where nobody said.

        Args:
            subscribers: What subscribers are called where the settings don't say.
        """
        own = self.audiences.get(audience, Audience()).name
        return own or (subscribers if audience == SUBSCRIBERS else audience)

    def names(self, card: Card, site: View, subscribers: str) -> tuple[str, ...]:
        """Return what those are called whom an entry is closed for all but; nothing where one of them has no name.

        Args:
            subscribers: What subscribers are called, in the site's language, where the settings don't say.
        """
        if not card.gated:
            return ()
        words = {SUBSCRIBERS: subscribers, **{name: one.name for name, one in self.audiences.items() if one.name}}
        if self._known == {SUBSCRIBERS} and len(site.hooks.implementers("judge_gate")) == 1:
            return (words[SUBSCRIBERS],)  # so that a list asks nothing of each post where there is but one answer
        gate = site.gate(card.id)
        asked = _in_order(gate.requires) if gate else []
        return tuple(words[name] for name in asked) if words.keys() >= {*asked} else ()

    @hookimpl
    def register_blocks(self, slot: str, page: Page, site: View) -> Iterable[Block]:
        if slot == "withheld":
            return [Block(template="gates/section.html", data=self._of_section(page, site))]
        if slot == "gate_ways":
            return [Block(template="gates/ways.html", data=self._ways(missing_of(page, site), page, site))]
        if slot != "after_body" or page.subject is None:
            return []
        gate, entry = site.gate(page.subject), site.entry(page.subject)
        if gate is None or entry is None:
            return []
        missing, live = gate.requires - site.audiences, _live(site, page)
        kept = entry.data.get("gates")
        data: dict[str, object] = {
            "rest": kept.get("rest") if isinstance(kept, Mapping) else None,
            **self._ways(missing, page, site, live=live),
            "gives": [sentence for one in self._asked(missing) for sentence in one.gives],
            "opens": self._opening(entry, gate),
            "live": live,
        }
        return [Block(template="gates/closed.html", data=data)]

    def _asked(self, missing: Iterable[str]) -> list[Audience]:
        return [self.audiences.get(name, Audience()) for name in _in_order(missing) if name in self._known]

    def _ways(self, missing: Iterable[str], page: Page, site: View, *, live: str = "") -> dict[str, object]:
        """Return what is told of audiences that a reader lacks: names, and where one joins them, if not at *live*."""
        asked = self._asked(missing)
        return {
            "names": [one.name for one in asked if one.name],
            "join": [] if live else [(one.name, one.join) for one in asked if one.join],
            "is_member": is_signed_in(page, site),
        }

    def _of_section(self, page: Page, site: View) -> dict[str, object]:
        """Return what is told where a section is withheld."""
        missing, live = missing_of(page, site), _live(site, page)
        return {
            **self._ways(missing, page, site, live=live),
            "is_for_subscribers": SUBSCRIBERS in missing and not self.audiences.get(SUBSCRIBERS, Audience()).name,
            "live": live,
        }

    def _opening(self, entry: Entry, gate: Gate) -> datetime | None:
        """Return when a closed entry opens for all; None if it does not, or others close it as well."""
        if gate.until is None:
            return None
        before, after = self.judge_gate(entry, gate.until - _STRICTEST), self.judge_gate(entry, gate.until)
        is_mine = before is not None and before.requires == gate.requires
        return gate.until if is_mine and (after is None or not after.requires) else None


def _in_order(audiences: Iterable[str]) -> list[str]:
    """Return audiences as one becomes of them: first a subscriber."""
    return sorted(audiences, key=lambda name: (name != SUBSCRIBERS, name))


def missing_of(page: Page, site: View) -> frozenset[str]:
    """Return the audiences that a page's readers lack: for a section in it, or what else its ``data`` asks for."""
    requires = page.data.get("requires")
    return frozenset(map(str, requires if isinstance(requires, Sequence) else ())) - site.audiences


def _without_marks(body: Body) -> Body:
    if "<!--" not in body.html:
        return body
    from pressframe_gates._sections import without_marks

    return without_marks(body)


def _reason(said: str, rule: Rule, span: Span) -> str:
    return f"{said}, {rule.told(span)}: for {' and '.join(sorted(rule.audience))}"


def _live(site: View, page: Page) -> str:
    """Return the page's address where the site is served live, if that is elsewhere."""
    from pressframe_web import Web

    try:
        live = site.plugin(Web).elsewhere(site)
    except PluginError:
        return ""
    return f"{live}{page.address}" if live else ""
