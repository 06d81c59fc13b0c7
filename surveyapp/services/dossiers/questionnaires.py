"""The questionnaires that a journey sends by itself, such as that of satisfaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from surveyapp.core.campaign import SLUG_LENGTH, Phase
from surveyapp.core.journey.definition import Actor, InvitationRule
from surveyapp.core.journey.dossier import Dossier as View
from surveyapp.core.journey.due import Due
from surveyapp.core.personal import token_hash, token_of
from surveyapp.models import (
    Access,
    Campaign,
    CampaignState,
    DossierAct,
    Event,
    Form,
    FormVersion,
    Invitation,
    Message,
    Participation,
    Person,
    random_key,
)
from surveyapp.services.dossiers.reading import Opened
from surveyapp.services.dossiers.records import add_mark, note
from surveyapp.services.invite.personal import key
from surveyapp.services.invite.writing import Written, post, write
from surveyapp.services.transaction import AnySession
from surveyapp.store.campaigns import phase_of
from surveyapp.store.invitations import INVITATION


def invite(
    session: AnySession, found: Opened, item: Due, act: DossierAct, *, today: date, now: datetime
) -> None:
    """Invite whom a rule names to the open collection of its questionnaire.

    Somebody is invited once to a collection. Who cannot be written to stands in the history.
    """
    rule = next((r for r in found.journey.invitations if r.name == item.name), None)
    if rule is None:
        return
    campaign = _campaign(session, rule, now)
    for person in _people(found, rule):
        number = None if campaign is None else _invited(session, campaign, person)
        if campaign is not None and number is None:
            number = _invite(session, found, campaign, person, today=today, now=now)
        act.invitation_id = act.invitation_id or number
    if act.invitation_id is None:
        data = {"rule": rule.name}
        note(session, found.row.id, "not_invited", author_id=None, now=now, data=data)


def _people(found: Opened, rule: InvitationRule) -> Iterator[Person]:
    for actor in rule.to:
        row = found.row
        person = row.person if actor is Actor.PERSON else row.ambassador
        if person is not None and actor in (Actor.PERSON, Actor.AMBASSADOR):
            yield person


def _campaign(session: AnySession, rule: InvitationRule, now: datetime) -> Campaign | None:
    """The open collection of the questionnaire, made when there is none."""
    statement = (
        sa.select(Campaign)
        .join(FormVersion, FormVersion.id == Campaign.version_id)
        .join(Form, Form.id == FormVersion.form_id)
        .where(
            Form.name == rule.form,
            Campaign.internal.is_(False),
            Campaign.state == CampaignState.OPEN,
        )
        .order_by(Campaign.id.desc())
    )
    running = (c for c in session.scalars(statement) if phase_of(c, now=now) is Phase.OPEN)
    return next(running, None) or _made(session, rule, now)


def _made(session: AnySession, rule: InvitationRule, now: datetime) -> Campaign | None:
    version = session.scalars(
        sa.select(FormVersion)
        .join(Form, Form.id == FormVersion.form_id)
        .where(Form.name == rule.form)
        .order_by(FormVersion.number.desc())
        .limit(1)
    ).one_or_none()
    if version is None:
        return None
    campaign = Campaign(
        slug=_free_slug(session, rule.form),
        title=version.form.title,
        version_id=version.id,
        state=CampaignState.OPEN,
        opens_at=now,
        access=Access.INVITED,
        listed=False,
        created_at=now,
    )
    session.add(campaign)
    session.flush()
    session.add(
        Event(
            kind="campaign.created",
            subject="campaign",
            subject_id=campaign.id,
            at=now,
            data={"rule": rule.name},
        )
    )
    return campaign


def _free_slug(session: AnySession, form: str) -> str:
    base = form[: SLUG_LENGTH - 4].rstrip("-")
    slug, number = base, 2
    while session.scalar(sa.select(Campaign.id).where(Campaign.slug == slug)) is not None:
        slug, number = f"{base}-{number}", number + 1
    return slug


def _invited(session: AnySession, campaign: Campaign, person: Person) -> int | None:
    return session.scalar(
        sa.select(Invitation.id).where(
            Invitation.campaign_id == campaign.id, Invitation.person_id == person.id
        )
    )


def _invite(
    session: AnySession,
    found: Opened,
    campaign: Campaign,
    person: Person,
    *,
    today: date,
    now: datetime,
) -> int | None:
    number = random_key()
    letter = write(INVITATION, campaign, [(number, person)])[number]
    if letter.letter is None:
        return None
    session.add(
        Invitation(
            id=number,
            campaign_id=campaign.id,
            person_id=person.id,
            token_hash=token_hash(token_of(key(), number)),
            mailed_on=today,
        )
    )
    session.flush()
    _post(session, found, campaign, letter, now)
    return number


def _post(
    session: AnySession, found: Opened, campaign: Campaign, letter: Written, now: datetime
) -> None:
    post(session, INVITATION, campaign.id, letter)
    session.execute(
        sa.update(Message)
        .where(Message.invitation_id == letter.invitation_id)
        .values(dossier_id=found.row.id, created_at=now, run_at=now)
    )


def note_answers(session: AnySession, found: Opened, *, today: date, now: datetime) -> None:
    """Record the event « answered » of the rules whose invitation has served.

    Of an anonymous or confidential answer nothing more is known than that it came.
    """
    served = served_invitations(session, found.row.id).get(found.row.id, ())
    for name, about in unrecorded(found.dossier, served):
        by: dict[str, Any] = {"actor": Actor.PERSON, "now": now, "about_id": about}
        add_mark(session, found.row, name, on=today, **by)


def served_invitations(
    session: AnySession, dossier_id: int | None = None
) -> dict[int, list[tuple[str, str]]]:
    """Name and key of the acts whose invitation has served, by dossier: of all, or of one."""
    statement = (
        sa.select(DossierAct.dossier_id, DossierAct.name, DossierAct.key)
        .join(Participation, Participation.invitation_id == DossierAct.invitation_id)
        .where(DossierAct.kind == "invitation")
        .order_by(DossierAct.dossier_id, DossierAct.key)
    )
    if dossier_id is not None:
        statement = statement.where(DossierAct.dossier_id == dossier_id)
    found: defaultdict[int, list[tuple[str, str]]] = defaultdict(list)
    for number, name, key_ in session.execute(statement):
        found[number].append((name, key_))
    return found


def unrecorded(view: View, served: Iterable[tuple[str, str]]) -> list[tuple[str, int]]:
    """The events « answered » that are not recorded yet, with the mark that each is about."""
    rules = {rule.name: rule.answered for rule in view.journey.invitations if rule.answered}
    known = {(mark.name, mark.about) for mark in view.marks}
    pairs = [(rules[name], int(key_.rpartition(":")[2])) for name, key_ in served if name in rules]
    return [(name, about) for name, about in pairs if (name, str(about)) not in known]
