"""The mails a respondent gets: a copy of the answers, a link to go on later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from surveyapp.core.answers.types import Wrong, check_type
from surveyapp.core.definition import Kind, Question
from surveyapp.core.letter import LetterKind, days, instant
from surveyapp.core.readable import read
from surveyapp.links import absolute_url
from surveyapp.mail import post
from surveyapp.models import Message
from surveyapp.services import letters
from surveyapp.services.letters import Below
from surveyapp.services.respond.campaigns import CampaignInfo
from surveyapp.services.respond.drafts import hashed
from surveyapp.services.transaction import AnySession, transaction
from surveyapp.store import structure

#: Resume links that one draft sends in a day: enough for a typing error, not for a nuisance.
LINKS_A_DAY = 3
_ADDRESS = Question(Kind.EMAIL, "courriel", "Votre adresse mail")


class BadAddress(Exception):
    """The address is missing or no address; the message is a French sentence."""


class TooMany(Exception):
    """The draft has sent enough links today; the message is a French sentence."""


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A nominative answer that was just stored. ``token`` opens it again where it may be
    changed; ``changed``: it replaced an earlier one."""

    id: int
    reference: str
    document: dict[str, Any]
    sent_at: datetime
    token: str = ""
    changed: bool = False


def acknowledge(session: AnySession, campaign: CampaignInfo, answer: Acknowledged) -> None:
    """Send a copy of a nominative answer to its author, if the form asks for an address."""
    to = answer.document.get(campaign.definition.email_question)
    if not to:
        return
    state = f":{hashed(answer.token)[:16]}" if answer.changed else ""
    editable = campaign.definition.edit_until_close
    copy = {
        "campaign": campaign,
        "answer": answer,
        "sections": read(campaign.definition, answer.document),
        "link": absolute_url("respond.resume", token=answer.token) if editable else "",
    }
    letter = letters.render(
        session,
        LetterKind.RECEIPT,
        campaign=campaign,
        language=campaign.language,
        fields={
            "numéro": answer.reference,
            "date_envoi": instant(answer.sent_at, structure().zone, campaign.language),
        },
        below=Below("answers", copy),
    )
    post(
        session,
        to=to,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        kind="respond.receipt",
        dedupe_key=f"respond.receipt:{answer.id}{state}",
        campaign_id=campaign.id,
        language=campaign.language,
    )


def send_resume_link(campaign: CampaignInfo, token: str, *, to: str, today: date) -> None:
    """Send the link that opens the draft again, on any device.

    :raises BadAddress: ``to`` is not an address.
    :raises TooMany: too many links were sent today.
    """
    try:
        address = check_type(_ADDRESS, to, ())
    except Wrong:
        address = None
    if address is None:
        raise BadAddress("Écrivez une adresse mail complète, par exemple prenom.nom@exemple.fr.")
    day = f"respond.resume:{hashed(token)}:{today.isoformat()}:"
    with transaction() as session:
        count = sa.select(sa.func.count()).where(Message.dedupe_key.startswith(day))
        number = (session.scalar(count) or 0) + 1
        if number > LINKS_A_DAY:
            raise TooMany(
                "Nous avons déjà envoyé plusieurs liens aujourd’hui. Cherchez-les dans votre "
                "boîte, courriers indésirables compris, ou réessayez demain."
            )
        letter = letters.render(
            session,
            LetterKind.RESUME,
            campaign=campaign,
            language=campaign.language,
            fields={
                "lien": absolute_url("respond.resume", token=token),
                "conservation": days(campaign.definition.draft_retention_days, campaign.language),
            },
        )
        post(
            session,
            to=str(address),
            subject=letter.subject,
            text=letter.text,
            html=letter.html,
            kind="respond.resume",
            dedupe_key=f"{day}{number}",
            language=campaign.language,
        )
