"""Everything that stands on the page of a dossier, for whoever looks at it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, tzinfo

from surveyapp.core.directory.card import Card, membership
from surveyapp.core.french import typeset
from surveyapp.core.journey.definition import Actor, FactKind, Journey, Stage
from surveyapp.models import Dossier, WorkState, db
from surveyapp.services import accounts
from surveyapp.services.dossiers import ambassadors, files
from surveyapp.services.dossiers.access import Sight, Viewer, actor_in
from surveyapp.services.dossiers.files import FileLine
from surveyapp.services.dossiers.page.answers import Filling, Look, fillings
from surveyapp.services.dossiers.page.changes import fact_words
from surveyapp.services.dossiers.page.timeline import Day, timeline
from surveyapp.services.dossiers.page.todo import ASSIGNED, Todo, todo
from surveyapp.services.dossiers.reading import Opened
from surveyapp.services.people.professions import profession_label
from surveyapp.store import dossier_page as store
from surveyapp.store import people

#: A personal link, whose token opens a form in the name of whoever got it.
_PERSONAL = re.compile(r"(/i/)[\w-]+")


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach somebody. ``standing`` is that of the subscription, for the coordination."""

    person_id: int
    card: Card
    profession: str
    standing: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    text: str
    shared: bool
    author: str
    on: date


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that left or will; the personal links in its text are for its reader only."""

    subject: str
    recipient: str
    state: WorkState
    error: str
    text: str
    on: date


@dataclass(frozen=True, slots=True)
class Sheet:
    """The page. ``person`` and ``ambassador`` are there when the viewer may reach them.

    ``without_access``: an ambassador in mandate who has no account yet.
    """

    look: Look
    todo: Todo
    person: Contact | None
    ambassador: Contact | None
    has_ambassador: bool
    owner: str
    facts: tuple[tuple[str, str], ...]
    fillings: list[Filling]
    notes: tuple[Note, ...]
    files: list[FileLine]
    messages: tuple[Mail, ...]
    days: tuple[Day, ...]
    without_access: bool

    @property
    def stage(self) -> Stage:
        return self.look.opened.dossier.stage

    @property
    def in_mandate(self) -> bool:
        """Whether the person is an ambassador now."""
        return _in_mandate(self.look.opened.row)

    @property
    def edits_facts(self) -> bool:
        """Whether the viewer may change what is known of the dossier."""
        living = self.look.opened.row.anonymised_on is None
        return living and self.look.actor in (Actor.COORDINATION, Actor.PARTNER)


def sheet(opened: Opened, viewer: Viewer, sight: Sight, *, today: date, zone: tzinfo) -> Sheet:
    """Read all that the page shows, in a number of queries that does not grow."""
    actor = actor_in(viewer, opened.row)
    look = Look(opened, viewer, actor, sight, today, _names(opened), zone)
    row = opened.row
    return Sheet(
        look=look,
        todo=todo(opened, actor, sight, today),
        person=_contact(row.person_id, look) if sight.contact else None,
        ambassador=_contact(row.ambassador_id, look),
        has_ambassador=has_ambassador(opened.journey),
        owner=look.names.get(row.owner_id or 0, ""),
        facts=tuple(_facts(look)),
        fillings=fillings(look),
        notes=tuple(_notes(look, zone)),
        files=files.lines_of(row.id, sight, viewer),
        messages=tuple(_mails(row.id, zone)) if sight.whole else (),
        days=timeline(look, zone),
        without_access=_without_access(row),
    )


def _in_mandate(row: Dossier) -> bool:
    return (row.journey_name, row.stage) == (ambassadors.JOURNEY, ambassadors.STAGE)


def _without_access(row: Dossier) -> bool:
    if row.person_id is None or not _in_mandate(row):
        return False
    return accounts.account_of(db.session, row.person_id) is None


def has_ambassador(journey: Journey) -> bool:
    """Whether an ambassador accompanies the people of a journey."""
    return any(fact.kind is FactKind.AMBASSADOR for fact in journey.facts)


def _names(opened: Opened) -> dict[int, str]:
    """The colleagues whom the page names."""
    row = opened.row
    keys = {mark.user_id for mark in opened.marks} | {row.owner_id} | store.authors(row.id)
    return store.names_of({key for key in keys if key is not None})


def _contact(person_id: int | None, look: Look) -> Contact | None:
    row = people.person(person_id) if person_id is not None else None
    if row is None:
        return None
    card = people.card_of(row)
    asked = look.opened.row.journey_name == ambassadors.JOURNEY or not row.dossier_only
    told = look.sight.whole and asked
    return Contact(
        person_id=row.id,
        card=card,
        profession=profession_label(card.profession) if card.profession else "",
        standing=membership(card.member_until, today=look.today) if told else "",
    )


def _facts(look: Look) -> Iterator[tuple[str, str]]:
    """What is known of the dossier; who is in charge stands beside."""
    for fact in look.opened.journey.facts:
        if fact.name in look.sight.facts and fact.kind not in ASSIGNED:
            yield typeset(fact.label), fact_words(fact, look.opened.row.facts.get(fact.name))


def _notes(look: Look, zone: tzinfo) -> Iterator[Note]:
    for row in store.notes(look.opened.row.id, internal=look.sight.internal):
        if look.actor is Actor.PERSON and row.user_id != look.viewer.user_id:
            continue  # colleagues write about the person, not to them
        author = look.names.get(row.user_id or 0, "")
        yield Note(row.text, row.shared, author, row.at.astimezone(zone).date())


def _mails(dossier_id: int, zone: tzinfo) -> Iterator[Mail]:
    for row in store.messages(dossier_id):
        yield Mail(
            subject=typeset(row.subject),
            recipient=row.recipient,
            state=row.state,
            error=row.error or "",
            text=_PERSONAL.sub(r"\1…", row.text),
            on=(row.done_at or row.created_at).astimezone(zone).date(),
        )
