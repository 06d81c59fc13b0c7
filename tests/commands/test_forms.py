"""``surveyapp form …``: what is printed and how it ends."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from surveyapp.commands.forms import form as command
from surveyapp.core.loader import loads
from tests.core.samples import form, page, text
from tests.core.test_loader import WHOLE

FORMS = Path(__file__).parents[2] / "forms"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, list(arguments))


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "essai.yaml"
    path.write_text(WHOLE, encoding="utf-8")
    return path


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    path = tmp_path / "faux.yaml"
    body = "name: faux\n" + page(
        "{type: text, name: a, label: L'avis}",
        "{type: intger, name: b, label: B, relevant: '${z} = 1'}",
    )
    path.write_text(text(body), encoding="utf-8")
    return path


def test_check_prints_every_fault_in_order(good: Path, bad: Path) -> None:
    done = run("check", str(good.parent))
    assert done.exit_code == 1
    places = [line.split(" ")[0] for line in done.stdout.splitlines()]
    faults = [(good, 35), (good, 65), (bad, 12), (bad, 13), (bad, 13)]
    assert places == [f"{path}:{line}:" for path, line in faults]
    assert "avertissement\u00a0: " in done.stdout.splitlines()[0]
    summary = done.stderr.replace("\u00a0", " ")
    assert summary == "2 questionnaires vérifiés : 2 erreurs, 3 avertissements.\n"


def test_check_of_files_that_are_right(good: Path) -> None:
    done = run("check", str(good), str(FORMS))
    assert done.exit_code == 0
    assert "aucune erreur" in done.stderr


def test_check_of_journeys_and_of_their_questionnaires() -> None:
    done = run("check", str(FORMS))
    said = done.stderr.replace("\u00a0", " ")
    assert re.fullmatch(
        r"\d+ questionnaires et 4 parcours vérifiés : aucune erreur, 0 avertissement.\n", said
    )
    alone = run("check", str(FORMS / "journeys" / "conciergerie.yaml"))
    assert alone.stderr.startswith("1\u00a0parcours vérifié\u00a0")
    stages = run("check", str(FORMS / "journeys"))
    assert stages.stderr.replace("\u00a0", " ").startswith("16 questionnaires et 4 parcours")


def test_check_prints_the_faults_of_a_journey(tmp_path: Path) -> None:
    folder = tmp_path / "journeys"
    folder.mkdir()
    source = (FORMS / "journeys" / "conciergerie.yaml").read_text(encoding="utf-8")
    path = folder / "conciergerie.yaml"
    path.write_text(source.replace("from: [recue]", "from: [recu]"), encoding="utf-8")
    done = run("check", str(tmp_path))
    assert done.exit_code == 1
    found = done.stdout.replace("\u00a0", " ")
    assert "L’étape « recu » n’existe pas ; vouliez-vous écrire « recue » ?" in found.replace(
        "\u202f", " "
    )
    assert "Le questionnaire « demande-conciergerie » n’existe pas" in found
    assert (
        done.stderr.replace("\u00a0", " ") == "1 parcours vérifié : 4 erreurs, 0 avertissement.\n"
    )


def test_check_of_nothing(tmp_path: Path) -> None:
    assert run("check", str(tmp_path)).exit_code == 1
    assert run("check", str(tmp_path / "rien.yaml")).exit_code == 2
    assert run("check").exit_code == 2


def test_publish_list_and_export(app: Flask, good: Path) -> None:
    assert run("list").stderr == "Aucun questionnaire n’est publié.\n"
    done = run("publish", str(good))
    assert done.exit_code == 0
    assert done.stdout == "Publié\u00a0: essai, version 1 (2026.1).\n"
    listed = run("list").stdout.split("\t")
    assert listed[:3] == ["essai", "v1", "2026.1"]
    exported = run("export", "essai")
    assert loads(exported.stdout) == loads(WHOLE)
    assert json.loads(run("export", "essai", "--json").stdout)["name"] == "essai"


def test_export_of_an_earlier_version(app: Flask, good: Path) -> None:
    run("publish", str(good))
    good.write_text(WHOLE.replace("L’essai", "Le second"), encoding="utf-8")
    run("publish", str(good))
    assert loads(run("export", "essai").stdout).title == "Le second"
    assert loads(run("export", "essai", "--number", "1").stdout).title == "L’essai"
    assert run("export", "essai", "--number", "3").exit_code == 1


def test_what_is_wrong_is_not_published(app: Flask, bad: Path) -> None:
    done = run("publish", str(bad))
    assert done.exit_code == 1
    assert "intger" in done.stderr
    assert done.stdout == ""
    assert run("export", "faux").exit_code == 1


def test_export_can_be_published_again(app: Flask, good: Path) -> None:
    run("publish", str(good))
    good.write_text(run("export", "essai").stdout, encoding="utf-8")
    assert "version 1" in run("publish", str(good)).stdout


def test_export_keeps_what_yaml_would_change(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "essai.yaml"
    body = "title: 'on'\nversion: '1.10'\ndescription: 'null'\nthanks: \"- a: b # c\"\n"
    path.write_text(text(body), encoding="utf-8")
    run("publish", str(path))
    assert loads(run("export", "essai").stdout) == form(body)
