"""What readers are told when a request is refused or fails, in the site's language."""

import gettext
from functools import lru_cache
from pathlib import Path

_LOCALE = Path(__file__).parent / "locale"


def _(text: str) -> str:
    return text  # marks what is to be translated


_SAYINGS = {
    308: (_("Moved"), _("This page is at another address now.")),
    400: (_("Not understood"), _("What your browser sent is incomplete or damaged. Go back and try once more.")),
    403: (_("Sent from elsewhere"), _("This was not sent from a page of this site, so nothing was done.")),
    404: (_("Page not found"), _("There is nothing at this address.")),
    405: (_("Not possible here"), _("This address cannot be asked in this way.")),
    413: (_("Too long"), _("What you sent is longer than this site takes. Go back and shorten it.")),
    415: (_("Not a form"), _("What was sent is no form of this site.")),
    416: (_("Not that much"), _("This file has no such part.")),
    500: (
        _("Something went wrong"),
        _("The fault is ours. What you had sent before is not lost; please try again later."),
    ),
    503: (_("One moment, please"), _("The site cannot do this right now. Please try again in a moment.")),
}


def saying(status: int, language: str) -> tuple[str, str]:
    """Return a heading and a sentence for *status*, in *language* or else in English."""
    heading, text = _SAYINGS[status]
    words = _catalogue(language)
    return words.gettext(heading), words.gettext(text)


@lru_cache(maxsize=8)
def _catalogue(language: str) -> gettext.NullTranslations:
    languages = [language.replace("-", "_"), language.split("-")[0]]
    return gettext.translation("pressframe_web", _LOCALE, languages, fallback=True)
