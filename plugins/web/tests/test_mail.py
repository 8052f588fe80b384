"""Mail: into a folder that a person can read, or to a server."""

import email
import socketserver
import stat
import threading
from email.policy import default

import attrs
import pytest

from pressframe_web import MailError, Message, Smtp
from pressframe_web._mail import Outbox, compose, make_sender, pack
from pressframe_web._smtp import SmtpMailer
from pressframe_web.letters import wrapped

HELLO = Message(key="k1", to="zoe@example.org", subject="Café : à bientôt", text="Voici : https://essai.example/a/b\n")
URL = "https://essai.example"


def test_a_mail_in_the_outbox_can_be_read_by_its_owner_alone(tmp_path, capsys):
    Outbox(tmp_path / "outbox", "Essai <a@essai.example>", URL).send(HELLO)

    (file,) = (tmp_path / "outbox").iterdir()
    assert "Voici : https://essai.example/a/b" in file.read_text("utf-8")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "https://essai.example/a/b" in capsys.readouterr().out


def test_letters_and_long_links_stay_as_they_are_in_the_outbox(tmp_path):
    link = f"https://essai.example/{'é' * 20}/{'x' * 120}"
    mail = attrs.evolve(HELLO, text=f"Voilà : {link}\n", html=f'<p>Voilà : <a href="{link}">là</a></p>')
    Outbox(tmp_path, make_sender("Essai, le « test »", URL), URL).send(mail)

    (file,) = tmp_path.iterdir()
    text = file.read_text("utf-8")
    assert "Subject: Café : à bientôt" in text
    assert 'From: "Essai, le « test »" <noreply@essai.example>' in text
    assert f"Voilà : {link}" in text
    assert f'<a href="{link}">là</a>' in text
    assert email.message_from_bytes(file.read_bytes(), policy=default)["Subject"] == "Café : à bientôt"


def test_sentences_are_wrapped_and_addresses_and_what_is_quoted_are_not():
    link, quoted = f"Ici : https://essai.example/{'x' * 80}", f"> {'un mot ' * 20}"
    text = f"Bonjour,\n\n{'Un mot ici. ' * 12}\n{link}\n{quoted}\n\n-- \nEssai\n"

    lines = wrapped(text).splitlines()

    assert [line for line in lines if len(line) > 76] == [link, quoted]
    assert " ".join(lines).replace("  ", " ").count("Un mot ici.") == 12
    assert lines[-2:] == ["-- ", "Essai"]


def test_a_mail_with_html_has_both(tmp_path):
    mail = compose(attrs.evolve(HELLO, html="<p>Voici</p>"), "a@essai.example", URL)

    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]


@pytest.mark.parametrize(
    "setting",
    [
        'sender = "a@b.example, c@d.example"', 'sender = "nobody"', 'sender = ""', 'sender = "a@café.example"',
        'trusted_proxies = ["nginx"]',
        'smtp = { host = "mail.example", security = "some" }', "smtp = {}",
        'smtp = { host = "mail.example", timeout = "60 seconds" }', 'smtp = { host = "mail.example", timeout = "0 s" }',
        "port = 0", "max_body = 1",
    ],
)  # fmt: skip
def test_an_odd_setting_is_told_with_its_line(site, setting):
    """F4, among others: a mail server that hangs is given up within a minute, whatever is set."""
    blog = site(f"""
== pressframe.toml ==
[site]
title = "Essai"
plugins = ["web"]
[plugins.web]
{setting}
""")

    error = str(blog.build().error)

    assert "pressframe.toml:" in error
    assert setting.partition(" ")[0] in error


def test_a_sites_host_is_named_in_ascii(smtp):
    url = "https://café.example"
    server = Smtp(host="127.0.0.1", port=smtp.server_address[1], security="none")

    SmtpMailer(server, make_sender("Café", url), url).send(HELLO)

    mail = email.message_from_bytes(b"".join(smtp.received), policy=default)
    assert mail["From"] == "Café <noreply@xn--caf-dma.example>"
    assert mail["Message-ID"].endswith("@xn--caf-dma.example>")


def test_a_second_try_is_the_same_message():
    first, second = (compose(HELLO, "a@essai.example", URL) for _ in range(2))

    assert first["Message-ID"] == second["Message-ID"]
    assert first["Message-ID"].endswith("@essai.example>")


@pytest.mark.parametrize(
    "odd",
    [
        Message(key="k", to="a@b.example\nBcc: c@d.example", subject="s", text="t"),
        Message(key="k", to="a@b.example, c@d.example", subject="s", text="t"),
        Message(key="k", to="a@b.example", subject="s\r\nBcc: c@d.example", text="t"),
        Message(key="k", to="a@b.example", subject="s", text="t", headers={"List-Unsubscribe": "x\ny: z"}),
        Message(key="k", to="a@b.example\0", subject="s", text="t"),
        Message(key="k", to="", subject="s", text="t"),
        Message(key="k", to="a@b.example", subject="=?utf-8?q?s=0D=0ABcc:_c=40d.example?=", text="t"),
        Message(key="k", to="=?utf-8?q?a=2C_c=40d.example?= <a@b.example>", subject="s", text="t"),
        Message(key="k", to="a@b.example", subject="s", text="t", headers={"To": "c@d.example"}),
        Message(key="k", to="a@b.example", subject="s\u2028t", text="t"),
        Message(key="k", to="a@b.example", subject="s", text="\ud800"),
    ],
)
def test_a_header_cannot_be_broken_into_two(odd):
    """Threat 57: nor by letters that no mail can carry, nor by encoded words, which mail programs decode."""
    for write in (compose, pack):
        with pytest.raises(MailError) as caught:
            write(odd, "a@essai.example", URL)
        assert caught.value.permanent


@pytest.mark.parametrize(
    "odd",
    [
        {"html": "<p>Voilà</p>\n." + "x" * 2000, "text": "Été\n.\n..\nFrom là\n" + "long " * 300},
        {"thread": "posts/un"},
        {"headers": {"List-Unsubscribe": f"<{URL}/{'x' * 400}>", "X-Odd": "é, où ?", "Reply-To": "Zoé <a@b.example>"}},
        {"headers": {"Auto-Submitted": "auto-replied"}},
        {"subject": ""}, {"subject": "  a  b "}, {"subject": "👍🏽 = ? é"}, {"subject": "mot " * 300},
        {"text": "a\x0cb\x85c\u2028d\x1ee"}, {"text": "a\rb\r\nc\n\nd \n\t\n"}, {"text": "", "html": ""},
        {"to": "o'neil+x@example.org"}, {"to": '"a b"@example.org'},
    ],
)  # fmt: skip
def test_a_packed_mail_is_the_same_as_a_composed_one(odd):
    message, sender = attrs.evolve(HELLO, **odd), make_sender("Essai, le « test »", URL)

    raw = pack(message, sender, URL)

    assert _read(raw) == _read(bytes(compose(message, sender, URL)))
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert b"\n" not in raw.replace(b"\r\n", b"")


def _read(raw):
    """Return what a mail program sees of a mail: headers, but for the date and how texts are encoded, and texts."""
    mail = email.message_from_bytes(raw, policy=default)
    left_out = ("Date", "Content-Type", "Content-Transfer-Encoding")
    headers = sorted((name, str(value)) for name, value in mail.items() if name not in left_out)
    parts = [(part.get_content_type(), part.get_content()) for part in mail.walk() if not part.is_multipart()]
    return headers, parts


@pytest.mark.parametrize("name", ["To", "to", "Subject", "from", "Bcc", "Date", "X Odd", "X:Odd", ""])
def test_no_header_is_added_that_a_mail_has_already_or_that_has_no_name(name):
    for write in (compose, pack):
        with pytest.raises(MailError, match="no header that may be added"):
            write(attrs.evolve(HELLO, headers={name: "c@d.example"}), "a@essai.example", URL)


def test_many_mails_share_a_connection(smtp):
    mailer = _mailer(smtp.server_address[1])

    with mailer.session() as session:
        for number in range(3):
            session.send(attrs.evolve(HELLO, key=f"k{number}"))
        with pytest.raises(MailError) as caught:
            session.send(attrs.evolve(HELLO, to="no@example.org"))
        session.send(HELLO)

    assert (caught.value.about, caught.value.code) == ("address", "550")
    assert sum(b"To: zoe@example.org" in line for line in smtp.received) == 4


class _Server(socketserver.StreamRequestHandler):
    """Speaks just enough SMTP; refuses addresses that start with ``no``, puts off those that start with ``later``."""

    def handle(self):
        self.wfile.write(b"220 test\r\n")
        for raw in self.rfile:
            line = raw.decode().upper()
            if line.startswith("RCPT"):
                answer = "550 no" if "<NO" in line else "451 later" if "<LATER" in line else "250 ok"
            elif line.startswith("DATA"):
                self.wfile.write(b"354 go\r\n")
                while (text := self.rfile.readline()) != b".\r\n":
                    self.server.received.append(text)
                answer = "554 no" if b"Subject: no\r\n" in self.server.received else "250 taken"
            elif line.startswith(("QUIT", "MAIL FROM:<MUTE")):
                return
            else:
                answer = (
                    "535 no"
                    if line.startswith("AUTH")
                    else "250-ok\r\n250-PIPELINING\r\n250 AUTH PLAIN"
                    if line.startswith("EHLO")
                    else "250 ok"
                )
            self.wfile.write(f"{answer}\r\n".encode())


@pytest.fixture
def smtp():
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Server) as server:
        server.received = []
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def _mailer(port: int, *, sender: str = "a@essai.example", **settings: str) -> SmtpMailer:
    return SmtpMailer(Smtp(host="127.0.0.1", port=port, **{"security": "none", **settings}), sender, URL)


def test_a_mail_is_handed_to_the_server(smtp):
    _mailer(smtp.server_address[1]).send(HELLO)

    assert any(b"To: zoe@example.org" in line for line in smtp.received)


@pytest.mark.parametrize(
    ("to", "permanent"), [("no@example.org", True), ("later@example.org", False), ("zoé@example.org", True)]
)
def test_a_refusal_says_whether_trying_again_helps(smtp, to, permanent):
    message = Message(key="k", to=to, subject="s", text="t")

    with pytest.raises(MailError) as caught:
        _mailer(smtp.server_address[1]).send(message)

    assert caught.value.permanent is permanent


def test_a_mail_that_the_server_takes_is_not_sent_again_though_it_hangs_up_without_a_word(smtp):
    _mailer(smtp.server_address[1]).send(HELLO)  # the server above answers no QUIT


def test_a_mail_that_the_server_will_never_take_is_given_up(smtp):
    with pytest.raises(MailError, match="refused the mail") as caught:
        _mailer(smtp.server_address[1]).send(attrs.evolve(HELLO, subject="no"))

    assert caught.value.permanent


@pytest.mark.parametrize(
    "wrong", [{"user": "a", "password": "secret-word"}, {"security": "starttls"}, {"sender": "mute@essai.example"}]
)
def test_a_server_that_the_settings_do_not_fit_is_tried_again_later(smtp, wrong):
    with pytest.raises(MailError, match="cannot be used") as caught:
        _mailer(smtp.server_address[1], **wrong).send(HELLO)

    assert not caught.value.permanent
    assert "secret-word" not in str(caught.value)


def test_a_password_that_is_not_taken_is_told_as_such(smtp):
    with pytest.raises(MailError, match=r"cannot be used: it does not take this user with this password \(535\)"):
        _mailer(smtp.server_address[1], user="a", password="b").send(HELLO)


def test_a_server_that_is_not_there_is_tried_again_later():
    with pytest.raises(MailError, match="cannot be used") as caught:
        _mailer(1).send(HELLO)

    assert not caught.value.permanent


def test_mails_about_one_thing_are_a_thread_and_no_program_answers_them():
    one, two = (compose(attrs.evolve(HELLO, key=key, thread="t"), "a@essai.example", URL) for key in ("a", "b"))
    alone = compose(HELLO, "a@essai.example", URL)

    assert one["References"] == one["In-Reply-To"] == two["References"]
    assert one["Message-ID"] not in (two["Message-ID"], one["References"])
    assert "@" in one["References"]
    assert alone["References"] is alone["In-Reply-To"] is None
    assert alone["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize("is_to_be_read", [True, False])
@pytest.mark.parametrize(
    "subject", ["Un nouveau commentaire sur l’article «\xa0Un billet\xa0» attend", "é " * 99 + "é"]
)
def test_a_long_subject_comes_back_as_it_was(subject, is_to_be_read):
    mail = compose(attrs.evolve(HELLO, subject=subject), "a@essai.example", URL, is_to_be_read=is_to_be_read)

    assert email.message_from_bytes(bytes(mail), policy=default)["subject"] == subject


@pytest.mark.parametrize("is_to_be_read", [True, False])
@pytest.mark.parametrize("line", ["x" * 5_000, "é" * 5_000, "=" * 999])
def test_a_line_that_is_too_long_for_mail_comes_back_as_it_was(line, is_to_be_read):
    message = attrs.evolve(HELLO, text=f"Bonjour,\n{line}\n", html=f"<p>{line}</p>")

    mail = compose(message, "a@essai.example", URL, is_to_be_read=is_to_be_read)

    assert max(map(len, mail.as_bytes().splitlines())) <= 998
    read = email.message_from_bytes(mail.as_bytes(), policy=default)
    assert line in read.get_body(("plain",)).get_content()
    assert line in read.get_body(("html",)).get_content()
