"""What the address of a journey's page asks for: filters, order, columns, table or stages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for

from surveyapp.core.journey.definition import Column, Journey
from surveyapp.services.dossiers.access import Viewer
from surveyapp.services.dossiers.register import columns_of, ordered, reader_of, usual
from surveyapp.store import dossiers as store
from surveyapp.store.dossiers import DossierFilter, Order, Sort

#: Before the key of a column of the journey, in ``tri``.
COLUMN = "c."
TABLE = "tableau"
_NONE = "aucune"


@dataclass(frozen=True, slots=True)
class Asked:
    """``columns`` are all that the reader may see, ``keys`` those that are shown.

    ``chosen``: somebody chose them, the address says so.
    """

    journey: Journey
    viewer: Viewer
    wanted: DossierFilter
    columns: Mapping[str, Column]
    keys: tuple[str, ...]
    chosen: bool
    table: bool
    sort: str
    descending: bool

    @classmethod
    def read(cls, args: Mapping[str, str], journey: Journey, viewer: Viewer) -> Asked:
        """What is unknown, or not theirs to see, is left out."""
        columns = columns_of(viewer, journey)
        asked = args.get("colonnes") or ""
        chosen = [key for key in columns if key in set(asked.split(","))]
        sort = args.get("tri") or ""
        known = sort in set(Sort) or sort.removeprefix(COLUMN) in columns
        return cls(
            journey=journey,
            viewer=viewer,
            wanted=DossierFilter.from_args(args, journey=journey.name),
            columns=columns,
            keys=tuple(chosen) if chosen or asked == _NONE else usual(columns),
            chosen=bool(chosen) or asked == _NONE,
            table=args.get("vue") == TABLE,
            sort=sort if known else str(Sort.NAME),
            descending=args.get("ordre") == "desc",
        )

    @property
    def filters(self) -> dict[str, str]:
        """The filters of the address."""
        return self.wanted.to_args()

    @property
    def manner(self) -> dict[str, str]:
        """What the address says besides the filters: view, order, columns."""
        said = {
            "vue": TABLE if self.table else "",
            "tri": self.sort if self.sort != Sort.NAME else "",
            "ordre": "desc" if self.descending else "",
            "colonnes": (",".join(self.keys) or _NONE) if self.chosen else "",
        }
        return {name: value for name, value in said.items() if value}

    def to_args(self) -> dict[str, str]:
        """All that the address says, in one way only."""
        return self.filters | self.manner

    @property
    def url(self) -> str:
        """The whole address."""
        said: dict[str, Any] = dict(self.to_args())
        return url_for("register.journey", name=self.journey.name, **said)

    @property
    def shown(self) -> list[tuple[str, Column]]:
        """The columns that are shown, with their keys."""
        return [(key, self.columns[key]) for key in self.keys]

    def count(self, today: date) -> int:
        return store.count_dossiers(self.wanted, reader_of(self.viewer), today=today)

    def ids(self, today: date, *, offset: int = 0, limit: int | None = None) -> list[int]:
        """The dossiers that the address asks for, in its order: a slice of them."""
        reader = reader_of(self.viewer)
        column = self.columns.get(self.sort.removeprefix(COLUMN))
        if self.sort in set(Sort) or column is None:
            stages = tuple(stage.name for stage in self.journey.stages)
            order = Order(Sort(self.sort), self.descending, stages)
            return store.find_ids(
                self.wanted, reader, today=today, order=order, offset=offset, limit=limit
            )
        every = store.find_ids(self.wanted, reader, today=today)
        found = ordered(
            every, column, journey=self.journey, today=today, descending=self.descending
        )
        return found[offset:][:limit]
