"""The Word file and the PDF of a bilan: whole, in order, reproducible."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from docx import Document
from docx.oxml.ns import qn
from hypothesis import HealthCheck, given, settings
from pypdf import PdfReader

from surveyapp.core.bilan import TODO, BilanView, Reply, Ticks, Values, bilan_view
from surveyapp.core.french import NBSP
from surveyapp.reports.bilan_docx import bilan_docx
from surveyapp.reports.bilan_form import FOLDER, TEMPLATE, bilan_form
from surveyapp.reports.bilan_pdf import bilan_pdf
from tests import documents
from tests.bilans import any_values, complete

FORM = bilan_form()
DAY = date(2026, 2, 16)
GOLDEN = Path(__file__).parents[1] / "golden" / "bilan.txt"
SLOW = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def docx_of(values: Values, number: int | None = 3) -> bytes:
    return bilan_docx(bilan_view(FORM, values), number=number, issued_on=DAY)


@pytest.fixture(scope="module")
def year() -> bytes:
    return docx_of(complete(FORM))


@pytest.fixture(scope="module")
def empty() -> bytes:
    return docx_of(Values())


# -- the template -------------------------------------------------------------------------


def test_the_template_is_what_its_script_builds(tmp_path: Path) -> None:
    built = tmp_path / "template.docx"
    command = [sys.executable, str(FOLDER / "build_template.py"), "-o", str(built)]
    subprocess.run(command, check=True, capture_output=True)
    assert built.read_bytes() == TEMPLATE.read_bytes()


def test_the_page_is_a4_and_the_language_french(year: bytes) -> None:
    document = Document(io.BytesIO(year))
    section = document.sections[0]
    assert (section.page_width.mm, section.page_height.mm) == pytest.approx((210, 297), abs=0.1)
    languages = {lang.get(qn("w:val")) for lang in document.styles.element.iter(qn("w:lang"))}
    assert languages == {"fr-FR"}
    assert (
        document.core_properties.title == "Bilan d’action 2025 – Accueillir les nouveaux installés"
    )


def test_headings_make_an_outline(year: bytes) -> None:
    found = [p for p in Document(io.BytesIO(year)).paragraphs if p.style.name.startswith("Heading")]
    ones = [p.text for p in found if p.style.name == "Heading 1"]
    assert ones == [
        "Identification",
        f"FICHE 1 –{NBSP}Modalités de réalisation de l’évaluation",
        f"FICHE 2 –{NBSP}Évaluation de l’action",
        f"FICHE 3 –{NBSP}Synthèse",
        f"FICHE 4 –{NBSP}Bilan financier",
    ]
    twos = [p.text for p in found if p.style.name == "Heading 2"]
    assert [t.split(NBSP)[0] for t in twos if t[0].isdigit()] == [
        s.number for s in FORM.sections() if s.number
    ]


def test_header_rows_are_repeated_and_rows_are_not_cut(year: bytes) -> None:
    for table in Document(io.BytesIO(year)).tables:
        head = table._tbl.tr_lst[0]
        caption = table._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val"))
        named = {f.label for f in FORM.fields() if f.columns} | {"Charges", "Produits"}
        if caption in named - {"Détail de la subvention"}:
            assert head.trPr.find(qn("w:tblHeader")) is not None, caption
            assert all(tr.trPr.find(qn("w:cantSplit")) is not None for tr in table._tbl.tr_lst)


def test_a_question_is_never_parted_from_the_text_that_it_calls_for(year: bytes) -> None:
    document = Document(io.BytesIO(year))
    asked = [p for p in document.paragraphs if f"{NBSP}Oui" in "".join(p._p.itertext())]
    assert len(asked) == sum(field.kind == "yesno" for field in FORM.fields())
    assert all(p.style.paragraph_format.keep_with_next for p in asked)


def test_the_headings_of_the_budget_are_not_cut_inside_a_word(year: bytes) -> None:
    """Widths, in cm, at which their bold letters of 9 points hold on a line."""
    tables = Document(io.BytesIO(year)).tables
    (head, *_) = [t.rows[0].cells for t in tables if t.rows[0].cells[0].text == "Compte"]
    widths = {cell.text: cell.width.cm for cell in head}
    assert widths["Compte"] > 1.75
    assert widths[f"%{NBSP}réalisé"] > 2.25
    assert sum(widths.values()) < 17.45


def test_the_foot_says_which_copy_and_which_page(year: bytes) -> None:
    foot = documents.part(year, "word/footer1.xml")
    assert f"Bilan n°{NBSP}3 du 16{NBSP}février{NBSP}2026" in foot
    assert "PAGE" in foot
    assert "NUMPAGES" in foot
    assert "Projet du" in documents.part(docx_of(Values(), None), "word/footer1.xml")


# -- a complete year ----------------------------------------------------------------------


def test_the_text_of_a_complete_year_is_the_golden_one(year: bytes) -> None:
    """Read the new file, then run again with ``UPDATE_GOLDEN=1`` to accept it."""
    text = "\n".join(documents.lines(year)) + "\n"
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_text(text, encoding="utf-8")
    assert text == GOLDEN.read_text(encoding="utf-8")
    assert TODO not in text


def test_every_box_is_a_real_one_and_in_its_state(year: bytes) -> None:
    values, found = complete(FORM), documents.boxes(year)
    expected = {
        f"{field.name}.{option.name}": option.name in values.ticks(field.name)
        for field in FORM.fields()
        for option in field.all_options()
    }
    for field in FORM.fields():
        if field.kind == "yesno":
            answer = values.reply(field.name).answer
            expected |= {f"{field.name}.oui": answer is True, f"{field.name}.non": answer is False}
    assert found == expected


def test_as_many_rows_as_data(year: bytes) -> None:
    found = documents.tables(year)
    counts = {caption: len(rows) - 1 for caption, rows in found.items()}
    assert counts["Calendrier de l’action"] == 2
    assert counts["Partenaires"] == 2
    assert counts["Équipe"] == 3
    assert counts["Propositions d’amélioration"] == 1
    assert counts["Évaluation du processus"] == 3
    assert counts["Évaluation des résultats"] == 2
    assert found["Équipe"][2] == ["Ambassadeurs", "4", "82,5", "M & B", "toutes"]


def test_an_indicator_stands_beside_what_was_expected_and_obtained(year: bytes) -> None:
    rows = documents.tables(year)["Évaluation du processus"][1:]
    assert rows[0] == [f"1.{NBSP}Accueillir", f"1.{NBSP}Kit remis", "à tous", "8/8"]
    assert rows[1] == ["", f"2.{NBSP}Délai d’appel", "sous 10 jours", "6 jours"]
    assert rows[2] == [f"2.{NBSP}Fidéliser", "Réunions", "4", "5\nune de plus"]


def test_the_budget_adds_up_on_paper(year: bytes) -> None:
    rows = {row[1]: row[2:] for row in documents.tables(year)["Charges"]}
    said = [cell.replace(NBSP, " ").replace("\u202f", " ") for cell in rows["Total des charges"]]
    assert said == ["45 000,00 €", "46 000,00 €", "1 000,00 €", "102 %"]
    assert rows["Charges fixes de fonctionnement"][3] == ""  # nothing planned: no ratio


def test_both_signatures_are_asked_for(year: bytes) -> None:
    (row,) = documents.tables(year)["Signatures"]
    assert [cell.split("\n")[0] for cell in row] == [
        "SIGNATURE DU PRÉSIDENT",
        "SIGNATURE DU TRÉSORIER",
    ]
    assert all("certifié exact" in cell for cell in row)


# -- an empty one -------------------------------------------------------------------------


def test_an_empty_bilan_prints_every_box_unticked(empty: bytes) -> None:
    found = documents.boxes(empty)
    assert len(found) == 26 + sum(len(list(f.all_options())) for f in FORM.fields())
    assert not any(found.values())


def test_an_empty_bilan_says_what_to_complete(empty: bytes) -> None:
    text = "\n".join(documents.lines(empty))
    assert text.count(TODO) >= 40
    assert "31/12/N" in text
    assert "reportée en N+1" in text
    assert len(documents.tables(empty)["Calendrier de l’action"]) == 5


def test_a_box_that_needs_a_text_says_so() -> None:
    values = complete(FORM).changed({"themes": Ticks(("autres",))})
    assert f"☒{NBSP}Autres, précisez{NBSP}: {TODO}" in documents.lines(docx_of(values))


# -- any bilan ----------------------------------------------------------------------------


def printed_texts(view: BilanView) -> list[str]:
    """What must be found, in the order of the form."""
    out: list[str] = []
    for field in view.fields():
        if field.kind == "yesno":
            out += filter(None, [field.follow.text.text if field.follow else ""])
        elif field.rows and field.layout != "lines":
            out += [cell.text for row in field.rows for cell in row if cell.text]
        elif field.objectives:
            for objective in field.objectives:
                cells = [objective.label, *(c for x in objective.lines for c in _cells(x))]
                out += [cell.text for cell in cells if cell.text]
        elif field.text.text:
            out.append(field.text.text)
    return [text.replace("\r", "\n") for text in out]


def _cells(line):  # type: ignore[no-untyped-def]
    return (line.label, line.expected, line.obtained)


@SLOW
@given(any_values(FORM))
def test_whatever_is_entered_is_read_back_from_the_file(values: Values) -> None:
    data = docx_of(values)
    view = bilan_view(FORM, values)
    assert documents.in_order(printed_texts(view), documents.lines(data)) is None
    found = documents.boxes(data)
    for field in view.fields():
        for box in field.boxes:
            assert found[f"{field.name}.{box.name}"] is box.ticked
    tables = documents.tables(data)
    for field in view.fields():
        if field.rows and field.layout != "lines":
            assert len(tables[field.label]) == len(field.rows) + 1
            printed = [[cell.text + cell.todo for cell in row] for row in field.rows]
            assert tables[field.label][1:] == printed


@pytest.mark.parametrize(
    "text", ["{{ 7 * 7 }}", "{% for x in y %}", "<w:p/>", "&amp;", "a\nb", "<b>", "${x}", "{#"]
)
def test_what_looks_like_a_template_is_only_text(text: str) -> None:
    values = complete(FORM).changed({"strengths": text, "communicated": Reply(True, text)})
    assert documents.lines(docx_of(values)).count(text) == 2
    pdf = bilan_pdf(bilan_view(FORM, values), number=1, issued_on=DAY)
    read = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    assert text.split("\n")[0] in read


def test_a_title_too_long_for_a_property_is_cut_there_only() -> None:
    values = complete(FORM).changed({"title": "é" * 300, "structure": "s" * 500})
    data = docx_of(values)
    assert "é" * 300 in documents.lines(data)


# -- bytes and time -----------------------------------------------------------------------


def test_the_same_bilan_gives_the_same_bytes(year: bytes) -> None:
    assert docx_of(complete(FORM)) == year
    assert docx_of(complete(FORM), 4) != year


def test_a_word_file_takes_less_than_a_second(year: bytes) -> None:
    view = bilan_view(FORM, complete(FORM))
    best = min(_seconds(view) for _ in range(3))
    assert best < 1


def _seconds(view: BilanView) -> float:
    """Time of the processor: what else the machine does must not count."""
    start = time.process_time()
    bilan_docx(view, number=1, issued_on=DAY)
    return time.process_time() - start


# -- the PDF ------------------------------------------------------------------------------


def test_the_pdf_is_tagged_french_and_says_the_same() -> None:
    view = bilan_view(FORM, complete(FORM))
    data = bilan_pdf(view, number=3, issued_on=DAY)
    reader = PdfReader(io.BytesIO(data))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] in ("fr", "fr-FR")
    assert reader.metadata is not None
    assert reader.metadata.title == "Bilan d’action 2025 – Accueillir les nouveaux installés"
    text = "".join("".join(page.extract_text() for page in reader.pages).split())
    for wanted in (*printed_texts(view), "☒", "Cerfa15059", "SIGNATUREDUTRÉSORIER"):
        assert "".join(wanted.split()) in text
    assert data == bilan_pdf(view, number=3, issued_on=DAY)


def test_the_pdf_of_an_empty_bilan_says_what_to_complete() -> None:
    data = bilan_pdf(bilan_view(FORM, Values()), issued_on=DAY)
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)
    assert text.count("compléter]") >= 40
    assert "☒" not in text


def test_a_year_kept_is_printed_again_when_the_form_has_changed() -> None:
    view = bilan_view(FORM, complete(FORM))
    other = replace(view, sheets=view.sheets[:1])
    assert bilan_pdf(other, number=1, issued_on=DAY).startswith(b"%PDF")
