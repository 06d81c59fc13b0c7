"""The figures of a simulated year, beside counts made by hand from its rows."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, date, datetime

import sqlalchemy as sa

from surveyapp.core.programme import year_of
from surveyapp.models import Dossier, DossierMark, Response, db
from surveyapp.services.programme.results import Result, results
from tests.journey_year import calendar as year

NOW = datetime(2026, 12, 31, 20, tzinfo=UTC)
Rows = dict[int, list[tuple[str, date]]]


def _rows(journey: str) -> Rows:
    """What happened to each dossier, in order."""
    found: Rows = defaultdict(list)
    for key, name, on in db.session.execute(
        sa.select(DossierMark.dossier_id, DossierMark.name, DossierMark.on)
        .join(Dossier, Dossier.id == DossierMark.dossier_id)
        .where(Dossier.journey_name == journey, DossierMark.withdrawn.is_(False))
        .order_by(DossierMark.dossier_id, DossierMark.position)
    ):
        found[key].append((name, on))
    return found


def _last(rows: list[tuple[str, date]], *names: str) -> date | None:
    return max((on for name, on in rows if name in names and on <= year.LAST), default=None)


def _kept(
    rows: Rows, starts: tuple[str, ...], until: str, plus: int, stays: set[str]
) -> tuple[int, int]:
    """Kept and counted; ``plus``: months, or days when negative."""
    kept = counted = 0
    stages = {"contact", "entretien", "croisement", "visites", "suivi", "reflexion", "installe"}
    stages |= {"ailleurs", "abandon", "demande_recue", "premier_contact", "parrainage"}
    stages |= {"non_installe", "sans_suite"}
    for told in rows.values():
        start = _last(told, *starts)
        if start is None:
            continue
        due = year.days(start, -plus) if plus < 0 else year.months(start, plus)
        if due > year.LAST:
            continue
        done = [on for name, on in told if name == until and start <= on <= year.LAST]
        at_due = [name for name, on in told if name in stages and on <= due][-1]
        now = [name for name, on in told if name in stages][-1]
        if done or (due < year.LAST and {at_due, now} & stays):
            counted += 1
            kept += bool(done) and min(done) <= due
    return kept, counted


def equal_a_hand_count() -> None:
    """Compare the figures of the year that was lived with counts of its rows."""
    found = {one.code: one for one in results(year_of(2026), today=year.LAST, now=NOW)}
    helped, installed = _rows("accompagnement"), _rows("installation")

    contacts = [key for key, told in helped.items() if _last(told, "contact_pris")]
    assert found["contacts"].value == len(contacts) > 0
    shares = Counter(db.session.get_one(Dossier, key).ambassador_id for key in contacts)
    parts = [int(part.text) for part in found["contacts"].parts]
    assert sorted(parts) == sorted(shares.values())
    won = [key for key in contacts if db.session.get_one(Dossier, key).stage == "installe"]
    assert (found["transformation"].figure.counted, found["transformation"].figure.n) == (
        len(won),
        len(contacts),
    )
    in_mandate = sa.select(sa.func.count(Dossier.id)).where(Dossier.stage == "mandat")
    assert found["ambassadeurs"].value == db.session.scalar(in_mandate)

    crossed = _kept(
        installed, ("entretien_tenu",), "releve_croisement", -10, {"entretien", "croisement"}
    )
    assert _shown(found["croisement"]) == crossed
    after = {"suivi", "reflexion", "installe"}
    for code, months in (("suivi_3", 3), ("suivi_6", 6), ("suivi_12", 12)):
        there = _visited(installed, code, months, after)
        here = _kept(helped, ("contact_pris",), code, months, {"parrainage", "installe"})
        assert _shown(found[code]) == (there[0] + here[0], there[1] + here[1]), code
    _counts(found)


def _visited(rows: Rows, task: str, months: int, stays: set[str]) -> tuple[int, int]:
    """From the latest of visits and interviews."""
    return _kept(rows, ("visite", "entretien_tenu"), task, months, stays)


def _shown(one: Result) -> tuple[int, int]:
    return one.figure.counted or 0, one.figure.n


def _counts(found: dict[str, Result]) -> None:
    """Declared time, needs, requests."""
    declared = db.session.scalars(
        sa.select(Response.document)
        .join(DossierMark, DossierMark.response_id == Response.id)
        .where(
            DossierMark.name == "declaration",
            DossierMark.id.in_(
                sa.select(DossierMark.about_id).where(
                    DossierMark.name == "declaration_validee", DossierMark.on <= year.LAST
                )
            ),
        )
    ).all()
    assert found["temps"].figure.n == len(declared) > 0
    assert found["temps"].value == sum(document["total_minutes"] for document in declared) / 60
    for code, journey in (("besoins", "accompagnement"), ("conciergerie", "conciergerie")):
        count = sa.select(sa.func.count(Dossier.id)).where(Dossier.journey_name == journey)
        assert found[code].value == db.session.scalar(count), code
