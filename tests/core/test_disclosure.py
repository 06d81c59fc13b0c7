"""The small-cell rule: what is shown, what is not, and that nothing can be worked out."""

from __future__ import annotations

import itertools
from collections import defaultdict
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from surveyapp.core.definition import Choice, Kind, Mode, Question
from surveyapp.core.disclosure import judge
from surveyapp.core.expression import parse
from surveyapp.core.steps import Steps
from surveyapp.core.summarize import summarize
from surveyapp.core.summary import Reason, Summary, reason_text
from tests.core.attack import Group, Survey, View, betrayed, form


def people(*groups: tuple[int, dict[str, Any]]) -> list[dict[str, Any]]:
    """So many respondents of each kind; ``tag`` is their power of two."""
    found: list[dict[str, Any]] = []
    for count, document in groups:
        found += [{**document, "tag": 2 ** (len(found) + i)} for i in range(count)]
    return found


def survey(
    *groups: tuple[int, dict[str, Any]], profiles: tuple[int, ...] = (3,), k: int = 5
) -> Survey:
    everyone = people(*groups)
    return Survey(form(profiles, k=k), everyone, k, ids=list(range(1, len(everyone) + 1)))


def closed(case: Survey) -> View:
    return case.look(len(case.people), closed=True)


def table(view: View, question: str, crossing: str = "") -> Summary:
    found = summarize(
        view.survey.definition,
        view.columns,
        view.disclosure,
        k=view.survey.k,
        crossing=crossing,
    )
    return next(summary for summary in found if summary.question == question)


def shown(summary: Summary) -> dict[str, int | None]:
    return {row.name: row.n for row in summary.breakdown}


def cell_counts(summary: Summary) -> dict[str, int | None]:
    return {cell.name: cell.count for cell in summary.rows[0].cells}


MIXED = {"avis": "b"}


def test_fewer_than_k_responses_show_nothing_at_all() -> None:
    view = closed(survey((4, {"p0": "a", **MIXED})))
    for summary in view.tables():
        assert summary.withheld is Reason.BASE
        assert (summary.n, summary.missing, summary.asked) == (None, None, None)
        assert all(row.n is None and not row.cells for row in summary.rows)


def test_nobody_has_answered() -> None:
    view = closed(survey())
    assert {summary.withheld for summary in view.tables()} == {Reason.EMPTY}


def test_k_responses_are_shown() -> None:
    summary = table(closed(survey((5, {"p0": "a", **MIXED}))), "avis")
    assert (summary.withheld, summary.n, summary.missing) == (None, 5, 0)
    assert cell_counts(summary) == {"a": 0, "b": 5, "c": 0}


def test_a_question_with_fewer_than_k_answers_is_withheld() -> None:
    summary = table(closed(survey((4, MIXED), (6, {}))), "avis")
    assert summary.withheld is Reason.BASE


def test_a_mean_is_withheld_like_a_count() -> None:
    case = survey((10, MIXED))
    for person in case.people[4:]:
        del person["tag"]
    assert table(closed(case), "tag").rows[0].mean is None


def test_a_small_subgroup_takes_the_smallest_other_one_with_it() -> None:
    view = closed(
        survey(
            (9, {"p0": "a", **MIXED}),
            (7, {"p0": "b", **MIXED}),
            (3, {"p0": "c", **MIXED}),
        )
    )
    assert shown(table(view, "tag", "p0")) == {"a": 9, "b": None, "c": None}


def test_those_without_a_profile_are_a_subgroup_too() -> None:
    view = closed(survey((9, {"p0": "a"}), (7, {"p0": "b"}), (2, {})))
    assert shown(table(view, "tag", "p0")) == {"a": 9, "b": None, "c": None}


def test_subgroups_of_k_are_shown() -> None:
    view = closed(survey((9, {"p0": "a"}), (5, {"p0": "b"})))
    assert shown(table(view, "tag", "p0")) == {"a": 9, "b": 5, "c": None}


def test_subgroups_count_those_who_answered_the_question() -> None:
    case = survey((9, {"p0": "a", **MIXED}), (6, {"p0": "b", **MIXED}))
    for person in case.people[-2:]:
        del person["tag"]
    assert shown(table(closed(case), "tag", "p0")) == {"a": None, "b": None, "c": None}


def test_a_subgroup_never_says_why_it_is_hidden() -> None:
    view = closed(survey((9, {"p0": "a"}), (7, {"p0": "b"}), (3, {"p0": "c"})))
    rows = table(view, "tag", "p0").breakdown
    assert {row.withheld for row in rows if row.n is None} == {Reason.COMPLEMENT}


def test_a_unanimous_subgroup_is_hidden_and_cannot_be_worked_out() -> None:
    view = closed(
        survey(
            (6, {"p0": "a", "avis": "a"}),
            (4, {"p0": "b", "avis": "a"}),
            (4, {"p0": "b", "avis": "b"}),
            (3, {"p0": "c", "avis": "a"}),
            (3, {"p0": "c", "avis": "b"}),
        )
    )
    assert shown(table(view, "avis", "p0")) == {"a": None, "b": 8, "c": None}


def test_a_unanimous_remainder_is_hidden_too() -> None:
    view = closed(
        survey(
            (6, {"p0": "a", "avis": "a"}),
            (4, {"p0": "b", "avis": "a"}),
            (4, {"p0": "b", "avis": "b"}),
        )
    )
    assert shown(table(view, "avis", "p0")) == {"a": None, "b": None, "c": None}


def test_a_profile_question_hides_its_small_cells_and_their_complement() -> None:
    view = closed(survey((9, {"p0": "a"}), (7, {"p0": "b"}), (3, {"p0": "c"})))
    assert cell_counts(table(view, "p0")) == {"": 0, "a": 9, "b": None, "c": None}


def test_a_profile_question_counts_everybody() -> None:
    view = closed(survey((9, {"p0": "a"}), (7, {"p0": "b"}), (6, {})))
    summary = table(view, "p0")
    assert (summary.n, summary.missing) == (22, 0)
    assert cell_counts(summary) == {"": 6, "a": 9, "b": 7, "c": 0}
    assert summary.rows[0].cells[0].share == pytest.approx(6 / 22)


def test_two_profile_questions_that_nearly_coincide_are_not_both_shown() -> None:
    view = closed(
        survey(
            (9, {"p0": "a", "p1": "a"}),
            (1, {"p0": "a", "p1": "b"}),
            (9, {"p0": "b", "p1": "b"}),
            profiles=(2, 2),
        )
    )
    assert shown(table(view, "tag", "p0")) == {"a": 10, "b": 9}
    assert shown(table(view, "tag", "p1")) == {"a": None, "b": None}


def test_a_profile_question_is_not_crossed_with_another() -> None:
    view = closed(survey((9, {"p0": "a", "p1": "a"}), (9, {"p0": "b", "p1": "b"}), profiles=(2, 2)))
    assert table(view, "p1", "p0").breakdown == ()


def test_a_crossing_by_any_other_question_is_refused() -> None:
    view = closed(survey((9, {"avis": "a"}), (9, {"avis": "b"})))
    assert all(row.n is None for row in table(view, "tag", "avis").breakdown)


def test_a_question_for_one_subgroup_does_not_give_its_size_away() -> None:
    """« a » (6) is hidden to protect « c » (2); 6 people were asked « reserve »."""
    groups = (6, {"p0": "a", "reserve": 1}), (9, {"p0": "b"}), (2, {"p0": "c"})
    view = closed(survey(*groups))
    assert cell_counts(table(view, "p0"))["a"] is None
    assert table(view, "reserve").withheld is Reason.COMPLEMENT


def asked_unless(*groups: tuple[int, dict[str, Any]]) -> View:
    """With a question for those who did not answer « a » to ``avis``."""
    case = survey(*groups)
    page = case.definition.sections[0]
    extra = Question(Kind.INTEGER, "sinon", "Sinon", relevant=parse("${avis} != 'a'"))
    page = replace(page, items=(*page.items, extra))
    case.definition = replace(case.definition, sections=(page,))
    return closed(case)


def test_a_condition_on_a_withheld_question_tells_its_answers() -> None:
    """Two answered « avis »; 20 of 22 were asked the question for those who did not say « a »."""
    few = asked_unless((2, {"avis": "a"}), (20, {"sinon": 1}))
    assert table(few, "avis").withheld is Reason.BASE
    assert table(few, "sinon").withheld is Reason.COMPLEMENT
    enough = asked_unless((6, {"avis": "a"}), (20, {"avis": "b", "sinon": 1}))
    assert table(enough, "sinon").asked == 20


def test_who_is_asked_is_told_in_the_state_that_was_checked() -> None:
    """A campaign that reopens: « reserve » must not show the size of a group of the past."""
    north = {"p0": "a", "avis": "b"}
    people_ = [
        {**north, "reserve": 1},
        {**north, "reserve": 2},
        *[north] * 1,
        {"p0": "b"},
        {},
        *[north] * 4,
        {"p0": "b"},
    ]
    case = Survey(form((2,), k=2), people_, 2, ids=list(range(1, 11)))
    sizes: set[Group] = set()
    for arrived, is_closed in ((3, False), (8, False), (8, True), (10, True)):
        sizes |= case.look(arrived, closed=is_closed).known_sizes()
    assert betrayed(sizes, 2) is None


def test_an_open_wellbeing_campaign_shows_nothing() -> None:
    case = survey((40, {"p0": "a", **MIXED}), k=10)
    view = case.look(40, closed=False)
    assert {summary.withheld for summary in view.tables()} == {Reason.WAIT}
    assert table(closed(case), "avis").n == 40


def test_an_open_campaign_moves_by_steps() -> None:
    case = survey((60, MIXED))
    states = [table(case.look(n, closed=False), "tag").n for n in range(30)]
    known = [n for n in states if n is not None]
    assert known[0] == 5
    assert all(
        later - earlier in (0, *range(5, 30)) for earlier, later in itertools.pairwise(known)
    )
    assert all(n is None or n + 5 <= arrived for arrived, n in enumerate(states))


def test_while_open_conditional_questions_profiles_and_crossings_wait() -> None:
    view = survey((60, {"p0": "a", "avis": "a", "suite": 1})).look(60, closed=False)
    assert table(view, "avis", "p0").n == 50
    assert {row.withheld for row in table(view, "avis", "p0").breakdown} == {Reason.WAIT}
    assert table(view, "p0").withheld is Reason.WAIT
    assert table(view, "suite").withheld is Reason.WAIT


def test_looking_twice_shows_the_same() -> None:
    case = survey((60, {"p0": "a", **MIXED}))
    assert list(case.look(60, closed=False).tables()) == list(case.look(60, closed=False).tables())


def calculated(*groups: tuple[int, dict[str, Any]], k: int = 5) -> View:
    case = survey(*groups, k=k)
    score = Question(Kind.CALCULATE, "score", "Score", calculation=parse("${tag} + ${suite}"))
    page = case.definition.sections[0]
    page = replace(page, items=(*page.items, score))
    case.definition = replace(case.definition, sections=(page,))
    return closed(case)


def test_a_score_does_not_give_incomplete_answers_away() -> None:
    """The sums of both items minus that of the score is what the incomplete one answered."""
    full = {"avis": "a", "suite": 2, "score": 3}
    assert table(calculated((9, full)), "score").n == 9
    assert table(calculated((9, full), (2, {"avis": "b"})), "score").withheld is Reason.COMPLEMENT
    assert table(calculated((9, full), (5, {"avis": "b"})), "score").n == 9


def test_the_text_of_other_in_a_profile_question_is_withheld() -> None:
    case = survey((9, {"p0": "other", "p0_other": "Sage-femme"}), (9, {"p0": "a"}))
    page = case.definition.sections[0]
    options = (Choice("a", "A"), Choice("other", "Autre"))
    profile = Question(
        Kind.SELECT_ONE, "p0", "Profil", choices=options, or_other=True, profile=True
    )
    case.definition = replace(
        case.definition, sections=(replace(page, items=(profile, *page.items[1:])),)
    )
    assert table(closed(case), "p0_other").withheld is Reason.COMPLEMENT


def test_the_least_and_the_greatest_value_stay_unknown() -> None:
    case = survey((30, {}))
    for place, person in enumerate(case.people):
        person["tag"] = 10 + place
    case.people[0]["tag"], case.people[-1]["tag"] = -1000, 5000
    cells = table(closed(case), "tag").rows[0].cells
    assert [(cell.label, cell.count) for cell in cells] == [
        ("moins de 15", 5),
        ("15 à 19", 5),
        ("20 à 24", 5),
        ("25 à 29", 5),
        ("30 à 34", 5),
        ("35 et plus", 5),
    ]


def test_a_confidential_campaign_follows_the_same_rule_when_published() -> None:
    case = survey((9, {"p0": "a"}), (3, {"p0": "b"}))
    definition = form((3,), k=5, mode=Mode.CONFIDENTIAL)
    columns = case.columns(12)
    disclosure = judge(definition, columns, Steps.single(12), k=5, closed=False)
    found = summarize(definition, columns, disclosure, k=5, crossing="p0")
    tag = next(summary for summary in found if summary.question == "tag")
    assert tag.n == 12
    assert shown(tag) == {"a": None, "b": None, "c": None}


def test_reasons_are_said_in_french() -> None:
    assert "moins de 5\u00a0réponses" in reason_text(Reason.BASE, 5)
    assert "fermeture" in reason_text(Reason.WAIT, 10)
    assert "paliers" not in reason_text(Reason.WAIT, 10)
    assert "paliers de 5" in reason_text(Reason.WAIT, 5)


# --- the attack -------------------------------------------------------------------------


def naive(view: View, crossing: str, k: int) -> set[Group]:
    """What a rule without complement would publish: everybody, and subgroups of k."""
    groups: dict[str, set[int]] = defaultdict(set)
    for place, person in enumerate(view.survey.people):
        groups[person.get(crossing, "")].add(place)
    everybody = frozenset(range(len(view.survey.people)))
    return {everybody, *(frozenset(g) for g in groups.values() if len(g) >= k)}


def test_the_attack_breaks_a_rule_without_complement() -> None:
    case = survey((9, {"p0": "a"}), (7, {"p0": "b"}), (3, {"p0": "c"}))
    view = closed(case)
    assert betrayed(naive(view, "p0", 5), 5) is not None
    assert betrayed(view.known_groups("tag"), 5) is None


@st.composite
def stories(draw: st.DrawFn) -> tuple[Survey, list[tuple[int, bool]]]:
    """A survey with its respondents, and when somebody looked: (arrived, closed)."""
    k = draw(st.integers(2, 4))
    profiles = draw(st.lists(st.integers(2, 4), min_size=1, max_size=3))
    size = draw(st.integers(k, 13))
    documents: list[dict[str, Any]] = []
    for place in range(size):
        person: dict[str, Any] = {}
        for i, count in enumerate(profiles):
            option = draw(st.sampled_from(["a", "a", "b", *"abcd"[:count], None]))
            if option:
                person[f"p{i}"] = option
        avis = draw(st.sampled_from(["a", "a", "b", "c", None]))
        if avis:
            person["avis"] = avis
        asked = {"tag": True, "suite": avis == "a", "reserve": person.get("p0") == "a"}
        for name, relevant in asked.items():
            if relevant and draw(st.integers(0, 5)):
                person[name] = 2**place
        documents.append(person)
    ids = draw(st.permutations(range(1, size + 1)))
    looks = draw(st.lists(st.tuples(st.integers(1, size), st.booleans()), max_size=6))
    story = [*sorted(looks, key=lambda look: look[0]), (size, True)]
    return Survey(form(profiles, k=k), documents, k, ids=list(ids)), story


@given(stories())
@settings(max_examples=250, suppress_health_check=[HealthCheck.too_slow])
def test_nothing_about_fewer_than_k_people_can_be_worked_out(
    case: tuple[Survey, list[tuple[int, bool]]],
) -> None:
    """All questions, all crossings, all states that were ever shown, closings included."""
    campaign, story = case
    answers: dict[str, set[Group]] = defaultdict(set)
    sizes: set[Group] = set()
    for arrived, is_closed in story:
        view = campaign.look(arrived, closed=is_closed)
        for _, row in view.rows():
            assert row.n is not None
            assert row.n >= campaign.k
        for question in ("tag", "suite", "reserve"):
            answers[question] |= view.known_groups(question)
        sizes |= view.known_sizes()
    for question, groups in answers.items():
        assert betrayed(groups, campaign.k) is None, question
    assert betrayed(sizes, campaign.k) is None


@given(stories())
@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
def test_no_shown_subgroup_and_no_remainder_is_unanimous(
    case: tuple[Survey, list[tuple[int, bool]]],
) -> None:
    campaign, _ = case
    view = campaign.look(len(campaign.people), closed=True)
    for summary in view.tables():
        rows = [row for row in summary.breakdown if row.n is not None]
        if summary.question != "avis" or not rows:
            continue
        counts = [[cell.count or 0 for cell in row.cells] for row in rows]
        whole = [cell.count or 0 for cell in summary.rows[0].cells]
        rest = [
            total - sum(column)
            for total, column in zip(whole, zip(*counts, strict=True), strict=True)
        ]
        for line in (*counts, rest):
            assert sum(line) == 0 or max(line) < sum(line)


@given(stories())
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_the_last_close_leaves_nobody_out_when_it_is_the_first(
    case: tuple[Survey, list[tuple[int, bool]]],
) -> None:
    """Showing results while the campaign is open never costs an answer afterwards."""
    campaign, story = case
    for arrived, is_closed in story:
        if not is_closed:
            campaign.look(arrived, closed=False)
    view = campaign.look(len(campaign.people), closed=True)
    given_ = sum("tag" in person for person in campaign.people)
    assert table(view, "tag").n == (given_ if given_ >= campaign.k else None)
