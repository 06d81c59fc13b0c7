"""The life of a campaign."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveyapp.core.campaign import (
    SLUG_LENGTH,
    STEPS,
    Phase,
    Situation,
    expect,
    find_step,
    phase,
    reach,
    refusal,
    slug_from,
    slug_problem,
    steps_from,
)

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def situation(
    where: Phase, *, opens_at: datetime | None = None, closes_at: datetime | None = None
) -> Situation:
    return Situation(phase=where, opens_at=opens_at, closes_at=closes_at, now=NOW)


def why_not(step: str, where: Situation) -> str | None:
    found = find_step(step)
    assert found is not None
    return refusal(found, where)


@pytest.mark.parametrize(
    ("state", "opens", "closes", "expected"),
    [
        ("draft", None, None, Phase.DRAFT),
        ("open", None, None, Phase.OPEN),
        ("open", NOW + HOUR, None, Phase.SCHEDULED),
        ("open", NOW, None, Phase.OPEN),
        ("open", NOW - HOUR, NOW + HOUR, Phase.OPEN),
        ("open", NOW - HOUR, NOW, Phase.CLOSED),
        ("closed", None, NOW + HOUR, Phase.CLOSED),
        ("archived", None, None, Phase.ARCHIVED),
    ],
)
def test_the_phase_follows_the_state_and_the_dates(
    state: str, opens: datetime | None, closes: datetime | None, expected: Phase
) -> None:
    assert phase(state, opens_at=opens, closes_at=closes, now=NOW) is expected


def test_every_phase_but_none_leads_somewhere() -> None:
    assert all(steps_from(where) for where in Phase)


def test_a_step_starts_only_from_its_phases() -> None:
    for step in STEPS:
        for where in set(Phase) - set(step.sources):
            assert refusal(step, situation(where)) is not None


def test_a_draft_whose_closing_has_passed_cannot_be_opened() -> None:
    assert why_not("ouvrir", situation(Phase.DRAFT, closes_at=NOW - HOUR)) is not None
    assert why_not("ouvrir", situation(Phase.DRAFT, closes_at=NOW + HOUR)) is None


def test_a_draft_that_would_close_before_it_opens_cannot_be_opened() -> None:
    wrong = situation(Phase.DRAFT, opens_at=NOW + 2 * HOUR, closes_at=NOW + HOUR)
    assert "après l’ouverture" in (why_not("ouvrir", wrong) or "")


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Le bien-être des soignants en 2026", "bien-etre-soignants-2026"),
        ("Votre avis sur l’événement", "avis-evenement"),
        ("Cœur & œdème", "coeur-oedeme"),
        ("De la", "de-la"),
        ("!!!", ""),
    ],
)
def test_an_address_is_proposed_from_the_title(title: str, slug: str) -> None:
    assert slug_from(title) == slug


@given(st.text(max_size=200))
def test_a_proposed_address_is_always_acceptable(title: str) -> None:
    slug = slug_from(title)
    assert not slug or slug_problem(slug) is None
    assert len(slug) <= SLUG_LENGTH


@pytest.mark.parametrize("slug", ["", "a b", "é", "A", "-a", "a--b", "a/", "x" * 61])
def test_an_address_that_could_not_be_typed_is_refused(slug: str) -> None:
    assert slug_problem(slug) is not None


def test_one_person_in_five_answers() -> None:
    expected = expect(140, k=10)
    assert (expected.answers, expected.enough, expected.groups) == (28, True, 2)
    assert expect(40, k=10).enough is False
    assert expected.invite_at_least == 50


@pytest.mark.parametrize(
    ("audience", "invitations", "by_link", "expected"),
    [
        (None, 0, False, None),
        (5, 0, False, 5),
        (None, 6, False, 6),
        (5, 6, False, 6),
        (9, 6, False, 6),  # the personal links are counted, the number was only typed
        (5, 6, True, 6),
        (30, 6, True, 30),  # by link or otherwise
        (None, 6, True, None),  # answers come in by the public link too
    ],
)
def test_how_many_people_a_campaign_is_put_to(
    audience: int | None, invitations: int, by_link: bool, expected: int | None
) -> None:
    assert reach(audience, invitations, by_link=by_link) == expected
