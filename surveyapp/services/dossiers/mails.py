"""The mails of a journey, written to the outbox with the decision that causes them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import sqlalchemy as sa
from flask import render_template

from surveyapp.core import colour
from surveyapp.core.french import date_long, typeset
from surveyapp.core.journey.definition import Actor, EventKind, Mail
from surveyapp.core.journey.due import Due, DueKind, Term, terms
from surveyapp.core.letter import Wording, blocks_of, subject_of
from surveyapp.links import absolute_url
from surveyapp.mail import plain, post
from surveyapp.models import Person, Role, User
from surveyapp.services.dossiers.mail_links import Link, link_to
from surveyapp.services.dossiers.reading import Opened
from surveyapp.services.dossiers.records import note, person_name
from surveyapp.services.letters import Letter
from surveyapp.services.transaction import AnySession
from surveyapp.store.structure import structure

KIND = "dossier.mail"
#: Stands for the page where one joins the CPTS, with its button.
MEMBERSHIP = "{adhésion}"
_OWN = ("ambassadeur", "contact_ambassadeur", "étape", "échéance")
#: Which role an account has, for each actor who signs in.
_ROLES = {Actor.REFERENT: "referent", Actor.PARTNER: "partenaire"}


@dataclass(frozen=True, slots=True)
class _Cause:
    """Why a mail is written: what is due, by which text, on which day."""

    item: Due
    mail: Mail
    today: date
    now: datetime


def send(session: AnySession, found: Opened, item: Due, *, today: date, now: datetime) -> None:
    """Write a mail of the journey, or that of a reminder, to each who gets it.

    Whom no address is known of is noted in the history, so that somebody telephones.
    """
    mail = found.journey.mail(item.mail or item.name)
    if mail is None:
        return
    cause = _Cause(item, mail, today, now)
    count, written = 0, set[str]()
    for actor in item.to:
        addresses = [a for a in addresses_of(session, found, actor) if a.casefold() not in written]
        if not addresses and actor is not Actor.PARTNER:
            data = {"mail": mail.name, "actor": actor.value}
            note(session, found.row.id, "not_written", author_id=None, now=now, data=data)
        for address in addresses:
            _post(session, found, cause, actor, address, count)
            written.add(address.casefold())
            count += 1


def _post(
    session: AnySession, found: Opened, cause: _Cause, actor: Actor, address: str, count: int
) -> None:
    letter = write(session, found, cause.mail, actor, cause.item, today=cause.today, now=cause.now)
    key = f"dossier:{found.row.id}:{cause.item.key}"
    if cause.item.kind is DueKind.REMINDER:
        key = f"{key}:{cause.item.on.isoformat()}"  # a corrected date has another one
    message = post(
        session,
        to=address,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        kind=KIND,
        dedupe_key=f"{key}:{count}" if count else key,
    )
    if message.dossier_id is None:  # else it was written for the same day before
        message.dossier_id = found.row.id
        message.created_at = message.run_at = cause.now


def write(  # noqa: PLR0913 - which mail, of which dossier, to whom, why, when
    session: AnySession,
    found: Opened,
    mail: Mail,
    actor: Actor,
    item: Due,
    *,
    today: date,
    now: datetime,
) -> Letter:
    """A mail of a journey, its fields filled for one reader."""
    house = structure()
    term = _term(found, item, actor, today)
    link = (
        _membership()
        if MEMBERSHIP in mail.text
        else link_to(session, found, actor, _tasks(found, item, term), today=today, now=now)
    )
    first, last = names_of(found)
    values = {
        "prénom": first,
        "nom": last,
        "titre": found.journey.title,
        "étape": found.dossier.stage.label,
        "échéance": date_long(term.on) if term else "la date convenue",
        "lien": link.url,
        "ambassadeur": person_name(found.row.ambassador) or "un ambassadeur ou une ambassadrice",
        "contact_ambassadeur": _reach(found.row.ambassador),
        "structure": house.name,
        "contact": house.email or house.phone,
    }
    text = mail.text.replace(MEMBERSHIP, "{lien}")
    return _render(replace(mail, text=text), values, link)


def _reach(person: Person | None) -> str:
    """How an ambassador is reached."""
    known = (
        [text.strip() for text in (person.phone, person.email) if text.strip()] if person else []
    )
    return " ou ".join(known) or "la coordination vous donne ses coordonnées"


def _membership() -> Link:
    """Where one joins the CPTS; the site while the settings do not say."""
    url = structure().membership_url
    return Link(url, "Adhérer") if url else Link(absolute_url("respond.home"), "Ouvrir le site")


def _render(mail: Mail, values: dict[str, str], link: Link) -> Letter:
    house = structure()
    wording = Wording(_filled(mail.subject, values), _filled(mail.text, values))
    subject = typeset(subject_of(wording, values))
    context = {
        "subject": subject,
        "structure": house,
        "language": "fr",
        "blocks": blocks_of(wording, values),
        "set_type": typeset,
        "button": link.label,
        "colour": colour.theme(house.color),
        "below": "",
        "unsubscribe": "",
    }
    text = plain(render_template("mail/letter.txt", **context))
    return Letter(subject, text, render_template("mail/letter.html", **context))


def _filled(text: str, values: dict[str, str]) -> str:
    """The fields that only journeys have; the letters of campaigns do not know them."""
    for name in _OWN:
        text = text.replace(f"{{{name}}}", " ".join(values[name].split()))
    return text


def names_of(found: Opened) -> tuple[str, str]:
    """First and last name of the person: as they gave them, else as the directory knows."""
    entry = found.journey.entry_task
    told = next((m.answers for m in reversed(found.dossier.marks) if m.name == entry), {})
    person = found.row.person
    first = str(told.get("prenom") or (person.first_name if person else ""))
    return first, str(told.get("nom") or (person.last_name if person else ""))


def _term(found: Opened, item: Due, actor: Actor, today: date) -> Term | None:
    """The deadline that the mail speaks of: that of the reminder, else the nearest one of
    whoever reads it."""
    running = terms(found.dossier, today)
    if item.deadline:
        mark = item.key.split(":")
        return next(
            (t for t in running if t.deadline.name == item.deadline and t.mark.id in mark), None
        )
    last = item.key.rpartition(":")[2]
    if ended := [t for t in running if t.deadline.take and t.mark.id == last]:
        return ended[0]  # what the calendar ends because of this very mark
    ahead = [t for t in running if not t.late(today)]
    mine = [t for t in ahead if actor in t.deadline.by]
    return next(iter(mine or ahead), None)


def _tasks(found: Opened, item: Due, term: Term | None) -> Sequence[str]:
    """The forms that the mail is about, the likeliest first."""
    journey = found.journey
    needed = [
        name
        for transition in journey.transitions
        if found.dossier.stage.name in transition.sources
        for name in transition.needs
    ]
    if item.kind is DueKind.REMINDER and term is not None:
        return [*term.deadline.until, *needed]
    mark = next((m for m in found.marks if str(m.id) == item.key.rpartition(":")[2]), None)
    event = next((e for e in journey.events if mark is not None and e.name == mark.name), None)
    about = _about(event)
    free = [task.name for task in journey.tasks if task.name not in needed]
    return [*about, *free, *needed]


def _about(event: EventKind | None) -> list[str]:
    return [event.about] if event is not None and event.about else []


def addresses_of(session: AnySession, found: Opened, actor: Actor) -> list[str]:
    """Where an actor of this dossier is written to; nowhere when no address is known."""
    row = found.row
    if actor is Actor.PERSON:
        return _one(address_of_person(found))
    if actor is Actor.AMBASSADOR:
        return _one(row.ambassador.email if row.ambassador else "")
    if actor is Actor.COORDINATION:
        return list(_coordination(session, row.owner_id))
    if actor is Actor.PARTNER and not row.shared:
        return []
    return _accounts(session, _ROLES.get(actor, ""))


def address_of_person(found: Opened) -> str:
    """The mail address of the person: that of their card, else the one of their answer."""
    if found.row.person is not None and found.row.person.email:
        return found.row.person.email
    entry = found.journey.entry_task
    told = next((m.answers for m in reversed(found.dossier.marks) if m.name == entry), {})
    return str(told.get("courriel") or "")


def _one(address: str) -> list[str]:
    return [address.strip()] if address.strip() else []


def _coordination(session: AnySession, owner_id: int | None) -> Iterator[str]:
    """The colleague in charge; else the accounts of the coordination, else the CPTS."""
    owner = session.get(User, owner_id) if owner_id is not None else None
    if owner is not None and owner.active:
        yield owner.email
        return
    found = _accounts(session, "coordination") or _one(structure().email)
    yield from found or _accounts(session, "admin")


def _accounts(session: AnySession, role: str) -> list[str]:
    statement = (
        sa.select(User.email)
        .join(User.roles)
        .where(Role.name == role, User.active.is_(True))
        .order_by(User.id)
    )
    return list(session.scalars(statement))
