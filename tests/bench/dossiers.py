"""2,000 dossiers, 500 of each journey: one real one is opened, the others are its copies."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from datetime import date
from typing import Any

import sqlalchemy as sa

from surveyapp import create_app
from surveyapp.config import Config
from surveyapp.models import Dossier, DossierAct, DossierMark, DossierTerm, Response, db, now
from surveyapp.models.base import random_key
from surveyapp.services.transaction import transaction
from tests.bench.site import Site, Visitor
from tests.dossiers import begin, in_service

JOURNEYS = ("ambassadeur", "accompagnement", "installation", "conciergerie")
COUNT = 2000
#: Copies written at once.
_AT_ONCE = 250
PAGES = {
    "table of a journey": "/coordination/dossiers/parcours/installation?vue=tableau",
    "« À faire »": "/coordination/dossiers/a-faire",
    "programme": "/coordination/dossiers/indicateurs",
}


def fill_dossiers(today: date) -> None:
    """Bring four journeys into service and their dossiers into the database, without mails."""
    first = today
    in_service(*JOURNEYS, on=first)
    for name in JOURNEYS:
        number = begin(name, on=first)
        with transaction() as session:
            for start in range(1, COUNT // len(JOURNEYS), _AT_ONCE):
                _copy(session, number, range(start, min(start + _AT_ONCE, COUNT // len(JOURNEYS))))


def _copy(session: Any, number: int, copies: range) -> None:
    """Copies of a dossier, with its answers, marks, acts and deadlines."""
    one = session.get_one(Dossier, number)
    marks = session.scalars(sa.select(DossierMark).filter_by(dossier_id=number)).all()
    acts = session.scalars(sa.select(DossierAct).filter_by(dossier_id=number)).all()
    terms = session.scalars(sa.select(DossierTerm).filter_by(dossier_id=number)).all()
    rows: dict[Any, list[dict[str, Any]]] = {
        model: [] for model in (Dossier, Response, DossierMark, DossierAct, DossierTerm)
    }
    for copy in copies:
        own = random_key()
        keys = {mark.id: random_key() for mark in marks}
        name = f"Personne-Demo {copy}"
        rows[Dossier].append(
            _row(one, id=own, reference=f"B-{own}"[:20], title=name, sort_key=name.casefold())
        )
        for mark in marks:
            answer = _answer(session, mark)
            if answer:
                rows[Response].append(answer)
            rows[DossierMark].append(
                _row(
                    mark,
                    id=keys[mark.id],
                    dossier_id=own,
                    response_id=answer["id"] if answer else None,
                )
            )
        rows[DossierAct] += [_row(act, dossier_id=own, key=_renamed(act.key, keys)) for act in acts]
        rows[DossierTerm] += [
            _row(term, dossier_id=own, mark_id=keys.get(term.mark_id, term.mark_id))
            for term in terms
        ]
    for model, found in rows.items():
        if found:
            session.execute(sa.insert(model), found)


def _answer(session: Any, mark: DossierMark) -> dict[str, Any] | None:
    if mark.response_id is None:
        return None
    number = random_key()
    row = session.get_one(Response, mark.response_id)
    return _row(row, id=number, reference=f"C-{number}"[:20], token_hash=None)


def _row(row: Any, **changed: Any) -> dict[str, Any]:
    found = {a.key: getattr(row, a.key) for a in sa.inspect(type(row)).column_attrs}
    return found | changed


def _renamed(key: str, keys: dict[int, int]) -> str:
    for before, after in keys.items():
        key = key.replace(str(before), str(after))
    return key


def prepare_dossiers(site: Site) -> None:
    """Fill the database of a site that runs."""
    app = create_app(Config.from_environment(site.environment))
    with app.app_context():
        fill_dossiers(now().date())
        db.session.remove()
        db.engine.dispose()


def page_times(site: Site) -> Iterator[tuple[str, float]]:
    """The median of five requests to each page that has been seen before."""
    visitor = Visitor(site.port)
    visitor.sign_in()
    for name, path in PAGES.items():
        for _ in range(4):  # both web workers
            visitor.get(path)
        pages = [visitor.get(path) for _ in range(5)]
        if any(page.status != 200 for page in pages):
            raise RuntimeError(f"{path}: HTTP {pages[-1].status}")
        yield name, statistics.median(page.seconds for page in pages)
