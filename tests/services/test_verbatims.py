"""Review of open answers."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from surveyapp.core.definition import Mode
from surveyapp.core.loader import load
from surveyapp.models import Campaign, CampaignState, VerbatimState
from surveyapp.services.results import results
from surveyapp.services.verbatims import (
    Decision,
    VerbatimError,
    decide,
    hide,
    keep,
    keep_all,
    open_answers,
    open_questions,
)
from tests.collecting import MORE, TODAY, answer, campaign_of, form, mixed


@pytest.fixture
def campaign(app: Flask) -> Campaign:
    found = campaign_of(form())
    answer(found, *mixed(12))
    return found


def published_texts(campaign: Campaign) -> tuple[str, ...]:
    found = results(campaign, today=TODAY)
    return next(s.texts for s in found.summaries if s.question == "idee")


def progress(campaign: Campaign) -> tuple[int, int, int]:
    one = next(q for q in open_questions(campaign) if q.name == "idee")
    return one.waiting, one.kept, one.hidden


def test_nothing_is_published_before_the_review(campaign: Campaign) -> None:
    assert {a.original for a in open_answers(campaign, "idee")} == {f"Idée {i}" for i in range(12)}
    assert progress(campaign) == (12, 0, 0)
    assert published_texts(campaign) == ()


def test_answers_are_kept_hidden_or_masked(campaign: Campaign) -> None:
    first, second, third, *_ = open_answers(campaign, "idee")
    keep(campaign, first.key)
    keep(campaign, second.key, text="  Une idée de […]  ")
    hide(campaign, third.key)
    assert progress(campaign) == (9, 2, 1)
    assert set(published_texts(campaign)) == {first.original, "Une idée de […]"}
    kept = open_answers(campaign, "idee", state=VerbatimState.KEPT)
    assert [(a.original, a.published, a.masked) for a in kept] == [
        (first.original, first.original, False),
        (second.original, "Une idée de […]", True),
    ]
    assert len(open_answers(campaign, "idee", state=None)) == 9


def test_a_decision_can_be_changed(campaign: Campaign) -> None:
    one = open_answers(campaign, "idee")[0]
    keep(campaign, one.key, text="Autrement")
    hide(campaign, one.key)
    assert published_texts(campaign) == ()
    keep(campaign, one.key)
    assert published_texts(campaign) == (one.original,)


def test_keeping_the_same_words_masks_nothing(campaign: Campaign) -> None:
    one = open_answers(campaign, "idee")[0]
    keep(campaign, one.key, text=one.original)
    assert not open_answers(campaign, "idee", state=VerbatimState.KEPT)[0].masked


def test_the_order_differs_from_question_to_question_and_never_changes(app: Flask) -> None:
    campaign = campaign_of(form(Mode.CONFIDENTIAL))
    ids = answer(
        campaign,
        *[
            {"idee": f"{i}", "themes": ["other"], "themes_other": f"{i}", "secteur": "nord"}
            for i in range(20)
        ],
    )
    ideas = [a.original for a in open_answers(campaign, "idee")]
    others = [a.original for a in open_answers(campaign, "themes_other")]
    assert sorted(ideas) == sorted(others)
    assert ideas != others
    arrival = [str(i) for i in range(20)]
    by_id = [str(i) for i in sorted(range(20), key=lambda i: ids[i])]
    assert ideas not in (arrival, by_id)
    assert ideas == [a.original for a in open_answers(campaign, "idee")]


def test_keys_lead_to_no_id_and_to_no_other_question(app: Flask) -> None:
    campaign = campaign_of(form(Mode.CONFIDENTIAL))
    ids = answer(campaign, {"idee": "a", "themes": ["other"], "themes_other": "b"})
    keys = [open_answers(campaign, q)[0].key.split(".")[1] for q in ("idee", "themes_other")]
    assert keys[0] != keys[1]
    assert all(str(ids[0]) not in key and f"{ids[0]:x}" not in key for key in keys)


def test_few_answers_are_not_listed(app: Flask) -> None:
    campaign = campaign_of(form())
    answer(campaign, *mixed(4), *[{"note": 3}] * 20)
    one = next(q for q in open_questions(campaign) if q.name == "idee")
    assert (one.withheld, one.total) == (True, 0)
    assert open_answers(campaign, "idee") == ()


def test_an_anonymous_answer_waits_for_its_step(app: Flask) -> None:
    campaign = campaign_of(form(), state=CampaignState.OPEN)
    answer(campaign, *mixed(40))
    assert len(open_answers(campaign, "idee")) == 30
    answer(campaign, {"idee": "Toute fraîche"})
    assert "Toute fraîche" not in {a.original for a in open_answers(campaign, "idee")}


def test_names_and_addresses_are_no_open_answers(app: Flask) -> None:
    campaign = campaign_of(form(Mode.NOMINATIVE, more=MORE))
    assert [q.name for q in open_questions(campaign)] == ["themes_other", "idee", "nom"]


def test_what_is_said_to_be_private_is_neither_reviewed_nor_published(app: Flask) -> None:
    asked = "{type: text, name: joindre, label: Où vous joindre ?, private: true}"
    more = f"  - type: group\n    name: suite\n    label: Suite\n    items:\n      - {asked}\n"
    campaign = campaign_of(form(Mode.CONFIDENTIAL, more=more))
    answer(campaign, *[{**one, "joindre": "Camille Martin"} for one in mixed(12)])
    assert "joindre" not in [q.name for q in open_questions(campaign)]
    assert open_answers(campaign, "joindre") == ()
    shown = results(campaign, today=TODAY).summaries
    assert "joindre" not in [summary.question for summary in shown]


@pytest.mark.parametrize("name", ["satisfaction-accompagnement", "candidature-ambassadeur"])
def test_our_questionnaires_publish_no_way_to_reach_anybody(app: Flask, name: str) -> None:
    campaign = campaign_of(load(Path(__file__).parents[2] / "forms" / f"{name}.yaml"))
    names = {q.name for q in open_questions(campaign)}
    assert names & {"rappel_contact", "commune", "nom", "prenom"} == set()
    assert names & {"suggestion", "motivation"}


@pytest.mark.parametrize("key", ["", "idee", "idee.0123", "note.0123", "inconnue.0123"])
def test_an_unknown_key_is_refused_in_french(campaign: Campaign, key: str) -> None:
    with pytest.raises(VerbatimError, match="rechargez la page"):
        keep(campaign, key)


def test_a_text_of_reasonable_length(campaign: Campaign) -> None:
    one = open_answers(campaign, "idee")[0]
    with pytest.raises(VerbatimError, match="raccourcissez"):
        keep(campaign, one.key, text="x" * 10_001)


def test_a_page_of_decisions_is_written_at_once(campaign: Campaign) -> None:
    first, second, third, *_ = open_answers(campaign, "idee")
    hide(campaign, third.key)
    decide(
        campaign,
        [
            Decision(first.key, VerbatimState.KEPT, "Une idée de […]"),
            Decision(second.key, VerbatimState.HIDDEN, "sans effet"),
            Decision(third.key, None),
        ],
    )
    assert progress(campaign) == (10, 1, 1)
    assert published_texts(campaign) == ("Une idée de […]",)


def test_a_page_with_one_wrong_decision_writes_nothing(campaign: Campaign) -> None:
    first, second, *_ = open_answers(campaign, "idee")
    good = Decision(first.key, VerbatimState.KEPT)
    for wrong in (
        Decision("idee.0123", VerbatimState.KEPT),
        Decision(second.key, VerbatimState.KEPT, "x" * 10_001),
    ):
        with pytest.raises(VerbatimError):
            decide(campaign, [good, wrong])
    assert progress(campaign) == (12, 0, 0)


def test_everything_left_is_published_only_as_counted(campaign: Campaign) -> None:
    first, *_ = open_answers(campaign, "idee")
    hide(campaign, first.key)
    with pytest.raises(VerbatimError, match="ont changé"):
        keep_all(campaign, "idee", expected=12)
    assert progress(campaign) == (11, 0, 1)
    keep_all(campaign, "idee", expected=11)
    assert progress(campaign) == (0, 11, 1)
    keep_all(campaign, "idee", expected=0)
    with pytest.raises(VerbatimError):
        keep_all(campaign, "note", expected=1)
