"""A letter as a Word file that the coordination may still change before it is signed."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

from surveyapp.core.french import NBSP
from surveyapp.reports.docx_bytes import reproducible
from surveyapp.reports.letters_text import Letter, LetterFields, made_on

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_FONT = "Arial"
_INK, _SOFT = "1B262C", "55616A"
#: Longest text that a property of the file may hold.
_PROPERTY = 255


def letter_docx(letter: Letter, fields: LetterFields) -> bytes:
    """Write the letter with real styles and headings. The same fields give the same bytes."""
    from docx import Document

    document = Document()
    _prepare(document, fields)
    _head(document, letter, fields)
    document.add_paragraph(letter.title, style="Title")
    document.add_paragraph(letter.lead, style="Subtitle")
    for block in letter.blocks:
        style = {"heading": "Heading 2", "list": "List Bullet"}.get(block.kind, "Normal")
        for text in filter(None, block.texts):
            document.add_paragraph(text, style=style)
    if day := made_on(letter, fields):
        paragraph = document.add_paragraph(day)
        _space(paragraph, before=12)
        paragraph.paragraph_format.keep_with_next = True
    _signatures(document, letter)
    _properties(document, letter, fields)
    out = io.BytesIO()
    document.save(out)
    return reproducible(out.getvalue())


def _prepare(document: Any, fields: LetterFields) -> None:
    """A4, our styles, French, a foot that tells the page."""
    from docx.shared import Cm

    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.2)
    section.top_margin, section.bottom_margin = Cm(1.8), Cm(2)
    accent = fields.accent.lstrip("#").upper()
    styles = document.styles
    _face(styles["Normal"], 10, after=6)
    _face(styles["Title"], 20, colour=accent, bold=True, before=14, after=2)
    _face(styles["Subtitle"], 11, colour=_SOFT, after=10)
    _face(styles["Heading 2"], 11, colour=accent, bold=True, before=10, after=3)
    _face(styles["List Bullet"], 10, after=2)
    _face(styles["Footer"], 8, colour=_SOFT)
    _without_rules(styles["Title"])
    _french(document)
    _foot(section, fields)


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
    style.paragraph_format.line_spacing = 1.1


def _without_rules(style: Any) -> None:
    """The library draws a line under titles."""
    from docx.oxml.ns import qn

    for border in list(style.element.iter(qn("w:pBdr"))):
        border.getparent().remove(border)


def _french(document: Any) -> None:
    from docx.oxml.ns import qn

    for lang in document.styles.element.iter(qn("w:lang")):
        lang.set(qn("w:val"), "fr-FR")


def _foot(section: Any, fields: LetterFields) -> None:
    """The structure, the reference, « Page 1 / 2 »."""
    paragraph = section.footer.paragraphs[0]
    told = [fields.structure, fields.contact]
    if fields.reference:
        told.append(f"Dossier{NBSP}{fields.reference}")
    paragraph.add_run(" · ".join(filter(None, told)) + f" · Page{NBSP}")
    _field(paragraph, "PAGE")
    paragraph.add_run(f"{NBSP}/{NBSP}")
    _field(paragraph, "NUMPAGES")


def _field(paragraph: Any, code: str) -> None:
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    xml = f'<w:fldSimple {nsdecls("w")} w:instr=" {code} "><w:r><w:t>1</w:t></w:r></w:fldSimple>'
    paragraph._p.append(parse_xml(xml))


def _head(document: Any, letter: Letter, fields: LetterFields) -> None:
    """Who writes; below it, to the right, to whom."""
    from docx.shared import Cm

    lines = [line.strip() for line in fields.address.splitlines() if line.strip()]
    sender = document.add_paragraph()
    sender.add_run(fields.structure).bold = True
    for line in filter(None, (*lines, fields.contact)):
        sender.add_run().add_break()
        sender.add_run(line)
    if not letter.to:
        return
    recipient = document.add_paragraph()
    recipient.paragraph_format.left_indent = Cm(9)
    for number, line in enumerate(letter.to):
        if number:
            recipient.add_run().add_break()
        recipient.add_run(line).bold = number == 0


def _signatures(document: Any, letter: Letter) -> None:
    """Side by side, each with room to sign."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    table = document.add_table(rows=1, cols=len(letter.signatures))
    caption = parse_xml(f'<w:tblCaption {nsdecls("w")} w:val="Signatures"/>')
    table._tbl.tblPr.append(caption)
    for cell, (who, name) in zip(table.rows[0].cells, letter.signatures, strict=True):
        paragraph = cell.paragraphs[0]
        paragraph.add_run(who).bold = True
        if name:
            paragraph.add_run().add_break()
            paragraph.add_run(name)
        _space(paragraph, before=12, after=60)


def _space(paragraph: Any, *, before: float = 0, after: float = 6) -> None:
    from docx.shared import Pt

    paragraph.paragraph_format.space_before = Pt(before)
    paragraph.paragraph_format.space_after = Pt(after)


def _properties(document: Any, letter: Letter, fields: LetterFields) -> None:
    properties = document.core_properties
    properties.title = f"{letter.title} – {fields.holder}"[:_PROPERTY]
    properties.author = properties.last_modified_by = fields.structure[:_PROPERTY]
    properties.language, properties.comments = "fr-FR", ""
    day = datetime(fields.on.year, fields.on.month, fields.on.day)  # noqa: DTZ001 (UTC by format)
    properties.created = properties.modified = day
