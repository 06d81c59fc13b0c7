"""The page of a task, its JSON, its notice."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from surveyapp.jobs import enqueue
from surveyapp.models import Job, User, WorkState, db
from surveyapp.services.documents import store_document
from surveyapp.services.transaction import transaction


@pytest.fixture
def owner(add_user: Callable[..., User]) -> User:
    return add_user("coordination")


@pytest.fixture
def client(owner: User, sign_in: Callable[[User], FlaskClient]) -> FlaskClient:
    return sign_in(owner)


@pytest.fixture
def job_id(app: Flask, owner: User) -> int:
    with transaction() as session:
        return enqueue(session, "test", {}, label="Rapport de résultats", owner_id=owner.id).id


def settle(job_id: int, **values: object) -> None:
    with transaction() as session:
        session.execute(sa.update(Job).where(Job.id == job_id).values(**values))


def finish(job_id: int) -> int:
    with transaction() as session:
        document = store_document(
            session, filename="a.pdf", content_type="application/pdf", data=b"%", permission="read"
        )
        session.execute(
            sa.update(Job)
            .where(Job.id == job_id)
            .values(state=WorkState.DONE, document_id=document.id, made_document=True, progress=1.0)
        )
        return document.id


def test_a_waiting_task_shows_its_progress_with_and_without_script(
    client: FlaskClient, job_id: int
) -> None:
    settle(job_id, state=WorkState.RUNNING, progress=0.4, progress_label="Graphiques 4 sur 10")
    page = client.get(f"/coordination/taches/{job_id}")
    assert "<progress" in page.text
    assert 'value="0.4"' in page.text
    assert "Graphiques 4 sur 10" in page.text
    assert '<noscript><meta http-equiv="refresh"' in page.text
    assert "task.js" in page.text


def test_a_script_gets_json(client: FlaskClient, job_id: int) -> None:
    answer = client.get(f"/coordination/taches/{job_id}", headers={"Accept": "application/json"})
    assert answer.json == {"state": "pending", "progress": 0.0, "label": "", "finished": False}
    finish(job_id)
    answer = client.get(f"/coordination/taches/{job_id}", headers={"Accept": "application/json"})
    assert answer.json is not None
    assert answer.json["finished"] is True


def test_a_finished_task_gives_its_document(client: FlaskClient, job_id: int) -> None:
    document_id = finish(job_id)
    page = client.get(f"/coordination/taches/{job_id}").text
    assert f"/coordination/documents/{document_id}" in page
    assert "<progress" not in page


def test_a_failed_task_says_why_and_can_be_tried_again(client: FlaskClient, job_id: int) -> None:
    settle(job_id, state=WorkState.FAILED, error="Cette collecte n’a aucune réponse.", attempts=1)
    page = client.get(f"/coordination/taches/{job_id}").text
    assert "Cette collecte n’a aucune réponse." in page
    assert "Réessayer" in page
    client.post(f"/coordination/taches/{job_id}/reessayer")
    assert db.session.get_one(Job, job_id).state is WorkState.PENDING


def test_a_document_that_expired_is_said(client: FlaskClient, job_id: int) -> None:
    settle(job_id, state=WorkState.DONE, made_document=True)
    page = client.get(f"/coordination/taches/{job_id}").text
    assert "durée de conservation" in page


def test_the_notice_stays_on_every_page_until_it_was_seen(client: FlaskClient, job_id: int) -> None:
    assert "c’est prêt" not in client.get("/compte/").text
    finish(job_id)
    notice = client.get("/compte/").text
    assert "Rapport de résultats" in notice
    assert "c’est prêt" in notice
    client.get(f"/coordination/taches/{job_id}")
    assert "c’est prêt" not in client.get("/compte/").text


def test_taking_the_document_is_having_seen_the_notice(client: FlaskClient, job_id: int) -> None:
    client.get(f"/coordination/documents/{finish(job_id)}")
    assert "c’est prêt" not in client.get("/compte/").text


def test_a_notice_can_be_put_away(client: FlaskClient, job_id: int) -> None:
    finish(job_id)
    client.post(f"/coordination/taches/{job_id}/vu")
    assert "c’est prêt" not in client.get("/compte/").text


def test_a_task_belongs_to_whoever_asked(
    job_id: int, add_user: Callable[..., User], sign_in: Callable[[User], FlaskClient]
) -> None:
    other = sign_in(add_user("coordination", "autre@demo.example"))
    for path in (f"/coordination/taches/{job_id}", "/coordination/taches/999"):
        assert other.get(path).status_code == 404
    assert other.post(f"/coordination/taches/{job_id}/reessayer").status_code == 404
    assert "Rapport" not in other.get("/compte/").text
    assert sign_in(add_user("admin")).get(f"/coordination/taches/{job_id}").status_code == 200
