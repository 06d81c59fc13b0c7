"""Where things to do come from: one function looks at one kind of thing.

A source is left out for whoever may not act on it (:data:`SOURCES`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import sqlalchemy as sa

from surveyapp.core.bilan.missing import missing, summary_sentence
from surveyapp.core.campaign import Phase
from surveyapp.core.definition import Mode
from surveyapp.core.french import NBSP, datetime_long, plural, quoted
from surveyapp.models import (
    Form,
    Job,
    Message,
    Response,
    ResponseStatus,
    Structure,
    User,
    WorkState,
)
from surveyapp.models.base import db
from surveyapp.permissions import Permission
from surveyapp.reports.bilan_form import bilan_form
from surveyapp.services.actions import values_of
from surveyapp.services.campaigns import results_permission
from surveyapp.services.dossiers.access import viewer_of
from surveyapp.services.dossiers.board import When, counts
from surveyapp.services.todo.items import Look, Todo, Urgency
from surveyapp.services.verbatims import open_questions
from surveyapp.store import actions as store
from surveyapp.store import structure

#: A campaign that ends within this time is « bientôt ».
SOON = timedelta(days=7)
#: Closed results older than this are no longer news; a bilan is asked for this long before
#: the end of its period.
NEWS = timedelta(days=30)
RECENT = timedelta(days=7)


def _undescribed(_look: Look) -> Iterator[Todo]:
    row = db.session.get(Structure, 1)
    if row is None or not row.name:
        yield Todo(
            "structure",
            "Décrivez votre structure",
            "Son nom, son adresse et son contact s’affichent sur les questionnaires.",
            "Remplir les réglages",
            "manage.settings",
            urgency=Urgency.URGENT,
        )


def _nothing_published(_look: Look) -> Iterator[Todo]:
    if db.session.scalar(sa.select(Form.id).limit(1)) is None:
        yield Todo(
            "forms",
            "Publiez un premier questionnaire",
            "Sept questionnaires sont fournis. Choisissez ceux dont vous avez besoin.",
            "Voir les questionnaires",
            "manage.forms",
            urgency=Urgency.SOON,
        )


def _failed_mail(_look: Look) -> Iterator[Todo]:
    count = db.session.scalar(sa.select(sa.func.count()).where(Message.state == WorkState.FAILED))
    if count:
        yield Todo(
            "mail",
            f"{plural(count, 'mail n’est pas parti', 'mails ne sont pas partis')}",
            "Voyez pourquoi, puis renvoyez-les.",
            "Voir les mails",
            "manage.mails",
            urgency=Urgency.URGENT,
        )


def _failed_jobs(look: Look) -> Iterator[Todo]:
    """Tasks that no page announces: scheduled ones, and those of colleagues."""
    failed = sa.select(Job).where(
        Job.state == WorkState.FAILED,
        Job.seen.is_(False),
        sa.or_(Job.owner_id.is_(None), Job.owner_id != look.user_id),
    )
    for job in db.session.scalars(failed.order_by(Job.id).limit(5)):
        yield Todo(
            "job",
            f"Une tâche a échoué{NBSP}: {job.label or job.kind}",
            "Vous pouvez la relancer.",
            "Voir la tâche",
            "tasks.show",
            urgency=Urgency.URGENT,
            subject_id=job.id,
        )


def _closing_soon(look: Look) -> Iterator[Todo]:
    for line in look.in_phase(Phase.OPEN):
        end = line.campaign.closes_at
        if end is None or end - look.now > SOON:
            continue
        when = datetime_long(end, structure().timezone)
        answers = plural(line.answers, "réponse", "réponses")
        yield Todo(
            "closing",
            f"{quoted(line.campaign.title)} ferme bientôt",
            f"Fermeture le {when}. {answers} à ce jour.",
            "Voir la collecte",
            "manage.campaign",
            line.campaign.slug,
            Urgency.SOON,
            line.campaign.id,
        )


def _closed(look: Look) -> Iterator[Todo]:
    """Results to read, or a campaign that stayed below its threshold."""
    for line in look.in_phase(Phase.CLOSED):
        end, k = line.campaign.closes_at, line.campaign.version.k
        if end is None or look.now - end > NEWS:
            continue
        answers = plural(line.answers, "réponse", "réponses")
        if results_permission(line.campaign) not in look.allowed:
            continue
        if line.answers >= k:
            yield Todo(
                "results",
                f"Les résultats de {quoted(line.campaign.title)} sont prêts",
                f"La collecte est fermée avec {answers}.",
                "Lire les résultats",
                "results.show",
                line.campaign.slug,
                Urgency.GOOD,
                line.campaign.id,
                dismissable=True,
            )
        elif line.campaign.version.mode is Mode.ANONYMOUS:
            yield Todo(
                "few",
                f"{quoted(line.campaign.title)} a reçu trop peu de réponses",
                f"{answers}, il en faut {k} pour montrer un résultat.",
                "Rouvrir la collecte",
                "manage.campaign",
                line.campaign.slug,
                Urgency.SOON,
                line.campaign.id,
                dismissable=True,
            )


def _verbatims(look: Look) -> Iterator[Todo]:
    """Open answers that nobody has read: none is published before."""
    for line in look.in_phase(Phase.CLOSED):
        end = line.campaign.closes_at
        if end is None or look.now - end > NEWS or line.answers < line.campaign.version.k:
            continue
        waiting = sum(q.waiting for q in open_questions(line.campaign, at=look.now))
        if waiting:
            answers = plural(waiting, "réponse libre", "réponses libres")
            yield Todo(
                "verbatims",
                f"Relisez {answers} de {quoted(line.campaign.title)}",
                "Aucune ne figure dans un rapport avant votre relecture.",
                "Relire",
                "results.verbatims",
                line.campaign.slug,
                Urgency.SOON,
                line.campaign.id,
            )


def _bilans(look: Look) -> Iterator[Todo]:
    """Actions whose bilan has gaps, once their period is over or nearly."""
    for action in store.actions():
        if action.period_end is None or action.period_end > look.today + NEWS:
            continue
        gaps = len(missing(bilan_form(), values_of(action)))
        if gaps:
            yield Todo(
                "bilan",
                f"Complétez le bilan de {quoted(action.title)}",
                summary_sentence(gaps),
                "Compléter le bilan",
                "actions.check",
                action.slug,
                Urgency.SOON,
                action.id,
            )


def _drafts(look: Look) -> Iterator[Todo]:
    for line in look.in_phase(Phase.DRAFT):
        yield Todo(
            "draft",
            f"{quoted(line.campaign.title)} attend d’être ouverte",
            "Relisez ses dates et son adresse, puis ouvrez-la.",
            "Relire et ouvrir",
            "manage.campaign",
            line.campaign.slug,
            Urgency.INFO,
            line.campaign.id,
        )


def _new_answers(look: Look) -> Iterator[Todo]:
    """Identified answers of the last days: somebody waits for a call."""
    since = look.today - RECENT
    named = [li for li in look.lines if li.campaign.version.mode is Mode.NOMINATIVE and li.answers]
    rows = db.session.execute(
        sa.select(Response.campaign_id, sa.func.count())
        .where(
            Response.campaign_id.in_([line.campaign.id for line in named]),
            Response.status == ResponseStatus.SUBMITTED,
            Response.submitted_on >= since,
        )
        .group_by(Response.campaign_id)
    )
    counts = {row[0]: row[1] for row in rows}
    for line in named:
        count = counts.get(line.campaign.id, 0)
        if count:
            new = plural(count, "réponse reçue", "réponses reçues")
            yield Todo(
                "answers",
                f"{new} à {quoted(line.campaign.title)}",
                f"Depuis sept jours{NBSP}: des personnes attendent peut-être votre appel.",
                "Lire les réponses",
                "manage.responses",
                line.campaign.slug,
                Urgency.INFO,
                line.campaign.id,
            )


def _dossiers(look: Look) -> Iterator[Todo]:
    """What waits in the dossiers, by how pressing it is; the page of deadlines says which."""
    user = db.session.get(User, look.user_id)
    viewer = viewer_of(user) if user is not None else None
    if viewer is None:
        return
    found = counts(viewer, today=look.today)
    for when, urgency, one, many, detail in _DEADLINES:
        if found[when]:
            title = f"Dossiers{NBSP}: {plural(found[when], one, many)}"
            yield Todo(f"dossiers-{when}", title, detail, "Voir", "board.show", urgency=urgency)


_DEADLINES = (
    (
        *(When.OVERDUE, Urgency.URGENT, "échéance dépassée", "échéances dépassées"),
        "Chacune a son bouton, ou s’ouvre depuis son dossier.",
    ),
    (
        *(When.TODAY, Urgency.SOON, "échéance aujourd’hui", "échéances aujourd’hui"),
        "Le jour même compte encore.",
    ),
    (
        *(When.WEEK, Urgency.INFO, "échéance dans les sept jours", "échéances dans les sept jours"),
        "Avec les rendez-vous prévus.",
    ),
)

Source = Callable[[Look], Iterator[Todo]]

#: Every source, with what a person must be allowed to do to be shown it.
SOURCES: tuple[tuple[Permission, Source], ...] = (
    (Permission.ADMIN, _undescribed),
    (Permission.MANAGE, _nothing_published),
    (Permission.MANAGE, _failed_mail),
    (Permission.ADMIN, _failed_jobs),
    (Permission.DOSSIERS, _dossiers),
    (Permission.MANAGE, _closing_soon),
    (Permission.READ, _closed),
    (Permission.RESPONSES, _verbatims),
    (Permission.ACTIONS, _bilans),
    (Permission.RESPONSES, _new_answers),
    (Permission.MANAGE, _drafts),
)
