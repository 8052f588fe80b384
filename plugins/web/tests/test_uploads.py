"""Files that forms bring, as browsers send them and as nobody should."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pressframe_web import Request
from pressframe_web.uploads import File, read_fields, read_files

MARK = "----WebKitFormBoundaryAbC123"


def a_request(body, *, kind=f"multipart/form-data; boundary={MARK}"):
    return Request(
        method="POST", path="/", headers={"content-type": kind}, body=body, now=datetime(2026, 11, 23, tzinfo=UTC)
    )


def a_body(*parts):
    return b"".join(b"--%s\r\n%s\r\n\r\n%s\r\n" % (MARK.encode(), head, content) for head, content in parts) + (
        b"--%s--\r\n" % MARK.encode()
    )


def a_file(name, content, field=b"file"):
    return b'Content-Disposition: form-data; name="%s"; filename="%s"\r\nContent-Type: text/csv' % (
        field,
        name,
    ), content


def a_field(name, content):
    return b'Content-Disposition: form-data; name="%s"' % name, content


@given(st.binary(max_size=300))
def test_a_file_arrives_byte_for_byte(content):
    request = a_request(a_body(a_field(b"token", b"abc"), a_file(b"list.csv", content), a_field(b"do", "é".encode())))

    if b"\r\n--" + MARK.encode() not in content:
        assert read_files(request) == {"file": File("list.csv", content)}
        assert read_fields(request) == {"token": "abc", "do": "é"}


@pytest.mark.parametrize(
    "kind", [f'multipart/form-data; boundary="{MARK}"', f"Multipart/Form-Data; boundary={MARK}; charset=x"]
)
def test_the_boundary_is_read_as_browsers_write_it(kind):
    assert read_fields(a_request(a_body(a_field(b"a", b"1")), kind=kind)) == {"a": "1"}


@pytest.mark.parametrize(
    "kind", ["", "text/csv", "application/x-www-form-urlencoded", "multipart/form-data", "multipart/mixed; boundary=x"]
)
def test_what_is_no_such_form_brings_nothing(kind):
    request = a_request(a_body(a_field(b"a", b"1")), kind=kind)

    assert read_fields(request) == {}
    assert read_files(request) == {}


def test_the_name_of_a_file_has_no_folders():
    """Threat 48."""
    for name in (b"../../etc/passwd", b"C:\\Users\\x\\passwd", b"/passwd"):
        assert read_files(a_request(a_body(a_file(name, b"x"))))["file"].name == "passwd"


@pytest.mark.parametrize(
    "body",
    [
        b"", b"--", MARK.encode(), b"--" + MARK.encode(), b"\r\n" * 1000, a_body((b"", b"x")),
        a_body((b"Name: x", b"x")),
        a_body(a_field(b"\xff", b"\xff")), b"--%s\r\nContent-Disposition: form-data; name=\"a\"" % MARK.encode(),
    ],
)  # fmt: skip
def test_nonsense_is_read_without_a_failure(body):
    assert "file" not in read_files(a_request(body))
    assert "token" not in read_fields(a_request(body))


def test_no_more_than_a_hundred_parts_are_read():
    body = a_body(*(a_field(b"f%d" % number, b"x") for number in range(5000)))

    assert len(read_fields(a_request(body))) == 100
