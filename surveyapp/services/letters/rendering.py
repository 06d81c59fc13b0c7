"""A text and its fields become a mail: subject, text part, HTML part."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import render_template

from surveyapp.core import colour
from surveyapp.core.definition import FormDefinition
from surveyapp.core.french import typeset
from surveyapp.core.letter import (
    LANGUAGES,
    LetterKind,
    Wording,
    blocks_of,
    closing,
    minutes,
    subject_of,
    used,
)
from surveyapp.mail import plain
from surveyapp.models import Campaign
from surveyapp.services.letters.texts import wording_of
from surveyapp.services.publish import definition_of
from surveyapp.services.transaction import AnySession
from surveyapp.store.structure import StructureInfo, structure

if TYPE_CHECKING:
    from surveyapp.services.respond.campaigns import CampaignInfo

K = LetterKind

#: What the button says.
BUTTONS: dict[tuple[LetterKind, str], str] = {
    (K.INVITATION, "fr"): "Répondre au questionnaire",
    (K.INVITATION, "en"): "Answer the questionnaire",
    (K.REMINDER, "fr"): "Répondre au questionnaire",
    (K.REMINDER, "en"): "Answer the questionnaire",
    (K.RESUME, "fr"): "Reprendre mes réponses",
    (K.RESUME, "en"): "Continue my answers",
    (K.DIGEST, "fr"): "Ouvrir l’espace de la coordination",
    (K.DIGEST, "en"): "Open the coordination pages",
}
#: What people who got a link of their own need to know.
ANONYMOUS = {
    "fr": "Vos réponses sont anonymes : ce lien évite seulement de répondre deux fois, il n’est "
    "pas relié à ce que vous écrivez.",
    "en": "Your answers are anonymous: this link only prevents answering twice, it is not "
    "linked to what you write.",
}
#: Ordinary blanks: the no-break ones of a date stay.
_BLANKS = re.compile(r"[ \t\r\n]+")
#: Values that may hold several lines.
_SEVERAL_LINES = frozenset({"liste"})


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail that is ready to be posted."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Below:
    """What stands below the text, whatever it says: ``mail/TEMPLATE.txt`` and ``.html``."""

    template: str
    context: Mapping[str, Any]


def render(
    session: AnySession,
    kind: LetterKind | str,
    *,
    campaign: Campaign | CampaignInfo | None,
    language: str,
    fields: Mapping[str, str],
    below: Below | None = None,
) -> Letter:
    """Write a mail with the text that is in force for ``campaign`` and ``language``.

    ``fields`` are named as in :data:`surveyapp.core.letter.FIELDS`. What it does not hold is
    filled from the campaign and the CPTS: ``titre``, ``date_clôture``, ``durée``,
    ``anonymat``, ``structure``, ``contact``. ``désinscription`` (see
    :func:`surveyapp.services.addresses.unsubscribe_url`) is added below the text when the
    text does not name it.
    """
    kind = LetterKind(kind)
    language = language if language in LANGUAGES else "fr"
    campaign_id = campaign.id if campaign else None
    wording = wording_of(session, kind, campaign_id=campaign_id, language=language)
    return render_wording(
        kind, wording, campaign=campaign, language=language, fields=fields, below=below
    )


def render_wording(
    kind: LetterKind,
    wording: Wording,
    *,
    campaign: Campaign | CampaignInfo | None,
    language: str,
    fields: Mapping[str, str],
    below: Below | None = None,
) -> Letter:
    """Write a mail with a text that need not be saved."""
    house = structure()
    values = {**_known(campaign, language, house), **_cleaned(fields)}
    set_type = typeset if language == "fr" else str
    subject = set_type(subject_of(wording, values))
    context = {
        **(below.context if below else {}),
        "subject": subject,
        "structure": house,
        "language": language,
        "blocks": blocks_of(wording, values),
        "set_type": set_type,
        "button": BUTTONS.get((kind, language), ""),
        "colour": colour.theme(house.color),
        "below": f"mail/{below.template}" if below else "",
        "unsubscribe": "" if "désinscription" in used(wording.body) else values["désinscription"],
    }
    return Letter(
        subject=subject,
        text=plain(render_template("mail/letter.txt", **context)),
        html=render_template("mail/letter.html", **context),
    )


def _cleaned(fields: Mapping[str, str]) -> dict[str, str]:
    """One line per value: a name must not bring paragraphs of its own."""
    return {
        name: value if name in _SEVERAL_LINES else _BLANKS.sub(" ", value).strip()
        for name, value in fields.items()
    }


def _known(
    campaign: Campaign | CampaignInfo | None, language: str, house: StructureInfo
) -> dict[str, str]:
    values = {
        "structure": house.name,
        "contact": house.email or house.phone,
        "désinscription": "",
    }
    if campaign is None:
        return values
    values["titre"] = campaign.title
    if campaign.closes_at is not None:
        values["date_clôture"] = closing(campaign.closes_at, house.zone, language)
    definition = _definition(campaign)
    if definition.duration_minutes:
        values["durée"] = minutes(definition.duration_minutes, language)
    if definition.anonymous:
        values["anonymat"] = ANONYMOUS.get(language, "")
    return values


def _definition(campaign: Campaign | CampaignInfo) -> FormDefinition:
    if isinstance(campaign, Campaign):
        return definition_of(campaign.version)
    return campaign.definition
