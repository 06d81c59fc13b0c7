"""« Votre semaine »: on Mondays, a mail to each colleague and ambassador who has something due.

It carries no full name: first names and initials are enough to know whom it is about.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from surveyapp import mail
from surveyapp.core.french import plural
from surveyapp.jobs import JobRun, enqueue, handler
from surveyapp.links import absolute_url
from surveyapp.models import Job, JourneyUse, User, db
from surveyapp.permissions import Permission, granted
from surveyapp.services.dossiers.access import Viewer, viewer_of
from surveyapp.services.dossiers.board import Board, When, board
from surveyapp.services.transaction import AnySession, transaction
from surveyapp.store import structure

KIND = "week"
#: The local hour of Monday from which it may leave; a worker that was stopped sends it later
#: in the week.
HOUR = 7
#: Lines of a mail; the page shows the rest.
MOST = 40


def wake(at: datetime) -> None:
    """Put the mail of the week in the queue, once, from seven o'clock on Monday there."""
    local = at.astimezone(structure().zone)
    monday = local.date() - timedelta(days=local.weekday())
    if local.date() == monday and local.hour < HOUR:
        return
    key = f"{KIND}:{monday.isoformat()}"
    if _known(key) or db.session.scalar(sa.select(JourneyUse.name).limit(1)) is None:
        return
    payload = {"today": local.date().isoformat(), "monday": monday.isoformat()}
    with transaction() as session:
        enqueue(session, KIND, payload, label="Échéances de la semaine", dedupe_key=key)


def _known(key: str) -> bool:
    return db.session.scalar(sa.select(Job.id).where(Job.dedupe_key == key)) is not None


@handler(KIND)
def week_job(job: JobRun) -> None:
    """Write to each account that has something due."""
    today = date.fromisoformat(job.payload["today"])
    letters = [_Letter(*who, board(who[1], today=today, most=MOST)) for who in _readers()]
    with transaction() as session:
        for letter in letters:
            if letter.board.lines:
                _post(session, letter, job.payload["monday"], today)


@dataclass(frozen=True, slots=True)
class _Letter:
    user: User
    viewer: Viewer
    board: Board


def _readers() -> list[tuple[User, Viewer]]:
    users = db.session.scalars(
        sa.select(User)
        .where(User.active, User.password.is_not(None))
        .options(selectinload(User.roles))
        .order_by(User.id)
    )
    return [(user, viewer) for user in users if (viewer := viewer_of(user)) is not None]


def _post(session: AnySession, letter: _Letter, monday: str, today: date) -> None:
    user, found = letter.user, letter.board
    space = Permission.SPACE in granted({role.name for role in user.roles})
    total = len(found.lines) + found.left_out
    late = len(found.of(When.OVERDUE))
    mail.compose(
        session,
        template="week",
        to=user.email,
        subject=_subject(total, late),
        context={
            "name": user.name,
            "parts": [(title, found.of(when)) for when, title in TITLES.items() if found.of(when)],
            "left_out": found.left_out,
            "url": absolute_url("space.home" if space else "board.show"),
            "today": today,
        },
        kind=KIND,
        dedupe_key=f"{KIND}:{monday}:{user.id}",
    )


TITLES = {
    When.OVERDUE: "En retard",
    When.TODAY: "Aujourd’hui",
    When.WEEK: "Dans les sept jours",
    When.AHEAD: "À préparer",
}


def _subject(total: int, late: int) -> str:
    """« Vos dossiers cette semaine : 5 échéances, dont 2 en retard »."""
    said = plural(total, "échéance", "échéances")
    return f"Vos dossiers cette semaine\u00a0: {said}" + (
        f", dont {late} en retard" if late else ""
    )
