"""Akismet on this machine, as its documents tell: https://akismet.com/developers/."""

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import attrs

KEY, BLOG = "123abc456def", "https://prland.example"


@attrs.define(eq=False)
class Fake:
    """What it was asked, and how it is to answer."""

    asked: list = attrs.field(factory=list)
    headers: dict = attrs.field(factory=dict)
    status: int = 200
    text: str | None = None
    seconds: float = 0.0
    server: ThreadingHTTPServer | None = None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_address[1]}/1.1"

    @property
    def calls(self):
        return [call for call, _, _ in self.asked]

    @property
    def last(self):
        return self.asked[-1][1]

    def answer(self, call, fields):
        """Return the text of an answer and its headers."""
        if fields.get("api_key") != KEY and fields.get("key") != KEY:
            return "invalid", {"X-akismet-debug-help": "We were unable to parse your blog URI"}
        if call == "verify-key":
            return ("valid" if fields.get("blog") == BLOG else "invalid"), {}
        if call == "comment-check":
            if "user_ip" not in fields:
                return "Missing required field: user_ip.", {}
            is_spam = fields.get("comment_author") == "akismet-guaranteed-spam" or "casino" in fields.get(
                "comment_content", ""
            )
            return ("true" if is_spam else "false"), self.headers
        if call in ("submit-spam", "submit-ham"):
            return "Thanks for making the web a better place.", {}
        return "", {}

    def start(self):
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"])).decode()
                fields = {name: values[0] for name, values in parse_qs(body, keep_blank_values=True).items()}
                call = self.path.removeprefix("/1.1/")
                fake.asked.append((call, fields, dict(self.headers)))
                time.sleep(fake.seconds)
                text, headers = fake.answer(call, fields)
                self.send_response(fake.status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write((text if fake.text is None else fake.text).encode())

            def log_message(self, *arguments):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
