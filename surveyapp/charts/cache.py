"""Charts on disk, named by what they show: written by the worker, read by the web.

Losing the folder loses nothing: what is missing is drawn again.
"""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from surveyapp import charts
from surveyapp.core.summary import Summary

#: Widths that a page offers: a screen and a phone.
WIDTHS = {"large": charts.WIDE, "etroit": charts.NARROW}
#: Charts that nobody has drawn anew for so long are thrown away, in seconds.
KEEP = 30 * 86_400
_SIZE = re.compile(rb'width="(\d+)" height="(\d+)"')


@dataclass(frozen=True, slots=True)
class Picture:
    """Where a chart lies, with its size in pixels."""

    path: Path
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class ChartCache:
    """The charts of an installation, in ``folder``."""

    folder: Path

    def path(self, digest: str, size: str) -> Path:
        """:param size: a key of :data:`WIDTHS`."""
        return self.folder / digest[:2] / f"{digest}-{WIDTHS[size]}.svg"

    def picture(self, digest: str, size: str) -> Picture | None:
        """The chart, or ``None`` as long as it is not drawn."""
        path = self.path(digest, size)
        try:
            with path.open("rb") as file:
                found = _SIZE.search(file.read(400))
        except FileNotFoundError:
            return None
        return Picture(path, int(found[1]), int(found[2])) if found else None

    def missing(self, summaries: Iterable[Summary]) -> list[Summary]:
        """The drawable summaries that lack a chart, in their order."""
        return [
            summary
            for summary in summaries
            if charts.drawable(summary) and not self._complete(charts.chart_digest(summary))
        ]

    def _complete(self, digest: str) -> bool:
        return all(self.path(digest, size).exists() for size in WIDTHS)

    def draw(self, summaries: Iterable[Summary]) -> Iterator[Summary]:
        """Draw what is missing; yield each summary once its charts are there."""
        for summary in self.missing(summaries):
            digest = charts.chart_digest(summary)
            for size, width in WIDTHS.items():
                _write(self.path(digest, size), charts.render(summary, width=width))
            yield summary

    def wide(self, summary: Summary) -> bytes:
        """The chart at its full width, from the disk when it is there."""
        path = self.path(charts.chart_digest(summary), "large")
        try:
            return path.read_bytes()
        except FileNotFoundError:
            data = charts.render(summary)
            _write(path, data)
            return data

    def prune(self, *, keep: float = KEEP) -> int:
        """Remove charts that have not been drawn for ``keep`` seconds; return how many."""
        limit = time.time() - keep
        removed = 0
        for path in self.folder.glob("*/*.svg"):
            if path.stat().st_mtime < limit:
                path.unlink(missing_ok=True)
                removed += 1
        return removed


def _write(path: Path, data: bytes) -> None:
    """All or nothing: a page may ask for the file at any moment."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}.part")
    part.write_bytes(data)
    part.replace(path)
