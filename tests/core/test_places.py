"""How a place suits somebody who wants to settle."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveyapp.core import places
from surveyapp.core.places import Criterion, Offer, Wishes, match, wishes
from tests.core.journeys import every_form

C = Criterion
OFFER = Offer("Maison des Tilleuls", "msp", "Val-Fictif", ("10", "60"), "liberal")
ANSWERS: dict[str, Any] = {
    "profession": "10",
    "secteur": "Plutôt VAL FICTIF ou Mont-Exemple",
    "locaux": ["maison_sante", "other"],
    "statut_souhaite": "liberal",
    "c_secteur": "obligatoire",
    "c_statut": "souple",
}


def test_words_are_those_of_the_form() -> None:
    form = every_form()["croisement-lieux"]
    for name, known in (
        ("type_lieu", places.KINDS),
        ("canal", places.CHANNELS),
        ("reponse", places.ANSWERS),
    ):
        (question,) = (q for q in form.every_question() if q.name == name)
        assert {choice.name: choice.label for choice in question.choices} == known


def test_what_is_read_exists_in_the_questionnaire() -> None:
    form = every_form()["recueil-installation"]
    for name in ANSWERS:
        assert form.question(name) is not None, name
    premises, status = form.question("locaux"), form.question("statut_souhaite")
    assert premises is not None
    unplaced = {c.name for c in premises.choices if not wishes({"locaux": [c.name]}).kinds}
    assert unplaced == {"ne_sait_pas", "other"}
    assert status is not None
    assert set(places.PRACTICES) <= {choice.name for choice in status.choices}


def test_all_that_somebody_wishes() -> None:
    wanted = wishes(ANSWERS)
    assert wanted.kinds == {"msp"}
    assert wanted.essential == {C.COMMUNE}
    found = match(OFFER, wanted)
    assert found.met == (C.PROFESSION, C.COMMUNE, C.KIND, C.PRACTICE)
    assert (found.missing, found.suits, found.score) == ((), True, 10)


def test_what_was_not_said_is_compared_with_nothing() -> None:
    silent = {"profession": "other", "locaux": ["ne_sait_pas"], "statut_souhaite": "ne_sait_pas"}
    for answers in ({}, silent, {"secteur": " ", "locaux": None}):
        found = match(OFFER, wishes(answers))
        assert (found.met, found.missing, found.score) == ((), (), 0), answers
    vague = match(Offer("Cabinet", "cabinet"), wishes(ANSWERS))
    assert (vague.met, vague.missing) == ((), (C.KIND,)), "a place that says nothing either"


def test_a_place_that_looks_for_others_comes_last() -> None:
    other = match(Offer("A", "msp", "Val-Fictif", ("50",), "liberal"), wishes(ANSWERS))
    bare = match(Offer("B", "autre", "Ailleurs", ("10",), "salariat"), wishes(ANSWERS))
    assert not other.suits
    assert bare.suits and bare.missing == (C.COMMUNE, C.KIND, C.PRACTICE)
    assert bare.essential == (C.COMMUNE,)
    assert bare.order < other.order


def test_what_cannot_be_done_without_weighs_more() -> None:
    far = match(Offer("A", "msp", "Ailleurs", ("10",), "liberal"), wishes(ANSWERS))
    near = match(Offer("B", "autre", "Val-Fictif", ("10",), "salariat"), wishes(ANSWERS))
    assert near.order < far.order


@pytest.mark.parametrize(
    ("commune", "sector", "met"),
    [
        ("Saint-Claude", "vers St Claude", True),
        ("Ste-Rose", "Sainte-Rose ou autour", True),
        ("Lons", "Longwy", False),
        ("Val", "Val-Fictif", True),
        ("L’Étang", "l'etang", True),
        ("Mont-Exemple", "Exemple, Mont", False),
    ],
)
def test_communes_are_found_in_free_words(commune: str, sector: str, met: bool) -> None:
    found = match(Offer("A", "msp", commune), Wishes(sector=sector))
    assert found.met == ((C.COMMUNE,) if met else ())
    assert found.missing == (() if met else (C.COMMUNE,))


@pytest.mark.parametrize(
    ("place", "wish", "met"),
    [
        ("mixte", "salariat", True),
        ("liberal", "mixte", True),
        ("liberal", "liberal", True),
        ("liberal", "salariat", False),
    ],
)
def test_status(place: str, wish: str, met: bool) -> None:
    found = match(Offer("A", "msp", practice=place), Wishes(practice=wish))
    assert (C.PRACTICE in found.met) is met
    assert (C.PRACTICE in found.missing) is not met


WORDS = st.text(max_size=30)
OFFERS = st.builds(
    Offer,
    name=WORDS,
    kind=st.sampled_from(sorted(places.KINDS)),
    commune=WORDS,
    professions=st.lists(st.sampled_from(["10", "50", "60"]), unique=True).map(tuple),
    practice=st.sampled_from(["", *places.PRACTICES]),
)
WANTED = st.builds(
    Wishes,
    profession=st.sampled_from(["", "10", "60"]),
    sector=WORDS,
    kinds=st.frozensets(st.sampled_from(sorted(places.KINDS))),
    practice=st.sampled_from(["", *places.PRACTICES]),
    essential=st.frozensets(st.sampled_from(sorted(C))),
)


@given(OFFERS, WANTED)
def test_a_criterion_is_met_or_missing_or_unknown(offer: Offer, wanted: Wishes) -> None:
    found = match(offer, wanted)
    assert not set(found.met) & set(found.missing)
    assert set(found.essential) == set(found.missing) & wanted.essential
    assert found.suits == (
        not wanted.profession or not offer.professions or wanted.profession in offer.professions
    )
    assert (found.score > 0) == bool(found.met)
