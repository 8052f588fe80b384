"""Sentences for readers where no page can be rendered."""

_WORDS = {
    "en": {
        308: "This page has moved.",
        400: "This request could not be understood.",
        403: "This was sent from another site, and nothing was done. Go back to the page and send it from there.",
        404: "There is nothing at this address.",
        405: "This address cannot be asked for in this way.",
        413: "What you sent is too long.",
        415: "This was not sent by the site's form.",
        500: "Something went wrong on our side. Nothing you sent before is lost; please try again later.",
        503: "The site cannot store anything just now. Please try again in a moment.",
    },
    "fr": {
        308: "Cette page a déménagé.",
        400: "Cette demande n’a pas été comprise.",
        403: "Cet envoi venait d’un autre site : rien n’a été fait. Revenez à la page et envoyez-le de là.",
        404: "Il n’y a rien à cette adresse.",
        405: "Cette adresse ne se demande pas ainsi.",
        413: "Votre envoi est trop long.",
        415: "Cet envoi ne vient pas du formulaire du site.",
        500: "Une erreur s’est produite de notre côté. Réessayez un peu plus tard.",
        503: "Le site ne peut rien enregistrer pour l’instant. Réessayez dans un moment.",
    },
}


def sentence(status: int, language: str) -> str:
    """Return what a plain answer with *status* says, in *language* or else in English."""
    words = _WORDS.get(language.split("-")[0], _WORDS["en"])
    return words.get(status, words[400])
