"""Tables to download: what is in them, and what never is."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import orjson
import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask import Flask
from openpyxl import load_workbook

from surveyapp import jobs
from surveyapp.commands.results import results as command
from surveyapp.core.definition import Mode
from surveyapp.models import Campaign, Document, Event, Job, VerbatimState, db
from surveyapp.permissions import Permission
from surveyapp.reports.tables import AnonymousError, Record, write_answers
from surveyapp.reports.workbook import Contents, write_workbook
from surveyapp.services.documents import file_of
from surveyapp.services.exports import (
    Content,
    Export,
    ExportError,
    request_export,
    write_csv,
    write_xlsx,
)
from surveyapp.services.publish import definition_of
from surveyapp.services.verbatims import keep, open_answers
from tests.collecting import MORE, TODAY, answer, campaign_of, form, mixed

ANSWERS = Export(Content.ANSWERS)
IDEA, DAY = "Une idée\u202f?", "Quel jour\u202f?"
CODES = Export(Content.ANSWERS, labels=False)
FULL: dict[str, Any] = {
    "note": 5,
    "secteur": "nord",
    "themes": ["soin", "lien", "other"],
    "themes_other": "=2+2",
    "idee": "Deux lignes\net un « point » ; voilà",
    "actes": 12,
    "jour": "2026-06-01",
    "nom": "Durand",
    "courriel": "durand@demo.example",
    "telephone": "01 99 00 12 34",
    "km": 3.5,
    "rdv": "2026-06-02T09:30",
    "ordre": ["lien", "soin"],
    "accord": True,
    "enfants": [{"prenom": "Léa", "age": 5}, {"prenom": "Tom"}],
}


def table(data: bytes) -> list[list[str]]:
    text = data.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


def rows(data: bytes) -> list[dict[str, str]]:
    head, *lines = table(data)
    return [dict(zip(head, line, strict=True)) for line in lines]


def exported(campaign: Campaign, wanted: Export, folder: Path) -> bytes:
    path = folder / "essai.csv"
    write_csv(campaign, wanted, path, today=TODAY)
    return path.read_bytes()


@pytest.fixture
def nominative(app: Flask) -> Campaign:
    return campaign_of(form(Mode.NOMINATIVE, more=MORE))


def test_answers_in_french_words(nominative: Campaign, tmp_path: Path) -> None:
    answer(nominative, FULL)
    data = exported(nominative, ANSWERS, tmp_path)
    assert data.startswith(b"\xef\xbb\xbfR\xc3\xa9f\xc3\xa9rence;Envoy\xc3\xa9e le;Votre note;")
    assert data.endswith(b"\r\n")
    (row,) = rows(data)
    assert row["Envoyée le"] == "01/03/2026"
    assert row["Votre note"] == "5"
    assert row["Votre secteur"] == "Nord"
    assert row["Vos thèmes"] == "Le soin | Le lien, l’équipe | Autre, précisez"
    assert row["Vos thèmes – Autre, précisez"] == "'=2+2"
    assert row[IDEA] == "Deux lignes\net un « point » ; voilà"
    assert row[DAY] == "01/06/2026"
    assert row["Téléphone"] == "01 99 00 12 34"
    assert row["Distance"] == "3,5"
    assert row["Rendez-vous"] == "02/06/2026 09:30"
    assert row["Classez"] == "Le lien, l’équipe > Le soin"
    assert row["J’accepte"] == "Oui"
    assert row["Enfants"] == "Prénom\u00a0: Léa, Âge\u00a0: 5 | Prénom\u00a0: Tom"


def test_answers_in_the_names_of_the_questionnaire(nominative: Campaign, tmp_path: Path) -> None:
    answer(nominative, FULL)
    (row,) = rows(exported(nominative, CODES, tmp_path))
    assert row["secteur"] == "nord"
    assert [row[f"themes.{name}"] for name in ("soin", "lien", "other")] == ["1", "1", "1"]
    assert [row[f"ordre.{name}"] for name in ("soin", "lien")] == ["2", "1"]
    assert row["accord"] == "1"
    assert orjson.loads(row["enfants"]) == FULL["enfants"]


def test_what_was_not_answered_is_empty(nominative: Campaign, tmp_path: Path) -> None:
    answer(nominative, {}, {"themes": ["soin"]})
    found = [rows(exported(nominative, w, tmp_path)) for w in (ANSWERS, CODES)]
    assert sorted("".join(row.values()) for row in found[0]) == ["01/03/2026", "01/03/2026Le soin"]
    assert {row["themes.lien"] for row in found[1]} == {"", "0"}


def test_no_answers_give_the_headings(nominative: Campaign, tmp_path: Path) -> None:
    assert len(table(exported(nominative, ANSWERS, tmp_path))) == 1


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+33 6 39 98 00 01", "'+33 6 39 98 00 01"),
        ("-5,2", "-5,2"),
        ("- rien", "'- rien"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("＝1", "'＝1"),
        ('dit "oui"', 'dit "oui"'),
        ("a;b", "a;b"),
        ("", ""),
    ],
)
def test_nothing_runs_as_a_formula(
    nominative: Campaign, tmp_path: Path, text: str, written: str
) -> None:
    answer(nominative, {"idee": text}, {"idee": "sage"}, {})
    found = {row[IDEA] for row in rows(exported(nominative, ANSWERS, tmp_path))}
    assert found == {written, "sage", ""}


def test_a_reference_and_the_order_of_days(nominative: Campaign, tmp_path: Path) -> None:
    answer(nominative, {"note": 1}, day=TODAY.replace(day=3))
    answer(nominative, {"note": 2}, day=TODAY.replace(day=2))
    found = rows(exported(nominative, ANSWERS, tmp_path))
    assert [row["Votre note"] for row in found] == ["2", "1"]


def test_the_answers_of_an_anonymous_campaign_never_leave(app: Flask, tmp_path: Path) -> None:
    campaign = campaign_of(form())
    answer(campaign, *mixed(30))
    for write in (write_csv, write_xlsx):
        with pytest.raises(ExportError, match="anonyme"):
            write(campaign, ANSWERS, tmp_path / "a", today=TODAY)
    with pytest.raises(ExportError, match="anonyme"):
        request_export(campaign, "results_csv", ANSWERS, owner_id=1, today=TODAY)
    definition = definition_of(campaign.version)
    with pytest.raises(AnonymousError):
        write_answers(io.BytesIO(), definition, [Record(None, None, "{}")], total=1)
    contents = Contents("x", TODAY, definition, (), records=[Record(None, None, "{}")])
    with pytest.raises(AnonymousError):
        write_workbook(tmp_path / "a.xlsx", contents)
    assert not list(tmp_path.glob("a*"))
    assert not db.session.scalars(sa.select(Job)).all()


def test_results_of_an_anonymous_campaign(app: Flask, tmp_path: Path) -> None:
    campaign = campaign_of(form())
    answer(campaign, *mixed(12))
    keep(campaign, open_answers(campaign, "idee")[0].key, text="=Plus de temps")
    found = rows(exported(campaign, Export(crossing="secteur"), tmp_path))
    notes = [r for r in found if r["Question"] == "note" and not r["Sous-groupe"]]
    assert [(r["Réponse"], r["Effectif"]) for r in notes][3:] == [
        ("3", "3"),
        ("4", "3"),
        ("5", "3"),
        ("6", "3"),
    ]
    assert {r["Moyenne"] for r in notes} == {"4,5"}
    assert {r["Part (%)"] for r in notes} == {"0,0", "25,0"}
    texts = [r["Réponse"] for r in found if r["Question"] == "idee" and r["Réponse"]]
    assert texts == ["'=Plus de temps"]
    groups = {r["Sous-groupe"]: r for r in found if r["Question"] == "note" and r["Sous-groupe"]}
    assert set(groups) == {"Nord", "Sud"}
    assert all("déduire" in r["Remarque"] and not r["Effectif"] for r in groups.values())


def test_results_withheld_say_why(app: Flask, tmp_path: Path) -> None:
    campaign = campaign_of(form())
    answer(campaign, *mixed(4))
    found = rows(exported(campaign, Export(), tmp_path))
    assert all("moins de 5" in row["Remarque"] for row in found)
    assert not any(row["Effectif"] or row["Moyenne"] or row["Nombre de réponses"] for row in found)


def test_results_of_a_confidential_campaign_keep_the_threshold(app: Flask, tmp_path: Path) -> None:
    campaign = campaign_of(form(Mode.CONFIDENTIAL))
    answer(campaign, *mixed(3))
    assert all(row["Remarque"] for row in rows(exported(campaign, Export(), tmp_path)))


def test_a_workbook_with_answers(nominative: Campaign, tmp_path: Path) -> None:
    answer(nominative, {**FULL, "idee": "x" * 40_000, "telephone": "0199001234"})
    path = tmp_path / "essai.xlsx"
    seen: list[float] = []
    write_xlsx(nominative, ANSWERS, path, today=TODAY, progress=seen.append)
    book = load_workbook(path)
    assert book.sheetnames == ["Résultats", "Questions", "Réponses"]
    head, line = book["Réponses"].iter_rows()
    row = {h.value: c for h, c in zip(head, line, strict=True)}
    assert row["Téléphone"].value == "0199001234"
    assert row["Téléphone"].number_format == "@"
    assert row["Vos thèmes – Autre, précisez"].value == "=2+2"
    assert row["Vos thèmes – Autre, précisez"].data_type == "s"
    assert row["Distance"].value == 3.5
    assert row[DAY].value.date().isoformat() == "2026-06-01"
    assert len(row[IDEA].value) == 32_767
    assert seen[-1] == 1.0
    assert book["Réponses"].freeze_panes == "A2"


def test_the_workbook_explains_every_question(nominative: Campaign, tmp_path: Path) -> None:
    path = tmp_path / "essai.xlsx"
    write_xlsx(nominative, ANSWERS, path, today=TODAY)
    lines = [[c.value for c in row] for row in load_workbook(path)["Questions"].iter_rows()]
    assert lines[0][:4] == ["Page", "Question", "Intitulé", "Type"]
    assert [
        "Votre avis",
        "secteur",
        "Votre secteur",
        "un choix",
        "non",
        None,
        "nord",
        "Nord",
    ] in lines
    assert ["Enfants", "age", "Âge", "nombre entier", "non", None, None, None] in lines


def test_a_csv_has_its_list_of_questions_beside_it(app: Flask, tmp_path: Path) -> None:
    campaign = campaign_of(form())
    found = rows(exported(campaign, Export(Content.QUESTIONS), tmp_path))
    sector = [line for line in found if line["Question"] == "secteur"]
    assert [(line["Code"], line["Réponse"]) for line in sector] == [
        ("nord", "Nord"),
        ("sud", "Sud"),
    ]
    assert {line["Type"] for line in sector} == {"un choix"}


def test_a_workbook_of_an_anonymous_campaign_has_no_answers(app: Flask, tmp_path: Path) -> None:
    campaign = campaign_of(form())
    answer(campaign, *mixed(12))
    path = tmp_path / "essai.xlsx"
    write_xlsx(campaign, Export(), path, today=TODAY)
    book = load_workbook(path)
    assert book.sheetnames == ["Résultats", "Questions"]
    assert "Idée 3" not in str([[c.value for c in r] for s in book for r in s.iter_rows()])


def run_jobs() -> None:
    while job := jobs.claim():
        jobs.run(job)


@pytest.mark.parametrize("kind", ["results_csv", "results_xlsx"])
def test_the_worker_makes_the_file(nominative: Campaign, add_user: Any, kind: str) -> None:
    owner = add_user("coordination")
    answer(nominative, FULL)
    job_id = request_export(nominative, kind, ANSWERS, owner_id=owner.id, today=TODAY)
    run_jobs()
    job = db.session.get_one(Job, job_id)
    assert job.error is None
    document = db.session.get_one(Document, job.document_id)
    suffix = kind.removeprefix("results_")
    assert document.filename == f"reponses-essai-2026-03-01.{suffix}"
    assert document.permission == Permission.EXPORT
    assert document.expires_at is not None
    assert file_of(document).stat().st_size == document.size > 100
    event = db.session.scalars(sa.select(Event).where(Event.kind == "campaign.exported")).one()
    assert (event.user_id, event.data) == (owner.id, {"content": "answers", "format": suffix})
    assert [p.name for p in file_of(document).parent.iterdir()] == [document.path]


def test_the_same_demand_is_one_job_until_something_changes(
    nominative: Campaign, add_user: Any
) -> None:
    owner = add_user("coordination").id

    def ask(wanted: Export = ANSWERS) -> int:
        return request_export(nominative, "results_csv", wanted, owner_id=owner, today=TODAY)

    first = ask()
    assert ask() == first
    assert ask(CODES) != first
    answer(nominative, {"note": 1})
    assert ask() != first


def run(*arguments: str) -> Any:
    return CliRunner().invoke(command, arguments)


def test_the_command_writes_results_and_answers(nominative: Campaign, tmp_path: Path) -> None:
    answer(nominative, *[FULL] * 6)
    for arguments, size in ((["--answers"], 7), (["--answers", "--names"], 7), ([], 20)):
        path = tmp_path / "essai.csv"
        done = run("essai", "-o", str(path), *arguments)
        assert (done.exit_code, str(path) in done.output) == (0, True)
        assert len(table(path.read_bytes())) >= size
    assert run("essai", "-o", str(tmp_path / "essai.xlsx")).exit_code == 0
    assert sorted(p.name for p in tmp_path.glob("essai*")) == [
        "essai-questions.csv",
        "essai.csv",
        "essai.xlsx",
    ]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["rien", "-o", "a.csv"], 1, "aucune collecte"),
        (["essai", "-o", "a.doc"], 2, ".pdf, .xlsx ou .csv"),
        (["essai", "-o", "nulle-part/a.csv"], 2, "n’existe pas"),
        (["essai", "-o", "a.pdf", "--answers"], 2, "PDF"),
        (["essai", "-o", "a.csv", "--by", "note"], 2, "secteur"),
    ],
)
def test_the_command_says_what_to_correct(
    nominative: Campaign,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    code: int,
    words: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run(*arguments)
    assert done.exit_code == code
    assert words in done.output
    assert not list(tmp_path.glob("a.*"))


def test_the_command_refuses_anonymous_answers(app: Flask, tmp_path: Path) -> None:
    answer(campaign_of(form()), *mixed(12))
    path = tmp_path / "a.csv"
    path.write_text("ancien")
    done = run("essai", "-o", str(path), "--answers")
    assert isinstance(done.exception, ExportError)
    assert path.read_text() == "ancien"


def test_kept_texts_only(app: Flask, tmp_path: Path) -> None:
    campaign = campaign_of(form())
    answer(campaign, *mixed(12))
    assert not open_answers(campaign, "idee", state=VerbatimState.KEPT)
    assert b"Id\xc3\xa9e 1" not in exported(campaign, Export(), tmp_path)
