"""Every kind of mail that the product sends, written by using a site as its people do."""

import re
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import attrs

from pressframe_newsletter import Newsletters
from pressframe_testing import Served, TestSite, Visitor

SITE = """
== pressframe.toml ==
[site]
title = "Essai & fils"
url = "https://essai.example"
language = "{language}"
plugins = [
    "markdown", "sql", "web", "admin", "comments", "moderation", "gates", "passes", "members", "newsletter", "archives",
    "feeds", "journal",
]
[plugins.comments]
flood_limit = 0
[plugins.members]
[plugins.moderation]
mail_every = "0 seconds"
[plugins.newsletter]
automatic = false
imprint = "Essai & fils, 1 rue de l’Exemple, Paris"
[plugins.newsletter.newsletters.billets]
[plugins.newsletter.newsletters.hebdo]
title = "La semaine"
frequency = "weekly"
== content/un.md ==
---
title: Un billet
date: {yesterday}
---
Un *texte*, et [un lien](/archives/).
== content/deux.md ==
---
title: Un autre billet, dont le titre est long, très long, et n’en finit pas de finir
date: {yesterday}
---
Un texte.
"""


@attrs.frozen
class Kind:
    """A kind of mail.

    Attributes:
        template: What it is written from.
        french: Its subject.
        to: Who gets it, where the same is said to others.
    """

    template: str
    french: str
    english: str
    to: str = ""


KINDS = {
    "account": Kind("admin/link", "Votre compte sur Essai & fils", "Your account at Essai & fils"),
    "owner's link": Kind(
        "admin/link", "Votre lien de connexion à Essai & fils", "Your link to sign in to Essai & fils", "o@example.org"
    ),
    "subscription": Kind(
        "members/confirm", "Confirmez votre abonnement à Essai & fils", "Confirm your subscription to Essai & fils"
    ),
    "sign-in": Kind(
        "members/sign-in", "Votre lien de connexion à Essai & fils", "Your link to sign in to Essai & fils",
        "ida@example.org",
    ),
    "new address": Kind(
        "members/address", "Confirmez votre nouvelle adresse pour Essai & fils",
        "Confirm your new address for Essai & fils",
    ),
    "address changed": Kind(
        "members/address-changed", "Votre adresse pour Essai & fils a été changée",
        "Your address for Essai & fils was changed",
    ),
    "comment waits": Kind(
        "moderation/new", "Un nouveau commentaire sur l’article «\xa0Un billet\xa0» attend votre approbation",
        "A new comment on the post “Un billet” waits for your approval",
    ),
    "following": Kind(
        "comments/confirm", "Voulez-vous recevoir les nouveaux commentaires sur Essai & fils\xa0?",
        "Do you want new comments on Essai & fils mailed?",
    ),
    "news": Kind("comments/news", "2 nouveaux commentaires sur Essai & fils", "2 new comments on Essai & fils"),
    "post": Kind("newsletter/post", "Un billet", "Un billet"),
    "digest": Kind("newsletter/digest", "La semaine\xa0: ", "La semaine: "),
    "test": Kind("newsletter/post", "[Test] Un billet", "[Test] Un billet"),
}  # fmt: skip
"""Each kind, with what tells it: a new one is added here, and to what follows."""
PARTS = {"letter", "base", "frame", "parts", "style", "subject"}
"""Templates that others include."""


@attrs.frozen
class Postbag:
    """A site in use, and the mails that it has sent; of each kind one whose links nobody has followed."""

    site: TestSite
    served: Served
    language: str

    @classmethod
    def of(cls, site: TestSite, language: str) -> "Postbag":
        """Use *site*, of the text that ``text_of`` gives, until it has sent mails of every kind."""
        site.clock.move(datetime.now(UTC) - site.clock.now)  # as commands have it
        assert site.run("admin", "create", "o@example.org", "--role", "owner", "--mail-link").status == 0
        bag = cls(site, site.serve(), language)
        bag.served.app.site.plugin(Newsletters).held.clock = site.clock
        bag.later(0)
        member = bag._join("max@example.org")
        bag._join("ida@example.org")
        bag._move()
        bag._comment()
        bag._mail_posts()
        bag._ask_for_links(member)
        return bag

    @property
    def by_kind(self) -> dict[str, EmailMessage]:
        """The newest mail of each kind."""
        found = {}
        for mail in self.served.mails:
            for name, kind in KINDS.items():
                subject = kind.french if self.language == "fr" else kind.english
                is_it = mail["subject"] == subject or (name == "digest" and mail["subject"].startswith(subject))
                if is_it and kind.to in ("", mail["to"]):
                    found[name] = mail
        missing = KINDS.keys() - found.keys()
        assert not missing, (missing, sorted(mail["subject"] for mail in self.served.mails))
        return found

    def later(self, minutes: int = 40) -> None:
        self.site.clock.move(timedelta(minutes=minutes))
        self.served.rebuild()
        self.served.run_jobs()

    def _move(self) -> None:
        browser = self._join("lea@example.org")
        browser.post("/members/account/address", {"email": "lea2@example.org"})
        self.later(0)
        browser.post(self._link("lea2@example.org", "/members/confirm/"), {})
        self.later(0)

    def _join(self, address: str) -> Visitor:
        browser = self.served.browser()
        browser.post("/members/subscribe", {"email": address, "next": "", "website": ""})
        self.later(0)
        browser.post(self._link(address, "/members/confirm/"), {})
        return browser

    def _comment(self) -> None:
        follower = {"author": "Zoé", "email": "zoe@example.org", "follow_all": "1"}
        visitor = self.served.browser()
        visitor.post("/comments/un", {**follower, "comment": "Un *mot*,\net https://a.example/" + "x" * 200})
        self.later()
        visitor.post("/comments/deux", {**follower, "comment": "Encore."})
        self.later()
        visitor.post(self._link("zoe@example.org", "/comments/follow/"), {})
        for entry in ("un", "deux"):
            said = {"author": "Ada", "email": "a@e.org", "comment": "Merci > à tous."}
            self.served.browser().post(f"/comments/{entry}", said)
        self.site.run("comments", "approve", "c1", "c2", "c3", "c4")
        self.later()
        self.served.browser().post("/comments/un", {**follower, "email": "yves@example.org", "comment": "Et moi."})
        self.later()

    def _mail_posts(self) -> None:
        owner = self.served.sign_in_as("owner")
        for act, form in (
            ("test", {"newsletter": "billets", "entry": "un"}),
            ("send", {"newsletter": "billets", "entry": "un"}),
            ("digest", {"newsletter": "hebdo"}),
        ):
            assert owner.send(f"/admin/newsletter/{act}", form).status == 303
        self.later(0)

    def _ask_for_links(self, member: Visitor) -> None:
        """Ask for links that are good for an hour, and that nobody follows."""
        self.served.browser().post("/members/subscribe", {"email": "nina@example.org", "next": "", "website": ""})
        self.served.browser().post("/members/sign-in", {"email": "ida@example.org"})
        self.served.browser().post("/admin/sign-in/link", {"address": "o@example.org"})
        member.post("/members/account/address", {"email": "max2@example.org"})
        self.later(0)

    def _link(self, to: str, path: str) -> str:
        """Return the newest link under *path* that was mailed to an address."""
        texts = [mail.get_body(("plain",)).get_content() for mail in self.served.mails if mail["to"] == to]
        return str(re.findall(rf"https://essai\.example({path}\S+)", "\n".join(texts))[-1])


def text_of(language: str) -> str:
    """Return the site that a postbag needs."""
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    return SITE.format(language=language, yesterday=yesterday)
