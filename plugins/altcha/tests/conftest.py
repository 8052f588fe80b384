"""A site that asks for proofs of work."""

import base64
import json
from datetime import UTC, datetime

import altcha
import attrs
import pytest

from pressframe import Comment, Sender, Site
from pressframe_altcha import Altcha
from pressframe_sql import database
from pressframe_web import Request

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
SETTINGS = """
[site]
title = "PRland"
plugins = ["sql", "web", "comments", "altcha"]
[plugins.altcha]
difficulty = 3
{settings}
"""


def encoded(challenge, solution):
    return base64.b64encode(json.dumps({"challenge": challenge, "solution": solution}).encode()).decode()


@attrs.define
class Gate:
    """A site, as a browser and the endpoint of comments meet it."""

    site: Site
    now: datetime = NOW

    def challenge(self):
        routes = {route.path: route.endpoint for _, route in self.site.hooks.all("register_routes", self.site)}
        answer = routes["/altcha/challenge"](Request(method="GET", path="/altcha/challenge", now=self.now), None)
        assert answer.media_type == "application/json"
        return json.loads(answer.body)

    def solution(self, challenge):
        found = altcha.solve_challenge(altcha.Challenge.from_dict(challenge))
        return {"counter": found.counter, "derivedKey": found.derived_key}

    def proof(self):
        challenge = self.challenge()
        return encoded(challenge, self.solution(challenge))

    def judge(self, proof=None, *, body="Bonjour", **more):
        comment = Comment(id="new", entry="e", author="Z", body=body, received=self.now, **more)
        fields = {} if proof is None else {"altcha": proof}
        judged = self.site.plugin(Altcha).judge_comment(comment, self.now, Sender(fields=fields), self.site)
        return None if judged is None else judged.verdict


@pytest.fixture
def gate(tmp_path, sql_table, once):
    """Opens a site with given settings of the plugin."""
    opened = []

    def make(settings=""):
        (tmp_path / "pressframe.toml").write_text(SETTINGS.format(settings=settings) + sql_table, "utf-8")
        opened.append(Site.open(tmp_path))
        return Gate(opened[-1])

    yield make
    for site in opened:
        database(site).close()
