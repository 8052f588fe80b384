"""What a site mails in tests of comments."""

import email
import email.policy

import attrs

from pressframe_sql import Worker


@attrs.define
class Mailbox:
    """What the site mails: its jobs are run at the site's own time."""

    served: object

    def read(self):
        """Run the jobs that are due by now, and return the mails that came of them."""
        outbox = self.served.site.folder / "outbox"
        before = set(outbox.glob("*.eml"))
        jobs = [job for _, job in self.served.site.hooks.all("register_jobs", self.served.site)]
        Worker(self.served.site, jobs, clock=lambda: self.served.now).run_due()
        return [
            email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
            for file in sorted(set(outbox.glob("*.eml")) - before)
        ]


def text_of(mail):
    """Return both parts of a mail, the plain text first."""
    return "\n".join(mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
