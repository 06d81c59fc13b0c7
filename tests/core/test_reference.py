"""The national figures: eleven, sourced, with their doubts (domain.md A.4.5, F.5)."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from surveyapp.core.french import number
from surveyapp.core.issues import DefinitionError
from surveyapp.core.reference import ReferenceFigure, load_figures

FILE = Path(__file__).parents[2] / "reports" / "reference_figures.yaml"

ONE = """\
figures:
  fatigue:
    value: 64
    unit: "%"
    n: 48985
    year: 2023
    study: Une étude
    wording: se sentaient fatigués
    comparator: ""
    comparability: Même idée.
    doubtful: false
"""


@pytest.fixture(scope="module")
def figures() -> dict[str, ReferenceFigure]:
    return load_figures(FILE)


def load_text(tmp_path: Path, text: str) -> dict[str, ReferenceFigure]:
    path = tmp_path / "figures.yaml"
    path.write_text(text, encoding="utf-8")
    return load_figures(path)


def faults(tmp_path: Path, text: str) -> list[tuple[int, str]]:
    with pytest.raises(DefinitionError) as caught:
        load_text(tmp_path, text)
    return [(issue.line, issue.code) for issue in caught.value.issues]


def test_the_eleven_values(figures: dict[str, ReferenceFigure]) -> None:
    assert {key: (figure.value, figure.unit) for key, figure in figures.items()} == {
        "alimentation": (pytest.approx(0.35), "%"),
        "alcool": (pytest.approx(0.49), "%"),
        "tabac": (pytest.approx(0.17), "%"),
        "activite_physique": (pytest.approx(0.32), "%"),
        "douleurs": (pytest.approx(0.60), "%"),
        "fatigue": (pytest.approx(0.64), "%"),
        "concentration": (pytest.approx(0.79), "%"),
        "stress_mean": (pytest.approx(7), "/10"),
        "burn_out": (pytest.approx(0.569), "%"),
        "depression": (pytest.approx(0.298), "%"),
        "violences": (pytest.approx(0.772), "%"),
    }


def test_only_the_two_unclear_figures_are_doubtful(figures: dict[str, ReferenceFigure]) -> None:
    assert {key for key, figure in figures.items() if figure.doubtful} == {
        "burn_out",
        "violences",
    }


def test_number_of_answers_of_each_study(figures: dict[str, ReferenceFigure]) -> None:
    assert figures["depression"].n == 4971
    assert figures["violences"].n is None
    others = [figure.n for key, figure in figures.items() if key not in ("depression", "violences")]
    assert others == [48985] * 9
    assert {figure.year for figure in figures.values()} == {2023}


def test_comparators_of_the_source(figures: dict[str, ReferenceFigure]) -> None:
    given = {key: figure.comparator for key, figure in figures.items() if figure.comparator}
    assert set(given) == {"douleurs", "burn_out"}
    assert given["douleurs"].startswith("30\u00a0%")
    assert given["burn_out"].startswith("34\u00a0%")


def test_every_figure_tells_its_study_its_words_and_its_limits(
    figures: dict[str, ReferenceFigure],
) -> None:
    for figure in figures.values():
        assert figure.study
        assert figure.wording
        assert len(figure.comparability) > 40


def test_source_line(figures: dict[str, ReferenceFigure]) -> None:
    assert figures["fatigue"].source == (
        "repère national (enquête déclarative, N\u00a0=\u00a048\u202f985, 2023)"
    )
    assert figures["burn_out"].source.endswith(", à vérifier")
    assert figures["violences"].source == (
        "repère national (enquête déclarative, N non précisé, 2023), à vérifier"
    )


def test_never_a_national_mean(figures: dict[str, ReferenceFigure]) -> None:
    for figure in figures.values():
        shown = " ".join((figure.source, figure.study, figure.wording, figure.comparability))
        assert "moyenne nationale" not in shown


def test_a_figure_cannot_be_changed(figures: dict[str, ReferenceFigure]) -> None:
    with pytest.raises(FrozenInstanceError):
        figures["fatigue"].value = 1  # type: ignore[misc]


def test_a_percentage_becomes_a_ratio_and_a_note_stays_a_note(tmp_path: Path) -> None:
    assert load_text(tmp_path, ONE)["fatigue"].value == pytest.approx(0.64)
    note = ONE.replace("value: 64", "value: 5.4").replace('"%"', "/6")
    assert load_text(tmp_path, note)["fatigue"].value == pytest.approx(5.4)


def test_an_unknown_number_of_answers_is_written_null(tmp_path: Path) -> None:
    assert load_text(tmp_path, ONE.replace("n: 48985", "n: null"))["fatigue"].n is None


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("value: 64", "value: 101", (3, "value")),
        ("value: 64", "value: '64,5'", (3, "value")),
        ("value: 64", "value: -1", (3, "value")),
        ('unit: "%"', "unit: pct", (4, "unit")),
        ('unit: "%"', "unit: /5", (3, "value")),
        ("n: 48985", "n: 0", (5, "size")),
        ("n: 48985", "n: beaucoup", (5, "integer")),
        ("year: 2023", "year: 23", (6, "year")),
        ("study: Une étude", 'study: ""', (7, "empty")),
        ("doubtful: false", "doubtful: peut-être", (11, "boolean")),
        ("    n: 48985\n", "", (2, "missing_key")),
        ("    comparator:", "    comparateur:", (9, "unknown_key")),
        ("  fatigue:", "  Fatigué:", (2, "name")),
        ("figures:", "figure:", (1, "unknown_key")),
        ("    value: 64", "    value: 64\n    value: 65", (4, "duplicate_key")),
    ],
)
def test_each_mistake_has_a_line_and_a_code(
    tmp_path: Path, old: str, new: str, expected: tuple[int, str]
) -> None:
    assert old in ONE
    assert expected in faults(tmp_path, ONE.replace(old, new))


def test_all_mistakes_come_at_once(tmp_path: Path) -> None:
    text = ONE.replace("value: 64", "value: x").replace("year: 2023", "year: 1").replace("n:", "N:")
    codes = [code for _, code in faults(tmp_path, text)]
    assert sorted(codes) == ["missing_key", "unknown_key", "value", "year"]


def test_a_file_that_is_no_yaml(tmp_path: Path) -> None:
    assert [code for _, code in faults(tmp_path, ONE + "]")] == ["yaml"]


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match="ne peut pas être lu"):
        load_figures(tmp_path / "absent.yaml")
    path = tmp_path / "latin.yaml"
    path.write_bytes("é".encode("latin-1"))
    with pytest.raises(DefinitionError, match="UTF-8"):
        load_figures(path)


def test_the_name_of_a_figure_does_not_repeat_its_value() -> None:
    for figure in load_figures(FILE).values():
        said = number(figure.value * 100 if figure.unit == "%" else figure.value)
        assert said not in figure.wording or figure.key == "stress_mean"
