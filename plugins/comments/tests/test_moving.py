"""Comments taken along as JSON: whole, twice without harm, and with each mistake named."""

import csv
import io
import json
import re

import pytest

from pressframe_comments import State, Texts, comment_store


@pytest.fixture
def run(served):
    """Two comments, one of them approved and edited; runs a command on their site."""
    for text in ("Un. 🙂", "=1+1"):
        served.post(comment=text, author="+Zoé", email="zoe@example.org")
        served.later(minutes=1)
    store = comment_store(served.site)
    store.move(["c1"], State.APPROVED, by="Anne", at=served.now)
    store.edit("c1", Texts(author="Zoé", url=None, body="Un,\ndeux."), by="Anne", at=served.now)
    return served.moderate


@pytest.fixture
def exported(run, tmp_path):
    file = tmp_path / "export.json"
    assert run("export", str(file)).output == "2 comments exported\n"
    return file


def test_an_export_is_restored_byte_for_byte(run, exported, served, tmp_path):
    page = served.page().text
    run("delete", "--for-ever", "1", "2")
    assert served.page().comments == []

    assert run("import", str(exported)).output == (
        "2 new, 0 known, 0 left out\n"
        "  1 of those that are new must be approved: `pressframe comments list` shows them\n"
    )
    assert run("import", str(exported)).output == "0 new, 2 known, 0 left out\n"

    again = tmp_path / "again.json"
    run("export", str(again))
    assert again.read_bytes() == exported.read_bytes()
    assert served.page().text == page
    assert exported.stat().st_mode & 0o777 == 0o600
    assert all(json.loads(line.rstrip(",")) for line in exported.read_text("utf-8").splitlines()[1:-1])


def test_what_cannot_come_is_named(run, exported, served):
    run("delete", "--for-ever", "1", "2")
    item = json.loads(exported.read_text("utf-8"))
    item["comments"][0]["entry"] = "posts/autre"
    other = exported.with_name("other.json")
    other.write_text(json.dumps(item), "utf-8")
    run("import", str(exported))

    report = run("import", str(other))

    assert report.output == "0 new, 1 known, 1 left out\n  c1: its id belongs to another comment here\n"
    assert json.loads(run("import", str(other), "--json").stdout)["taken"] == ["c1"]


BAD = [
    (lambda text: text.replace("]}", "]", 1), "not valid JSON"),
    (lambda text: text.replace('"version": 1', '"version": 9', 1), "an export of version 9; this program reads 1"),
    (lambda text: text.replace("pressframe comments", "x", 1), "no export of comments"),
    (lambda text: text.replace('"id": "c2"', '"id": "c1"'), "comment 2 (c1): has the id of comment 1"),
    (lambda text: text.replace('"id": "c2"', '"id": "a b"'), "comment 2 (a b): "),
    (lambda text: text.replace('"id": "c2"', '"id": 2'), "comment 2: id must be text"),
    (lambda text: text.replace('"state": "pending"', '"state": "shown"'), "comment 2 (c2): state must be one of"),
    (lambda text: text.replace('"received": "2026-', '"received": "x'), "comment 1 (c1): received must be a date"),
    (lambda text: text.replace('"body": "=1+1"', '"bodies": ""'), "comment 2 (c2): body is missing"),
    (lambda text: text.replace('"client"', '"clients"'), "comment 1 (c1): clients is no key of a comment"),
    (lambda text: text.replace("=1+1", "\\ud800"), "comment 2 (c2): body has half a character in it"),
    (lambda text: text.replace("=1+1", "\\u0000"), "comment 2 (c2): body has a NUL in it"),
    (lambda text: text.replace('"kind": "comment"', '"kind": "x"'), "comment 1 (c1): "),
    (lambda text: text.replace("+Zoé", "Z\\r\\nBcc: a@b"), "comment 2 (c2): author has a line break"),
    (lambda text: text.replace("zoe@", "a\\nzoe@"), "comment 1 (c1): email has a line break"),
    (lambda text: text.replace('"url": null', '"url": "javascript:alert(1)"'), "comment 1 (c1): url must begin"),
    (lambda text: text.replace('"id": "c2"', '"id": "\\u001b[31m\\u009b"'), "comment 2 ( [31m ): "),
    (lambda text: text.replace('"received": "2026-', '"received": "0001-'), "received must be a date from 1970"),
    (lambda text: text.replace('"changed": "2026-', '"changed": "9999-'), "changed must be a date from 1970"),
    (lambda text: text.replace('"at": "2026-', '"at": "0001-'), "at must be a date from 1970"),
    (lambda text: text.replace('"version": 2', f'"version": {2**31}'), "version must be 1 or more"),
    (lambda text: text.replace('"version": 3', f'"version": {"9" * 5000}'), "a number that is too long"),
    (lambda text: text.replace('"reasons": [', '"reasons": ["\\ud800", '), "reasons has half a character"),
    (lambda text: text.replace('"reasons": [', '"reasons": [1, '), "each of reasons must be text"),
    (
        lambda text: text.replace('"texts": {"author": "+Zoé"', '"texts": {"author": 1'),
        "texts in history must hold",
    ),
    (lambda text: "[" * 100_000, "no"),
    (lambda text: "\xff", "not valid JSON"),
]
"""Ways to spoil an export, and what is said."""


def test_a_bad_file_is_refused_as_a_whole_with_what_is_wrong(run, exported, served, subtests):
    run("delete", "--for-ever", "1")
    right = exported.read_text("utf-8")

    for change, message in BAD:
        with subtests.test(message=message):
            exported.write_text(change(right), "utf-8")

            refused = run("import", str(exported))

            assert refused.exit_code == 1
            assert message in refused.output
            assert "Traceback" not in refused.output
            assert not re.search("[\x1b\x9b]", refused.output)
            assert comment_store(served.site).get("c1") is None


def test_no_spreadsheet_takes_a_cell_for_a_formula(run, tmp_path):
    """Threat 59."""
    done = run("export", "--csv", "-")

    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [(row["author"], row["body"]) for row in rows] == [("Zoé", "Un,\ndeux."), ("'+Zoé", "'=1+1")]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", "\n=", " =", "  \t@", "＝", "＋", "－", "＠"])
def test_nothing_that_begins_a_formula_begins_a_cell(served, start):
    """Threat 59: in each column that a sender fills, in wide letters and behind spaces, too."""
    text = f"{start}cmd|'/C calc'!A0"
    item = {"id": "x1", "state": "pending", "received": "2026-11-23T10:00:00+00:00", "entry": "posts/billet"}
    item |= {
        "author": re.sub("[\t\r\n]", "", text),
        "email": re.sub("[\t\r\n]", "", f"{start}a@b.example"),
        "body": text,
    }
    file = served.site.folder / "in.json"
    file.write_text(json.dumps({"format": "pressframe comments", "version": 1, "comments": [item]}), "utf-8")
    assert served.moderate("import", str(file)).exit_code == 0

    (row,) = csv.DictReader(io.StringIO(served.moderate("export", "--csv", "-").stdout, newline=""))

    for column in ("author", "email", "body"):
        assert row[column].lstrip(" ")[0] not in "=+-@\t\r\n＝＋－＠"
    assert (row["body"][0], row["body"][1:]) == ("'", text)


def test_a_table_for_spreadsheets_is_not_taken_for_an_export(run, tmp_path):
    """Threat 59: what is brought back is the export in JSON, byte for byte; a table is refused in a sentence."""
    table = tmp_path / "table.csv"
    run("export", "--csv", str(table))

    refused = run("import", str(table))

    assert refused.exit_code == 1
    assert refused.output.splitlines() == [
        f"error: {table}:1: not valid JSON: Expecting value",
        "  `pressframe comments export` writes what can be brought back, if not told --csv",
    ]
