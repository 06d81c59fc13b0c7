"""The mails of journeys as they are written, compared with the files that were looked at.

To accept a change: delete the file, run the test, read the new one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from surveyapp.models import Dossier, Message, Structure, User, db
from surveyapp.services.dossiers import acts
from surveyapp.services.dossiers.daily import run_day, wake
from surveyapp.services.people.cards import add_person
from surveyapp.services.transaction import transaction
from tests import dossiers
from tests.dossiers import COORDINATION, DAY, at

GOLDEN = Path(__file__).parents[1] / "golden" / "mails"


@pytest.fixture(autouse=True)
def _cpts(app: Flask, add_user: Callable[..., User]) -> None:
    app.config["SURVEYAPP"] = replace(
        app.config["SURVEYAPP"], base_url="https://enquetes.demo.example"
    )
    with transaction() as session:
        session.add(Structure(id=1, name="CPTS des Exemples", email="coordination@demo.example"))
    add_user("coordination", "claire@demo.example")
    add_user("referent")
    dossiers.in_service("ambassadeur", "accompagnement", "installation")


def _mails() -> list[Message]:
    return list(
        db.session.scalars(
            sa.select(Message).where(Message.kind == "dossier.mail").order_by(Message.id)
        )
    )


def _as_text(message: Message) -> str:
    text = f"À : {message.recipient}\nObjet : {message.subject}\n\n{message.text}"
    text = re.sub(r"/i/[\w-]{43}", "/i/JETON", text)
    return re.sub(r"/dossiers/\d+", "/dossiers/NUMÉRO", text)


def _check(name: str, messages: list[Message]) -> None:
    text = "\n=====\n".join(_as_text(message) for message in messages)
    path = GOLDEN / f"dossier-{name}.txt"
    if not path.exists():
        path.write_text(text, encoding="utf-8")
        pytest.fail(f"{path.name} is new: read it, then run this again")
    assert text == path.read_text(encoding="utf-8")


def test_who_accompanies_and_who_is_accompanied_are_presented() -> None:
    number = dossiers.begin("accompagnement", prenom="Alix")
    with transaction() as session:
        guide = add_person(
            session, last_name="Guide-Demo", first_name="Lou", email="lou@demo.example"
        ).id
    acts.assign(number, viewer=COORDINATION, today=DAY, now=at(DAY), ambassador_id=guide)
    dossiers.move(number, "attribuer", on=DAY)
    dossiers.event(number, "contact_pris", on=DAY)
    dossiers.fill(number, "fiche", on=DAY, difficulte="oui")
    end = DAY.replace(month=6, day=21)
    run_day(today=end, now=at(end))
    _check("accompagnement", _mails())
    assert all("/i/" in m.html for m in _mails() if m.recipient == "lou@demo.example")


def test_an_ambassador_with_an_account_is_led_to_their_space(
    add_user: Callable[..., User],
) -> None:
    number = dossiers.begin("accompagnement")
    with transaction() as session:
        guide = add_person(session, last_name="Guide-Demo", email="lou@demo.example").id
    user_id = add_user("ambassadeur", "lou@demo.example").id
    with transaction() as session:
        session.get_one(User, user_id).person_id = guide
    acts.assign(number, viewer=COORDINATION, today=DAY, now=at(DAY), ambassador_id=guide)
    dossiers.move(number, "attribuer", on=DAY)
    mail = next(m for m in _mails() if m.recipient == "lou@demo.example")
    assert "https://enquetes.demo.example/ambassadeur/" in mail.text
    assert "Ouvrir mon espace" in mail.html


def test_colleagues_are_led_to_the_dossier_and_the_one_in_charge_is_written_to(
    add_user: Callable[..., User],
) -> None:
    number = dossiers.begin("installation", prenom="Alix")
    owner = add_user("coordination", "denis@demo.example").id
    acts.assign(number, viewer=COORDINATION, today=DAY, now=at(DAY), owner_id=owner)
    dossiers.event(number, "rdv_propose", on=DAY)
    dossiers.move(number, "fixer_entretien", on=DAY)
    dossiers.event(number, "entretien_tenu", on=DAY)
    for count in (7, 8, 8):
        day = DAY + timedelta(days=count)
        run_day(today=day, now=at(day))
    _check("installation", _mails())
    assert db.session.get_one(Dossier, number).facts == {
        "interlocuteur_cpts": "Personne coordination"
    }


def test_an_account_that_is_closed_is_not_written_to(add_user: Callable[..., User]) -> None:
    number = dossiers.begin("ambassadeur")
    add_user("referent", "autre@demo.example")
    with transaction() as session:
        closed = session.scalars(sa.select(User).where(User.email == "autre@demo.example")).one()
        closed.active = False
    dossiers.know(number, on=DAY, adhesion_a_jour="oui")
    dossiers.move(number, "instruire", on=DAY)
    day = DAY + timedelta(days=10)
    run_day(today=day, now=at(day))
    assert [m.recipient for m in _mails()] == ["referent@demo.example"] * 2


def test_the_work_of_the_day_is_asked_for_once_in_the_morning_there() -> None:
    from surveyapp.models import Job

    jobs = sa.select(Job.dedupe_key).where(Job.kind == "dossiers")
    wake(at(DAY, 4))  # five o'clock in Paris
    assert db.session.scalars(jobs).all() == []
    for hour in (5, 9, 22):
        wake(at(DAY, hour))
    wake(at(DAY, 23))  # it is tomorrow in Paris, but not morning
    assert db.session.scalars(jobs).all() == [f"dossiers:{DAY.isoformat()}"]
    with transaction() as session:
        session.get_one(Structure, 1).timezone = "Pacific/Noumea"
    wake(at(DAY, 20))  # seven o'clock there, of the next day
    assert len(db.session.scalars(jobs).all()) == 2


def test_a_dossier_that_fails_keeps_nobody_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from surveyapp.services.dossiers import daily

    bad, good = dossiers.begin("installation"), dossiers.begin("installation", number=2)
    real = daily.settle

    def settle(session: object, target: int, **when: object) -> int:
        if target == bad:
            raise RuntimeError("broken")
        return real(session, target, **when)  # type: ignore[arg-type]

    monkeypatch.setattr(daily, "settle", settle)
    day = DAY + timedelta(days=5)
    done = run_day(today=day, now=at(day))
    assert (done.failed, done.changed) == (1, 1)
    monkeypatch.undo()
    assert run_day(today=day, now=at(day)).done == 1
    assert run_day(today=day, now=at(day)).done == 0
    assert good


@pytest.mark.parametrize("url", ["https://cpts.demo.example/adherer", ""])
def test_a_promised_membership_leads_to_where_one_joins(url: str) -> None:
    dossiers.in_service("conciergerie")
    with transaction() as session:
        session.get_one(Structure, 1).membership_url = url
    number = dossiers.begin("conciergerie", qualite="candidat")
    dossiers.move(number, "prendre_en_charge", on=DAY)
    dossiers.event(number, "engagement_signe", on=DAY)
    dossiers.event(number, "installation_constatee", on=DAY)
    (mail,) = [one for one in _mails() if one.subject.startswith("Vous voilà sur place")]
    assert (url or "https://enquetes.demo.example/") in mail.text
    assert "adhésion}" not in mail.text + mail.html
    assert ("Adhérer" if url else "Ouvrir le site") in mail.html
