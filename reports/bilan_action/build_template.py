"""Build ``template.docx`` from ``fields.yaml``: ``python reports/bilan_action/build_template.py``.

The same description gives the same bytes. Values are Jinja expressions on the view of a
bilan (:class:`surveyapp.core.bilan.BilanView`): ``f`` holds its fields by name.
"""

from __future__ import annotations

import argparse
import io
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import docx_parts as parts
from docx.shared import Cm, Pt

from surveyapp.core.bilan import BilanForm, Field, FieldKind, Option, Section, Sheet, load_form
from surveyapp.core.french import NBSP
from surveyapp.reports.docx_bytes import reproducible

HERE = Path(__file__).parent
#: Date written in the file, always the same.
DATE = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)
#: Longest question beside which there is room for « [à compléter] ☐ Oui ☐ Non ».
BESIDE_BOXES = 50
DOTS = "………………………………………"


class Template:
    """The document being written, and the numbers of its boxes."""

    def __init__(self, form: BilanForm) -> None:
        self.form = form
        self.document = parts.new_document()
        self.boxes = 0
        self.heading: Any = None
        self.title = ""

    def build(self) -> bytes:
        self._properties()
        self._title()
        for sheet in self.form.sheets:
            self._sheet(sheet)
        parts.footer(self.document, "{{ foot }}", f"{{{{ mark }}}}{NBSP}· ")
        out = io.BytesIO()
        self.document.save(out)
        return reproducible(out.getvalue())

    def _properties(self) -> None:
        properties = self.document.core_properties
        properties.title = self.form.title
        properties.language = "fr-FR"
        properties.author = properties.last_modified_by = properties.comments = ""
        properties.created = properties.modified = DATE

    def paragraph(self, style: str) -> Any:
        return self.document.add_paragraph(style=style)

    def _title(self) -> None:
        """The band at the top: what the form is, the year, who fills it."""
        widths = (12.4, 5.0)
        band = parts.table(self.document, widths, title=self.form.title, grid=False)
        left, right = parts.row(band, widths, style="Supertitle")
        parts.height(band, 2.4)
        for paragraph in (left, right):
            parts.shade(paragraph, parts.NAVY)
            paragraph.paragraph_format.left_indent = Cm(0.4)
            paragraph.paragraph_format.space_before = Pt(9)
        left.add_run(self.form.supertitle.upper())
        title = left._parent.add_paragraph(style="Title")
        title.paragraph_format.left_indent = Cm(0.4)
        title.add_run(self.form.title.upper())
        right.add_run("Année")
        parts.right(right)
        year = right._parent.add_paragraph(style="Supertitle")
        year.paragraph_format.right_indent = right.paragraph_format.right_indent = Cm(0.4)
        parts.right(year)
        year.add_run("{{ n }}").font.size = Pt(24)

    def _sheet(self, sheet: Sheet) -> None:
        heading = f"{sheet.heading} –{NBSP}{sheet.title}" if sheet.heading else sheet.title
        paragraph = self.paragraph("Heading 1")
        paragraph.add_run(self._labels(heading.replace(sheet.heading, sheet.heading.upper(), 1)))
        if sheet.heading:
            paragraph.paragraph_format.page_break_before = True
            paragraph.paragraph_format.space_before = Pt(0)
        for section in sheet.sections:
            self._section(section)

    def _section(self, section: Section) -> None:
        self.heading = None
        if section.title:
            number = f"{section.number}{NBSP}{NBSP}" if section.number else ""
            self.heading = self.paragraph("Heading 2")
            self.heading.add_run(number + self._labels(section.title))
            self.heading.paragraph_format.page_break_before = section.layout == "page"
            self.title = section.title
        printed = [field for field in section.fields if field.printed]
        if section.layout == "grid":
            self._grid(section, printed)
            return
        for field in printed:
            if field.heading:
                self.paragraph("Heading 3").add_run(field.heading)
            WRITERS[field.kind](self, field)

    def _labels(self, text: str) -> str:
        """Year tokens become variables."""
        return text.replace("{N+1}", "{{ n1 }}").replace("{N}", "{{ n }}")

    def question(self, field: Field) -> Any:
        """The label of a field; the heading of its section when that says the same."""
        if self.heading is not None and field.label == self.title:
            paragraph = self.heading
        else:
            paragraph = self.paragraph("Question")
            paragraph.add_run(self._labels(field.label))
        if field.note:
            note = paragraph.add_run(f" ({field.note})")
            note.font.bold, note.font.size = False, Pt(10)
        return paragraph

    # -- kinds of fields ------------------------------------------------------------------

    def _grid(self, section: Section, fields: Iterable[Field]) -> None:
        widths = (5.4, 12.0)
        grid = parts.table(self.document, widths, title=section.title or "Identification")
        for field in fields:
            label, value = parts.row(grid, widths)
            label.style = "Entry Head"
            label.add_run(field.label)
            parts.shade(label, parts.PALE)
            value.style = "Entry"
            if field.kind is FieldKind.TABLE:
                value.add_run(f"{{{{ f.{field.name}|lines }}}}")
            else:
                parts.value(value, f"f.{field.name}.text")

    def text(self, field: Field) -> None:
        """A label and its value on the same line."""
        paragraph = self.paragraph("Question")
        paragraph.add_run(self._labels(field.label) + f"{NBSP}: ")
        run = f"{{{{ f.{field.name}.text.text or ('' if f.{field.name}.text.todo else dots) }}}}"
        paragraph.add_run(run).font.bold = False
        parts.todo(paragraph, f"f.{field.name}.text")

    def multiline(self, field: Field) -> None:
        self.question(field)
        self._box(f"f.{field.name}.text", field.label)

    def _box(self, name: str, title: str, *, least: float = 1.1) -> None:
        """A framed text."""
        widths = (parts.WIDTH,)
        frame = parts.table(self.document, widths, title=self._labels(title))
        (paragraph,) = parts.row(frame, widths)
        split = frame.rows[-1]._tr.trPr
        split.remove(split[0])  # a long text may be cut
        paragraph.style = "Entry"
        parts.height(frame, least)
        parts.value(paragraph, name)
        parts.gap(self.document)

    def options(self, field: Field) -> None:
        heading = self.question(field)
        heading.add_run(" ")
        parts.todo(heading, f"f.{field.name}.text")
        numbered = list(enumerate(field.all_options()))
        if field.layout != "columns":
            for index, option in numbered:
                nested = field.parent_of(option.name) is not None
                self._option(self.paragraph("Option"), field, index, option, nested=nested)
            return
        short = [item for item in numbered if not item[1].text]
        half = (len(short) + 1) // 2
        widths = (parts.WIDTH / 2, parts.WIDTH / 2)
        grid = parts.table(self.document, widths, title=field.label, grid=False)
        for line in range(half):
            cells = parts.row(grid, widths, style="Option")
            for paragraph, position in zip(cells, (line, line + half), strict=True):
                if position < len(short):
                    self._option(paragraph, field, *short[position])
        parts.gap(self.document, 1)
        for index, option in numbered:
            if option.text:
                self._option(self.paragraph("Option"), field, index, option)

    def _option(
        self, paragraph: Any, field: Field, index: int, option: Option, *, nested: bool = False
    ) -> None:
        name = f"f.{field.name}.boxes[{index}]"
        indent = 1.3 if nested else 0.6
        paragraph.paragraph_format.left_indent = Cm(indent)
        paragraph.paragraph_format.first_line_indent = Cm(-0.6)
        paragraph.paragraph_format.keep_together = True
        paragraph.paragraph_format.keep_with_next = option is not list(field.all_options())[-1]
        self._tick(paragraph, name, f"{field.name}.{option.name}", option.label)
        paragraph.add_run(f"{NBSP}" + self._labels(option.label))
        if option.text:
            text = f"{{{{ {name}.text.text or ('' if {name}.text.todo else dots) }}}}"
            paragraph.add_run(f"{NBSP}: {text}")
            parts.todo(paragraph, f"{name}.text")

    def _tick(self, paragraph: Any, name: str, tag: str, title: str) -> None:
        self.boxes += 1
        parts.checkbox(paragraph, name, tag=tag, title=title, number=100_000 + self.boxes)

    def yesno(self, field: Field) -> None:
        """A question and its two boxes, in one paragraph that stays with what follows."""
        boxes = self.paragraph("Question")
        boxes.add_run(self._labels(field.label))
        if len(field.label) > BESIDE_BOXES:
            boxes.add_run().add_break()
        parts.right_tab(boxes)
        boxes.add_run("\t")
        parts.todo(boxes, f"f.{field.name}.text")
        for index, name in enumerate(("Oui", "Non")):
            boxes.add_run(f"{NBSP}{NBSP}{NBSP}")
            tag = f"{field.name}.{name.lower()}"
            self._tick(boxes, f"f.{field.name}.boxes[{index}]", tag, name)
            boxes.add_run(f"{NBSP}{name}").font.bold = False
        if field.follow_up:
            follow = self.paragraph("Option")
            follow.add_run(field.follow_up.label)
            follow.paragraph_format.keep_with_next = True
            self._box(f"f.{field.name}.follow.text", field.follow_up.label, least=0.7)
        else:
            parts.gap(self.document)

    def table(self, field: Field) -> None:
        self.question(field)
        widths = [column.width * parts.WIDTH / 100 for column in field.columns]
        made = parts.table(self.document, widths, title=field.label)
        parts.head(made, widths, [column.label for column in field.columns])
        parts.instruction(made, widths, f"for r in f.{field.name}.rows")
        for index, paragraph in enumerate(parts.row(made, widths)):
            parts.value(paragraph, f"r[{index}]")
            if field.columns[index].kind.value in ("number", "money"):
                parts.right(paragraph)
        parts.instruction(made, widths, "endfor")
        if field.legend:
            legend = self.paragraph("Small")
            legend.add_run(field.legend)
            legend.paragraph_format.space_before = Pt(3)
        parts.gap(self.document)

    def objectives(self, field: Field) -> None:
        """One row an indicator; the cell of its objective runs over all of them."""
        self.question(field)
        widths = [column.width * parts.WIDTH / 100 for column in field.columns]
        made = parts.table(self.document, widths, title=field.label)
        parts.head(made, widths, [column.label for column in field.columns])
        parts.instruction(made, widths, f"for o in f.{field.name}.objectives")
        parts.instruction(made, widths, "for i in o.lines")
        objective, label, expected, obtained = parts.row(made, widths)
        parts.merge_down(objective, "loop.first")
        parts.shade(objective, parts.PALE)
        number = f"{{% if o.label.text %}}{{{{ o.number }}}}.{NBSP}{{% endif %}}"
        objective.add_run(
            f"{{% if loop.first %}}{number}{{{{ o.label.text }}}}{{% endif %}}"
        ).font.bold = True
        todo = "{% if loop.first %}{{ o.label.todo }}{% endif %}"
        objective.add_run(todo, style="To Do")
        mark = f"{{% if i.number and o.lines|length > 1 %}}{{{{ i.number }}}}.{NBSP}{{% endif %}}"
        label.add_run(mark)
        for paragraph, name in ((label, "label"), (expected, "expected"), (obtained, "obtained")):
            parts.value(paragraph, f"i.{name}")
        parts.instruction(made, widths, "endfor")
        parts.instruction(made, widths, "endfor")
        parts.gap(self.document)

    def budget(self, field: Field) -> None:
        name = f"f.{field.name}.budget"
        paragraph = self.paragraph("Small")
        paragraph.add_run(f"{{{{ {name}.note }}}} ")
        paragraph.add_run(f"{{{{ {name}.todo }}}}", style="To Do")
        for index, side in enumerate(self.form.chart.sides):
            heading = self.paragraph("Heading 2")
            heading.add_run(side.title)
            heading.paragraph_format.page_break_before = index > 0
            self._budget_side(f"{name}.sides[{index}]", side.title)
        closing = self.paragraph("Question")
        closing.paragraph_format.space_before = Pt(10)
        closing.add_run(f"{{{{ {name}.closing }}}}")

    def _budget_side(self, name: str, title: str) -> None:
        widths = (1.8, 5.7, 2.5, 2.5, 2.6, 2.3)
        made = parts.table(self.document, widths, title=title, pad=15)
        labels = (
            "Compte",
            "Libellé",
            "Prévision",
            "Réalisation",
            f"Écart{NBSP}€",
            f"%{NBSP}réalisé",
        )
        parts.head(made, widths, labels)
        for cell in made.rows[-1].cells[2:]:
            parts.right(cell.paragraphs[0])
        parts.instruction(made, widths, f"for r in {name}.rows")
        for level, bold, colour in (
            ("group", True, parts.BAND),
            ("account", True, ""),
            ("line", False, ""),
            ("total", True, parts.BAND),
        ):
            parts.instruction(made, widths, f"if r.level == '{level}'")
            self._budget_row(made, widths, bold=bold, colour=colour, nested=level == "line")
            parts.instruction(made, widths, "endif")
        parts.instruction(made, widths, "endfor")

    def _budget_row(
        self, made: Any, widths: Sequence[float], *, bold: bool, colour: str, nested: bool
    ) -> None:
        names = ("code", "label", "planned", "actual", "gap", "ratio")
        for index, paragraph in enumerate(parts.row(made, widths)):
            run = paragraph.add_run(f"{{{{ r.{names[index]} }}}}")
            run.font.bold, run.font.size = bold, Pt(8.5)
            if index > 1:
                parts.right(paragraph)
            elif nested and index == 1:
                paragraph.paragraph_format.left_indent = Cm(0.4)
            if colour:
                parts.shade(paragraph, colour)

    def signatures(self, field: Field) -> None:
        parts.gap(self.document, 10)
        half = parts.WIDTH / 2
        widths = [half] * len(field.signatories)
        made = parts.table(self.document, widths, title="Signatures")
        for paragraph, who in zip(parts.row(made, widths), field.signatories, strict=True):
            paragraph.style = "Cell Head"
            paragraph.add_run(who.upper())
            mention = paragraph._parent.add_paragraph(style="Small")
            mention.add_run(field.label)
        parts.height(made, 3.4)


WRITERS: dict[FieldKind, Callable[[Template, Field], None]] = {
    FieldKind.TEXT: Template.text,
    FieldKind.EMAIL: Template.text,
    FieldKind.TEL: Template.text,
    FieldKind.MONTH: Template.text,
    FieldKind.PERIOD: Template.text,
    FieldKind.MONEY: Template.text,
    FieldKind.MULTILINE: Template.multiline,
    FieldKind.OPTIONS: Template.options,
    FieldKind.YESNO: Template.yesno,
    FieldKind.TABLE: Template.table,
    FieldKind.OBJECTIVES: Template.objectives,
    FieldKind.BUDGET: Template.budget,
    FieldKind.SIGNATURES: Template.signatures,
}


def main() -> None:
    parser = argparse.ArgumentParser(description="Build the Word template of the bilan d’action.")
    parser.add_argument("-o", "--output", type=Path, default=HERE / "template.docx")
    arguments = parser.parse_args()
    data = Template(load_form(HERE)).build()
    arguments.output.write_bytes(data)
    print(f"{arguments.output.name} : {len(data)} octets")


if __name__ == "__main__":
    main()
