"""What the other tests hold feeds against knows a flaw when it sees one: it agrees with the W3C's validator."""

import json
import re

import pytest

from .conftest import SHARED
from .feedcheck import flaws

NAMES = {
    "ContainsRelRef",
    "DuplicateElement",
    "InvalidFullLink",
    "InvalidRFC2822Date",
    "InvalidRFC3339Date",
    "InvalidTAG",
    "MissingElement",
}
FOREIGN = re.compile(
    r"contributor|source|image|textInput|skipDays|cloud|ttl|webMaster|xmlns|sy:|thr:updated|license|trackback"
)


@pytest.fixture(scope="module")
def cases():
    """What the validator must say of a feed: its name for the flaw, whether it says so, the feed."""
    file = SHARED / "feeds" / "feedvalidator.jsonl"
    if not file.is_file():
        pytest.skip(f"there are no cases of the feed validator in {SHARED}")
    read = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    return [
        (case["path"], case["expect"].lstrip("!").partition("{")[0], not case["expect"].startswith("!"), case["xml"])
        for case in read
        if ("<feed" in case["xml"] or "<rss" in case["xml"]) and not FOREIGN.search(case["expect"] + case["path"])
    ]


def test_every_flaw_that_the_validator_names_is_found(cases):
    wanted = [(path, name, xml) for path, name, is_flaw, xml in cases if is_flaw and name in NAMES]

    missed = [path for path, name, xml in wanted if not any(flaw.startswith(name) for flaw in flaws(xml.encode()))]
    assert missed == []
    assert len(wanted) > 60


def test_feeds_that_the_validator_passes_have_no_flaw(cases):
    wanted = [(path, xml) for path, name, is_flaw, xml in cases if name == "Error" and not is_flaw]

    found = {path: [flaw for flaw in flaws(xml.encode()) if flaw.split()[0] in NAMES] for path, xml in wanted}
    assert {path: names for path, names in found.items() if names} == {}
    assert len(wanted) > 30
