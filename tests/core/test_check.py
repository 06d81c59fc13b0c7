"""Every fault is found, on its line, and nothing else is."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from surveyapp.core.check import check
from surveyapp.core.issues import Severity
from surveyapp.core.loader import load_directory
from tests.core.samples import expected, form, issues, located, page, read_cases, text

FORMS = Path(__file__).parents[2] / "forms"

CASES = dict(read_cases(Path(__file__).with_name("check_cases.txt")))


@pytest.mark.parametrize("name", CASES)
def test_faults_are_found_on_their_lines(name: str) -> None:
    source = text(CASES[name])
    found = issues(source)
    assert located(found) == expected(source), "\n".join(map(str, sorted(found)))


def test_all_faults_come_at_once() -> None:
    source = text(
        "k: deux  # ! integer\n"
        + page(
            "{type: txt, name: A, label: L'un}  # ! unknown_type name # ? apostrophe",
            "{type: select_one on, name: b, label: B, relevant: '${z} = 1'}  # ! unknown_reference",
        )
    )
    assert located(issues(source)) == expected(source)


@pytest.mark.parametrize("name", CASES)
def test_messages_are_french_sentences(name: str) -> None:
    for issue in issues(text(CASES[name])):
        assert issue.message[0].isupper() or not issue.message[0].isalpha()
        assert issue.message.endswith((".", "?"))
        assert not re.search("[a-zé]'[a-zé]", issue.message)
        assert " :" not in issue.message.replace("\u00a0:", "")
        assert str(issue).startswith(f"essai.yaml:{issue.line}: ")


def test_a_near_word_is_proposed() -> None:
    found = issues(text(page("{type: intger, name: a, label: A, requird: true}")))
    assert any("«\u00a0integer\u00a0»" in issue.message for issue in found)
    assert any("«\u00a0required\u00a0»" in issue.message for issue in found)


def test_figures_are_looked_up_when_they_are_given() -> None:
    reference = "{figure: rien, choices: [oui]}"
    made = form(page(f"{{type: select_one on, name: a, label: A, reference: {reference}}}"))
    assert check(made) == []
    assert [issue.code for issue in check(made, figures=["fatigue"])] == ["unknown_figure"]


def test_a_definition_without_a_file_is_checked_too() -> None:
    made = replace(form(""), source="", lines={}, k=0)
    assert [issue.code for issue in check(made)] == ["k"]


def test_the_questionnaires_of_the_project_are_right() -> None:
    definitions = load_directory(FORMS)
    assert len(definitions) >= 7
    found = [issue for definition in definitions for issue in check(definition)]
    assert [str(issue) for issue in found if issue.severity is Severity.ERROR] == []
