"""A site that asks a fake of Akismet."""

import importlib.util
from datetime import UTC, datetime, timedelta
from pathlib import Path

import attrs
import pytest

from pressframe import Card, Comment, Sender, Site
from pressframe_akismet import Akismet
from pressframe_comments import Change, Comments, Draft, State, comment_store, tell_act
from pressframe_sql import Worker, database

_spec = importlib.util.spec_from_file_location("fake_akismet", Path(__file__).with_name("fake.py"))
_fake = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_fake)

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
SETTINGS = """
[site]
title = "PRland"
url = "https://prland.example"
language = "fr-CA"
plugins = ["sql", "web", "comments", "akismet"]
[plugins.comments]
moderation = "never"
judge_deadline = "60 seconds"
[plugins.akismet]
key = {{ env = "AKISMET_KEY" }}
url = "{url}"
{settings}
"""
CARD = Card(
    id="e", kind="post", address="/2026/billet/", title="T", excerpt="", published=NOW, updated=None, terms=(),
    authors=(), image=None, comments=0, gated=False,
)  # fmt: skip
SENDER = Sender(
    email="zoe@mail.example", client="203.0.113.0/24", agent="Navigateur/1", referrer="https://prland.example/"
)


@attrs.define
class Desk:
    """A site whose owner opted in."""

    site: Site
    fake: object
    now: datetime = attrs.field(factory=lambda: datetime.now(UTC))  # jobs of now are due by the real clock
    count: int = 0

    @property
    def store(self):
        return comment_store(self.site)

    def comment(self, body, **more):
        given = {"id": "new", "entry": "e", "author": "Zoé", "url": "https://zoe.example/", "received": self.now}
        return Comment(body=body, **{**given, **more})

    def judge(self, body, sender=SENDER, **more):
        """What Akismet's plugin alone says."""
        judged = self.site.plugin(Akismet).judge_comment(self.comment(body, **more), CARD, self.now, sender, self.site)
        return None if judged is None else (judged.verdict, judged.reason)

    def send(self, body):
        """Judge a comment as all do, and file it as the endpoint does."""
        self.count += 1
        comment = self.comment(body)
        said = self.site.plugin(Comments).judge(comment, CARD, self.now, SENDER, self.site)
        states = (State.APPROVED, State.PENDING, State.SPAM)
        draft = Draft(
            entry="e", author=comment.author, email=SENDER.email, url=comment.url, body=body, received=self.now,
            client=SENDER.client, agent=SENDER.agent, referrer=SENDER.referrer, key=f"k{self.count}",
        )  # fmt: skip
        reasons = [one.reason for one in said if one.verdict]
        filed = self.store.add(draft, states[said[0].verdict], reasons)
        self.tell(filed.comment, Change.RECEIVED, by="")
        return filed

    def tell(self, comment, change, by):
        list(self.site.hooks.ask("on_comment", comment, None, change, self.site, by))

    def moderate(self, filed, state):
        tell_act(self.site, self.store.move([filed.comment.id], state, by="owner"))

    def work(self, **later):
        """Run the jobs that are due then."""
        jobs = [job for _, job in self.site.hooks.all("register_jobs", self.site)]
        moment = self.now + timedelta(**later)
        Worker(self.site, jobs, lambda: moment).run_due()

    def state(self, filed):
        return self.store.get(filed.comment.id).state


@pytest.fixture
def fake():
    made = _fake.Fake().start()
    yield made
    made.stop()


@pytest.fixture
def desk(tmp_path, fake, monkeypatch, sql_table, once):
    """Opens a site with given settings of the plugin."""
    opened = []
    monkeypatch.setenv("AKISMET_KEY", _fake.KEY)

    def make(settings="", *, url=None):
        patient = (
            settings if "timeout" in settings else f'{settings}\ntimeout = "30 seconds"'
        )  # the machine may be busy
        (tmp_path / "pressframe.toml").write_text(
            SETTINGS.format(settings=patient, url=url or fake.url) + sql_table, "utf-8"
        )
        opened.append(Site.open(tmp_path))
        return Desk(opened[-1], fake)

    yield make
    for site in opened:
        database(site).close()
