"""Word files read back: their text in order, their boxes, their tables."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any
from zipfile import ZipFile

from docx import Document
from docx.oxml.ns import qn

W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"


def lines(data: bytes) -> list[str]:
    """Each paragraph as it reads, those of tables included, in the order of the document."""
    body = Document(io.BytesIO(data)).element.body
    return ["".join(_texts(paragraph)) for paragraph in body.iter(qn("w:p"))]


def _texts(paragraph: Any) -> Iterator[str]:
    for node in paragraph.iter(qn("w:t"), qn("w:br"), qn("w:tab")):
        if node.get(qn("w:val")) is None:  # a stop of tabulation is no text
            yield {qn("w:br"): "\n", qn("w:tab"): "\t"}.get(node.tag, node.text or "")


def boxes(data: bytes) -> dict[str, bool]:
    """State of each box to tick, by its tag; its drawing must say the same."""
    found: dict[str, bool] = {}
    for control in Document(io.BytesIO(data)).element.body.iter(qn("w:sdt")):
        tag = control.find(f".//{qn('w:tag')}").get(qn("w:val"))
        state = control.find(f".//{W14}checked").get(f"{W14}val") == "1"
        drawn = "".join(node.text for node in control.iter(qn("w:t")))
        assert drawn == ("☒" if state else "☐"), tag
        assert tag not in found, f"two boxes {tag}"
        found[tag] = state
    return found


def tables(data: bytes) -> dict[str, list[list[str]]]:
    """Cells of each table, by its title for assistive technology, without merged repeats."""
    out: dict[str, list[list[str]]] = {}
    for table in Document(io.BytesIO(data)).tables:
        caption = table._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val"))
        rows = [
            ["\n".join("".join(_texts(p)) for p in tc.iter(qn("w:p"))) for tc in tr.tc_lst]
            for tr in table._tbl.tr_lst
        ]
        out.setdefault(caption, []).extend(rows)
    return out


def part(data: bytes, name: str) -> str:
    """One part of the package as text."""
    with ZipFile(io.BytesIO(data)) as package:
        return package.read(name).decode()


def in_order(wanted: list[str], found: list[str]) -> str | None:
    """The first of ``wanted`` that ``found`` does not hold after those before it."""
    place = 0
    for text in wanted:
        while place < len(found) and text not in found[place]:
            place += 1
        if place == len(found):
            return text
    return None
