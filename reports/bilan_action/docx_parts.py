"""Pieces of a Word form: styles, boxes to tick, tables, page numbers.

Sizes are in centimetres, colours hexadecimal. Everything is written with python-docx; what
it does not know (content controls, shading, repeated headers) is written as XML.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor

NAVY, BAND, PALE, LINE, GREY, ALERT = "1F3A5F", "DCE6F0", "F3F6FA", "8FA3B8", "5A6672", "B3261E"
FONT = "Arial"
#: Width of the text on an A4 page.
WIDTH = 17.4

_W14 = "http://schemas.microsoft.com/office/word/2010/wordml"
_W = nsdecls("w")


def new_document() -> Any:
    """An empty A4 document in French, with our styles and nothing of the library's."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(1.8)
    section.top_margin, section.bottom_margin = Cm(1.6), Cm(1.8)
    section.footer_distance = Cm(0.9)
    _styles(document)
    _language(document)
    _without_thumbnail(document)
    return document


def _without_thumbnail(document: Any) -> None:
    rels = document.part.package.rels
    for key in [k for k, rel in rels.items() if rel.reltype.endswith("/thumbnail")]:
        rels.pop(key)


def _language(document: Any) -> None:
    defaults = document.styles.element.find(qn("w:docDefaults"))
    properties = defaults.find(qn("w:rPrDefault")).find(qn("w:rPr"))
    for old in properties.findall(qn("w:lang")):
        properties.remove(old)
    lang = f'<w:lang {_W} w:val="fr-FR" w:eastAsia="fr-FR" w:bidi="ar-SA"/>'
    properties.append(parse_xml(lang))
    for old in document.settings.element.findall(qn("w:themeFontLang")):
        old.set(qn("w:val"), "fr-FR")


def _styles(document: Any) -> None:
    styles = document.styles
    for style in list(styles):  # the library's template brings 160 of them
        if style.name not in _KEPT and style.type != WD_STYLE_TYPE.LIST:
            style.element.getparent().remove(style.element)
    for link in list(styles.element.iter(qn("w:link"))):
        link.getparent().remove(link)
    _font(styles["Normal"], 10, after=3)
    _font(styles["Title"], 24, bold=True, colour="FFFFFF", after=0)
    _font(styles["Heading 1"], 14, bold=True, colour="FFFFFF", before=20, after=8)
    _font(styles["Heading 2"], 12, bold=True, colour=NAVY, before=14, after=5)
    _font(styles["Heading 3"], 10.5, bold=True, colour=NAVY, before=10, after=3)
    for name, size, options in (
        ("Supertitle", 11, {"bold": True, "colour": "FFFFFF", "after": 2}),
        ("Question", 10, {"bold": True, "before": 8, "after": 3}),
        ("Option", 10, {"after": 1}),
        ("Cell", 9, {"after": 0}),
        ("Cell Head", 9, {"bold": True, "colour": NAVY, "after": 0}),
        ("Entry", 10, {"after": 0}),
        ("Entry Head", 10, {"bold": True, "colour": NAVY, "after": 0}),
        ("Small", 8, {"colour": GREY, "after": 0}),
    ):
        _font(styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH), size, **options)
        styles[name].base_style = styles["Normal"]
    todo = styles.add_style("To Do", WD_STYLE_TYPE.CHARACTER)
    todo.font.bold, todo.font.color.rgb = True, RGBColor.from_string(ALERT)
    for name in ("Title", "Heading 1", "Heading 2", "Heading 3", "Question"):
        styles[name].paragraph_format.keep_with_next = True
    _band(styles["Heading 1"], NAVY)
    _underline(styles["Heading 2"])
    # the library's « Title » has a rule under it
    for border in styles["Title"].element.iter(qn("w:pBdr")):
        border.getparent().remove(border)


_KEPT = {
    "Normal",
    "Title",
    "Heading 1",
    "Heading 2",
    "Heading 3",
    "Default Paragraph Font",
    "Normal Table",
    "Table Grid",
    "Header",
    "Footer",
}


def _font(
    style: Any, size: float, *, bold: bool = False, colour: str = "1B1B1B", **space: float
) -> None:
    """Set a style's face; ``before`` and ``after`` are points of space."""
    style.font.name, style.font.size, style.font.bold = FONT, Pt(size), bold
    style.font.italic = False
    style.font.color.rgb = RGBColor.from_string(colour)
    fonts = style.element.get_or_add_rPr().find(qn("w:rFonts"))
    for attribute in list(fonts.attrib):
        del fonts.attrib[attribute]
    for attribute in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{attribute}"), FONT)
    style.paragraph_format.space_before = Pt(space.get("before", 0))
    style.paragraph_format.space_after = Pt(space.get("after", 0))
    style.paragraph_format.line_spacing = 1.08


def _band(style: Any, colour: str) -> None:
    """A coloured band behind the paragraphs of a style, with some padding."""
    sides = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="{space}" w:color="{colour}"/>'
        for side, space in (("top", 3), ("left", 4), ("bottom", 3), ("right", 4))
    )
    properties = style.element.get_or_add_pPr()
    _insert(properties, f"<w:pBdr {_W}>{sides}</w:pBdr>")
    _insert(properties, f'<w:shd {_W} w:val="clear" w:color="auto" w:fill="{colour}"/>')
    style.paragraph_format.left_indent = style.paragraph_format.right_indent = Cm(0.15)


def _underline(style: Any) -> None:
    border = f'<w:bottom w:val="single" w:sz="8" w:space="2" w:color="{NAVY}"/>'
    _insert(style.element.get_or_add_pPr(), f"<w:pBdr {_W}>{border}</w:pBdr>")


def _insert(properties: Any, xml: str) -> None:
    """Put a child of ``w:pPr`` at its place: the schema orders them."""
    element = parse_xml(xml)
    order = ("w:keepNext", "w:keepLines", "w:pageBreakBefore", "w:widowControl", "w:numPr")
    before = [qn(tag) for tag in (*order, "w:pBdr", "w:pStyle")]
    index = sum(1 for child in properties if child.tag in before)
    properties.insert(index, element)


# -- text ---------------------------------------------------------------------------------


def value(paragraph: Any, name: str) -> None:
    """The text of a printed value, then « [à compléter] » when it misses."""
    paragraph.add_run(f"{{{{ {name}.text }}}}")
    todo(paragraph, name)


def todo(paragraph: Any, name: str) -> None:
    paragraph.add_run(f"{{{{ {name}.todo }}}}", style="To Do")


def checkbox(paragraph: Any, name: str, *, tag: str, title: str, number: int) -> None:
    """A real content control that can be ticked in Word; ``name`` is its view."""
    face = '<w:rFonts w:ascii="MS Gothic" w:hAnsi="MS Gothic" w:eastAsia="MS Gothic"/>'
    xml = (
        f'<w:sdt {_W} xmlns:w14="{_W14}"><w:sdtPr><w:alias/><w:tag/><w:id w:val="{number}"/>'
        f'<w14:checkbox><w14:checked w14:val="{{{{ {name}.ticked|int }}}}"/>'
        '<w14:checkedState w14:val="2612" w14:font="MS Gothic"/>'
        '<w14:uncheckedState w14:val="2610" w14:font="MS Gothic"/></w14:checkbox></w:sdtPr>'
        f"<w:sdtContent><w:r><w:rPr>{face}</w:rPr>"
        f"<w:t>{{{{ {name}|glyph }}}}</w:t></w:r></w:sdtContent></w:sdt>"
    )
    element = parse_xml(xml)
    element.find(".//" + qn("w:alias")).set(qn("w:val"), title[:60])
    element.find(".//" + qn("w:tag")).set(qn("w:val"), tag[:60])
    paragraph._p.append(element)


def right_tab(paragraph: Any, width: float = WIDTH) -> None:
    paragraph.paragraph_format.tab_stops.add_tab_stop(Cm(width), WD_TAB_ALIGNMENT.RIGHT)


def footer(document: Any, left: str, right: str) -> None:
    """One line with a rule above: a text, another, and « page x / y »."""
    paragraph = document.sections[0].footer.paragraphs[0]
    paragraph.style = document.styles["Small"]
    rule = f'<w:top w:val="single" w:sz="4" w:space="4" w:color="{LINE}"/>'
    _insert(paragraph._p.get_or_add_pPr(), f"<w:pBdr {_W}>{rule}</w:pBdr>")
    right_tab(paragraph)
    paragraph.add_run(left)
    paragraph.add_run("\t" + right + "Page\u00a0")
    _page_field(paragraph, "PAGE")
    paragraph.add_run("\u00a0/\u00a0")
    _page_field(paragraph, "NUMPAGES")


def _page_field(paragraph: Any, code: str) -> None:
    xml = f'<w:fldSimple {_W} w:instr=" {code} "><w:r><w:t>1</w:t></w:r></w:fldSimple>'
    paragraph._p.append(parse_xml(xml))


# -- tables -------------------------------------------------------------------------------


def table(
    document: Any, widths: Sequence[float], *, title: str, grid: bool = True, pad: int = 50
) -> Any:
    """An empty table of fixed widths; ``title`` is read out by assistive technology.

    :param pad: space above and below the text of a cell, in twentieths of a point.
    """
    made = document.add_table(rows=0, cols=len(widths))
    made.alignment = WD_TABLE_ALIGNMENT.CENTER
    made.autofit = False
    properties = made._tbl.tblPr
    if grid:
        sides = "".join(
            f'<w:{s} w:val="single" w:sz="4" w:space="0" w:color="{LINE}"/>'
            for s in ("top", "left", "bottom", "right", "insideH", "insideV")
        )
        properties.append(parse_xml(f"<w:tblBorders {_W}>{sides}</w:tblBorders>"))
    sizes = (pad, 90, pad, 90) if grid else (0, 0, 0, 0)
    margins = "".join(
        f'<w:{side} w:w="{size}" w:type="dxa"/>'
        for side, size in zip(("top", "left", "bottom", "right"), sizes, strict=True)
    )
    layout = properties.find(qn("w:tblLayout"))
    layout.addnext(parse_xml(f"<w:tblCellMar {_W}>{margins}</w:tblCellMar>"))
    if grid:
        layout.addprevious(properties.find(qn("w:tblBorders")))
    caption = parse_xml(f"<w:tblCaption {_W}/>")
    caption.set(qn("w:val"), title)
    properties.append(caption)
    for column, width in zip(made._tbl.tblGrid.findall(qn("w:gridCol")), widths, strict=True):
        column.set(qn("w:w"), str(int(width * 567)))
    return made


def row(made: Any, widths: Sequence[float], *, style: str = "Cell") -> list[Any]:
    """Add a row that is never cut; return the first paragraph of each cell."""
    added = made.add_row()
    added._tr.get_or_add_trPr().append(parse_xml(f"<w:cantSplit {_W}/>"))
    for cell, width in zip(added.cells, widths, strict=True):
        cell.width = Cm(width)
        cell.paragraphs[0].style = style
    return [cell.paragraphs[0] for cell in added.cells]


def head(made: Any, widths: Sequence[float], labels: Sequence[str]) -> None:
    """A header row, repeated on each page."""
    paragraphs = row(made, widths, style="Cell Head")
    made.rows[-1]._tr.get_or_add_trPr().append(parse_xml(f"<w:tblHeader {_W}/>"))
    for paragraph, label in zip(paragraphs, labels, strict=True):
        paragraph.add_run(label)
        paragraph.paragraph_format.keep_with_next = True
        shade(paragraph, BAND)


def instruction(made: Any, widths: Sequence[float], tag: str) -> None:
    """A row that only carries a loop or a condition and is not printed."""
    row(made, widths)[0].add_run(f"{{%tr {tag} %}}")


def cell_of(paragraph: Any) -> Any:
    """The ``w:tcPr`` of the cell in which a paragraph stands."""
    return paragraph._p.getparent().get_or_add_tcPr()


def shade(paragraph: Any, colour: str) -> None:
    xml = f'<w:shd {_W} w:val="clear" w:color="auto" w:fill="{colour}"/>'
    cell_of(paragraph).append(parse_xml(xml))


def merge_down(paragraph: Any, condition: str) -> None:
    """Join the cell with the one above, unless ``condition`` holds."""
    marker = f"{{{{ 'restart' if {condition} else 'continue' }}}}"
    element = parse_xml(f"<w:vMerge {_W}/>")
    element.set(qn("w:val"), marker)
    cell_of(paragraph).append(element)


def height(made: Any, centimetres: float) -> None:
    """At least this height for the last row."""
    xml = f'<w:trHeight {_W} w:val="{int(centimetres * 567)}" w:hRule="atLeast"/>'
    made.rows[-1]._tr.get_or_add_trPr().append(parse_xml(xml))


def right(paragraph: Any) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def gap(document: Any, points: float = 4) -> None:
    """A small space: two tables that touch become one."""
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.space_after = Pt(0)
    paragraph.paragraph_format.line_spacing = Pt(points)
