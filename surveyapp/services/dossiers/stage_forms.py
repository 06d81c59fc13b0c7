"""The forms that stages ask for: the collections that take them, the links that open them.

Each questionnaire that a task names has one internal campaign, which no list shows and which
never closes. A :class:`~surveyapp.models.dossiers.DossierLink` leads to one filling of one of
them; its token comes from its id and the key of the installation, as that of an invitation
does, so that a mail sent twice carries the same address and the database holds none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from surveyapp.core.answers import Reading
from surveyapp.core.campaign import SLUG_LENGTH
from surveyapp.core.definition import FormDefinition
from surveyapp.core.french import quoted, typeset
from surveyapp.core.journey.definition import Actor, Journey, Task
from surveyapp.core.journey.moves import open_tasks
from surveyapp.core.personal import dossier_token, draft_token, token_hash
from surveyapp.links import absolute_url
from surveyapp.models import (
    Access,
    Campaign,
    CampaignState,
    Dossier,
    DossierLink,
    DossierMark,
    Event,
    Form,
    FormVersion,
    Response,
    ResponseStatus,
    User,
    Visibility,
    db,
    random_key,
)
from surveyapp.services.dossiers.access import Viewer, actor_in, sight, viewer_of
from surveyapp.services.dossiers.errors import DossierError, DossierGone
from surveyapp.services.dossiers.journeys import journey_of
from surveyapp.services.dossiers.reading import Opened, opened
from surveyapp.services.invite.personal import key
from surveyapp.services.publish import definition_of
from surveyapp.services.transaction import AnySession, transaction
from surveyapp.store.structure import structure

#: What is said to whoever fills a form of a dossier that is not their business any more.
PASSED_ON = (
    "Ce dossier ne vous est plus confié : ce formulaire ne peut plus être envoyé. Copiez vos "
    "réponses et envoyez-les à la coordination, qui les reportera."
)
#: What is known already of a form about to be filled, by its name: answers by question.
PREFILL: dict[str, Callable[[AnySession, Dossier], dict[str, Any]]] = {}


def ensure_campaigns(
    session: AnySession, journey: Journey, *, author_id: int | None, now: datetime
) -> None:
    """Make sure that each form of the journey can be filled, in its latest version."""
    for name in sorted({task.form for task in journey.tasks}):
        version = _latest(session, name)
        if version is None:
            raise DossierError(f"Publiez d’abord le questionnaire « {name} ».")
        campaign = campaign_of(session, name)
        if campaign is None:
            session.add(_campaign(session, version, author_id=author_id, now=now))
        else:
            campaign.version_id = version.id
    session.flush()


def campaign_of(session: AnySession, form: str) -> Campaign | None:
    """The internal campaign of a questionnaire."""
    return session.scalars(
        sa.select(Campaign)
        .join(FormVersion, FormVersion.id == Campaign.version_id)
        .join(Form, Form.id == FormVersion.form_id)
        .where(Form.name == form, Campaign.internal)
    ).one_or_none()


def definition_of_task(journey: Journey, task: str) -> FormDefinition:
    """The questionnaire of a task, as whoever fills it now gets it."""
    campaign = campaign_of(db.session, task_of(journey, task).form)
    if campaign is None:
        raise DossierError(
            "Ce formulaire n’est pas encore publié : remettez le parcours en service."
        )
    return definition_of(campaign.version)


def task_of(journey: Journey, name: str) -> Task:
    """:raises DossierError: the journey asks for no such form."""
    found = journey.task(name)
    if found is None:
        raise DossierError("Ce formulaire n’existe pas dans ce parcours : rechargez la page.")
    return found


def answers_of(mark: DossierMark) -> Mapping[str, Any]:
    """The answers of a filling; none when it is not one."""
    if mark.answers is not None:
        return mark.answers
    if mark.response_id is None:
        return {}
    response = db.session.get(Response, mark.response_id)
    return response.document if response is not None else {}


def ask(
    dossier_id: int,
    task: str,
    *,
    viewer: Viewer,
    now: datetime,
    corrects_id: int | None = None,
) -> str:
    """The address of a form for whoever is signed in; only their account opens it.

    ``corrects_id`` is the filling that they want to correct: the form starts from it.
    """
    with transaction() as session:
        found = opened(session, dossier_id, lock=True)  # several presses get one link
        today = now.astimezone(structure().zone).date()
        if sight(viewer, found, today) is None:
            raise DossierGone
        actor = actor_in(viewer, found.row)
        wanted = task_of(found.journey, task)
        if corrects_id is None:
            refuse_filling(found, wanted, actor, today=today)
        else:
            refuse_correction(found, wanted, actor, viewer.user_id, corrects_id)
        link = _Wanted(found.row, wanted, actor, viewer.user_id, corrects_id)
        return url_of(_link(session, link, now))


def link_for(session: AnySession, row: Dossier, task: str, *, actor: Actor, now: datetime) -> str:
    """The address of a form for a mail to ``actor``: the same until it has been filled."""
    wanted = task_of(journey_of(row.version), task)
    return url_of(_link(session, _Wanted(row, wanted, actor), now))


def refuse_filling(found: Opened, task: Task, actor: Actor, *, today: date) -> None:
    """:raises DossierError: why ``actor`` cannot fill the form now.

    The coordination may fill any form, for whoever gives their answers by telephone.
    """
    refuse_anonymised(found)
    if actor is not Actor.COORDINATION and actor not in task.by:
        raise DossierError(f"Le formulaire « {task.label} » ne vous revient pas.")
    if task in open_tasks(found.dossier, today):
        return
    stage, wanted = found.dossier.stage, f"Le formulaire « {task.label} »"
    if stage.name not in found.journey.stays(task.during):
        raise DossierError(f"{wanted} n’est pas attendu à l’étape « {stage.label} ».")
    if found.dossier.in_this_stay(task.name, today):
        raise DossierError(f"{wanted} est déjà rempli : corrigez-le s’il a changé.")
    raise DossierError(f"{wanted} n’est pas attendu pour ce dossier.")


def filling_awaits(found: Opened, task: Task) -> str:
    """What must come before a form can be filled; empty when its stage has come."""
    stays = found.journey.stays(task.during)
    if found.dossier.stage.name in stays:
        return ""
    names = " ou ".join(quoted(found.journey.label(name)) for name in stays)
    here = quoted(found.dossier.stage.label)
    return typeset(
        f"{quoted(task.label)} se remplit à l’étape {names} ; le dossier est à l’étape {here} : "
        "faites-le d’abord avancer."
    )


def refuse_correction(
    found: Opened, task: Task, actor: Actor, user_id: int | None, corrects_id: int
) -> None:
    """:raises DossierError: why they cannot correct that filling."""
    refuse_anonymised(found)
    mark = found.mark(corrects_id)
    if mark is None or mark.name != task.name:
        raise DossierError("Cette réponse n’est plus dans le dossier : rechargez la page.")
    own = mark.actor is actor and mark.user_id in (None, user_id)
    if actor is not Actor.COORDINATION and not own:
        raise DossierError("Seule la coordination corrige ce que quelqu’un d’autre a rempli.")


def refuse_anonymised(found: Opened) -> None:
    """:raises DossierError: nothing is added to an anonymised dossier."""
    if found.row.anonymised_on is not None:
        raise DossierError("Ce dossier est anonymisé : il ne change plus.")


def still_theirs(session: AnySession, link: DossierLink, now: datetime) -> bool:
    """Whether the dossier is still the business of whoever has the link.

    A colleague must see it; the mail of an ambassador is theirs until another one accompanies
    the person, that of a partner while the person agrees.
    """
    if link.user_id is not None or link.actor is Actor.PARTNER:
        user = session.get(User, link.user_id) if link.user_id is not None else None
        viewer = viewer_of(user) if user is not None else None
        if link.user_id is None:
            viewer = Viewer(link.actor, None)
        today = now.astimezone(structure().zone).date()
        found = opened(session, link.dossier_id)
        return viewer is not None and sight(viewer, found, today) is not None
    return link.actor is not Actor.AMBASSADOR or not _passed_on(session, link)


def _passed_on(session: AnySession, link: DossierLink) -> bool:
    """Whether somebody else accompanies the person since the link was made."""
    assigned = session.scalars(
        sa.select(Event.data).where(
            Event.kind == "dossier.assigned",
            Event.subject == "dossier",
            Event.subject_id == link.dossier_id,
            Event.at > link.created_at,
        )
    )
    return any(
        data["before"].get("ambassador") != data["after"].get("ambassador") for data in assigned
    )


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A filling that somebody is asked for."""

    row: Dossier
    task: Task
    actor: Actor
    user_id: int | None = None
    corrects_id: int | None = None


def _link(session: AnySession, wanted: _Wanted, now: datetime) -> DossierLink:
    """The link that waits to be used, else a new one."""
    waiting = session.scalars(
        sa.select(DossierLink)
        .where(
            DossierLink.dossier_id == wanted.row.id,
            DossierLink.task == wanted.task.name,
            DossierLink.actor == wanted.actor,
            DossierLink.user_id.is_not_distinct_from(wanted.user_id),
            DossierLink.corrects_id.is_not_distinct_from(wanted.corrects_id),
            DossierLink.mark_id.is_(None),
        )
        .order_by(DossierLink.created_at, DossierLink.id)
    ).all()
    usable = (link for link in waiting if still_theirs(session, link, now))
    return next(usable, None) or _new_link(session, wanted, now)


def _new_link(session: AnySession, wanted: _Wanted, now: datetime) -> DossierLink:
    campaign = campaign_of(session, wanted.task.form)
    if campaign is None:
        raise DossierError(
            "Ce formulaire n’est pas encore publié : remettez le parcours en service."
        )
    number = random_key()
    token = dossier_token(key(), number)
    link = DossierLink(
        id=number,
        dossier_id=wanted.row.id,
        task=wanted.task.name,
        actor=wanted.actor,
        user_id=wanted.user_id,
        token_hash=token_hash(token),
        draft_hash=token_hash(draft_token(key(), token)),
        campaign_id=campaign.id,
        corrects_id=wanted.corrects_id,
        created_at=now,
    )
    session.add(link)
    session.flush()
    if wanted.corrects_id is not None:
        _begin_correction(session, link, campaign, now)
    return link


def _begin_correction(
    session: AnySession, link: DossierLink, campaign: Campaign, now: datetime
) -> None:
    """A draft of what was answered, every page of it seen: the form opens on its review."""
    mark = session.get_one(DossierMark, link.corrects_id)
    today, definition = now.astimezone(structure().zone).date(), definition_of(campaign.version)
    values = dict(answers_of(mark))
    pages = Reading(definition, values, today=today).sections()
    session.add(
        Response(
            campaign_id=campaign.id,
            version_id=campaign.version_id,
            anonymous=False,
            status=ResponseStatus.DRAFT,
            token_hash=link.draft_hash,
            document={"values": values, "raw": {}, "seen": [page.name for page in pages]},
            page="",
            saved_on=today,
        )
    )
    session.flush()


def url_of(link: DossierLink) -> str:
    """The address that a link has in a mail."""
    return absolute_url("respond.personal", token=dossier_token(key(), link.id))


def _latest(session: AnySession, form: str) -> FormVersion | None:
    return session.scalars(
        sa.select(FormVersion)
        .join(Form, Form.id == FormVersion.form_id)
        .where(Form.name == form)
        .order_by(FormVersion.number.desc())
        .limit(1)
    ).one_or_none()


def _campaign(
    session: AnySession, version: FormVersion, *, author_id: int | None, now: datetime
) -> Campaign:
    return Campaign(
        slug=_free_slug(session, version.form.name),
        title=version.form.title,
        version_id=version.id,
        state=CampaignState.OPEN,
        access=Access.INVITED,
        visibility=Visibility.COORDINATION,
        listed=False,
        internal=True,
        created_at=now,
        created_by_id=author_id,
    )


def _free_slug(session: AnySession, form: str) -> str:
    base = f"dossier-{form}"[: SLUG_LENGTH - 4].rstrip("-")
    slug, number = base, 2
    while session.scalar(sa.select(Campaign.id).where(Campaign.slug == slug)) is not None:
        slug, number = f"{base}-{number}", number + 1
    return slug
