"""The directory of the demonstration: forty people, one import done, one waiting."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random

import sqlalchemy as sa

from surveyapp.core.directory.card import Card
from surveyapp.models import Campaign, DirectoryChange, Person, Response, ResponseStatus
from surveyapp.models.base import db
from surveyapp.reports.people_table import write_people_csv
from surveyapp.services.demo.people import people
from surveyapp.services.demo.weights import CODED_PROFESSIONS
from surveyapp.services.people import cards, imports
from surveyapp.services.people.professions import professions

SIZE = 40
#: Candidates of this campaign are in the directory, but for a few.
_CANDIDATES = "devenir-ambassadeur"
_ABSENT = 4
_TAGS = (("conseil d’administration",), ("mission 6",), ("groupe prévention", "mission 6"))
_FILE = "annuaire-2025.csv"
_WAITING = "inscriptions-soiree.csv"


def play_directory(*, today: date, author_id: int | None, now: datetime) -> None:
    """Import the members of the CPTS, unless the directory was touched already."""
    touched = sa.select(sa.func.count()).select_from(DirectoryChange)
    if db.session.scalar(touched) or db.session.scalar(sa.select(sa.func.count(Person.id))):
        return
    members = list(_members(today))
    stream = io.BytesIO()
    write_people_csv(stream, members, professions())
    earlier = now - timedelta(days=30)
    key = imports.start(_FILE, stream.getvalue(), author_id=author_id, now=earlier)
    digest = imports.preview(db.session.get_one(DirectoryChange, key)).plan.digest
    imports.apply(key, digest=digest, author_id=author_id, now=earlier)
    twin = members[-1]
    again = Card(twin.last_name, twin.first_name, phone=twin.phone, tags=("soirée",))
    cards.create(again, author_id=author_id, now=now)
    imports.start(_WAITING, _inscriptions(members).encode(), author_id=author_id, now=now)


def _members(today: date) -> Iterator[Card]:
    """The candidates first, then others; most have paid for this year."""
    rng = Random("annuaire")  # noqa: S311 (fictional people, the same every time)
    known = [_candidate(document) for document in _documents()][_ABSENT:]
    seen = {card.email for card in known} | {document["courriel"] for document in _documents()}
    others = [one for one in people(rng, SIZE + 30) if one.mail not in seen]
    for number, card in enumerate(known):
        yield _joined(card, number, rng, today)
    for number, one in enumerate(others[: SIZE - len(known)]):
        card = Card(one.last, one.first, one.mail, one.mobile, commune=one.commune)
        yield _joined(card, number, rng, today)


def _joined(card: Card, number: int, rng: Random, today: date) -> Card:
    """The card with what a CPTS notes of its members."""
    values = card.to_json()
    codes, weights = zip(*CODED_PROFESSIONS.items(), strict=True)
    values["profession"] = card.profession or rng.choices(codes, weights)[0]
    if number % 8 != 7:
        year = today.year - (number % 5 == 3)
        values["member_until"] = date(year, 12, 31).isoformat()
    if number % 4 == 0:
        values["tags"] = _TAGS[number // 4 % len(_TAGS)]
    if number % 6 == 5:
        values["contact_by"] = "phone"
    values["languages"] = ["fr", "rcf"] if number % 9 == 4 else ["fr"]
    return Card.from_json(values)


def _documents() -> list[dict[str, str]]:
    rows = db.session.scalars(
        sa.select(Response.document)
        .join(Campaign, Campaign.id == Response.campaign_id)
        .where(Campaign.slug == _CANDIDATES, Response.status == ResponseStatus.SUBMITTED)
        .order_by(Response.id)
    )
    return [document for document in rows if document.get("courriel")]


def _candidate(document: dict[str, str]) -> Card:
    answers = {"last_name": "nom", "first_name": "prenom", "email": "courriel"}
    answers |= {"phone": "telephone", "profession": "profession", "commune": "commune"}
    return Card.from_json({name: document.get(key, "") for name, key in answers.items()})


def _inscriptions(members: list[Card]) -> str:
    """A file as somebody keeps it: titles of their own, a slip here and there."""
    one, two, three = members[3], members[12], members[20]
    lines = (
        "Nom;Prénom;E-mail;Tél.;Métier;Ville",
        "Bruyère-Demo;Apolline;apolline.bruyere-demo@demo.example;0639981201;IDEL;Rivière-Claire",
        "Chantelune;Gaspard;gaspard.chantelune@demo.example;639981202;Kiné;Port-Modèle",
        f"{one.last_name.upper()};{one.first_name};{one.email};;;Hameau-Fictif",
        f"{two.last_name};{two.first_name};{two.email};{two.phone};;",
        f"Montclair-Demo;Ursule;{three.email};;Médecin généraliste;Mont-Exemple",
        "Prairial;Basile;basile.prairial;;Alchimiste;Val-Fictif",
        ";Anonyme;;;;",
    )
    return "\r\n".join(lines) + "\r\n"
