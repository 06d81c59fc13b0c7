"""Saved views: the filters of a table under a name, one's own or everybody's."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from surveyapp.core.french import fold
from surveyapp.models import SavedView, db
from surveyapp.services.dossiers.errors import DossierError
from surveyapp.services.transaction import insert_into, transaction

_view: Any = SavedView.__table__
_TITLE_LENGTH = 120
_QUERY_LENGTH = 2000
#: More than that nobody finds again.
_MOST = 50


def of_journey(journey: str, *, user_id: int) -> list[SavedView]:
    """The views that somebody sees: their own and the shared ones, by title."""
    mine = sa.or_(SavedView.user_id == user_id, SavedView.shared)
    statement = sa.select(SavedView).where(SavedView.journey_name == journey, mine)
    return sorted(db.session.scalars(statement), key=lambda view: (fold(view.title), view.id))


def save(journey: str, title: str, query: str, *, user_id: int, shared: bool = False) -> None:
    """Keep the filters of an address; one's view of the same title is replaced."""
    title = " ".join(title.replace("\0", "").split())
    if not title:
        raise DossierError("Donnez un nom à cette vue pour la retrouver.")
    if len(title) > _TITLE_LENGTH:
        raise DossierError(f"Raccourcissez le nom de la vue : {_TITLE_LENGTH} caractères au plus.")
    if len(query) > _QUERY_LENGTH:
        raise DossierError("Cette vue a trop de colonnes pour être gardée : retirez-en.")
    with transaction() as session:
        own = sa.select(SavedView).where(
            SavedView.user_id == user_id, SavedView.journey_name == journey
        )
        known = {view.title for view in session.scalars(own)}
        if title not in known and len(known) >= _MOST:
            raise DossierError(f"Vous avez déjà {_MOST} vues : supprimez-en une d’abord.")
        insert = insert_into(session, _view).values(
            user_id=user_id, journey_name=journey, title=title, query=query, shared=shared
        )
        session.execute(
            insert.on_conflict_do_update(
                index_elements=["user_id", "journey_name", "title"],
                set_={"query": query, "shared": shared},
            )
        )


def remove(view_id: int, *, user_id: int, any_shared: bool) -> str:
    """Delete a view of one's own, or a shared one when one may; the journey that it was of.

    :raises DossierError: there is none that they may delete.
    """
    with transaction() as session:
        view = session.get(SavedView, view_id)
        if view is None or not (view.user_id == user_id or (view.shared and any_shared)):
            raise DossierError("Cette vue n’existe plus.")
        journey = view.journey_name
        session.delete(view)
        return journey
