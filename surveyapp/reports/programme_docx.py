"""The review of the programme as a Word file, to be completed during the meeting."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from xml.sax.saxutils import quoteattr

from surveyapp.core.french import NBSP
from surveyapp.reports.docx_bytes import reproducible
from surveyapp.reports.programme import ProgrammePaper, Table

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_FONT = "Arial"
_INK, _SOFT, _TINT, _HAIR = "1B262C", "55616A", "F2F5F6", "D5DCE0"
#: Longest text that a property of the file may hold.
_PROPERTY = 255
_EMPTY_LINES = 4


def programme_docx(paper: ProgrammePaper, today: date) -> bytes:
    """Write it with real styles, headings and tables. The same paper gives the same bytes."""
    from docx import Document

    document = Document()
    _prepare(document, paper)
    document.add_paragraph(paper.structure, style="Subtitle")
    document.add_paragraph(paper.title, style="Title")
    document.add_paragraph(paper.lead, style="Subtitle")
    document.add_paragraph(f"Les indicateurs, {paper.period}", style="Heading 1")
    rows = [(r.label, r.value, r.base, r.target, r.verdict, r.before) for r in paper.rows]
    head = ("Indicateur", "Valeur", "Calculée sur", "Cible", "Résultat", paper.before)
    _table(document, "Les indicateurs", head, rows, widths=(4.6, 1.9, 2.9, 2.4, 2.4, 2.6))
    for note in paper.notes:
        document.add_paragraph(note, style="Caption")
    if paper.charts:
        document.add_paragraph("Besoins et origine des contacts", style="Heading 1")
    for chart in paper.charts:
        _small(document, chart.table, "Heading 2")
    for table in paper.tables:
        _small(document, table, "Heading 1")
    _talk(document, paper)
    _provenance(document, paper)
    _properties(document, paper, today)
    out = io.BytesIO()
    document.save(out)
    return reproducible(out.getvalue())


def _small(document: Any, table: Table, style: str) -> None:
    document.add_paragraph(table.title, style=style)
    others = [10.8 / (len(table.head) - 1)] * (len(table.head) - 1)
    _table(document, table.title, table.head, table.rows, widths=(6.0, *others))
    if table.note:
        document.add_paragraph(table.note, style="Caption")


def _provenance(document: Any, paper: ProgrammePaper) -> None:
    """Where each figure comes from."""
    document.add_paragraph("Provenance des chiffres", style="Heading 1")
    for row in paper.rows:
        document.add_paragraph(f"{row.label}{NBSP}: {row.provenance}", style="Caption")


def _talk(document: Any, paper: ProgrammePaper) -> None:
    if paper.questions:
        document.add_paragraph("À discuter", style="Heading 1")
    for question in paper.questions:
        document.add_paragraph(question, style="List Bullet")
        if paper.room:
            document.add_paragraph()
    if paper.room:
        document.add_paragraph("Décisions", style="Heading 1")
        head = ("Ce qui est décidé", "Par qui", "Pour quand")
        empty = [("", "", "")] * _EMPTY_LINES
        _table(document, "Décisions", head, empty, widths=(9.8, 4.0, 3.0))


def _table(
    document: Any,
    caption: str,
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    widths: Sequence[float],
) -> None:
    """A table whose first row is repeated on each page; ``widths`` in centimetres."""
    from docx.shared import Cm, Pt

    table = document.add_table(rows=0, cols=len(head))
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    _dress(table, caption)
    for number, texts in enumerate((head, *rows)):
        row = table.add_row()
        if number == 0:
            _repeat(row)
        for cell, text, width in zip(row.cells, texts, widths, strict=True):
            cell.width = Cm(width)
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_before = Pt(2)
            paragraph.paragraph_format.space_after = Pt(2)
            run = paragraph.add_run(text)
            run.font.size = Pt(9)
            run.bold = number == 0
            if number == 0:
                _shade(cell)
    document.add_paragraph().paragraph_format.space_after = Pt(0)


def _dress(table: Any, caption: str) -> None:
    """Thin lines, and a caption for whoever listens."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    lines = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:color="{_HAIR}"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    properties = table._tbl.tblPr
    properties.append(parse_xml(f"<w:tblBorders {nsdecls('w')}>{lines}</w:tblBorders>"))
    properties.append(parse_xml(f"<w:tblCaption {nsdecls('w')} w:val={quoteattr(caption)}/>"))


def _repeat(row: Any) -> None:
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    row._tr.get_or_add_trPr().append(parse_xml(f"<w:tblHeader {nsdecls('w')}/>"))


def _shade(cell: Any) -> None:
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    xml = f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="{_TINT}"/>'
    cell._tc.get_or_add_tcPr().append(parse_xml(xml))


def _prepare(document: Any, paper: ProgrammePaper) -> None:
    """A4, our styles, French, a foot that tells the page."""
    from docx.oxml.ns import qn
    from docx.shared import Cm

    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.1)
    section.top_margin, section.bottom_margin = Cm(1.8), Cm(2)
    accent, styles = paper.accent.lstrip("#").upper(), document.styles
    _face(styles["Normal"], 10, after=5)
    _face(styles["Title"], 20, colour=accent, bold=True, before=4, after=3)
    _face(styles["Subtitle"], 11, colour=_SOFT, after=4)
    _face(styles["Heading 1"], 13, colour=accent, bold=True, before=16, after=6)
    _face(styles["Heading 2"], 10.5, bold=True, before=8, after=3)
    _face(styles["List Bullet"], 10, after=4)
    _face(styles["Caption"], 8.5, colour=_SOFT, after=3)
    _face(styles["Footer"], 8, colour=_SOFT)
    for name in ("Title", "Subtitle"):  # the library draws a line, and letters apart
        for what in ("w:pBdr", "w:spacing"):
            for found in list(styles[name].element.iter(qn(what))):
                if what == "w:pBdr" or found.getparent().tag == qn("w:rPr"):
                    found.getparent().remove(found)
    for lang in styles.element.iter(qn("w:lang")):
        lang.set(qn("w:val"), "fr-FR")
    foot = section.footer.paragraphs[0]
    foot.add_run(f"{paper.produced} · Page{NBSP}")
    _field(foot, "PAGE")
    foot.add_run(f"{NBSP}/{NBSP}")
    _field(foot, "NUMPAGES")


def _face(
    style: Any, size: float, *, colour: str = _INK, bold: bool = False, **space: float
) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    style.font.name, style.font.size = _FONT, Pt(size)
    style.font.bold, style.font.italic = bold, False
    style.font.color.rgb = RGBColor.from_string(colour)
    fonts = style.element.get_or_add_rPr().find(qn("w:rFonts"))
    for attribute in list(fonts.attrib):
        del fonts.attrib[attribute]
    for attribute in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{attribute}"), _FONT)
    style.paragraph_format.space_before = Pt(space.get("before", 0))
    style.paragraph_format.space_after = Pt(space.get("after", 0))


def _field(paragraph: Any, code: str) -> None:
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    xml = f'<w:fldSimple {nsdecls("w")} w:instr=" {code} "><w:r><w:t>1</w:t></w:r></w:fldSimple>'
    paragraph._p.append(parse_xml(xml))


def _properties(document: Any, paper: ProgrammePaper, today: date) -> None:
    properties = document.core_properties
    properties.title, properties.author = paper.title[:_PROPERTY], paper.structure[:_PROPERTY]
    properties.language, properties.comments = "fr-FR", ""
    properties.created = properties.modified = datetime(today.year, today.month, today.day)  # noqa: DTZ001 - a Word property has no zone
