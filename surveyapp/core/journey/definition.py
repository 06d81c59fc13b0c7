"""What a journey is, as frozen dataclasses.

A journey is the path of a dossier (a candidature, an installation …): a YAML file of
``forms/journeys`` is parsed once into a :class:`Journey` by :mod:`.loader`, verified by
:mod:`.check`, and asked what to do by :mod:`.due` and :mod:`.moves`. Nothing here knows the
database or the web.

Stages, events, tasks, transitions and facts share one space of names, so that ``after: visite``
and ``${visite}`` can only mean one thing. Whatever happens to a dossier leaves a mark with the
name of the stage that is entered, of the event, of the task whose form is filled, or of the
transition that is taken.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from surveyapp.core.expression import Expression
from surveyapp.core.journey.calendar import NO_DELAY, Duration

#: Placeholders that the texts of mails may hold; whoever sends them fills them.
MAIL_FIELDS = (
    *("prénom", "nom", "titre", "étape", "échéance", "lien", "ambassadeur"),
    *("contact_ambassadeur", "structure", "contact", "adhésion"),
)


class Actor(StrEnum):
    """Who acts on a dossier or is written to."""

    PERSON = "person"
    AMBASSADOR = "ambassador"
    COORDINATION = "coordination"
    REFERENT = "referent"
    PARTNER = "partner"
    #: The daily job; it takes the transitions that a deadline names, nobody else may.
    SYSTEM = "system"


#: How each actor is called in a sentence.
ACTORS: dict[Actor, str] = {
    Actor.PERSON: "la personne concernée",
    Actor.AMBASSADOR: "l’ambassadeur ou l’ambassadrice",
    Actor.COORDINATION: "la coordination",
    Actor.REFERENT: "les référents de la mission",
    Actor.PARTNER: "le partenaire",
    Actor.SYSTEM: "le calendrier",
}


#: The same after « à ».
TO_ACTORS: dict[Actor, str] = {
    Actor.PERSON: "à la personne concernée",
    Actor.AMBASSADOR: "à l’ambassadeur ou à l’ambassadrice",
    Actor.COORDINATION: "à la coordination",
    Actor.REFERENT: "aux référents de la mission",
    Actor.PARTNER: "au partenaire",
    Actor.SYSTEM: "au calendrier",
}


class StageKind(StrEnum):
    """``entry`` is where a dossier begins; ``won`` and ``lost`` close it."""

    ENTRY = "entry"
    ACTIVE = "active"
    WON = "won"
    LOST = "lost"


class FactKind(StrEnum):
    """What a fact of a dossier holds; ``yes_no`` is « oui », « non » or empty."""

    TEXT = "text"
    YES_NO = "yes_no"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"
    #: The name of whoever the dossier was assigned to.
    AMBASSADOR = "ambassador"
    COLLEAGUE = "colleague"


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a dossier is. ``retention_months``: how long it is kept once closed here."""

    name: str
    label: str
    kind: StageKind = StageKind.ACTIVE
    hint: str = ""
    retention_months: int | None = None
    line: int = field(default=0, compare=False)

    @property
    def closed(self) -> bool:
        return self.kind in (StageKind.WON, StageKind.LOST)


@dataclass(frozen=True, slots=True)
class Fact:
    """Something known of a dossier that no form asks; guards read it as ``${name}``."""

    name: str
    label: str
    kind: FactKind = FactKind.TEXT
    choices: tuple[tuple[str, str], ...] = ()
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class EventKind:
    """Something that happens at a date (``during``: empty is while open), ``about`` a mark.

    ``when``: offered only while this is true. ``noted_by`` names the date in an answer (task,
    question) by which it is noted without anybody's noting it. ``hint`` says what to do with it.
    """

    name: str
    label: str
    by: tuple[Actor, ...] = (Actor.COORDINATION,)
    during: tuple[str, ...] = ()
    when: Expression | None = None
    repeated: bool = False
    about: str = ""
    noted_by: tuple[str, str] | None = None
    hint: str = ""
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Task:
    """A form to fill while a dossier is in one of the stages ``during`` (empty: while open).

    ``by`` may fill it; the first of them is asked to. A person without an account does it by a
    personal link. ``repeated``: once per visit, per month … ``date``: the question that says the
    day on which what the form tells took place.
    """

    name: str
    label: str
    form: str
    by: tuple[Actor, ...] = (Actor.COORDINATION,)
    during: tuple[str, ...] = ()
    when: Expression | None = None
    repeated: bool = False
    date: str = ""
    hint: str = ""
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Transition:
    """A step from one of ``sources`` to ``target``.

    ``guard`` must be true (else ``guard_message`` says what to do), and everything in ``needs``
    must have happened in the present stay. ``reason``: a sentence is asked for and kept.
    """

    name: str
    label: str
    sources: tuple[str, ...]
    target: str
    by: tuple[Actor, ...] = (Actor.COORDINATION,)
    guard: Expression | None = None
    guard_message: str = ""
    needs: tuple[str, ...] = ()
    reason: bool = False
    caution: str = ""
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Reminder:
    """Who is reminded how long before or after the day of a deadline, and by which mail.

    Without ``mail`` the reminder stands in « À faire » and in the digest only.
    """

    offset: Duration
    before: bool
    to: tuple[Actor, ...]
    mail: str = ""
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Deadline:
    """A date by which something is done.

    It runs from the latest mark of those named in ``after`` for which ``when`` is true, for
    ``plus``, while the dossier is in one of the stages ``during`` (empty: while open). A
    mark of ``until`` that comes later than the one it runs from meets it; leaving ``during``
    ends it; a transition of ``until`` meets it as soon as it is recorded, even for a day to
    come. On its day, when nothing has met it, the transition ``take`` is taken by itself.

    ``each``: every mark of ``after`` runs its own, which only what is about that mark meets.
    ``at`` names the date in an answer (task, question) that takes the place of ``plus``.
    """

    name: str
    label: str
    after: tuple[str, ...]
    plus: Duration
    working_days: bool = False
    during: tuple[str, ...] = ()
    until: tuple[str, ...] = ()
    by: tuple[Actor, ...] = (Actor.COORDINATION,)
    when: Expression | None = None
    take: str = ""
    each: bool = False
    at: tuple[str, str] | None = None
    reminders: tuple[Reminder, ...] = ()
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail sent ``plus`` after each mark named in ``after``; reminders name the others.

    ``during``: only while the dossier is in one of these stages (None: wherever it is).
    ``when``, after a form, reads that very form. Documents and invitations alike.
    """

    name: str
    subject: str
    text: str
    to: tuple[Actor, ...]
    after: tuple[str, ...] = ()
    plus: Duration = NO_DELAY
    during: tuple[str, ...] | None = None
    when: Expression | None = None
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Document:
    """A document to make ``plus`` after each mark named in ``after``, from a template."""

    name: str
    label: str
    template: str
    after: tuple[str, ...]
    formats: tuple[str, ...] = ("pdf",)
    plus: Duration = NO_DELAY
    during: tuple[str, ...] | None = None
    when: Expression | None = None
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class InvitationRule:
    """Invite to a campaign of ``form`` after each mark of ``after``; once done, ``answered``."""

    name: str
    label: str
    form: str
    after: tuple[str, ...]
    to: tuple[Actor, ...] = (Actor.PERSON,)
    answered: str = ""
    plus: Duration = NO_DELAY
    during: tuple[str, ...] | None = None
    when: Expression | None = None
    line: int = field(default=0, compare=False)


#: What happens by itself, once for each mark that it follows.
Follower: TypeAlias = Mail | Document | InvitationRule


@dataclass(frozen=True, slots=True)
class Meeting:
    """A recurring date of the whole journey, not of one dossier.

    Every ``every`` from the day on which the journey starts (once when ``once``), or on the
    first day of the ``months`` of each year.
    """

    name: str
    label: str
    every: Duration | None = None
    once: bool = False
    months: tuple[int, ...] = ()
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the table of dossiers: a fact, a mark (its date), a deadline or an answer.

    ``show`` is its name; for an answer that of the task, and ``question`` (a repeat: each of its
    turns). ``all`` shows each mark or each filling instead of the last. ``instead`` (task,
    question; of anything else the question is empty) stands there while it is empty.
    """

    label: str
    show: str
    question: str = ""
    all: bool = False
    instead: tuple[str, str] | None = None
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Sharing:
    """What a partner sees of a dossier, and on which condition (the person's agreement)."""

    when: Expression
    tasks: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    line: int = field(default=0, compare=False)


Named: TypeAlias = (
    Stage
    | Fact
    | EventKind
    | Task
    | Transition
    | Deadline
    | Mail
    | Document
    | InvitationRule
    | Meeting
)


@dataclass(frozen=True, slots=True)
class Journey:
    """A whole journey.

    ``entry_task`` names the task whose form opens a dossier. ``retention_months`` counts from
    the closing of a dossier; a stage may say otherwise. ``lines`` gives the line of each
    top-level key in the file ``source``.
    """

    name: str
    title: str
    version: str
    stages: tuple[Stage, ...]
    transitions: tuple[Transition, ...] = ()
    entry_task: str = ""
    description: str = ""
    retention_months: int = 24
    facts: tuple[Fact, ...] = ()
    events: tuple[EventKind, ...] = ()
    tasks: tuple[Task, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    mails: tuple[Mail, ...] = ()
    documents: tuple[Document, ...] = ()
    invitations: tuple[InvitationRule, ...] = ()
    meetings: tuple[Meeting, ...] = ()
    columns: tuple[Column, ...] = ()
    sharing: Sharing | None = None
    source: str = field(default="", compare=False)
    lines: Mapping[str, int] = field(default_factory=dict, compare=False)

    @property
    def entry(self) -> Stage:
        """The stage in which a dossier begins (the checker makes sure of exactly one)."""
        return next(s for s in self.stages if s.kind is StageKind.ENTRY)

    @property
    def open_stages(self) -> tuple[str, ...]:
        return tuple(stage.name for stage in self.stages if not stage.closed)

    @property
    def followers(self) -> tuple[Follower, ...]:
        return (*self.mails, *self.documents, *self.invitations)

    def stage(self, name: str) -> Stage | None:
        return next((s for s in self.stages if s.name == name), None)

    def transition(self, name: str) -> Transition | None:
        return next((t for t in self.transitions if t.name == name), None)

    def deadline(self, name: str) -> Deadline | None:
        return next((d for d in self.deadlines if d.name == name), None)

    def task(self, name: str) -> Task | None:
        return next((t for t in self.tasks if t.name == name), None)

    def event(self, name: str) -> EventKind | None:
        return next((e for e in self.events if e.name == name), None)

    def mail(self, name: str) -> Mail | None:
        return next((m for m in self.mails if m.name == name), None)

    def markers(self) -> Iterator[Stage | EventKind | Task | Transition]:
        """What leaves a mark on a dossier."""
        yield from self.stages
        yield from self.events
        yield from self.tasks
        yield from self.transitions

    def named(self) -> Iterator[Named]:
        """Everything that has a name, in the order of the file's keys."""
        yield from self.markers()
        yield from self.facts
        yield from self.deadlines
        yield from self.followers
        yield from self.meetings

    def label(self, name: str) -> str:
        """How a stage, an event, a task, a fact … is called; its name when nothing has it."""
        return next(
            (
                thing.label
                for thing in self.named()
                if thing.name == name and not isinstance(thing, Mail)
            ),
            name,
        )

    def stays(self, during: tuple[str, ...]) -> tuple[str, ...]:
        """The stages that ``during`` means: all open ones when it is empty."""
        return during or self.open_stages
