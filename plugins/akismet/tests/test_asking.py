"""What is asked of Akismet, and what follows from its answers."""

import json
import logging
import subprocess
import time
from datetime import datetime, timedelta, timezone

import pytest
from click.testing import CliRunner

from pressframe import ConfigError, Sender, Verdict
from pressframe.cli import main
from pressframe_akismet import Akismet

KEY = "123abc456def"


def test_a_comment_is_sent_as_the_documents_say(desk, fake):
    office = desk()
    office.judge("Très juste.", parent="c1", received=datetime(2026, 11, 23, 11, tzinfo=timezone(timedelta(hours=1))))

    call, fields, headers = fake.asked[0]

    assert call == "comment-check"
    assert headers["User-Agent"] == "pressframe/0.1 | pressframe-akismet/0.1"
    assert headers["Content-Type"] == "application/x-www-form-urlencoded; charset=utf-8"
    assert fields == {
        "api_key": KEY, "blog": "https://prland.example", "user_ip": "203.0.113.0", "user_agent": "Navigateur/1",
        "referrer": "https://prland.example/", "permalink": "https://prland.example/2026/billet/",
        "comment_type": "reply", "comment_author": "Zoé", "comment_author_email": "zoe@mail.example",
        "comment_author_url": "https://zoe.example/", "comment_content": "Très juste.",
        "comment_date_gmt": "2026-11-23T10:00:00+00:00", "blog_lang": "fr_CA", "blog_charset": "UTF-8",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("settings", "body", "headers", "verdict"),
    [
        ("", "Bonjour", {}, Verdict.ACCEPT),
        ("", "casino", {}, Verdict.SPAM),
        ("", "casino", {"X-akismet-pro-tip": "discard"}, Verdict.SPAM),
        ("refuse_blatant = true", "casino", {"X-akismet-pro-tip": "discard"}, Verdict.REFUSE),
        ("refuse_blatant = true", "casino", {}, Verdict.SPAM),
        ("", "Bonjour", {"X-akismet-recheck-after": "300"}, Verdict.HOLD),
        ("", "Bonjour", {"X-akismet-recheck-after": "soon"}, Verdict.ACCEPT),
    ],
)
def test_what_it_says_decides(desk, fake, settings, body, headers, verdict):
    fake.headers = headers

    assert desk(settings).judge(body)[0] is verdict


def test_what_the_owner_keeps_private_is_not_sent(desk, fake):
    desk('leave_out = ["email", "agent", "referrer", "website"]').judge("Bonjour")

    assert not {"comment_author_email", "user_agent", "referrer", "comment_author_url"} & set(fake.last)
    assert "zoe" not in json.dumps(fake.last)


def test_known_people_can_be_left_alone(desk, fake):
    office = desk("known_too = false")

    assert office.judge("Bonjour", accepted_before=True) is None
    assert office.judge("Bonjour", reader="r1") is None
    assert fake.asked == []


def test_trying_it_out_is_said_to_be_a_test(desk, fake):
    desk("is_test = true").judge("Bonjour")

    assert fake.last["is_test"] == "1"


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ({"status": 500}, "Akismet answered comment-check with status 500"),
        ({"status": 302}, "Akismet answered comment-check with status 302"),
        ({"text": "perhaps"}, "Akismet answered comment-check with “perhaps”"),
        ({"text": "x" * 100_000}, f"Akismet answered comment-check with “{'x' * 100}”"),
        ({"text": "\x1b[2J\r\nSet"}, "Akismet answered comment-check with “?[2J??Set”"),
        ({"text": "invalid"}, "Akismet does not accept the key"),
    ],
)
def test_whatever_else_it_answers_holds_the_comment_and_says_why(desk, fake, caplog, how, reason):
    """Threats 58 and 60: what Akismet says reaches the log in one line, and the key does not."""
    for name, value in how.items():
        setattr(fake, name, value)

    assert desk().judge("Bonjour") == (Verdict.HOLD, reason)
    assert KEY not in caplog.text
    assert "zoe@" not in caplog.text
    assert caplog.records[-1].plugin == "akismet"


def test_why_the_key_is_not_accepted_is_told(desk, monkeypatch, fake):
    monkeypatch.setenv("AKISMET_KEY", "other")

    assert desk().judge("Bonjour") == (
        Verdict.HOLD, "Akismet does not accept the key: We were unable to parse your blog URI",
    )  # fmt: skip


def test_a_key_that_is_none_is_refused_and_not_told(desk, monkeypatch):
    """Threat 60: it may be the right one, with a space that came along."""
    monkeypatch.setenv("AKISMET_KEY", f"{KEY} ")

    with pytest.raises(ConfigError) as caught:
        desk()

    assert "key must be 1 to 100 letters, digits and signs" in str(caught.value)
    assert KEY not in str(caught.value)


def test_silence_holds_the_comment_in_time(desk, fake):
    fake.seconds = 3
    office = desk('timeout = "0.2 seconds"')
    began = time.monotonic()

    assert office.judge("Bonjour") == (Verdict.HOLD, "Akismet could not be asked: no answer within 0.2 s")
    assert time.monotonic() - began < 3


def test_nobody_there_holds_the_comment(desk):
    office = desk(url="http://127.0.0.1:9/1.1")

    verdict, reason = office.judge("Bonjour")

    assert verdict is Verdict.HOLD
    assert reason.startswith("Akismet could not be asked: ")


def test_a_server_that_cannot_prove_who_it_is_gets_neither_key_nor_comment(desk, fake, tmp_path):
    """TLS is checked: a certificate that nobody vouches for ends the talk before anything is sent."""
    import ssl

    made = subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=127.0.0.1", "-days", "1",
         "-keyout", tmp_path / "key.pem", "-out", tmp_path / "cert.pem"], capture_output=True, check=False,
    )  # fmt: skip
    if made.returncode:
        pytest.skip("needs the program openssl")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    fake.server.socket = context.wrap_socket(fake.server.socket, server_side=True)

    verdict, reason = desk(url=fake.url.replace("http:", "https:")).judge("Bonjour")

    assert verdict is Verdict.HOLD
    assert "certificate" in reason
    assert fake.asked == []


HOSTILE = ["", "\0" * 1000, "\ud800 \udfff", "a" * 65_525, "&api_key=x&blog=y", "\r\nX-Evil: 1\r\n\r\n", "é" * 65_525]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_stay_within_their_fields(desk, fake, text):
    """Threats 19, 23, 58: nothing that is typed becomes another field or a header."""
    office = desk()
    sender = Sender(email=text[:100], client="nowhere", agent=text[:500], referrer=text[:500])

    assert office.judge(text, sender, author=text[:200] or "x")[0] is Verdict.ACCEPT
    assert fake.last["api_key"] == KEY
    assert fake.last["blog"] == "https://prland.example"
    assert fake.last["user_ip"] == "0.0.0.0"
    assert fake.last.get("comment_content", "") == text.encode("utf-8", "replace").decode()
    assert "X-Evil" not in fake.asked[-1][2]


def test_the_key_is_shown_nowhere(desk):
    office = desk()

    assert KEY not in repr(office.site.plugin(Akismet))
    assert KEY not in repr(office.site.plugin(Akismet).api(office.site))
    shown = CliRunner().invoke(main, ["plugins", "--json", "--site", str(office.site.folder)])
    assert KEY not in shown.output


@pytest.mark.parametrize(
    "url", ["http://akismet.example/1.1", "https://u:p@akismet.example", "rest.akismet.com", "ftp://x"]
)
def test_a_key_is_sent_over_tls_alone(desk, url):
    with pytest.raises(ConfigError, match="url must be an address such as"):
        desk(url=url)


def test_a_missing_key_is_said_with_its_place(desk, monkeypatch):
    monkeypatch.delenv("AKISMET_KEY")

    with pytest.raises(ConfigError, match=r"pressframe\.toml:\d+: plugins\.akismet\.key.*AKISMET_KEY is not set"):
        desk()


@pytest.mark.parametrize(("key", "status"), [(KEY, 0), ("other", 1)])
def test_the_key_can_be_tried(desk, monkeypatch, key, status):
    monkeypatch.setenv("AKISMET_KEY", key)
    folder = str(desk().site.folder)

    plain = CliRunner().invoke(main, ["akismet", "verify", "--site", folder])
    as_json = CliRunner().invoke(main, ["akismet", "verify", "--json", "--site", folder])

    assert (plain.exit_code, as_json.exit_code) == (status, status)
    assert json.loads(as_json.stdout) == {"is_valid": status == 0, "blog": "https://prland.example"}
    assert KEY not in plain.output


def test_failures_are_warned_of(desk, fake, caplog):
    fake.status = 503
    with caplog.at_level(logging.WARNING, "pressframe"):
        desk().judge("Bonjour")

    assert [record.getMessage() for record in caplog.records] == [
        "Akismet answered comment-check with status 503; the comment is held"
    ]
