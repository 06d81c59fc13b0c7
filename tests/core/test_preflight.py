"""Before opening: what blocks, what is risky, what is worth knowing."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from surveyapp.core.definition import Mode
from surveyapp.core.preflight import (
    Place,
    Readiness,
    Weight,
    blocking,
    findings,
)

ZONE = ZoneInfo("Indian/Reunion")
NOW = datetime(2026, 6, 2, 9, tzinfo=ZONE)  # a Tuesday
DAY = timedelta(days=1)
#: Nothing to say.
READY = Readiness(
    mode=Mode.ANONYMOUS,
    k=10,
    slug="bien-etre-2026",
    title="Bien-être 2026",
    named=True,
    reachable=True,
    now=NOW,
    closes_at=datetime(2026, 6, 30, 23, 59, tzinfo=ZONE),
    audience=140,
    minutes=8,
)


def found(**changes: Any) -> list[tuple[Weight, Place]]:
    return [(f.weight, f.place) for f in findings(replace(READY, **changes))]


def texts(**changes: Any) -> str:
    return " ".join(f.text for f in findings(replace(READY, **changes))).replace("\u00a0", " ")


def test_a_campaign_that_lacks_nothing_is_told_nothing() -> None:
    assert found() == []


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"named": False, "reachable": False}, Place.SETTINGS),
        ({"closes_at": NOW - DAY}, Place.CAMPAIGN),
        ({"closes_at": NOW + DAY, "opens_at": NOW + 2 * DAY}, Place.CAMPAIGN),
        ({"capacity": 9}, Place.CAMPAIGN),
        ({"by_link": False, "by_invitation": True}, Place.INVITATIONS),
    ],
)
def test_what_would_make_the_campaign_useless_or_unlawful_blocks(
    changes: dict[str, Any], place: Place
) -> None:
    stopped = blocking(findings(replace(READY, **changes)))
    assert [f.place for f in stopped] == [place]


@pytest.mark.parametrize(
    ("changes", "weight", "words"),
    [
        ({"reachable": False}, Weight.RISK, "ne sauront pas à qui s’adresser"),
        ({"closes_at": None}, Weight.RISK, "qu’une fois la collecte fermée"),
        ({"closes_at": None, "k": 5}, Weight.RISK, "aucune relance ne peut annoncer la fin"),
        ({"closes_at": NOW + DAY}, Weight.RISK, "ne dure que 24 heures"),
        ({"closes_at": NOW + 200 * DAY}, Weight.ADVICE, "dure 200 jours"),
        ({"closes_at": datetime(2026, 6, 27, 18, tzinfo=ZONE)}, Weight.ADVICE, "week-end"),
        ({"closes_at": datetime(2026, 6, 29, 8, tzinfo=ZONE)}, Weight.ADVICE, "week-end"),
        ({"audience": 30}, Weight.RISK, "attendez environ 6 réponses"),
        ({"audience": None}, Weight.ADVICE, "aucun taux de réponse"),
        (
            {"by_invitation": True, "invitations": 3, "by_link": False, "mail_ready": False},
            Weight.RISK,
            "n’arriveront chez personne",
        ),
        ({"mode": Mode.NOMINATIVE, "by_invitation": True}, Weight.RISK, "Aucune invitation"),
        ({"minutes": None}, Weight.ADVICE, "combien de temps"),
        ({"minutes": 25}, Weight.RISK, "prend 25 minutes"),
        ({"slug": "enquete-bien-etre-soignants-2026"}, Weight.ADVICE, "est longue (32 caractères)"),
        ({"title": "Bien-être 2026 (copie)"}, Weight.RISK, "Le titre finit encore par"),
        ({"previous_open": "Bien-être 2025"}, Weight.RISK, "« Bien-être 2025 », prend encore"),
    ],
)
def test_what_is_risky_is_said_in_a_sentence(
    changes: dict[str, Any], weight: Weight, words: str
) -> None:
    assert words in texts(**changes)
    assert (weight in [w for w, _ in found(**changes)]) and not blocking(
        findings(replace(READY, **changes))
    )


def test_a_list_of_people_counts_as_the_audience() -> None:
    listed: dict[str, Any] = {
        "by_invitation": True,
        "by_link": False,
        "invitations": 140,
        "audience": None,
    }
    assert found(**listed) == [(Weight.ADVICE, Place.NOWHERE)]  # what to tell of anonymity
    assert "jamais quoi" in texts(**listed)
    typed = listed | {"audience": 30}
    assert found(**typed) == found(**listed), "personal links are counted, whatever was typed"


def test_an_anonymous_campaign_with_both_doors_is_warned_of_answers_twice() -> None:
    both: dict[str, Any] = {"by_invitation": True, "by_link": True, "invitations": 140}
    assert "répondre deux fois" in texts(**both)
    assert "répondre deux fois" not in texts(**both, mode=Mode.NOMINATIVE)


def test_what_blocks_comes_first() -> None:
    weights = [w for w, _ in found(named=False, minutes=None, closes_at=None, audience=None)]
    assert weights == sorted(weights, key=list(Weight).index)
    assert weights[0] is Weight.BLOCKING


def test_a_closing_that_passed_while_the_opening_was_planned_earlier_blocks() -> None:
    """Dates typed last month: the opening is past too, and the campaign would open closed."""
    past = replace(READY, opens_at=NOW - 30 * DAY, closes_at=NOW - DAY)
    assert blocking(findings(past))
