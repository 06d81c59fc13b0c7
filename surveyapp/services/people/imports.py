"""An import: a file is read and kept, shown, corrected, then written at once.

Between two pages everything lies in a row of ``directory_change``: any process can go on, and
nothing is asked of the browser. The fate of each line is computed anew each time, against the
directory as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from surveyapp.core.directory import mapping as columns
from surveyapp.core.directory.planning import CREATE, Fate, Outcome, Plan, plan
from surveyapp.core.directory.professions import profession_names
from surveyapp.core.directory.reading import read_row
from surveyapp.core.directory.table import Table, clean
from surveyapp.models import ChangeKind, ChangeState, DirectoryChange, Person, random_key
from surveyapp.services.people.cards import note, write_card
from surveyapp.services.people.errors import PeopleError
from surveyapp.services.people.files import read_table
from surveyapp.services.people.professions import professions
from surveyapp.services.transaction import AnySession, transaction
from surveyapp.store import people as store

#: A file that was read and never imported goes away after this time.
PREVIEW_LIFE = timedelta(days=7)
#: How long an import or a merge can be undone: what it changed is forgotten then.
UNDO_LIFE = timedelta(days=90)


class ChangedMeanwhileError(PeopleError):
    """The directory is not what it was when the preview was shown."""

    def __init__(self) -> None:
        super().__init__(
            "L’annuaire a changé depuis que vous avez lu cette page. Relisez ce que l’import "
            "ferait maintenant, puis confirmez de nouveau."
        )


@dataclass(frozen=True, slots=True)
class Preview:
    """What an import would do now, and which columns it reads."""

    table: Table
    mapping: dict[str, int]
    plan: Plan


def start(filename: str, data: bytes, *, author_id: int | None, now: datetime) -> int:
    """Read a file and keep its cells; :raises PeopleError: it cannot be read."""
    table = read_table(data)
    with transaction() as session:
        change = DirectoryChange(
            kind=ChangeKind.IMPORT,
            filename=clean(filename)[:200],
            mapping={"columns": columns.guess(table.headings), "decisions": {}},
            rows=table.to_json(),
            author_id=author_id,
            at=now,
        )
        session.add(change)
        session.flush()
        return change.id


def table_of(change: DirectoryChange) -> Table:
    """The cells of a preview."""
    return Table.from_json(change.rows)


def choose_columns(change_id: int, fields: list[str]) -> None:
    """Say which field each column is (empty: none); :raises PeopleError: what to correct.

    Decisions on doubtful lines are forgotten: the lines say something else now.
    """
    if problem := columns.problem(fields):
        raise PeopleError(problem, field="columns")
    chosen = {name: column for column, name in enumerate(fields) if name}
    with transaction() as session:
        change = _preview_of(session, change_id)
        change.mapping = {"columns": chosen, "decisions": {}}


def ready(change: DirectoryChange) -> bool:
    """Whether the columns that are needed are known."""
    return not columns.problem(change.mapping["columns"])


def preview(change: DirectoryChange) -> Preview:
    """The fate of each line if the import was made now."""
    table = table_of(change)
    mapping: dict[str, int] = change.mapping["columns"]
    names = profession_names(professions())
    said = (read_row(row, mapping, names) for row in table.rows)
    decisions = change.mapping["decisions"]
    return Preview(table, mapping, plan(said, store.all_cards(), decisions=decisions))


def decide(change_id: int, decisions: Mapping[str, str]) -> None:
    """Keep what was decided on doubtful lines; an empty decision takes one back.

    ``decisions``: number of a line → :data:`CREATE` or the key of a card; the rest is ignored.
    """
    with transaction() as session:
        change = _preview_of(session, change_id)
        known = {**change.mapping["decisions"], **decisions}
        kept = {
            line: what
            for line, what in known.items()
            if line.isascii() and line.isdigit() and (what == CREATE or what.isdigit())
        }
        change.mapping = {**change.mapping, "decisions": kept}


def apply(change_id: int, *, digest: str, author_id: int | None, now: datetime) -> dict[str, int]:
    """Write the import; return the number of lines by fate.

    :param digest: that of the plan that was shown.
    :raises ChangedMeanwhileError: the plan is another one now; nothing is written.
    :raises PeopleError: the import is over or is missing a column.
    """
    with transaction() as session:
        change = _preview_of(session, change_id)
        if not ready(change):
            raise PeopleError("Dites d’abord ce que contient chaque colonne.")
        _alone(session)
        planned = preview(change).plan
        if planned.digest != digest:
            raise ChangedMeanwhileError
        change.changes = list(_write(session, planned, now))
        change.counts = planned.counts
        change.rows, change.mapping = [], {}
        change.state, change.at, change.author_id = ChangeState.APPLIED, now, author_id
        subject = ("directory_change", change_id)
        note(session, "imported", subject, author_id=author_id, now=now, data=planned.counts)
        return planned.counts


def discard(change_id: int, *, author_id: int | None, now: datetime) -> None:
    """Forget a preview: nothing was written."""
    with transaction() as session:
        session.delete(_preview_of(session, change_id))
        note(
            session,
            "discarded",
            ("directory_change", change_id),
            author_id=author_id,
            now=now,
        )


def forget_old(session: AnySession, *, now: datetime) -> int:
    """Previews that nobody applied go away; old changes forget what they changed.

    :return: how many rows were touched.
    """
    old = session.execute(
        sa.delete(DirectoryChange).where(
            DirectoryChange.state == ChangeState.PREVIEW, DirectoryChange.at < now - PREVIEW_LIFE
        )
    )
    count = int(getattr(old, "rowcount", 0))
    limit = now - UNDO_LIFE
    for change in session.scalars(sa.select(DirectoryChange).where(DirectoryChange.at < limit)):
        if change.changes or change.mapping:
            change.changes, change.mapping = [], {}
            count += 1
    return count


def _preview_of(session: AnySession, change_id: int) -> DirectoryChange:
    change = session.get(DirectoryChange, change_id, with_for_update=True)
    if change is None:
        raise PeopleError("Cet import n’existe plus.")
    if change.kind is not ChangeKind.IMPORT or change.state is not ChangeState.PREVIEW:
        raise PeopleError("Cet import a déjà été fait.")
    return change


def _alone(session: AnySession) -> None:
    """Nobody else writes cards between the comparison and the writing (SQLite: nobody can)."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.text("LOCK TABLE person IN SHARE ROW EXCLUSIVE MODE"))


def _write(session: AnySession, planned: Plan, now: datetime) -> Iterator[dict[str, Any]]:
    """Write what the plan says; yield what was before and after, to undo it."""
    rows = _rows(session, [o for o in planned.outcomes if o.fate is Fate.CHANGED])
    for outcome in planned.outcomes:
        if outcome.fate is Fate.NEW:
            row = Person(id=random_key(), created_at=now)
            session.add(row)
            before = None
        elif outcome.fate is Fate.CHANGED and outcome.person_id is not None:
            row = rows[outcome.person_id]
            before = store.card_of(row).to_json()
        else:
            continue
        alone = bool(row.dossier_only)
        row.updated_at = now
        write_card(row, outcome.card)
        row.dossier_only = False
        after = outcome.card.to_json()
        yield {"id": row.id, "before": before, "after": after, "dossier_only": alone}


def _rows(session: AnySession, outcomes: list[Outcome]) -> dict[int, Person]:
    wanted = [outcome.person_id for outcome in outcomes]
    found: dict[int, Person] = {}
    for start in range(0, len(wanted), 500):
        several = Person.id.in_(wanted[start : start + 500])
        found |= {row.id: row for row in session.scalars(sa.select(Person).where(several))}
    return found


__all__ = [
    "PREVIEW_LIFE",
    "UNDO_LIFE",
    "ChangedMeanwhileError",
    "Preview",
    "apply",
    "choose_columns",
    "decide",
    "discard",
    "forget_old",
    "preview",
    "ready",
    "start",
    "table_of",
]
