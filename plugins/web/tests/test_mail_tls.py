"""Mail over connections that are protected: TLS from the start, or as soon as the server says that it can."""

import socket
import ssl
import subprocess

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from pressframe_web import MailError, Message, Smtp
from pressframe_web._smtp import SmtpMailer

HELLO = Message(key="k1", to="zoe@example.org", subject="Bonjour", text="Voici.\n")
USER = LoginPassword(b"press", b"secret-word")

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")


class Box:
    """Keeps what comes, and which names and passwords were told."""

    def __init__(self):
        self.taken, self.told = [], []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        self.taken.append(server.transport.get_extra_info("sslcontext") is not None)
        return "250 OK"

    def judge(self, server: SMTP, session, envelope, mechanism, data) -> AuthResult:
        self.told.append(data)
        return AuthResult(success=data == USER)


@pytest.fixture
def box():
    return Box()


@pytest.fixture
def certificate(tmp_path):
    """Return a certificate for the name of the server, with its key, and nobody who vouches for it."""
    made = subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-days", "1",
         "-addext", "subjectAltName=DNS:localhost", "-keyout", tmp_path / "key.pem", "-out", tmp_path / "cert.pem"],
        capture_output=True, check=False,
    )  # fmt: skip
    if made.returncode:
        pytest.skip("needs the program openssl")
    return tmp_path / "cert.pem", tmp_path / "key.pem"


@pytest.fixture
def port(box, certificate, security):
    """Return the port of a mail server that takes nothing without protection and a password."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    how = {"tls_context": context, "require_starttls": True}
    if security == "tls":
        how = {"ssl_context": context, "auth_require_tls": False}  # it knows of no TLS but what it began itself
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(
        box, hostname="127.0.0.1", port=port, authenticator=box.judge, auth_required=True, ready_timeout=60, **how
    )
    controller.start()
    yield port
    controller.stop()


@pytest.fixture(params=["tls", "starttls"])
def security(request):
    return request.param


@pytest.fixture
def mailer(port, security):
    def make(host="localhost", security=security):
        server = Smtp(host=host, port=port, user="press", password="secret-word", security=security)
        return SmtpMailer(server, "a@essai.example", "https://essai.example")

    return make


def test_a_mail_and_the_password_go_to_a_server_that_proves_who_it_is(mailer, box, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))

    mailer().send(HELLO)

    assert box.told == [USER]
    assert box.taken == [True]


@pytest.mark.parametrize(("host", "is_vouched_for"), [("localhost", False), ("127.0.0.1", True)])
def test_neither_goes_to_a_server_that_cannot(mailer, box, certificate, monkeypatch, host, is_vouched_for):
    """Nobody vouches for it, or only for another name."""
    if is_vouched_for:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))

    with pytest.raises(MailError, match=r"cannot be used: .*certificate") as caught:
        mailer(host).send(HELLO)

    assert not caught.value.permanent
    assert (box.told, box.taken) == ([], [])


@pytest.mark.parametrize("security", ["starttls"], indirect=True)
def test_a_port_that_begins_without_tls_is_told_as_such(mailer):
    with pytest.raises(
        MailError, match=r'no TLS from the start at this port: set security = "starttls", or port = 465'
    ):
        mailer(security="tls").send(HELLO)
