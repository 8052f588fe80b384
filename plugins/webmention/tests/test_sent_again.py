"""A mention that is sent again while the first is checked."""

import pytest

from pressframe_testing import EVERY_DATABASE
from pressframe_web.fetching import Fetcher

from .test_receiving import PAGE

pytestmark = EVERY_DATABASE


@pytest.mark.parametrize("first", [PAGE, "<p>Pas encore de lien.</p>"])
def test_what_is_sent_again_while_its_source_is_fetched_is_fetched_again(
    blog, elsewhere, mention, stored, monkeypatch, first
):
    """Its author has corrected it, and tells of that, a moment after it was read."""
    served = blog().serve()
    source, fetch, corrected = elsewhere.put("/a", first), Fetcher.get, PAGE.replace("pas d’accord", "d’accord")

    def get(self, url, **how):
        fetched = fetch(self, url, **how)
        if len(elsewhere.asked) == 1:
            elsewhere.put("/a", corrected)
            mention(served, source)
        return fetched

    monkeypatch.setattr(Fetcher, "get", get)
    status = mention(served, source).headers["location"]
    served.run_jobs()

    assert [filed.comment.body for filed in stored(served)] == ["Ma réponse\n\nJe ne suis d’accord."]
    assert "checked and taken" in served.visitor.get(status).text
