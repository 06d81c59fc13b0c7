"""« En 1 ou 2 mots »: what is counted together, what is not, and laws of counting."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveyapp.core.cloud import MOST_WORDS, overlap, place
from surveyapp.core.words import LENGTH, MOST_TERMS, Term, count_terms, key_of, terms_of

SOME_WORDS = st.sampled_from(
    """infirmier infirmiers Infirmiers réseau réseaux reseau travail travaux temps Temps repos accès
    ACCÈS acces parcours foi fois cour cours lien liens l’écoute écoute le-lien soin soins la du et
    CPTS hôpital hôpitaux enjeu enjeux""".split()  # noqa: SIM905
)
ANSWER = st.lists(SOME_WORDS | st.text(max_size=50), max_size=4).map(tuple)
ANSWERS = st.lists(ANSWER, max_size=25)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("infirmier", "infirmiers"),
        ("Infirmière", "infirmieres"),
        ("réseau", "Réseaux"),
        ("travail", "travaux"),
        ("hôpital", "hopitaux"),
        ("enjeu", "ENJEUX"),
        ("écoute", "l’écoute"),
        ("lien", "le lien"),
        ("burn out", "burn-out"),
        ("prise en charge", "Prises en charge"),
        ("accès aux soins", "l'acces aux soins"),
        ("cœur", "coeur"),
    ],
)
def test_counted_together(one: str, other: str) -> None:
    assert key_of(one) == key_of(other) != ""


@pytest.mark.parametrize(
    "word",
    """temps repos accès parcours fois cours avis mois sens prix choix voix frais taux fonds corps
    pays secours concours processus consensus""".split(),  # noqa: SIM905
)
def test_a_final_s_or_x_that_is_no_plural_stays(word: str) -> None:
    assert key_of(word)[-1] in "sx"


@pytest.mark.parametrize(("one", "other"), [("foi", "fois"), ("cour", "cours"), ("moi ", "mois")])
def test_two_words_stay_two(one: str, other: str) -> None:
    assert key_of(one) != key_of(other)


@pytest.mark.parametrize("text", ["", "  ", "!!", "le", "et de la", "…", "’", "\x00", "🎉"])
def test_what_says_nothing_is_not_counted(text: str) -> None:
    assert terms_of(text) == ()


def test_the_usual_spelling_is_shown() -> None:
    (term,) = count_terms([["Réseau"], ["réseaux"], ["réseaux"], ["reseau"]])
    assert term == Term("reseau", "réseaux", 4)


def test_of_two_spellings_the_one_with_accents_in_lower_case() -> None:
    (term,) = count_terms([["Ecoute"], ["écoute"], ["ECOUTE"]])
    assert term.text == "écoute"


def test_somebody_counts_once_for_a_word() -> None:
    assert count_terms([["lien", "Liens", "le lien"], ["lien"]]) == (Term("lien", "lien", 2),)


def test_an_answer_is_cut_where_people_separate() -> None:
    assert terms_of("lien, confiance ; l’entraide\ntemps / écoute") == (
        "lien",
        "confiance",
        "entraide",
        "temps",
        "écoute",
    )
    assert terms_of(["le lien", "confiance !"], most=1) == ("lien",)


def test_a_long_text_is_cut_at_a_blank() -> None:
    (text,) = terms_of("trouver un rendez-vous beaucoup plus vite qu’aujourd’hui")
    assert text == "trouver un rendez-vous beaucoup plus"
    assert len(terms_of("x" * 99)[0]) == LENGTH


@given(ANSWERS, st.randoms())
def test_the_order_changes_nothing(answers: list[tuple[str, ...]], chance: random.Random) -> None:
    shuffled = list(answers)
    chance.shuffle(shuffled)
    assert count_terms(shuffled) == count_terms(answers)


@given(ANSWERS)
def test_counts_add_up(answers: list[tuple[str, ...]]) -> None:
    found = count_terms(answers)
    assert sum(term.count for term in found) == sum(len(terms_of(answer)) for answer in answers)
    assert all(0 < term.count <= len(answers) for term in found)
    assert len({term.key for term in found}) == len(found)
    assert [term.count for term in found] == sorted((t.count for t in found), reverse=True)


@given(ANSWER)
def test_a_term_is_short_and_comes_back_the_same(answer: tuple[str, ...]) -> None:
    found = terms_of(answer)
    assert len(found) <= MOST_TERMS
    assert all(0 < len(text) <= LENGTH and key_of(text) for text in found)
    assert terms_of(found) == found


@given(
    st.lists(st.tuples(st.text("abcdefgh é", min_size=1, max_size=20), st.integers(1, 99))),
    st.sampled_from([(1000, 560), (640, 360), (280, 280)]),
)
def test_words_of_a_cloud_never_touch(words: list[tuple[str, int]], size: tuple[int, int]) -> None:
    terms = [Term(str(i), text, n) for i, (text, n) in enumerate(words)]
    terms.sort(key=lambda term: -term.count)
    width, height = size
    placed = place(terms, width=width, height=height)
    assert placed == place(terms, width=width, height=height)
    for index, word in enumerate(placed):
        left, top, right, bottom = word.box
        assert left >= -0.1
        assert top >= -0.1
        assert right <= width + 0.1
        assert bottom <= height + 0.1
        assert not any(overlap(word.box, other.box) for other in placed[:index])


def test_a_cloud_holds_an_ordinary_meeting_and_the_frequent_words_are_the_large_ones() -> None:
    words = "lien confiance entraide écoute temps réseau projets coordination parcours soutien"
    terms = [Term(w, w, 20 - 2 * i) for i, w in enumerate(words.split())]
    placed = place(terms, width=1000, height=560)
    assert [word.text for word in placed] == words.split()
    assert [w.size for w in placed] == sorted((w.size for w in placed), reverse=True)
    many = [Term(str(i), f"mot {i}", 1) for i in range(80)]
    assert len(place(many, width=1000, height=560)) <= MOST_WORDS
