"""Typst: data in, tagged PDF out. No system font, no network, no date but the one given."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from surveyapp.charts.measure import font_folder

if TYPE_CHECKING:
    import typst

#: Templates of documents, beside the package.
TEMPLATES = Path(__file__).parents[2] / "reports"


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    import typst

    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(font_folder())],
    )


def pdf(template: str, data: Any, *, on: date) -> bytes:
    """Lay out ``data`` (dataclasses) with ``reports/<template>`` as PDF/UA-1.

    The same data and day give the same bytes. A picture without alternative text or a
    document without title is an error, not a warning.
    """
    import typst

    compiled = typst.compile(
        (TEMPLATES / template).read_bytes(),
        font_paths=_fonts(),
        sys_inputs={"data": orjson.dumps(data).decode()},
        pdf_standards=["ua-1"],
        timestamp=datetime.combine(on, time(12), tzinfo=UTC),
    )
    return bytes(compiled)
