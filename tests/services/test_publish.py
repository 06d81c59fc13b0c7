"""Versions are frozen, numbered, and published once."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from surveyapp.core.issues import DefinitionError
from surveyapp.core.loader import loads
from surveyapp.models import Event, Form, FormVersion, db
from surveyapp.services.publish import add_version, definition_of, publish
from surveyapp.services.transaction import transaction
from tests.answering import together
from tests.core.samples import form, page
from tests.core.test_loader import WHOLE


def test_a_first_version(app: Flask) -> None:
    made = loads(WHOLE)
    version = publish(made)
    assert (version.number, version.label, version.k) == (1, "2026.1", 10)
    assert version.mode is made.mode
    assert version.form.name == "essai"
    assert version.form.title == "L’essai"
    assert definition_of(version) == made
    event = db.session.scalars(sa.select(Event)).one()
    assert (event.kind, event.subject_id) == ("form.published", version.id)


def test_the_same_questionnaire_is_one_version(app: Flask) -> None:
    first = publish(loads(WHOLE))
    again = publish(loads("# déplacé\n" + WHOLE))
    assert again.id == first.id
    assert db.session.scalar(sa.select(sa.func.count()).select_from(FormVersion)) == 1


def test_the_same_questionnaire_published_by_many_at_once_is_one_version(app: Flask) -> None:
    made = loads(WHOLE)
    numbers = together(app, 6, lambda _: publish(made).number)
    assert numbers == [1] * 6
    assert db.session.scalar(sa.select(sa.func.count()).select_from(FormVersion)) == 1


def test_another_content_is_another_version(app: Flask) -> None:
    first = publish(loads(WHOLE))
    second = publish(loads(WHOLE.replace("L’essai", "Le second essai")))
    assert (first.number, second.number) == (1, 2)
    assert second.form.id == first.form.id
    assert second.form.title == "Le second essai"
    assert definition_of(first).title == "L’essai"
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Form)) == 1


def test_errors_forbid_to_publish(app: Flask) -> None:
    wrong = form(page("{type: text, name: a, label: A, relevant: '${z} = 1'}"))
    with pytest.raises(DefinitionError) as caught:
        publish(wrong)
    assert [issue.code for issue in caught.value.issues] == ["unknown_reference"]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Form)) == 0


def test_warnings_do_not(app: Flask) -> None:
    assert publish(form(page("{type: text, name: a, label: L'avis}"))).number == 1


def test_within_another_transaction(app: Flask) -> None:
    with transaction() as session:
        first = add_version(session, form(""))
        second = add_version(session, form("title: Autre"))
    assert [first.number, second.number] == [1, 2]


def test_a_definition_is_read_once(app: Flask) -> None:
    version = publish(form(""))
    assert definition_of(version) is definition_of(version)
