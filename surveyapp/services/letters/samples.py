"""Mails with invented values, to be looked at before anybody gets one."""

from __future__ import annotations

from surveyapp import mail
from surveyapp.core.letter import FIELDS, Wording
from surveyapp.links import absolute_url
from surveyapp.models import Campaign
from surveyapp.services.addresses import unsubscribe_url
from surveyapp.services.letters.rendering import Letter, render_wording
from surveyapp.services.letters.texts import Place, checked
from surveyapp.services.transaction import transaction

_FRENCH = {
    "prénom": "Camille",
    "nom": "Exemple",
    "titre": "Titre de la collecte",
    "date_clôture": "mardi 30 juin 2026 à 18\u00a0h",
    "durée": "5\u00a0minutes",
    "numéro": "K7QF-2M9X",
    "date_envoi": "12\u00a0juin\u00a02026 à 14\u00a0h\u00a032",
    "conservation": "90\u00a0jours",
    "liste": "– Titre de la collecte : 3\u00a0nouvelles réponses (28 en tout)",
}
_ENGLISH = {
    **_FRENCH,
    "titre": "Title of the campaign",
    "date_clôture": "Tuesday 30 June 2026 at 18:00",
    "durée": "5 minutes",
    "date_envoi": "12 June 2026 at 14:32",
    "conservation": "90 days",
    "liste": "– Title of the campaign: 3 new answers (28 in all)",
}


def sample(place: Place, wording: Wording, *, campaign: Campaign | None, reader: str) -> Letter:
    """The mail as ``reader`` (an address) would get it.

    :raises BadWording: something is wrong with the text.
    """
    values = dict(_ENGLISH if place.language == "en" else _FRENCH)
    values |= {"lien": absolute_url("respond.home"), "désinscription": unsubscribe_url(reader)}
    if campaign is not None:
        del values["titre"]
        if campaign.closes_at is not None:
            del values["date_clôture"]
        if place.kind in ("invitation", "reminder"):
            values["lien"] = absolute_url("respond.start", slug=campaign.slug)
    known = {name: values[name] for name in FIELDS[place.kind] if name in values}
    return render_wording(
        place.kind,
        checked(place.kind, wording),
        campaign=campaign,
        language=place.language,
        fields=known,
    )


def send_sample(place: Place, wording: Wording, *, campaign: Campaign | None, to: str) -> None:
    """Send it to whoever is writing the text; nobody else gets it.

    :raises BadWording: something is wrong with the text.
    """
    letter = sample(place, wording, campaign=campaign, reader=to)
    with transaction() as session:
        mail.post(
            session,
            to=to,
            subject=f"[Essai] {letter.subject}",
            text=letter.text,
            html=letter.html,
            kind="letter.sample",
            language=place.language,
        )
