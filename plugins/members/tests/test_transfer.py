"""Members from a file and into one: lists of other programs, consent, spreadsheets, and what goes wrong."""

import csv
import io
import json
import tracemalloc
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pressframe.errors import ContentError
from pressframe_members._cells import guard, unguard
from pressframe_members.store import Members
from pressframe_members.transfer import Terms, export_members, import_members
from pressframe_testing._disk import small_disk

DATA = Path(__file__).parents[4] / "shared" / "data"
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
DAY = timedelta(days=1)
PAID = 'archive_after = "30 days"\naudiences.paid = {}\naudiences.gold = {}'
SUBSTACK = """email,expiry,email_disabled,type
ada@example.org,2026-12-31T00:00:00.000Z,false,paid
bob@example.org,2020-12-31T00:00:00.000Z,false,paid
cy@example.org,2027-01-01T00:00:00.000Z,true,comp
dee@example.org,,false,gift
not an address,,false,gift
"""
MAILCHIMP = """Email Address,First Name,Last Name,OPTIN_TIME,CONFIRM_TIME,LEID,UNSUB_TIME,CLEAN_TIME
ada@example.org, Ada , Lovelace,2019-01-02 03:04:05,2019-01-02 04:04:05,1,,
bob@example.org,Bob,,2019-01-02 03:04:05,,2,,
cy@example.org,,,2019-01-02 03:04:05,2019-01-02 04:04:05,3,2020-01-01 00:00:00,
dee@example.org,,,2019-01-02 03:04:05,2019-01-02 04:04:05,4,,2020-01-01 00:00:00
"""
GHOST = """id,email,name,subscribed_to_emails,complimentary_plan,stripe_customer_id,created_at,deleted_at,tiers
1,ada@example.org,Ada,true,true,,2020-01-01T00:00:00.000Z,,
2,bob@example.org,Bob,false,false,,2020-01-01T00:00:00.000Z,,
3,cy@example.org,Cy,true,false,cus_1,2020-01-01T00:00:00.000Z,,Gold
4,dee@example.org,Dee,true,false,,2020-01-01T00:00:00.000Z,2021-01-01T00:00:00.000Z,
"""


@pytest.fixture
def host(blog):
    return blog(gates=PAID).open()


def take(host, text, *, now=NOW, **terms):
    """Import *text*, or bytes; return the report, with who was left out as pairs."""
    raw = text if isinstance(text, bytes) else text.encode()
    return import_members(host, io.BytesIO(raw), "list.csv", terms=Terms(**terms), now=now)


def everybody(host, now=NOW):
    """Return name, state and audiences by address."""
    members = Members(host)
    return {
        one.address: (
            one.name, "confirmed" if one.confirmed else "pending",
            {(given.audience, given.source, given.until) for given in members.memberships(one.id)[1:]},
        )
        for one in members.search(now=now, limit=1000).members
    }  # fmt: skip


def lines(report):
    return [(one.line, one.why) for one in report.lines]


def test_a_substack_list_brings_what_is_paid_until_its_end(host):
    report = take(host, SUBSTACK)

    end = datetime(2026, 12, 31, tzinfo=UTC)
    assert everybody(host) == {
        "ada@example.org": (None, "confirmed", {("paid", "import", end)}),
        "bob@example.org": (None, "confirmed", set()),
        "dee@example.org": (None, "confirmed", set()),
    }
    assert lines(report) == [(4, "unsubscribed"), (6, "bad-address")]
    assert (report.format, report.new, report.known, report.granted, report.without) == ("substack", 3, 0, 1, 1)


def test_an_end_may_be_set_where_the_list_tells_none(host):
    take(host, SUBSTACK, paid_as="gold", until=NOW + DAY)

    assert everybody(host)["dee@example.org"][2] == {("gold", "import", NOW + DAY)}


def test_a_mailchimp_list_brings_names_and_who_confirmed(host):
    report = take(host, MAILCHIMP)

    assert everybody(host) == {"ada@example.org": ("Ada Lovelace", "confirmed", set())}
    assert lines(report) == [(3, "unconfirmed"), (4, "unsubscribed"), (5, "bounced")]
    assert Members(host).find_by_address("ada@example.org").since == datetime(2019, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_a_ghost_list_leaves_out_who_wants_no_mail_and_who_is_deleted(host):
    report = take(host, GHOST)

    assert {address: rights for address, (_, _, rights) in everybody(host).items()} == {
        "ada@example.org": {("paid", "complimentary", None)}, "cy@example.org": set(),
    }  # fmt: skip
    assert lines(report) == [(3, "unsubscribed"), (5, "removed")]
    assert report.without == 1


@pytest.mark.parametrize(
    ("columns", "cells", "without"),
    [
        ("stripe_customer_id,tiers", "cus_1,", 0), ("stripe_customer_id,tiers", ",Gold", 1),
        ("stripe_customer_id,products", "cus_1,", 0), ("stripe_customer_id,tiers", "cus_1,free", 0),
        ("stripe_customer_id,labels", "cus_1,", 1), ("stripe_customer_id,labels", ",", 0),
    ],
)  # fmt: skip
def test_who_pays_at_ghost_its_tiers_say_and_only_lists_without_them_the_number_at_stripe(
    host, columns, cells, without
):
    """Ghost keeps that number when somebody stops to pay. Its first lists had no tiers; later they were products."""
    report = take(
        host, f"email,subscribed_to_emails,complimentary_plan,{columns}\nada@example.org,true,false,{cells}\n"
    )

    assert (report.new, report.without) == (1, without)


@pytest.mark.parametrize(
    ("name", "format", "new", "left"),
    [("substack-subscribers.csv", "substack", 13, 4), ("mailchimp-subscribed.csv", "mailchimp", 5, 0)],
)
def test_real_lists_are_taken_in(host, name, format, new, left):
    file = DATA / "exports" / name
    if not file.is_file():
        pytest.skip(f"needs the test data: {file} is missing")

    report = take(host, file.read_bytes())

    assert (report.format, report.new, len(report.lines)) == (format, new, left)


@pytest.mark.parametrize("text", [SUBSTACK, MAILCHIMP, GHOST])
def test_the_same_list_once_more_changes_nothing(host, text):
    first = take(host, text)
    before = everybody(host)

    again = take(host, text, now=NOW + timedelta(hours=1))

    assert (again.new, again.known, again.granted) == (0, first.new, 0)
    assert everybody(host) == before
    assert lines(again) == lines(first)


@pytest.mark.parametrize("text", [SUBSTACK, MAILCHIMP, GHOST])
def test_a_dry_run_says_the_same_and_writes_nothing(blog, text):
    site = blog(gates=PAID)
    host = site.open()

    dry = take(host, text, dry=True)

    assert not (site.folder / "data").exists()
    wet = take(host, text)
    assert (dry.new, dry.known, dry.granted, dry.without, lines(dry)) == (
        wet.new, wet.known, wet.granted, wet.without, lines(wet),
    )  # fmt: skip


@pytest.mark.parametrize("text", [SUBSTACK, GHOST])
def test_a_dry_run_of_the_same_list_says_that_nobody_gets_anything_new(host, text):
    first = take(host, text)

    again = take(host, text, dry=True)

    assert (again.new, again.known, again.granted) == (0, first.new, 0)


def test_nobody_is_mailed_unless_that_is_asked_for(serve):
    readers = serve(gates=PAID)
    host = readers.app.site
    take(host, MAILCHIMP, now=readers.site.clock.now)
    readers.run_jobs()
    assert readers.mails == []

    report = take(host, MAILCHIMP, now=readers.site.clock.now, ask=True)
    take(host, MAILCHIMP, now=readers.site.clock.now, ask=True)
    readers.run_jobs()

    assert report.asked == 1
    assert [mail["to"] for mail in readers.mails] == ["bob@example.org"]
    assert everybody(host)["bob@example.org"][1] == "pending"
    readers.browser().post(readers.links()[0], {})
    assert everybody(host)["bob@example.org"][1] == "confirmed"


def test_a_plain_list_needs_a_word_on_consent(host):
    text = "Nom;Adresse e-mail\nZoé;zoe@example.org\n"

    with pytest.raises(ContentError, match="does not tell who agreed"):
        take(host, text)
    take(host, text, confirmed=True)

    assert everybody(host) == {"zoe@example.org": ("Zoé", "confirmed", set())}


def test_what_is_known_of_a_member_stays(host):
    members = Members(host)
    ada = members.add("Ada@example.org", now=NOW, name="Countess", confirmed_at=NOW)
    members.add("bob@example.org", now=NOW)

    report = take(host, "email,name\nada@example.org,Ada\nBOB@example.org,Bob\n", now=NOW + DAY, confirmed=True)

    assert (report.new, report.known) == (0, 2)
    assert members.find(ada.id) == ada
    assert everybody(host)["bob@example.org"] == ("Bob", "confirmed", set())


def test_an_address_that_stands_twice_counts_once(host):
    report = take(host, "email\na@example.org\nA@EXAMPLE.org\n", confirmed=True)

    assert (report.new, lines(report)) == (1, [(3, "twice")])


NAMES = [
    "=1+1",
    "+33 1",
    "-2",
    "@SUM(A1)",
    "'=x",
    "''-y",
    "a;=cmd|' /C calc'!A0",
    "b,+1",
    "'t Hooft",
    "Zoé « Z »",
    'q"q',
]


def test_an_export_is_safe_in_spreadsheets_and_comes_back_as_it_was(blog):
    """Threat 59."""
    host, other = blog(gates=PAID).open(), blog(gates=PAID).open()
    members = Members(host)
    for number, name in enumerate(NAMES):
        one = members.add(f"+{number}=x@example.org", now=NOW, name=name, confirmed_at=NOW + DAY, language="fr")
        members.grant(one.id, "paid", source="stripe", now=NOW, until=NOW + DAY * number if number else None)
        members.grant(one.id, "gold", source="complimentary", now=NOW)

    text = "".join(export_members(host))
    report = take(other, text, now=NOW + DAY)

    for separator in ",;":
        for cells in csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=separator):
            assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert report.new == len(NAMES)
    kept = {address: (name, state) for address, (name, state, _) in everybody(host).items()}
    assert {address: (name, state) for address, (name, state, _) in everybody(other).items()} == kept
    lasting = {row for address, (_, _, rights) in everybody(other).items() for row in rights}
    assert ("paid", "stripe", None) in lasting
    assert ("gold", "complimentary", None) in lasting


@given(st.text(alphabet=st.sampled_from("=+-@'\t\r\n;,|ab "), max_size=12))
def test_what_guards_a_cell_is_taken_off_again(cell):
    """Threat 59."""
    assert unguard(guard(cell)) == cell
    assert not guard(cell).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_what_spreadsheets_write_is_read(host, separator, encoding, end):
    rows = ["email,name", '"zoe@example.org","Zoé ""Z"" Œuf"', "", "b@example.org,"]

    take(host, end.join(row.replace(",", separator) for row in rows).encode(encoding), confirmed=True)

    assert everybody(host)["zoe@example.org"][0] == 'Zoé "Z" Œuf'
    assert "b@example.org" in everybody(host)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "list.csv: it is empty"),
        (b"\n \n", "list.csv: it is empty"),
        (b"name,phone\nZoe,1\n", "list.csv:1: no column is called email or address"),
        (b"email,email\na@b.example,\n", 'list.csv:1: two columns are called "email"'),
        (b'{"db": []}', "list.csv: it is JSON, no CSV"),
        (b"PK\x03\x04rest", "list.csv: it is a spreadsheet or an archive, no CSV"),
        (b'email\na@b.example\n"c@d.example\ne@f.example\n', "list.csv:3: a quotation mark is opened"),
        (b'email\na@b.example\n"c"d\n', "list.csv:3: a quotation mark is opened"),
        (b"email\na@b.example\n\xe9\x81@x.example\n", "list.csv:3: there are characters in it that are no text"),
        (b"email\na@b.example\nx\0@x.example\n", "list.csv:3: there are characters in it that are no text"),
        (b"email\n" + b"x" * 200_000, "list.csv:2: this line is no row of a table"),
        (
            b"address,state,audiences\na@b.example,confirmed,\nc@d.example,confirmed,silver import\n",
            'list.csv:3: "silver" is no audience of this site',
        ),
    ],
)
def test_a_broken_list_is_one_clear_error_with_its_line_and_changes_nothing(host, raw, said):
    with pytest.raises(ContentError) as caught:
        take(host, raw, confirmed=True)

    assert str(caught.value).startswith(said)
    assert caught.value.fix
    assert everybody(host) == {}


@pytest.mark.parametrize("cell", ["yesterday", "31/12/2026", "99999-01-01", "2026-13-01"])
def test_a_date_that_cannot_be_read_leaves_its_line_out(host, cell):
    report = take(host, f"email,expiry,type\na@b.example,{cell},paid\nc@d.example,,paid\n")

    assert lines(report) == [(2, "date")]


def test_a_long_list_takes_little_memory(host):
    head, number = "email,name\n", 5_000
    text = head + "".join(f"m{one}@example.org,Member {one}\n" for one in range(number))
    raw = io.BytesIO(text.encode())
    del text
    tracemalloc.start()

    report = import_members(host, raw, "list.csv", terms=Terms(confirmed=True, dry=True), now=NOW)

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert report.new == number
    assert peak < 400 * number


def test_the_commands_take_in_and_give_out(blog, tmp_path):
    site = blog(gates=PAID)
    (site.folder / "list.csv").write_text(SUBSTACK, "utf-8")

    dry = site.run("members", "import", str(site.folder / "list.csv"), "--dry-run")
    assert dry.output.splitlines()[:2] == [
        "line 4: left out, they unsubscribed, or want no mail",
        "line 6: left out, nobody can be written to at this address",
    ]
    assert "nothing was changed; there would be 3 new, 0 known before, 2 left out (substack list)" in dry.output
    done = json.loads(site.run("members", "import", str(site.folder / "list.csv"), "--json").output)
    assert (done["new"], done["left_out"]) == (3, {"unsubscribed": 1, "bad-address": 1})

    target = tmp_path / "out.csv"
    assert site.run("members", "export", str(target)).output == f"3 members are in {target}\n"
    assert target.stat().st_mode & 0o077 == 0
    assert "cannot be written" in site.run("members", "export", str(target)).errors
    assert site.run("members", "export").output.lstrip("\ufeff").startswith("address,name,state")


def test_a_list_that_a_full_disk_cuts_off_leaves_no_file_behind(blog, tmp_path):
    text = "email\n" + "".join(f"a-member-with-quite-a-long-name-{one}@example.org\n" for one in range(2_000))
    site = blog(gates=PAID)
    import_members(site.open(), io.BytesIO(text.encode()), "list.csv", terms=Terms(confirmed=True), now=NOW)

    with small_disk(tmp_path / "disk", "size=64k") as folder:
        result = site.run("members", "export", str(folder / "out.csv"))

        assert "out.csv cannot be written: No space left on device" in result.errors
        assert "make room, or name a file elsewhere" in result.errors
        assert [*folder.iterdir()] == []


def test_a_missing_list_is_one_clear_error(blog):
    ran = blog().run("members", "import", "nowhere.csv")

    assert ran.status == 1
    assert "nowhere.csv cannot be read" in ran.errors
