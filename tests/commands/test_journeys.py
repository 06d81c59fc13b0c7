"""``surveyapp journey list|start``."""

from __future__ import annotations

from click.testing import CliRunner, Result
from flask import Flask

from surveyapp.commands.campaigns import campaign
from surveyapp.commands.journeys import journey
from surveyapp.models import now
from surveyapp.services.dossiers import journeys


def run(*arguments: str) -> Result:
    return CliRunner().invoke(journey, list(arguments))


def test_journeys_are_listed_and_put_into_service(app: Flask) -> None:
    lines = [line.split("\t") for line in run("list").stdout.splitlines()]
    assert [line[:4] for line in lines if line[0] == "ambassadeur"] == [
        ["ambassadeur", "à mettre en service", "-", "0"]
    ]
    done = run("start", "ambassadeur")
    assert done.exit_code == 0
    assert "en service, version 2026." in done.stdout
    assert run("start", "ambassadeur").exit_code == 0  # the same text again changes nothing
    version = journeys.latest("ambassadeur")
    assert version is not None
    assert version.number == 1
    journeys.pause("ambassadeur", True, author_id=None, now=now())
    assert "ambassadeur\ten pause\t2026." in run("list").stdout
    # The collections of its stages are not for the command line either.
    assert CliRunner().invoke(campaign, ["list"]).stdout == ""


def test_an_unknown_journey_is_one_sentence(app: Flask) -> None:
    done = run("start", "../secrets")
    assert done.exit_code == 1
    assert "Ce parcours n’est pas installé" in done.stderr
