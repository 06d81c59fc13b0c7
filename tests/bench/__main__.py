"""``python -m tests.bench``: measure the budgets of the product against a real server.

Prints a table and writes ``bench.json``, a list of
``{"name", "value", "unit", "budget", "ok"}``. Nothing here fails a build: figures depend on the
machine, and are read by people. The load client runs in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.bench import measures
from tests.bench.dossiers import COUNT, page_times, prepare_dossiers
from tests.bench.site import (
    CLOSED,
    NAMED,
    OPEN,
    SIZE,
    Site,
    Visitor,
    open_meeting,
    prepare,
    serving,
)


@dataclass(frozen=True, slots=True)
class Line:
    """One figure. ``budget`` is a bound: at least it for rates, at most it for the rest."""

    name: str
    value: float
    unit: str
    budget: float | None
    ok: bool

    @classmethod
    def of(cls, name: str, value: float, unit: str, budget: float | None, *, least: bool = False):  # type: ignore[no-untyped-def]
        ok = budget is None or (value >= budget if least else value <= budget)
        return cls(name, round(value, 4), unit, budget, ok)

    def row(self) -> str:
        budget = "" if self.budget is None else f"{self.budget:g}"
        mark = "" if self.budget is None else ("ok" if self.ok else "OVER")
        return f"{self.name:<58} {self.value:>10.3f} {self.unit:<10} {budget:>8} {mark}"


def respondents(site: Site, runs: int) -> Iterator[Line]:
    """Complete runs of 35 questions over three pages, 32 at once."""
    command = [sys.executable, "-m", "tests.bench.client", site.url, OPEN]
    for name, options in (
        ("warm-up", ["--runs", "64"]),
        ("32 at once", ["--runs", str(runs)]),
    ):
        done = subprocess.run([*command, *options], check=True, capture_output=True)
        figures = json.loads(done.stdout)
        if name == "warm-up":
            continue
        yield Line.of(
            f"respondent runs, {name}", figures["runs_per_second"], "runs/s", 60, least=True
        )
        yield Line.of(f"respondent request p95, {name}", figures["p95"], "s", 0.3)
        yield Line.of(f"respondent errors, {name}", figures["errors"], "errors", 0)
        yield Line.of(f"respondent requests, {name}", figures["requests"], "requests", None)


def pages(site: Site, size: int) -> Iterator[Line]:
    """The results page, cold and warm, and the weight of a questionnaire's first page."""
    weight, requests = measures.first_page(site)
    yield Line.of("first page of a questionnaire, transferred", weight / 1000, "kB", 60)
    yield Line.of("first page of a questionnaire, requests", requests, "requests", 5)
    memory = measures.idle_memory(site)
    yield Line.of("memory of a web worker, idle (largest, PSS)", memory / 2**20, "MiB", 130)
    cold, warm = measures.results_page(site)
    yield Line.of(f"results page, {size} responses, cold", cold, "s", 2.5)
    yield Line.of(f"results page, {size} responses, warm", warm, "s", 0.3)


def documents(site: Site, size: int) -> Iterator[Line]:
    """What is downloaded, from the click to the file on the disk."""
    seconds, size_kb = measures.command(site, "results", CLOSED, suffix="pdf")
    yield Line.of(f"results PDF, {size} responses, whole command", seconds, "s", 6)
    yield Line.of("results PDF, size of the file", size_kb, "kB", None)
    seconds, _ = measures.command(site, "results", NAMED, suffix="csv")
    yield Line.of(f"CSV of {size} responses, whole command", seconds, "s", None)
    csv = measures.probe(site, "csv")
    yield Line.of(f"CSV of {size} responses", csv["seconds"], "s", 2)
    yield Line.of("CSV, more memory", csv["more_mib"], "MiB", 30)
    yield Line.of("bilan d'action DOCX", measures.probe(site, "bilan")["seconds"], "s", 1)


def dossiers(site: Site) -> Iterator[Line]:
    """What the coordination opens every day, and the work of the night, with 2,000 dossiers."""
    prepare_dossiers(site)
    for name, seconds in page_times(site):
        yield Line.of(f"{COUNT} dossiers, {name}, p50", seconds, "s", 0.5)
    seconds = measures.probe(site, "day")["seconds"]
    yield Line.of(f"{COUNT} dossiers, daily work", seconds, "s", 5)


def meeting(site: Site) -> Iterator[Line]:
    """300 telephones vote within 20 seconds while the screen of the room follows."""
    visitor = Visitor(site.port)
    visitor.sign_in()
    command = [sys.executable, "-m", "tests.bench.meeting", site.url, open_meeting(visitor)]
    done = subprocess.run([*command, json.dumps(visitor.cookies)], check=True, capture_output=True)
    figures = json.loads(done.stdout)
    yield Line.of("meeting of 300 telephones, votes lost", figures["lost"], "votes", 0)
    yield Line.of("meeting, votes that never left", figures["unsent"], "votes", 0)
    yield Line.of("meeting, from vote to screen, p95", figures["screen_p95"], "s", 3)
    yield Line.of("meeting, from vote to screen, median", figures["screen_p50"], "s", None)
    yield Line.of("meeting, news for a telephone, p95", figures["asked_p95"], "s", None)
    yield Line.of("meeting, requests sent again", figures["retries"], "requests", None)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=SIZE)
    parser.add_argument("--runs", type=int, default=1200)
    parser.add_argument("-o", "--output", type=Path, default=Path("bench.json"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        instance = Path(folder) / "instance"
        print(f"Preparing {options.size} responses…", file=sys.stderr, flush=True)
        prepare(instance, options.size)
        lines: list[Line] = []
        with serving(instance) as site:
            parts: list[Callable[[], Iterator[Line]]] = [
                lambda: pages(site, options.size),
                lambda: respondents(site, options.runs),
                lambda: meeting(site),
                lambda: documents(site, options.size),
                lambda: dossiers(site),
            ]
            for part in parts:
                for line in part():
                    print(line.row(), flush=True)
                    lines.append(line)
    options.output.write_text(
        json.dumps([asdict(line) for line in lines], indent=1, ensure_ascii=False) + "\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
