"""Values of indicators taken from campaigns: the figure, its N, where it comes from."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from surveyapp.core.bilan.proposals import Facts
from surveyapp.core.definition import Mode, Unit
from surveyapp.core.french import NBSP
from surveyapp.core.indicator import Comparison, IndicatorKind, Target
from surveyapp.models import Action, Campaign, CampaignState, Event, Indicator, Objective, db
from surveyapp.services import actions as service
from surveyapp.services.actions import Source
from surveyapp.services.actions.records import indicator_of
from surveyapp.services.measure import Measure, MeasureError, MeasureKind
from surveyapp.services.transaction import transaction
from tests.collecting import answer, campaign_of, form, mixed

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MEAN = Measure(MeasureKind.MEAN, "note")


@pytest.fixture
def indicator(app: Flask) -> int:
    """The only indicator of the action « accueil »."""
    with transaction() as session:
        row = Indicator(kind=IndicatorKind.RESULT, position=0, label="Satisfaction")
        objective = Objective(position=0, label="Accueillir", indicators=[row])
        session.add(Action(slug="accueil", title="Accueil", objectives=[objective]))
        session.flush()
        return row.id


def collected(*documents: dict[str, object], **values: object) -> Campaign:
    """A closed campaign with answers; twelve mixed ones when none is given."""
    campaign = campaign_of(
        form(),
        opens_at=datetime(2026, 2, 1, 8, tzinfo=UTC),
        closes_at=datetime(2026, 2, 28, 8, tzinfo=UTC),
        **values,
    )
    answer(campaign, *(documents or mixed(12)))
    return campaign


def set_source(
    key: int, source: Source | None, target: Target | None = None, revision: int = 99
) -> Indicator:
    service.set_source(
        "accueil", key, target=target, source=source, revision=revision, user_id=None, now=NOW
    )
    return db.session.get_one(Indicator, key)


def test_a_mean_with_its_number_of_answers_and_its_origin(indicator: int) -> None:
    row = set_source(indicator, Source(collected().id, MEAN))
    found = indicator_of(row)
    assert found.obtained == f"4,5/6 (12{NBSP}réponses)"
    assert found.value == pytest.approx(4.5)
    assert found.computed is not None
    said = found.computed.provenance.replace(NBSP, " ")
    for part in (
        "moyenne de « Votre note »",
        "collecte « Essai »",
        "du 1er février 2026 au 28 février 2026",
        "12 réponses",
        "calculé le 2 mars 2026",
    ):
        assert part in said


def test_a_share_is_compared_in_percent(indicator: int) -> None:
    campaign = collected(*mixed(24))
    wanted = Measure(MeasureKind.SHARE, "secteur", ("nord",))
    row = set_source(indicator, Source(campaign.id, wanted), Target(Comparison.AT_LEAST, 60, "%"))
    found = indicator_of(row)
    assert found.value == pytest.approx(100 * 16 / 24)
    assert found.obtained.startswith(f"67{NBSP}%")
    assert found.reached is True


def test_a_share_of_values_and_a_count(indicator: int) -> None:
    campaign = collected()
    at_least = Measure(MeasureKind.AT_LEAST, "note", threshold=5)
    found = indicator_of(set_source(indicator, Source(campaign.id, at_least)))
    assert found.obtained == f"50{NBSP}% (12{NBSP}réponses)"
    count = indicator_of(set_source(indicator, Source(campaign.id, Measure(MeasureKind.COUNT))))
    assert (count.obtained, count.value) == ("12", 12)


def test_structures_are_called_so(indicator: int) -> None:
    from dataclasses import replace

    campaign = campaign_of(replace(form(Mode.CONFIDENTIAL), unit=Unit.STRUCTURE))
    answer(campaign, *mixed(12))
    found = indicator_of(set_source(indicator, Source(campaign.id, MEAN)))
    assert found.obtained == f"4,5/6 (12{NBSP}structures)"


def test_the_figure_shown_never_contradicts_the_verdict(indicator: int) -> None:
    """4,03 is over 4 and must not be printed « 4,0 »; 4,0 exactly is not."""
    notes = [3] * 10 + [4] * 10 + [5] * 11  # mean 4.032
    campaign = collected(*({"note": note} for note in notes))
    over = Target(Comparison.OVER, 4, "/6")
    found = indicator_of(set_source(indicator, Source(campaign.id, MEAN), over))
    assert found.reached is True
    assert found.obtained.startswith("4,03/6")
    without = indicator_of(set_source(indicator, Source(campaign.id, MEAN)))
    assert without.obtained.startswith("4,0/6")


def test_four_is_not_over_four(indicator: int) -> None:
    campaign = collected(*({"note": note} for note in [3, 4, 5] * 5))
    over = Target(Comparison.OVER, 4, "/6")
    found = indicator_of(set_source(indicator, Source(campaign.id, MEAN), over))
    assert found.obtained.startswith("4,0/6")
    assert found.reached is False


def test_small_numbers_are_withheld_from_the_bilan(indicator: int) -> None:
    campaign = collected(*mixed(4))
    found = indicator_of(set_source(indicator, Source(campaign.id, MEAN)))
    assert found.computed is not None
    assert (found.computed.value, found.computed.text, found.obtained) == (None, "", "")
    assert "moins de 5" in found.computed.withheld.replace(NBSP, " ")
    view = service.view_of(service.find_action("accueil"))
    (objective,) = view.field("results").objectives
    assert objective.lines[0].obtained.todo


def test_confidential_answers_follow_the_rule_too_once_printed(indicator: int) -> None:
    campaign = campaign_of(form(Mode.CONFIDENTIAL))
    answer(campaign, *mixed(4))
    assert indicator_of(set_source(indicator, Source(campaign.id, MEAN))).obtained == ""


def test_what_was_typed_stays_beside_what_is_computed(indicator: int) -> None:
    with transaction() as session:
        session.get_one(Indicator, indicator).typed = "4,2/6"
    found = indicator_of(set_source(indicator, Source(collected().id, MEAN)))
    assert found.obtained == "4,2/6"
    assert found.differs
    assert found.computed is not None
    assert found.computed.value == pytest.approx(4.5)


def test_a_source_taken_away_takes_its_value_along(indicator: int) -> None:
    set_source(indicator, Source(collected().id, MEAN))
    row = set_source(indicator, None, Target(Comparison.OVER, 4))
    assert (row.source, row.computed) == (None, None)
    assert indicator_of(row).target == Target(Comparison.OVER, 4)


def test_a_measure_that_does_not_fit_changes_nothing(indicator: int) -> None:
    campaign = collected()
    with pytest.raises(MeasureError):
        set_source(indicator, Source(campaign.id, Measure(MeasureKind.MEAN, "secteur")))
    with pytest.raises(MeasureError):
        set_source(indicator, Source(404, MEAN))
    assert db.session.get_one(Indicator, indicator).source is None


def test_an_indicator_of_another_action_is_not_touched(indicator: int) -> None:
    with transaction() as session:
        session.add(Action(slug="autre", title="Autre"))
    with pytest.raises(service.ActionNotFoundError):
        service.set_source(
            "autre", indicator, target=None, source=None, revision=0, user_id=None, now=NOW
        )


def test_two_people_on_the_same_indicator_conflict(indicator: int) -> None:
    set_source(indicator, None, Target(Comparison.OVER, 4), revision=0)
    with pytest.raises(service.PageConflictError) as error:
        set_source(indicator, None, Target(Comparison.OVER, 5), revision=0)
    set_source(indicator, None, Target(Comparison.OVER, 5), revision=error.value.revision)


def test_values_are_computed_again_on_demand(indicator: int) -> None:
    campaign = collected()
    set_source(indicator, Source(campaign.id, MEAN))
    answer(campaign, *({"note": 6, "secteur": "sud"} for _ in range(12)))
    later = NOW + timedelta(days=10)
    done = service.refresh("accueil", user_id=None, now=later)
    assert (done.count, done.failed) == (1, ())
    found = indicator_of(db.session.get_one(Indicator, indicator)).computed
    assert found is not None
    assert found.computed_on == later.date()
    kinds = db.session.scalars(sa.select(Event.kind).order_by(Event.id)).all()
    assert kinds[-2:] == ["action.source", "action.refreshed"]


def test_what_cannot_be_computed_again_is_named_and_kept(indicator: int) -> None:
    set_source(indicator, Source(collected().id, MEAN))
    with transaction() as session:
        row = session.get_one(Indicator, indicator)
        row.source = {**(row.source or {}), "campaign_id": 404}
    done = service.refresh("accueil", user_id=None, now=NOW)
    assert (done.count, done.failed) == (0, ("Satisfaction",))
    assert indicator_of(db.session.get_one(Indicator, indicator)).computed is not None


def test_sources_are_facts_for_the_proposals(indicator: int) -> None:
    action = service.find_action("accueil")
    assert service.facts_of(action) == Facts()
    campaign = collected()
    set_source(indicator, Source(campaign.id, MEAN))
    assert service.facts_of(service.find_action("accueil")) == Facts(1, 1)
    with transaction():
        campaign.state = CampaignState.OPEN
    assert service.facts_of(service.find_action("accueil")) == Facts(1, 0)
