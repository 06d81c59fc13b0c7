"""A published document says everything, and reads back to the same questionnaire."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from surveyapp.commands.forms import as_yaml
from surveyapp.core.codec import digest, from_document, to_document
from surveyapp.core.issues import DefinitionError
from surveyapp.core.loader import load, loads
from tests.core.samples import form, page
from tests.core.test_loader import WHOLE

FORMS = sorted((Path(__file__).parents[2] / "forms").glob("*.yaml"))


def test_round_trip() -> None:
    made = loads(WHOLE)
    document = json.loads(orjson.dumps(to_document(made)))
    assert from_document(document) == made
    assert to_document(from_document(document)) == document


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_round_trip_of_the_questionnaires_of_the_project(path: Path) -> None:
    made = load(path)
    document = json.loads(orjson.dumps(to_document(made)))
    assert from_document(document) == made
    assert loads(as_yaml(document)) == made


def test_an_export_loads_again() -> None:
    made = loads(WHOLE)
    exported = as_yaml(to_document(made))
    assert loads(exported) == made
    assert "introduction: |" in exported


def test_the_digest_does_not_depend_on_layout() -> None:
    made = loads(WHOLE, source="a.yaml")
    moved = loads("# un commentaire\n" + WHOLE, source="b.yaml")
    assert digest(moved) == digest(made)
    shuffled = dict(reversed(to_document(made).items()))
    assert digest(from_document(shuffled)) == digest(made)


def test_the_digest_sees_every_word() -> None:
    made = loads(WHOLE)
    changed = [
        replace(made, title="Autre"),
        replace(made, k=11),
        replace(made, retention_months=1),
        replace(made, thanks=""),
        loads(WHOLE.replace("label: No,", "label: Non,")),
        loads(WHOLE.replace("${r} > 2", "${r} > 3")),
        loads(WHOLE.replace("max: 4", "max: 5")),
        loads(
            WHOLE.replace("required: yes", "required: no").replace(
                "required_message: Répondez.", ""
            )
        ),
    ]
    assert len({digest(one) for one in [made, *changed]}) == len(changed) + 1


def test_a_zero_is_kept() -> None:
    made = form(page("{type: integer, name: a, label: A, default: 0}"))
    assert from_document(to_document(made)) == made
    assert to_document(made)["survey"][0]["items"][0]["default"] == "0"


def test_what_is_no_document_is_refused() -> None:
    with pytest.raises(DefinitionError):
        from_document({"name": "essai"})
