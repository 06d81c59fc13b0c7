"""The mails that carry a personal link, written to the outbox."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from surveyapp import mail
from surveyapp.core.address import address_hash
from surveyapp.core.letter import LANGUAGES
from surveyapp.models import Campaign, Person, db
from surveyapp.services.addresses import unreachable, unsubscribe_url
from surveyapp.services.invite.personal import link_of
from surveyapp.services.letters import Letter, render
from surveyapp.services.transaction import AnySession
from surveyapp.store.invitations import REMINDER


@dataclass(frozen=True, slots=True)
class Written:
    """A mail that is ready to be posted; ``letter`` is ``None`` when it must not leave:
    there is no address, or it takes no solicitation."""

    invitation_id: int
    to: str
    language: str
    letter: Letter | None


def write(
    kind: str, campaign: Campaign, people: Iterable[tuple[int, Person]]
) -> dict[int, Written]:
    """The mails of (invitation, person), outside any transaction: writing takes time."""
    pairs = list(people)
    closed = unreachable(db.session, (person.email for _, person in pairs))
    return {
        number: _written(kind, campaign, number, person, closed=closed) for number, person in pairs
    }


def _written(
    kind: str, campaign: Campaign, number: int, person: Person, *, closed: dict[str, str]
) -> Written:
    hashed = address_hash(person.email)
    language = next((code for code in person.languages if code in LANGUAGES), campaign.language)
    if not hashed or hashed in closed:
        return Written(number, person.email, language, None)
    fields = {
        "prénom": person.first_name,
        "nom": person.last_name,
        "lien": link_of(number),
        "désinscription": unsubscribe_url(person.email),
    }
    letter = render(db.session, kind, campaign=campaign, language=language, fields=fields)
    return Written(number, person.email, language, letter)


def post(
    session: AnySession, kind: str, campaign_id: int, written: Written, *, wave: int = 0
) -> None:
    """Put a mail in the outbox, once and for all; ``wave`` is the reminder's number."""
    assert written.letter is not None
    prefix = f"remind:{wave}" if kind == REMINDER else "invite"
    suffix = "" if kind == REMINDER else ":0"
    mail.post(
        session,
        to=written.to,
        subject=written.letter.subject,
        text=written.letter.text,
        html=written.letter.html,
        kind=kind,
        dedupe_key=f"{prefix}:{written.invitation_id}{suffix}",
        solicitation=True,
        campaign_id=campaign_id,
        invitation_id=written.invitation_id,
        language=written.language,
    )
