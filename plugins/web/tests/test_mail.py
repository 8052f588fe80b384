"""Mail: into a folder that a person can read, or to a server."""

import socketserver
import stat
import threading

import pytest

from pressframe import MailError
from pressframe_web import Message, Smtp
from pressframe_web._mail import Outbox, SmtpMailer, compose

HELLO = Message(key="k1", to="zoe@example.org", subject="Café : à bientôt", text="Voici : https://essai.example/a/b\n")
URL = "https://essai.example"


def test_a_mail_in_the_outbox_can_be_read_by_its_owner_alone(tmp_path, capsys):
    Outbox(tmp_path / "outbox", "Essai <a@essai.example>", URL).send(HELLO)

    (file,) = (tmp_path / "outbox").iterdir()
    assert "Voici : https://essai.example/a/b" in file.read_text("utf-8")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "https://essai.example/a/b" in capsys.readouterr().out


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
    ],
)
def test_a_header_cannot_be_broken_into_two(odd):
    """Threat 57."""
    with pytest.raises(MailError) as caught:
        compose(odd, "a@essai.example", URL)

    assert caught.value.permanent


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
                answer = "250 taken"
            else:
                answer = "221 bye" if line.startswith("QUIT") else "250 ok"
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


def _mailer(port: int) -> SmtpMailer:
    return SmtpMailer(Smtp(host="127.0.0.1", port=port, security="none"), "a@essai.example", URL)


def test_a_mail_is_handed_to_the_server(smtp):
    _mailer(smtp.server_address[1]).send(HELLO)

    assert any(b"To: zoe@example.org" in line for line in smtp.received)


@pytest.mark.parametrize(("to", "permanent"), [("no@example.org", True), ("later@example.org", False)])
def test_a_refusal_says_whether_trying_again_helps(smtp, to, permanent):
    message = Message(key="k", to=to, subject="s", text="t")

    with pytest.raises(MailError) as caught:
        _mailer(smtp.server_address[1]).send(message)

    assert caught.value.permanent is permanent


def test_a_server_that_is_not_there_is_tried_again_later():
    with pytest.raises(MailError, match="cannot be used") as caught:
        _mailer(1).send(HELLO)

    assert not caught.value.permanent
