"""From a YAML text to a questionnaire."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveyapp.core.definition import Group, Kind, Mode, Question, Repeat, Unit
from surveyapp.core.issues import DefinitionError
from surveyapp.core.loader import load, load_directory, load_lists, loads, read, read_file
from surveyapp.core.reading import clean_text
from tests.core.samples import form, page, text

WHOLE = r"""
name: essai
title: "  L’essai "
version: 2026.1
mode: anonymous
k: 10
language: fr
unit: structure
duration_minutes: 4
retention_months: unlimited
draft_retention_days: 30
description: Une ligne
introduction: |
  Bonjour.

  - un
  - deux
submit_label: Envoyer
thanks: Merci.
safety_box: Appelez le 3114.
notice: {controller: a, purpose: b, legal_basis: c, recipients: d, retention: e, rights: f,
  contact: g, optional: h}
prerequisites:
  - {section: un, expression: "${a} = 'on'", label: L, message: M}
choices:
  on_off:
    - {name: on, label: Yes}
    - {name: off, label: No, exclusive: yes, region: no}
survey:
  - type: group
    name: un
    label: Un
    hint: Une aide
    items:
      - type: select_one on_off or_other
        name: a
        label: A
        required: yes
        required_message: Répondez.
        appearance: minimal
        profile: true
        autocomplete: organization-title
        reference: {figure: fatigue, choices: [on, off]}
      - {type: range, name: r, label: R, parameters: start=1 end=5 step=1 min_label=peu}
      - type: group
        name: m
        label: M
        appearance: table-list
        relevant: "${a} = 'on'"
        items:
          - {type: select_one on_off, name: m1, label: M1}
          - {type: select_one on_off, name: m2, label: M2}
  - type: group
    name: deux
    label: Deux
    relevant: "${r} > 2"
    items:
      - type: repeat
        name: enfants
        label: Enfants
        parameters: {min: 1, max: 4, add_label: Ajouter}
        items:
          - {type: integer, name: age, label: Âge, constraint: . < 30, constraint_message: M,
             warning: ". < 18", warning_message: W, default: 3}
      - {type: calculate, name: total, calculation: "sum(${age})"}
"""


def test_a_whole_questionnaire() -> None:
    made = loads(WHOLE, source="essai.yaml")
    assert (made.name, made.title, made.version) == ("essai", "L’essai", "2026.1")
    assert (made.mode, made.k, made.unit) == (Mode.ANONYMOUS, 10, Unit.STRUCTURE)
    assert (made.duration_minutes, made.retention_months) == (4, None)
    assert made.draft_retention_days == 30
    assert made.introduction == "Bonjour.\n\n- un\n- deux"
    assert made.notice.optional == "h"
    assert [section.name for section in made.sections] == ["un", "deux"]
    assert [q.name for q in made.questions()] == ["a", "r", "m1", "m2", "total"]
    assert [q.name for q in made.every_question()] == ["a", "r", "m1", "m2", "age", "total"]
    assert made.anonymous


def test_names_are_the_words_that_were_typed() -> None:
    a = loads(WHOLE).question("a")
    assert a is not None
    assert [(c.name, c.label) for c in a.choices] == [
        ("on", "Yes"),
        ("off", "No"),
        ("other", "Autre, précisez"),
    ]
    assert a.choices[1].exclusive
    assert a.choices[1].attributes == {"region": "no"}
    assert a.required
    assert a.profile
    assert a.reference is not None
    assert a.reference.choices == ("on", "off")


def test_groups_and_repeats() -> None:
    made = loads(WHOLE)
    matrix = made.sections[0].items[2]
    assert isinstance(matrix, Group)
    assert matrix.matrix
    repeat = made.sections[1].items[0]
    assert isinstance(repeat, Repeat)
    assert (repeat.minimum, repeat.maximum, repeat.add_label) == (1, 4, "Ajouter")
    age = repeat.items[0]
    assert age.kind is Kind.INTEGER
    assert age.default == "3"
    assert age.warning is not None


def test_parameters_as_xlsform_writes_them() -> None:
    scale = loads(WHOLE).question("r")
    assert scale is not None
    assert scale.parameters == {"start": "1", "end": "5", "step": "1", "min_label": "peu"}


def test_expressions_know_the_repeats_and_the_labels() -> None:
    total = loads(WHOLE).question("total")
    assert total is not None
    assert total.calculation is not None
    assert total.calculation.ast == ("call", "sum", ("each", "enfants", "age"))


def test_lines_lead_to_the_file() -> None:
    made = loads(WHOLE, source="essai.yaml")
    lines = WHOLE.splitlines()
    for question in made.every_question():
        assert question.name in "".join(lines[question.line - 1 : question.line + 1])
    for choice in made.choice_lists["on_off"]:
        assert f"name: {choice.name}" in lines[choice.line - 1]
    assert lines[made.lines["survey"] - 1] == "survey:"
    relevant = made.sections[1].relevant
    assert relevant is not None
    assert lines[relevant.line - 1].strip().startswith("relevant")


def test_defaults() -> None:
    made = form("")
    assert (made.k, made.language, made.unit) == (5, "fr", Unit.PERSON)
    assert (made.duration_minutes, made.draft_retention_days) == (None, 90)
    assert made.submit_label == "Envoyer mes réponses"


@pytest.mark.parametrize(
    ("yaml", "words"),
    [
        ("a: b: c", "guillemets"),
        ("a:\n\t- b", "tabulation"),
        ("a: [1, 2", "crochet"),
        ("a: 'b", "guillemet"),
        ("a:\n  b: 1\n c: 2", "retrait"),
        ("a: *b", "guillemets"),
        ("a: 1\n---\nb: 2", "un fichier ne contient qu’un"),
        ("", "vide"),
        ("# rien", "vide"),
        ("a: \x07", "YAML"),
        ("[" * 200, ""),
        ("a: &x [*x]", "imbriqué"),
        ("{}: 1", "clé"),
        ("- a", "clés"),
    ],
)
def test_what_is_no_yaml_is_said_in_french(yaml: str, words: str) -> None:
    _, issues = read(yaml, source="f.yaml")
    assert any(words in issue.message for issue in issues), issues
    assert all(issue.line >= 1 for issue in issues)
    with pytest.raises(DefinitionError):
        loads(yaml)


def test_the_line_of_a_yaml_fault() -> None:
    _, issues = read("name: a\ntitle: b: c\n")
    assert [issue.line for issue in issues] == [2]


def test_aliases_do_not_explode() -> None:
    bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
    for before, after in zip("abcdefg", "bcdefgh", strict=True):
        bomb += f"{after}: &{after} [{', '.join([f'*{before}'] * 10)}]\n"
    definition, issues = read(bomb)
    assert definition is None
    assert [issue.code for issue in issues] == ["too_large"]


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(source: str) -> None:
    _, issues = read(source)
    assert issues


@given(st.text())
def test_texts_are_cleaned_once_for_all(raw: str) -> None:
    cleaned = clean_text(raw)
    assert clean_text(cleaned) == cleaned


def test_texts_are_written_one_way() -> None:
    assert clean_text(" e\u0301te\u0301 \r\n\r\n fin\u0007  ") == "été\n\n fin"
    assert clean_text("Quoi\u202f?\u00a0") == "Quoi\u202f?\u00a0"


# ---- files ----------------------------------------------------------------------------------


def test_a_file_bears_the_name_of_its_questionnaire(tmp_path: Path) -> None:
    path = tmp_path / "autre.yaml"
    path.write_text(text(""), encoding="utf-8")
    with pytest.raises(DefinitionError) as caught:
        load(path)
    assert [(i.file, i.line, i.code) for i in caught.value.issues] == [(str(path), 1, "file_name")]


def test_shared_lists(tmp_path: Path) -> None:
    (tmp_path / "lists").mkdir()
    shared = tmp_path / "lists" / "communes.yaml"
    shared.write_text(
        "choices:\n  commune: [{name: sd, label: Saint-Denis}]\n  autre: [{name: a, label: A}]\n",
        encoding="utf-8",
    )
    body = "lists: [communes]\n" + page("{type: select_one commune, name: ville, label: Ville}")
    path = tmp_path / "essai.yaml"
    path.write_text(text(body), encoding="utf-8")
    made = load(path)
    ville = made.question("ville")
    assert ville is not None
    assert [choice.name for choice in ville.choices] == ["sd"]
    assert list(made.choice_lists) == ["commune"]
    assert made.list_files["commune"] == str(shared)


def test_faults_of_shared_lists_bear_their_file(tmp_path: Path) -> None:
    (tmp_path / "lists").mkdir()
    shared = tmp_path / "lists" / "communes.yaml"
    shared.write_text("choices:\n  on:\n    - {nom: a}\n", encoding="utf-8")
    path = tmp_path / "essai.yaml"
    path.write_text(text("lists: [communes, ../essai]"), encoding="utf-8")
    _, issues = read_file(path)
    found = {(Path(issue.file).name, issue.line, issue.code) for issue in issues}
    assert found == {
        ("communes.yaml", 3, "missing_key"),
        ("communes.yaml", 1, "duplicate_list"),
        ("essai.yaml", 9, "unknown_file"),
    }


def test_a_folder(tmp_path: Path) -> None:
    for name in ("un", "deux"):
        (tmp_path / f"{name}.yaml").write_text(text(f"name: {name}"), encoding="utf-8")
    assert [made.name for made in load_directory(tmp_path)] == ["deux", "un"]
    (tmp_path / "trois.yaml").write_text("name: [", encoding="utf-8")
    (tmp_path / "quatre.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DefinitionError) as caught:
        load_directory(tmp_path)
    assert [Path(issue.file).name for issue in caught.value.issues] == ["quatre.yaml", "trois.yaml"]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match="ne peut pas être lu"):
        load(tmp_path / "rien.yaml")


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "essai.yaml"
    path.write_text(text(""), encoding="utf-8-sig")
    assert load(path).name == "essai"


def test_a_questionnaire_can_be_read_from_a_choice_of_xlsform_habits() -> None:
    made = form(page("{type: select_multiple on or_other, name: a, label: A}"))
    question = made.question("a")
    assert isinstance(question, Question)
    assert question.or_other
    assert question.other_name == "a_other"
    assert [choice.name for choice in question.choices] == ["oui", "non", "other"]
    assert [choice.name for choice in made.choice_lists["on"]] == ["oui", "non"]


def test_shared_lists_are_read_alone(tmp_path: Path) -> None:
    path = tmp_path / "listes.yaml"
    path.write_text("choices:\n  villes: [{name: ici, label: Ici}]\n", "utf-8")
    assert [(c.name, c.label) for c in load_lists(path)["villes"]] == [("ici", "Ici")]
    path.write_text("choices:\n  villes: [{label: Ici}]\n", "utf-8")
    with pytest.raises(DefinitionError):
        load_lists(path)
    with pytest.raises(DefinitionError):
        load_lists(tmp_path / "absent.yaml")
