"""The demonstration: fictional, valid, the same every time."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from statistics import mean

import pytest
import sqlalchemy as sa
from flask import Flask

from surveyapp import create_app
from surveyapp.config import Config
from surveyapp.core.answers import clean
from surveyapp.core.bilan.missing import missing
from surveyapp.core.campaign import Phase
from surveyapp.core.definition import Mode
from surveyapp.models import (
    Campaign,
    Dossier,
    DossierTerm,
    Response,
    ResponseStatus,
    Structure,
    db,
)
from surveyapp.permissions import Permission
from surveyapp.reports.bilan_form import bilan_form
from surveyapp.services import todo
from surveyapp.services.actions import values_of
from surveyapp.services.demo import DemoError, load_demo
from surveyapp.services.demo.people import people
from surveyapp.services.people.imports import preview
from surveyapp.services.people.lookup import look_up
from surveyapp.services.publish import definition_of
from surveyapp.services.transaction import empty_log, transaction
from surveyapp.services.verbatims import open_questions
from surveyapp.store.actions import actions
from surveyapp.store.campaigns import campaign_by_slug, campaign_lines
from surveyapp.store.people import (
    MEMBERSHIPS,
    PeopleFilter,
    change,
    change_lines,
    count_people,
    find_people,
)

TODAY = date(2026, 6, 15)
NOW = datetime(2026, 6, 15, 10, tzinfo=UTC)


def site(folder: Path) -> Flask:
    """The product on the SQLite database of a folder."""
    return create_app(
        Config(
            instance=folder,
            database_url=f"sqlite:///{folder / 'demo.sqlite'}",
            base_url="http://localhost",
            secret_key="test" * 8,
            password_salt="salt" * 8,
            worker="none",
            testing=True,
        )
    )


@pytest.fixture(scope="session")
def year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the demonstration, to be copied: it takes seconds to tell."""
    folder = tmp_path_factory.mktemp("year")
    with site(folder).app_context():
        db.create_all()
        load_demo(today=TODAY)
        empty_log()
        db.session.remove()
        db.engine.dispose()
    return folder / "demo.sqlite"


@pytest.fixture
def loaded(year: Path, tmp_path: Path) -> Iterator[None]:
    """The demonstration; that PostgreSQL loads it too is a test of its own."""
    shutil.copy(year, tmp_path / "demo.sqlite")
    with site(tmp_path).app_context():
        yield
        db.session.remove()
        db.engine.dispose()


def submitted() -> list[Response]:
    wanted = sa.select(Response).where(Response.status == ResponseStatus.SUBMITTED)
    return list(db.session.scalars(wanted.order_by(Response.id)))


def campaign(slug: str) -> Campaign:
    found = campaign_by_slug(slug)
    assert found is not None
    return found


@pytest.mark.usefixtures("loaded")
def test_the_campaigns_show_every_phase_of_their_life() -> None:
    lines = {line.campaign.slug: (line.phase, line.answers) for line in campaign_lines(now=NOW)}
    assert lines == {
        "enquete-annuelle": (Phase.OPEN, 47),
        "bien-etre-premiere": (Phase.ARCHIVED, 236),
        "bien-etre-soignants": (Phase.CLOSED, 300),
        "soiree-mieux-se-connaitre": (Phase.CLOSED, 60),
        "devenir-ambassadeur": (Phase.OPEN, 14),
        "projet-installation": (Phase.OPEN, 6),
        "conciergerie": (Phase.OPEN, 8),
        "avis-accompagnement": (Phase.OPEN, 9),
        "formation-fragilites": (Phase.DRAFT, 0),
        "colloque-de-printemps": (Phase.CLOSED, 64),
        "assemblee-generale": (Phase.OPEN, 0),
        "satisfaction-conciergerie": (Phase.OPEN, 0),  # made when the first request was solved
    }


@pytest.mark.usefixtures("loaded")
def test_every_answer_is_one_that_the_site_would_have_stored() -> None:
    found = {c.id: definition_of(c.version) for c in db.session.scalars(sa.select(Campaign))}
    for response in submitted():
        assert response.submitted_on is not None
        definition = found[response.campaign_id]
        outcome = clean(definition, response.document, today=response.submitted_on)
        assert outcome.problems == ()
        assert outcome.values == response.document
        assert response.submitted_on <= TODAY
        named = definition.mode is Mode.NOMINATIVE
        assert (response.reference is not None, bool(response.title_key)) == (named, named)


@pytest.mark.usefixtures("loaded")
def test_the_wellbeing_answers_are_plausible() -> None:
    wanted = campaign("bien-etre-soignants").id
    documents = [r.document for r in submitted() if r.campaign_id == wanted]
    stress = [d["stress"] for d in documents if "stress" in d]
    tired = [d["stress"] for d in documents if d.get("fatigue") == "oui" and "stress" in d]
    rested = [d["stress"] for d in documents if d.get("fatigue") == "non" and "stress" in d]
    assert 6.2 <= mean(stress) <= 6.8
    assert mean(tired) > mean(rested) + 1


@pytest.mark.usefixtures("loaded")
def test_something_is_left_to_do() -> None:
    everything = set(Permission)
    kinds = [t.kind for t in todo.board(now=NOW, user_id=1, allowed=everything).todos]
    assert sorted(kinds) == sorted(
        ["closing", "verbatims", "bilan", "results", "draft", *["answers"] * kinds.count("answers")]
    )
    assert "answers" in kinds
    reviewed = open_questions(campaign("bien-etre-soignants"), at=NOW)
    assert sum(question.waiting for question in reviewed) == 0
    assert sum(question.kept for question in reviewed) > 20
    (action,) = actions()
    gaps = missing(bilan_form(), values_of(action))
    assert 3 <= len(gaps) <= 10
    computed = [i.computed for o in action.objectives for i in o.indicators if i.source]
    assert len(computed) == 6
    assert all(c and c["value"] is not None for c in computed)


@pytest.mark.usefixtures("loaded")
def test_dossiers_stand_at_every_step_of_the_four_journeys() -> None:
    dossiers = db.session.scalars(sa.select(Dossier)).all()
    stages = Counter((d.journey_name, d.stage) for d in dossiers)
    assert {name for name, _ in stages} == {
        *("ambassadeur", "accompagnement", "installation", "conciergerie"),
    }
    assert stages["ambassadeur", "mandat"] == 3
    assert len(stages) >= 20
    assert all(d.title and d.opened_on <= TODAY for d in dossiers)
    late = sa.select(sa.func.count()).where(DossierTerm.on < TODAY)
    soon = sa.select(sa.func.count()).where(DossierTerm.on >= TODAY)
    assert db.session.scalar(late)
    assert db.session.scalar(soon)


@pytest.mark.usefixtures("loaded")
def test_nobody_is_real() -> None:
    text = "\n".join(str(r.document) for r in submitted())
    mails = re.findall(r"[\w.+-]+@[\w.-]+", text)
    assert mails
    assert all(mail.endswith("@demo.example") for mail in mails)
    phones = re.findall(r"\b0\d(?: \d\d){4}\b", text)
    assert phones
    assert all(phone.startswith("06 39 98 ") for phone in phones)
    structure = db.session.get_one(Structure, 1)
    assert structure.phone.startswith("02 61 91 ")


def test_loading_again_adds_nothing_and_the_same_day_gives_the_same_answers(app: Flask) -> None:
    load_demo(today=TODAY)
    first = [(r.id, r.document, r.submitted_on, r.reference) for r in submitted()]
    load_demo(today=TODAY)
    assert [(r.id, r.document, r.submitted_on, r.reference) for r in submitted()] == first
    with transaction() as session:
        session.execute(sa.delete(Response).where(Response.anonymous.is_(False)))
        session.execute(sa.delete(Campaign).where(Campaign.slug == "conciergerie"))
    load_demo(today=TODAY)
    known = {row[0]: row for row in first}
    again = [r for r in submitted() if r.campaign_id == campaign("conciergerie").id]
    assert len(again) == 8
    assert all(known[r.id][1] == r.document for r in again)


def test_the_data_of_a_real_structure_are_left_alone(app: Flask) -> None:
    with transaction() as session:
        session.add(Structure(id=1, name="CPTS des Exemples"))
    with pytest.raises(DemoError, match="SURVEYAPP_INSTANCE"):
        load_demo(today=TODAY)
    assert campaign_lines(now=NOW) == []


@pytest.mark.usefixtures("loaded")
def test_the_directory_holds_forty_members_and_a_file_that_waits() -> None:
    members = find_people(PeopleFilter(), today=TODAY)
    assert len(members) == 44  # one of them twice, to try a merge; and three ambassadors
    assert all(m.email.endswith("@demo.example") for m in members if m.email)
    assert all(m.phone.startswith("06 39 98 ") for m in members if m.phone)
    states = {s: count_people(PeopleFilter(membership=s), today=TODAY) for s in MEMBERSHIPS}
    assert all(count >= 4 for count in states.values())
    waiting, done = change_lines()
    assert (waiting.state, done.state) == ("preview", "applied")
    found = change(waiting.id)
    assert found is not None
    counts = preview(found).plan.counts
    assert counts == {"new": 2, "changed": 1, "unchanged": 1, "doubtful": 1, "refused": 2}
    definition = definition_of(campaign("devenir-ambassadeur").version)
    of_campaign = [r for r in submitted() if r.campaign_id == campaign("devenir-ambassadeur").id]
    standing = [look_up(definition, r.document, today=TODAY).state for r in of_campaign]
    assert {"current", "lapsed", "unknown"} <= set(standing)


def test_people_are_all_different() -> None:
    crowd = people(Random(1), 300)
    assert len({person.mail for person in crowd}) == 300
    assert all(re.fullmatch(r"[a-z.-]+@demo\.example", person.mail) for person in crowd)
    assert all(re.fullmatch(r"06 39 98 \d\d \d\d", person.mobile) for person in crowd)
