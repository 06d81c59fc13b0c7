"""Dossiers: the journeys in use, where each dossier is, and all that happened to it.

A row of :class:`DossierMark`, :class:`DossierAct` or :class:`DossierNote` is never changed to
say something else: a date that is corrected and a mark that is withdrawn leave an
:class:`~surveyapp.models.work.Event` with what was there before.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from surveyapp.core.journey.definition import Actor
from surveyapp.models.base import BigKey, Json, Model, UtcDateTime, choice_of, now, random_key
from surveyapp.models.people import Person


class JourneyUse(Model):
    """A journey that was put into service, and the day on which it was.

    Periodic meetings count from ``started_on``. While ``paused``, answers open no dossier.
    """

    __tablename__ = "journey"

    name: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    title: Mapped[str] = mapped_column(sa.String(300))
    started_on: Mapped[date]
    paused: Mapped[bool] = mapped_column(default=False)
    versions: Mapped[list[JourneyVersion]] = relationship(
        back_populates="journey", order_by="JourneyVersion.number"
    )


class JourneyVersion(Model):
    """A frozen journey: the text of its file. A dossier keeps the one it runs in."""

    __tablename__ = "journey_version"
    __table_args__ = (sa.UniqueConstraint("journey_name", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    journey_name: Mapped[str] = mapped_column(sa.ForeignKey("journey.name"))
    number: Mapped[int]
    label: Mapped[str] = mapped_column(sa.String(40))
    text: Mapped[str] = mapped_column(sa.Text, deferred=True)
    sha256: Mapped[str] = mapped_column(sa.String(64))
    published_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    published_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    journey: Mapped[JourneyUse] = relationship(back_populates="versions")


class Dossier(Model):
    """Somebody on the way through a journey.

    ``title`` is how lists name it (« Nom Prénom »); ``sort_key`` and ``search`` are its folded
    name and words. ``stage``, ``stage_on``, ``closed`` and ``next_on`` (the nearest deadline
    that is not met) are drawn from its marks after each change. ``facts`` are by name: texts,
    numbers, « oui » or « non », ISO dates. ``owner_id`` is the colleague in charge,
    ``ambassador_id`` the ambassador who accompanies the person. ``shared``: a partner sees it.
    ``revision`` grows at each change. An anonymised dossier (``anonymised_on``) keeps its dates
    and choices only.
    """

    __tablename__ = "dossier"
    __table_args__ = (
        sa.Index("ix_dossier_journey_name", "journey_name", "closed", "stage"),
        sa.Index("ix_dossier_sort_key", "sort_key"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, default=random_key)
    journey_name: Mapped[str] = mapped_column(sa.ForeignKey("journey.name"))
    version_id: Mapped[int] = mapped_column(sa.ForeignKey("journey_version.id"), index=True)
    reference: Mapped[str] = mapped_column(sa.String(20), unique=True)
    person_id: Mapped[int | None] = mapped_column(
        BigKey, sa.ForeignKey("person.id", ondelete="SET NULL"), index=True
    )
    title: Mapped[str] = mapped_column(sa.String(250), default="")
    sort_key: Mapped[str] = mapped_column(sa.String(250), default="")
    search: Mapped[str] = mapped_column(sa.Text, default="")
    stage: Mapped[str] = mapped_column(sa.String(40))
    stage_on: Mapped[date]
    closed: Mapped[bool] = mapped_column(default=False)
    next_on: Mapped[date | None] = mapped_column(index=True)
    facts: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    owner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    ambassador_id: Mapped[int | None] = mapped_column(
        BigKey, sa.ForeignKey("person.id", ondelete="SET NULL"), index=True
    )
    shared: Mapped[bool] = mapped_column(default=False)
    revision: Mapped[int] = mapped_column(default=0)
    opened_on: Mapped[date]
    anonymised_on: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    version: Mapped[JourneyVersion] = relationship()
    person: Mapped[Person | None] = relationship(foreign_keys=[person_id])
    ambassador: Mapped[Person | None] = relationship(foreign_keys=[ambassador_id])


class DossierMark(Model):
    """Something happened: a stage entered, a transition, an event, a form filled.

    In the order of ``position``. ``id`` never changes, whatever is corrected: what was done
    because of it is known by it. ``response_id`` is the answer to the form; ``answers`` stand
    here instead once the dossier is anonymised. ``about_id`` is the mark that an event is
    about (the declaration that was validated). A mark that was ``withdrawn`` never happened.
    ``user_id`` is the account that wrote it, if one did; ``actor`` in which part.
    """

    __tablename__ = "dossier_mark"
    __table_args__ = (sa.UniqueConstraint("dossier_id", "position"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, default=random_key)
    dossier_id: Mapped[int] = mapped_column(BigKey, sa.ForeignKey("dossier.id", ondelete="CASCADE"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(sa.String(40))
    on: Mapped[date]
    actor: Mapped[Actor] = mapped_column(choice_of(Actor))
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    response_id: Mapped[int | None] = mapped_column(
        BigKey, sa.ForeignKey("response.id", ondelete="SET NULL"), index=True
    )
    answers: Mapped[dict[str, Any] | None] = mapped_column(Json)
    about_id: Mapped[int | None] = mapped_column(
        BigKey, sa.ForeignKey("dossier_mark.id", ondelete="SET NULL")
    )
    withdrawn: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class DossierAct(Model):
    """One thing that was done by itself, known by its key (:mod:`surveyapp.core.journey.due`).

    ``on`` is the day on which it should have been. A ``muted`` one was not sent.
    """

    __tablename__ = "dossier_act"

    dossier_id: Mapped[int] = mapped_column(
        BigKey, sa.ForeignKey("dossier.id", ondelete="CASCADE"), primary_key=True
    )
    key: Mapped[str] = mapped_column(sa.String(200), primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(20))
    name: Mapped[str] = mapped_column(sa.String(40))
    on: Mapped[date]
    muted: Mapped[bool] = mapped_column(default=False)
    invitation_id: Mapped[int | None] = mapped_column(
        BigKey, sa.ForeignKey("invitation.id", ondelete="SET NULL"), index=True
    )
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class DossierTerm(Model):
    """A deadline that runs and is not met, drawn from the marks after each change.

    What « À faire », calendars and the digest read. ``actors`` are the names of those who must
    act, between blanks: " coordination partner ".
    """

    __tablename__ = "dossier_term"
    __table_args__ = (sa.Index("ix_dossier_term_on", "on"),)

    dossier_id: Mapped[int] = mapped_column(
        BigKey, sa.ForeignKey("dossier.id", ondelete="CASCADE"), primary_key=True
    )
    name: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    mark_id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    label: Mapped[str] = mapped_column(sa.String(300))
    on: Mapped[date]
    actors: Mapped[str] = mapped_column(sa.String(120))
    dossier: Mapped[Dossier] = relationship()


class DossierNote(Model):
    """A few words on a dossier; internal, or ``shared`` with whoever else sees the dossier."""

    __tablename__ = "dossier_note"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, default=random_key)
    dossier_id: Mapped[int] = mapped_column(
        BigKey, sa.ForeignKey("dossier.id", ondelete="CASCADE"), index=True
    )
    text: Mapped[str] = mapped_column(sa.Text)
    shared: Mapped[bool] = mapped_column(default=False)
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class DossierFile(Model):
    """A document of a dossier: made from a template (``name`` of the journey) or uploaded.

    ``mark_id`` is the mark that a made one follows. The bytes are a
    :class:`~surveyapp.models.work.Document` whose permission is ``dossier``.
    """

    __tablename__ = "dossier_file"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, default=random_key)
    dossier_id: Mapped[int] = mapped_column(
        BigKey, sa.ForeignKey("dossier.id", ondelete="CASCADE"), index=True
    )
    document_id: Mapped[int] = mapped_column(
        BigKey, sa.ForeignKey("document.id", ondelete="CASCADE"), index=True
    )
    label: Mapped[str] = mapped_column(sa.String(200))
    name: Mapped[str] = mapped_column(sa.String(40), default="")
    mark_id: Mapped[int | None] = mapped_column(BigKey)
    shared: Mapped[bool] = mapped_column(default=False)
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class DossierLink(Model):
    """A personal link to one filling of one form of a dossier, for whoever has to fill it.

    The database knows the SHA-256 of its token. ``user_id`` when a colleague fills it,
    ``corrects_id`` the filling that it starts from; ``mark_id`` is what it became.
    """

    __tablename__ = "dossier_link"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, default=random_key)
    dossier_id: Mapped[int] = mapped_column(
        BigKey, sa.ForeignKey("dossier.id", ondelete="CASCADE"), index=True
    )
    task: Mapped[str] = mapped_column(sa.String(40))
    actor: Mapped[Actor] = mapped_column(choice_of(Actor))
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    draft_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    campaign_id: Mapped[int] = mapped_column(sa.ForeignKey("campaign.id"))
    corrects_id: Mapped[int | None] = mapped_column(BigKey)
    mark_id: Mapped[int | None] = mapped_column(
        BigKey, sa.ForeignKey("dossier_mark.id", ondelete="SET NULL")
    )
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    dossier: Mapped[Dossier] = relationship()


class SavedView(Model):
    """Filters of a table of dossiers, under a name. ``query`` is that of the address."""

    __tablename__ = "saved_view"
    __table_args__ = (sa.UniqueConstraint("user_id", "journey_name", "title"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    journey_name: Mapped[str] = mapped_column(sa.ForeignKey("journey.name"))
    title: Mapped[str] = mapped_column(sa.String(120))
    query: Mapped[str] = mapped_column(sa.String(2000), default="")
    shared: Mapped[bool] = mapped_column(default=False)


class CalendarFeed(Model):
    """The secret address of somebody's calendar. A new one replaces it."""

    __tablename__ = "calendar_feed"

    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True
    )
    key_id: Mapped[int] = mapped_column(BigKey, default=random_key)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class MeetingDay(Model):
    """The real day of a periodic meeting, ``key`` being that of
    :class:`surveyapp.core.journey.agenda.Appointment`."""

    __tablename__ = "meeting_day"

    journey_name: Mapped[str] = mapped_column(sa.ForeignKey("journey.name"), primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(100), primary_key=True)
    on: Mapped[date]
    held: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(sa.Text, default="")


class Place(Model):
    """A place of exercise: a practice, a health centre … that may take somebody in.

    ``kind`` is one of :data:`surveyapp.core.places.KINDS`; ``professions`` are codes of those
    it looks for, none for « any ». ``contact``, ``phone`` and ``email`` are of who to ask there.
    """

    __tablename__ = "place"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, default=random_key)
    name: Mapped[str] = mapped_column(sa.String(200))
    kind: Mapped[str] = mapped_column(sa.String(40))
    commune: Mapped[str] = mapped_column(sa.String(120), default="")
    professions: Mapped[list[str]] = mapped_column(Json, default=list)
    practice: Mapped[str] = mapped_column(sa.String(40), default="")
    contact: Mapped[str] = mapped_column(sa.String(200), default="")
    phone: Mapped[str] = mapped_column(sa.String(40), default="")
    email: Mapped[str] = mapped_column(sa.String(320), default="")
    note: Mapped[str] = mapped_column(sa.Text, default="")
    active: Mapped[bool] = mapped_column(default=True)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class PlaceContact(Model):
    """That a place was asked for a dossier: by which ways, and what it said.

    ``channels`` and ``answer`` are choices of the questionnaire ``croisement-lieux``.
    """

    __tablename__ = "place_contact"
    __table_args__ = (sa.UniqueConstraint("dossier_id", "place_id"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, default=random_key)
    dossier_id: Mapped[int] = mapped_column(BigKey, sa.ForeignKey("dossier.id", ondelete="CASCADE"))
    place_id: Mapped[int] = mapped_column(
        BigKey, sa.ForeignKey("place.id", ondelete="CASCADE"), index=True
    )
    contacted_on: Mapped[date]
    channels: Mapped[list[str]] = mapped_column(Json, default=list)
    answer: Mapped[str] = mapped_column(sa.String(40), default="")
    note: Mapped[str] = mapped_column(sa.Text, default="")
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    place: Mapped[Place] = relationship()
