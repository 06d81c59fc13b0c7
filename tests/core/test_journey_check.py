"""Every fault of a journey is found, on its line, and nothing else is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from surveyapp.core.issues import DefinitionError
from surveyapp.core.journey.check import check
from surveyapp.core.journey.loader import load, loads, read_file
from surveyapp.core.loader import LISTS
from tests.core.journeys import JOURNEYS, NAMES, every_form, issues, journey, shipped, text
from tests.core.samples import expected, located, read_cases

CASES = dict(read_cases(Path(__file__).with_name("journey_cases.txt")))


@pytest.mark.parametrize("name", CASES)
def test_faults_are_found_on_their_lines(name: str) -> None:
    source = text(CASES[name])
    found = issues(source)
    assert located(found) == expected(source), "\n".join(map(str, sorted(found)))


@pytest.mark.parametrize("name", CASES)
def test_messages_are_french_sentences(name: str) -> None:
    for issue in issues(text(CASES[name])):
        assert issue.message[0].isupper() or not issue.message[0].isalpha()
        assert issue.message.endswith((".", "?"))
        assert not re.search("[a-zé]'[a-zé]", issue.message)
        assert " :" not in issue.message.replace("\u00a0:", "")
        assert str(issue).startswith(f"essai.yaml:{issue.line}: ")


def test_all_faults_come_at_once() -> None:
    source = text(
        "retention_months: deux  # ! integer\n"
        "events:\n"
        "  - {name: visite, label: Visite, by: [moi]}  # ! unknown_role\n"
        "deadlines:\n"
        "  - {name: suite, label: Suite, after: [visit], plus: P1J}  # ! duration unknown_mark\n"
    )
    assert located(issues(source)) == expected(source)


def test_a_near_word_is_proposed() -> None:
    source = text("deadlines:\n  - {name: r, label: R, after: [debu], plus: P1D, take: finirr}\n")
    said = " ".join(issue.message for issue in issues(source))
    assert "«\u00a0debut\u00a0»" in said
    assert "«\u00a0finir\u00a0»" in said


def test_forms_are_looked_up_when_they_are_given() -> None:
    made = journey("tasks: [{name: demande, label: Demande, form: inconnu}]")
    assert check(made) == []
    assert [issue.code for issue in check(made, forms={})] == ["unknown_form"]


def test_what_is_no_yaml() -> None:
    with pytest.raises(DefinitionError, match="guillemet"):
        loads("name: 'essai")
    with pytest.raises(DefinitionError, match="vide"):
        loads("")


def test_a_file_bears_the_name_of_its_journey(tmp_path: Path) -> None:
    path = tmp_path / "autre.yaml"
    path.write_text(text(""), encoding="utf-8")
    _, found = read_file(path)
    assert [issue.code for issue in found] == ["file_name"]
    with pytest.raises(DefinitionError):
        load(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert [issue.code for issue in read_file(tmp_path / "rien.yaml")[1]] == ["unreadable"]


def test_four_journeys_ship() -> None:
    assert NAMES == ("accompagnement", "ambassadeur", "conciergerie", "installation")


@pytest.mark.parametrize("name", NAMES)
def test_neither_error_nor_warning(name: str) -> None:
    found, faults = read_file(JOURNEYS / f"{name}.yaml")
    assert found is not None
    faults += check(found, forms=every_form())
    assert [str(issue) for issue in faults] == []


def test_every_form_of_a_stage_is_used() -> None:
    used = {task.form for name in NAMES for task in shipped(name).tasks}
    used |= {rule.form for name in NAMES for rule in shipped(name).invitations}
    own = {path.stem for path in (JOURNEYS / "forms").glob("*.yaml")}
    assert own <= used
    assert not (JOURNEYS / "forms" / LISTS).exists()
