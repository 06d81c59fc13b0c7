"""Indicators of the programme: counted from stored dossiers, judged, changed, never forgotten."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask

from surveyapp.core.indicator import Comparison, Target
from surveyapp.core.loader import load
from surveyapp.core.programme import Period, year_of
from surveyapp.models import CampaignState, Dossier, Person, ProgrammeChange, ProgrammeIndicator, db
from surveyapp.services.catalogue import FORMS
from surveyapp.services.dossiers import acts
from surveyapp.services.programme import targets
from surveyapp.services.programme.results import Result, Verdict, result, results
from surveyapp.services.programme.targets import ProgrammeError, State, states
from surveyapp.services.transaction import transaction
from tests import dossiers as world
from tests.collecting import answer, campaign_of

YEAR = year_of(2026)
END = date(2026, 12, 31)
NOW = datetime(2026, 12, 31, 12, tzinfo=UTC)
NB = "\u00a0"


def d(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


def one(code: str, *, period: Period = YEAR, today: date = END) -> Result:
    return result(code, period, today=today, now=NOW)


def person(name: str) -> int:
    with transaction() as session:
        row = Person(last_name="Ambassadrice-Demo", first_name=name, sort_key=name.lower())
        session.add(row)
        session.flush()
        return row.id


def contact(number: int, ambassador: int, day: date) -> int:
    """An accompaniment whose first contact was taken on ``day``."""
    key = world.begin("accompagnement", on=d("01-05"), number=number)
    acts.assign(
        key,
        viewer=world.COORDINATION,
        today=d("01-05"),
        now=world.at(d("01-05")),
        ambassador_id=ambassador,
    )
    world.move(key, "attribuer", on=d("01-05"))
    world.event(key, "contact_pris", on=day)
    if db.session.get_one(Dossier, key).stage == "premier_contact":
        world.move(key, "commencer", on=day)
    return key


@pytest.fixture
def programme(app: Flask) -> None:
    """Six contacts, five by Ana and one by Bob; one ends installed."""
    world.in_service("accompagnement", "ambassadeur", "installation", "conciergerie")
    ana, bob = person("Ana"), person("Bob")
    keys = [contact(n, bob if n == 5 else ana, d(f"0{2 + n // 3}-10")) for n in range(6)]
    world.fill(keys[0], "bilan", on=d("08-10"), issue="installe")
    world.move(keys[0], "clore_installe", on=d("08-10"))


def test_contacts_in_all_and_by_ambassador(programme: None) -> None:
    found = one("contacts")
    assert (found.text, found.verdict) == ("6", Verdict.REACHED)
    assert [(part.label, part.text, part.reached) for part in found.parts] == [
        ("Ana Ambassadrice-Demo", "5", False),
        ("Bob Ambassadrice-Demo", "1", False),
    ]
    assert found.target is not None
    assert found.target.text == f"plus de{' '}5"
    assert found.provenance.startswith("Parcours accompagnement")


def test_a_growing_count_is_missed_only_at_the_end_of_its_year(programme: None) -> None:
    assert one("contacts", today=d("02-28")).verdict is Verdict.NOT_YET
    assert one("contacts", period=year_of(2025)).verdict is Verdict.MISSED
    quarter = Period(d("01-01"), d("03-31"))
    assert (one("contacts", period=quarter).text, one("contacts", period=quarter).verdict) == (
        "6",
        Verdict.NONE,
    )


def test_shares_say_what_they_rest_on(programme: None) -> None:
    found = one("transformation")
    assert found.text == f"17{NB}%"
    assert found.base == f"1 sur 6{NB}contacts"
    assert found.verdict is Verdict.NONE
    empty = one("croisement")
    assert (empty.text, empty.why) == ("", "Rien à compter sur cette période.")


def test_needs_are_in_words_and_need_five(programme: None) -> None:
    found = one("besoins")
    assert found.text == "6"
    said = [(part.label, part.text) for part in found.parts]
    assert said == [("Connaître les aides à l’installation", f"6 (100{NB}%)")]
    world.begin("installation", on=d("02-01"), number=20, source_contact="ars")
    few = one("origines")
    assert few.figure.withheld
    assert (few.text, few.base, few.parts) == ("", "", ())
    assert few.why.startswith(f"Résultat non montré{NB}: moins de 5{NB}personnes.")


def test_choices_of_few_people_stay_with_the_coordination(programme: None) -> None:
    for number, source in enumerate(["ars"] * 6 + ["pair"] * 2 + ["elu"] * 3):
        world.begin("installation", on=d("02-01"), number=30 + number, source_contact=source)
    inside = result("origines", YEAR, today=END, now=NOW, inside=True)
    assert [(part.text, part.inside) for part in inside.parts] == [
        (f"6 (55{NB}%)", False),
        (f"3 (27{NB}%)", True),
        (f"2 (18{NB}%)", True),
    ]
    for outside in (one("origines"), results(YEAR, today=END, now=NOW)[9]):
        assert outside.code == "origines"
        said = [(part.text, part.inside) for part in outside.parts]
        few = f"moins de{NB}5"
        assert said == [(f"6 (55{NB}%)", False), (few, False), (few, False)]
        assert outside.figure.chosen == ()


def test_the_trend_compares_with_the_period_before(programme: None) -> None:
    spring = Period(d("03-01"), d("03-31"))
    found = one("contacts", period=spring)
    assert (found.text, found.before, found.trend) == ("3", "3", "stable")
    assert found.compared == "3, stable"
    first = one("contacts", period=Period(d("02-01"), d("02-28")))
    assert (first.compared, first.trend) == ("rien à compter", "")


def test_a_year_that_runs_says_so_until_it_catches_up(programme: None) -> None:
    for number, day in enumerate((d("12-01"), d("12-02")), start=40):
        contact(number, person(f"Zoé{number}"), day)
    autumn, day = Period(d("12-01"), d("12-31")), d("12-20")
    assert one("contacts", period=autumn, today=day).compared == "rien à compter"
    spring = Period(d("04-01"), d("05-31"))  # nothing after three contacts in March
    assert one("contacts", period=spring, today=d("05-01")).compared == "6, période en cours"
    assert one("contacts", period=spring, today=d("06-01")).compared == "6, en baisse"
    few = one("besoins", period=Period(d("01-01"), d("12-31")))
    assert few.compared == "rien à compter"


def test_every_indicator_counts_in_few_queries(programme: None) -> None:
    found = results(YEAR, today=END, now=NOW)
    assert [r.code for r in found] == [spec.code for spec in targets.specs()]
    assert {r.code: r.text for r in found}["conciergerie"] == "0"


# -- satisfaction ----------------------------------------------------------------------------


def notes(*given: int, **values: Any) -> None:
    opened = datetime(2026, 3, 1, tzinfo=UTC)
    definition = load(FORMS / "satisfaction-accompagnement.yaml")
    values = {"opens_at": opened, **values}
    campaign = campaign_of(definition, state=CampaignState.OPEN, **values)
    answer(campaign, *({"note_globale": note} for note in given), day=d("06-01"))


@pytest.mark.parametrize(
    ("given", "text", "verdict"),
    [
        ((4, 4, 4, 4, 4), "4,0/5", Verdict.MISSED),  # strict: 4,0 is not over 4
        ((4, 4, 4, 4, 5), "4,2/5", Verdict.REACHED),
        ((4,) * 39 + (5,), "4,03/5", Verdict.REACHED),  # never « 4,0 » and reached
    ],
)
def test_satisfaction_is_strictly_over_four(
    app: Flask, given: tuple[int, ...], text: str, verdict: Verdict
) -> None:
    notes(*given)
    found = one("satisfaction")
    assert (found.text, found.verdict) == (text, verdict)
    assert found.base == f"{len(given)}{NB}réponses"
    assert "depuis le 1er" in found.provenance


def test_satisfaction_is_withheld_under_five_answers(app: Flask) -> None:
    notes(5, 5, 5, 5)
    found = one("satisfaction")
    assert (found.text, found.figure.value, found.verdict) == ("", None, Verdict.NONE)
    assert "moins de" in found.why
    assert "4" not in found.base


def test_satisfaction_joins_campaigns_of_the_period(app: Flask) -> None:
    notes(*(5,) * 5, slug="une", closes_at=datetime(2026, 5, 1, tzinfo=UTC))
    notes(*(3,) * 15, slug="deux", opens_at=datetime(2026, 6, 1, tzinfo=UTC))
    found = one("satisfaction")
    assert (found.text, found.figure.n) == ("3,5/5", 20)
    assert one("satisfaction", period=year_of(2025)).text == ""
    assert one("satisfaction", period=Period(d("03-01"), d("04-30"))).text == "5,0/5"


# -- targets ---------------------------------------------------------------------------------


def aim(value: float, ambition: float | None = None) -> Target:
    return Target(Comparison.AT_LEAST, value, "", ambition)


def change(code: str, target: Target | None, on: date, reason: str = "Décision du CA.") -> None:
    targets.change_target(code, target, on=on, reason=reason, user_id=None, now=NOW)


def drop(code: str, abandoned: bool, on: date) -> None:
    targets.abandon(code, abandoned, on=on, reason="Plus suivi.", user_id=None, now=NOW)


def test_a_period_is_judged_by_the_target_of_its_end(programme: None) -> None:
    change("contacts", aim(8, 12), d("07-01"))
    change("contacts", aim(7), date(2027, 1, 1))
    assert states(d("06-30"))["contacts"].target == Target(Comparison.OVER, 5, "")
    assert states(d("07-01"))["contacts"].target == aim(8, 12)
    assert one("contacts").verdict is Verdict.NOT_YET  # the last day still counts
    assert one("contacts", today=date(2027, 1, 1)).verdict is Verdict.MISSED
    assert one("contacts").ambition_reached is False
    assert one("contacts", today=d("06-30")).verdict is Verdict.REACHED
    row = db.session.query(ProgrammeIndicator).one()
    assert (row.commitment, row.ambition, row.comparison) == (7, None, ">=")


def test_a_change_dated_back_does_not_undo_later_ones(app: Flask) -> None:
    change("contacts", aim(8), d("07-01"))
    change("contacts", aim(6), d("03-01"), "Rattrapage.")
    assert states(d("05-01"))["contacts"].target == aim(6)
    assert states(END)["contacts"].target == aim(8)
    said = [(c.on, c.before.target, c.after.target, c.reason) for c in targets.history("contacts")]
    assert said == [
        (d("07-01"), Target(Comparison.OVER, 5, ""), aim(8), "Décision du CA."),
        (d("03-01"), Target(Comparison.OVER, 5, ""), aim(6), "Rattrapage."),
    ]


def test_an_abandoned_indicator_stays_in_the_history(programme: None) -> None:
    drop("ambassadeurs", True, d("05-01"))
    assert one("ambassadeurs").state == State(aim(3), abandoned=True)
    assert one("ambassadeurs").verdict is Verdict.NONE
    assert not one("ambassadeurs", today=d("04-30")).state.abandoned
    with pytest.raises(ProgrammeError, match="déjà abandonné"):
        drop("ambassadeurs", True, d("06-01"))
    with pytest.raises(ProgrammeError, match="reprenez-le"):
        change("ambassadeurs", aim(4), d("06-01"))
    drop("ambassadeurs", False, d("09-01"))
    assert one("ambassadeurs").state == State(aim(3))
    assert len(targets.history("ambassadeurs")) == 2
    assert db.session.query(ProgrammeIndicator).one().abandoned_on is None


def test_no_change_without_a_reason_or_a_difference(app: Flask) -> None:
    with pytest.raises(ProgrammeError, match="Dites pourquoi"):
        change("contacts", aim(8), d("01-01"), " ")
    with pytest.raises(ProgrammeError, match="trop long"):
        change("contacts", aim(8), d("01-01"), "x" * 2001)
    with pytest.raises(ProgrammeError, match="déjà la sienne"):
        change("contacts", Target(Comparison.OVER, 5, ""), d("01-01"))
    with pytest.raises(ProgrammeError, match="n’existe plus"):
        change("inconnu", aim(8), d("01-01"))
    assert not db.session.query(ProgrammeChange).count()
    change("contacts", None, d("01-01"))
    assert one("contacts").target is None
