"""Figures taken inside a process of its own: time and more memory of one piece of work.

``python -m tests.bench.probe csv|pdf|bilan|day`` on the installation of the environment prints
one JSON object: seconds, and MiB more than before it began.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

from surveyapp import create_app
from surveyapp.models import Action, Campaign, db, now
from tests.bench.site import CLOSED, NAMED


def _campaign(slug: str) -> Campaign:
    return db.session.scalars(db.select(Campaign).filter_by(slug=slug)).one()


def csv(folder: Path) -> Callable[[], None]:
    """Every answer of a campaign that is not anonymous, as CSV."""
    from surveyapp.services.exports import Content, Export, write_csv

    campaign = _campaign(NAMED)
    wanted = Export(Content.ANSWERS)
    return lambda: write_csv(campaign, wanted, folder / "answers.csv", today=now().date())


def pdf(folder: Path) -> Callable[[], None]:
    """The report with all its charts, none drawn before."""
    from surveyapp.services.reports import report_pdf

    campaign = _campaign(CLOSED)
    return lambda: _write(folder / "report.pdf", report_pdf(campaign, on=now().date()))


def bilan(folder: Path) -> Callable[[], None]:
    """The bilan of the demonstration's action."""
    from surveyapp.services.actions import current_bilan, docx_of

    slug = db.session.scalars(db.select(Action.slug).order_by(Action.id)).first()
    if slug is None:
        raise RuntimeError("the demonstration has no action")
    return lambda: _write(
        folder / "bilan.docx", docx_of(current_bilan(slug, user_id=None, now=now()))
    )


def day(_folder: Path) -> Callable[[], None]:
    """The daily work on every dossier, on a day on which little is due."""
    from surveyapp.services.dossiers.daily import run_day

    at = now()
    run_day(today=at.date(), now=at)
    return lambda: _run(run_day, today=at.date(), now=at)


def _run(work: Callable[..., object], **given: object) -> None:
    work(**given)


def _write(path: Path, data: bytes) -> None:
    path.write_bytes(data)


PROBES = {"csv": csv, "pdf": pdf, "bilan": bilan, "day": day}


def main() -> None:
    app = create_app()
    with app.app_context():
        folder: Path = app.config["SURVEYAPP"].instance
        work = PROBES[sys.argv[1]](folder)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        start = time.perf_counter()
        work()
        seconds = time.perf_counter() - start
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(json.dumps({"seconds": seconds, "more_mib": (after - before) / 1024}))


if __name__ == "__main__":
    main()
