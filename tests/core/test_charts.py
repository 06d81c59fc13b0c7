"""Charts: what is drawn, what is said of it, and that bytes never vary."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveyapp import charts
from surveyapp.charts import measure, palette
from surveyapp.core.french import NBSP
from surveyapp.core.summary import Cell, Reason, Row, Shape, Summary
from tests import summaries

GOLDEN = Path(__file__).parents[1] / "golden" / "charts"
SVG = "{http://www.w3.org/2000/svg}"


def texts(data: bytes) -> list[str]:
    return [node.text or "" for node in ElementTree.fromstring(data).iter(f"{SVG}text")]


def said(data: bytes) -> str:
    return " ".join(texts(data)).replace(NBSP, " ")


@pytest.mark.parametrize("width", [charts.WIDE, charts.NARROW])
@pytest.mark.parametrize("name", summaries.EVERY)
def test_chart_is_the_golden_one(name: str, width: int) -> None:
    """Look at the new file, then run again with ``UPDATE_GOLDEN=1`` to accept it."""
    golden = GOLDEN / f"{name}-{width}.svg"
    drawn = charts.render(summaries.EVERY[name](), width=width)
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_bytes(drawn)
    assert drawn == golden.read_bytes()


def test_same_bytes_from_several_threads() -> None:
    made = [make() for make in summaries.EVERY.values()] * 6
    alone = [charts.render(summary) for summary in made]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(charts.render, made)) == alone


@pytest.mark.parametrize("name", summaries.EVERY)
def test_chart_says_no_date_and_names_its_question(name: str) -> None:
    summary = summaries.EVERY[name]()
    root = ElementTree.fromstring(charts.render(summary))
    assert root.get("role") == "img"
    assert root.findtext(f"{SVG}title") == summary.label
    assert root.find(f"{SVG}metadata") is None


def test_importing_charts_does_not_load_matplotlib() -> None:
    """A web process names charts and describes them without the 61 MiB of Matplotlib."""
    program = (
        "import sys; from surveyapp import charts; from tests import summaries;"
        "charts.chart_digest(summaries.choice()); charts.alternative_text(summaries.choice());"
        "sys.exit('matplotlib' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_bars_show_count_share_and_n() -> None:
    said_ = said(charts.render(summaries.choice()))
    assert "Souvent 43 % (12)" in said_
    assert "N = 28" in said_


def test_several_answers_are_sorted_with_other_at_the_end() -> None:
    labels = [cell.label for cell in charts.ordered_cells(summaries.multiple())]
    assert [label[:8] for label in labels] == ["Le manqu", "La charg", "L’isolem", "Autre, p"]
    assert "plusieurs réponses possibles" in said(charts.render(summaries.multiple()))


def test_one_answer_keeps_the_order_of_the_questionnaire() -> None:
    summary = summaries.choice()
    assert charts.ordered_cells(summary) == summary.rows[0].cells


def test_place_of_a_withheld_option_tells_nothing() -> None:
    summary = summaries.multiple()
    row = summary.rows[0]
    hidden = tuple(replace(c, count=None, share=None) if c.count == 140 else c for c in row.cells)
    order = charts.ordered_cells(replace(summary, rows=(replace(row, cells=hidden),)))
    assert [c.count for c in order] == [61, 0, None, 150]


def test_withheld_parts_are_said_and_not_drawn() -> None:
    said_ = said(charts.render(summaries.matrix()))
    assert "L’accueil effectif trop faible" in said_
    assert said(charts.render(summaries.partly_withheld())).count("non affiché") == 1


@pytest.mark.parametrize("make", [summaries.crossed, summaries.crossed_scale])
def test_why_a_subgroup_is_withheld_is_never_told(make: Callable[[], Summary]) -> None:
    """« Trop faible » would tell its size (docs/decisions/0002-small-cells.md)."""
    summary = make()
    last = replace(summary.breakdown[-1], withheld=Reason.COMPLEMENT)
    shown = replace(summary, breakdown=(*summary.breakdown[:-1], last))
    for text in (said(charts.render(shown)), charts.alternative_text(shown)):
        assert "non affiché" in text.replace(NBSP, " ")
        assert "faible" not in text


def test_reference_figure_is_named_and_doubt_is_said() -> None:
    said_ = said(charts.render(summaries.choice()))
    assert "repère national : 64 % (à vérifier)" in said_
    assert "cette collecte : 75 %" in said_
    assert "moyenne nationale" not in said_
    said_ = said(charts.render(summaries.scale()))
    assert "repère national : 7,0/10" in said_
    assert "moyenne : 6,4" in said_


def test_best_rank_comes_first() -> None:
    labels = [row.label for row in charts.ordered_rows(summaries.rank())]
    assert labels[0] == "Soirées thématiques"
    assert labels[-1] == "Lettre d’information mensuelle"


def test_nothing_to_draw() -> None:
    nobody = replace(summaries.choice(), n=0)
    for summary in (summaries.withheld(), summaries.texts(), nobody):
        assert not charts.drawable(summary)
        with pytest.raises(ValueError, match="nothing to draw"):
            charts.render(summary)


@pytest.mark.parametrize(
    ("name", "extracts"),
    [
        ("choice", ["28 réponses", "Souvent : 43 %", "repère national : 64 % (à vérifier)"]),
        ("multiple", ["200 réponses, plusieurs choix possibles", "soi et pour sa famille : 70 %"]),
        ("scale", ["de 0 à 10", "Moyenne 6,4, médiane 7", "fréquente : 7 (23 %)"]),
        ("matrix", ["L’accueil : effectif trop faible", "(60 réponses) : Pas du tout 2 %"]),
        ("rank", ["Rang moyen", "Soirées thématiques : 1,3"]),
        ("histogram", ["Moyenne 24,3", "20 à 29 (41 %)"]),
        ("partly_withheld", ["Médecins : 71 %", "Autres : non affiché"]),
        ("crossed", ["Votre profession", "Infirmiers (16 réponses) : Souvent 38 %"]),
        ("crossed_scale", ["Médecins généralistes (12 réponses) : moyenne 7,9"]),
    ],
)
def test_alternative_text_holds_the_figures(name: str, extracts: list[str]) -> None:
    said_ = charts.alternative_text(summaries.EVERY[name]()).replace(NBSP, " ")
    for extract in extracts:
        assert extract in said_
    assert said_.endswith(".")


def test_alternative_text_of_a_withheld_question_says_only_that() -> None:
    said_ = charts.alternative_text(summaries.withheld()).replace(NBSP, " ")
    assert said_ == "Avez-vous subi des violences ? : effectif trop faible."


def test_many_options_are_summed_up() -> None:
    many = tuple(Cell(f"o{i}", f"Option {i}", i, i / 40) for i in range(20))
    summary = replace(
        summaries.partly_withheld(), rows=(Row("metier", "Votre profession", 40, many),)
    )
    said_ = charts.alternative_text(summary)
    assert "Option 19" in said_
    assert "Option 3" not in said_
    assert said_.endswith("Les autres réponses sont dans le tableau.")


def test_digest_follows_what_is_drawn() -> None:
    summary = summaries.texts()
    assert charts.chart_digest(summary) == charts.chart_digest(replace(summary, texts=()))
    whole, other = summaries.choice(), summaries.crossed()
    assert charts.chart_digest(whole) == charts.chart_digest(summaries.choice())
    assert charts.chart_digest(whole) != charts.chart_digest(other)
    assert charts.chart_digest(whole) != charts.chart_digest(replace(whole, label="Autre"))


def test_colours_can_be_told_apart() -> None:
    for colour in (palette.LOCAL, palette.REFERENCE, palette.MUTED, palette.INK):
        assert palette.contrast(colour, palette.PAPER) >= 3
    assert palette.contrast(palette.LOCAL_EDGE, palette.TRACK) >= 3
    for count in range(1, 12):
        ramp = palette.steps(count)
        light = [palette.luminance(colour) for colour in ramp]
        assert light == sorted(light, reverse=True)
        for colour in ramp:
            assert palette.contrast(palette.readable_on(colour), colour) >= 4.5
            assert (
                max(
                    palette.contrast(palette.LOCAL_EDGE, colour),
                    palette.contrast(colour, "#ffffff"),
                )
                >= 3
            )


def test_what_is_no_step_of_the_scale_looks_different() -> None:
    """« Sans objet » after « Très satisfaisant » is not more than very satisfying."""
    base = summaries.matrix()
    outside = Cell("sans_objet", "Sans objet", 0, 0.0)
    rows = tuple(
        replace(row, cells=(*row.cells, outside)) if row.withheld is None else row
        for row in base.rows
    )
    drawn = charts.render(replace(base, rows=rows)).decode()
    assert palette.OUTSIDE in drawn
    assert palette.OUTSIDE not in charts.render(base).decode()
    for colour in palette.steps(4):
        assert f"fill: {colour}" in drawn


def test_wrapping_keeps_no_break_spaces_and_cuts_long_words() -> None:
    assert measure.wrap(f"Un{NBSP}mot suivi", 60, 13) == [f"Un{NBSP}mot", "suivi"]
    assert measure.wrap("", 60, 13) == [""]
    pieces = measure.wrap("anticonstitutionnellement", 60, 13)
    assert "".join(piece.rstrip("-") for piece in pieces) == "anticonstitutionnellement"
    assert all(measure.width_of(piece, 13) <= 60 for piece in pieces)


words = st.text(st.characters(categories=("L", "N", "P", "Zs")), max_size=60)
counts = st.lists(st.one_of(st.none(), st.integers(0, 50_000)), min_size=1, max_size=12)


@settings(max_examples=40, deadline=None)
@given(
    words,
    counts,
    st.sampled_from([Shape.CHOICE, Shape.MULTIPLE]),
    st.sampled_from([charts.NARROW, charts.WIDE]),
)
def test_any_label_and_any_count_can_be_drawn(
    label: str, values: list[int | None], shape: Shape, width: int
) -> None:
    n = max(1, *(v or 0 for v in values))
    options = tuple(
        Cell(f"o{i}", f"{label} {i}", v, None if v is None else v / n) for i, v in enumerate(values)
    )
    summary = Summary("q", label, "", shape, n, 0, n, (Row("q", label, n, options),), k=5)
    root = ElementTree.fromstring(charts.render(summary, width=width))
    assert root.get("width") == str(width)
    if all(v is None for v in values):
        assert "affiché" in charts.alternative_text(summary)


def test_every_reason_can_stand_in_a_matrix() -> None:
    for reason in Reason:
        rows = (*summaries.matrix().rows[:2], Row("x", "Ligne", None, withheld=reason))
        drawn = said(charts.render(replace(summaries.matrix(), rows=rows)))
        assert ("effectif trop faible" in drawn) == (reason is Reason.BASE)
        assert ("non affiché" in drawn) == (reason is not Reason.BASE)
