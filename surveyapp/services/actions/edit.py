"""Create an action and save the pages of its bilan."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from surveyapp.core.bilan import (
    Entry,
    Fault,
    FieldKind,
    Inputs,
    Value,
    Values,
    fill,
    read,
)
from surveyapp.core.bilan.objectives import (
    ObjectiveEntry,
    fill_objectives,
    read_objectives,
)
from surveyapp.core.bilan.proposals import (
    Facts,
    amount_proposals,
    apply_amounts,
    apply_ticks,
    tick_proposals,
)
from surveyapp.core.bilan.view import field_view, in_words
from surveyapp.core.campaign import SLUG_LENGTH, slug_from
from surveyapp.models import Action, Event
from surveyapp.reports.bilan_form import bilan_form
from surveyapp.services.actions.errors import (
    ActionNotFoundError,
    Difference,
    PageConflictError,
    PageFaultsError,
)
from surveyapp.services.actions.records import (
    entries_of,
    values_of,
    write_objectives,
    write_values,
)
from surveyapp.services.actions.sources import facts_of
from surveyapp.services.transaction import AnySession, transaction
from surveyapp.store import actions as store
from surveyapp.store import structure

#: The page whose fields are joined by objectives and indicators.
OBJECTIVES_PAGE = "objectifs"
#: Ends of addresses that are pages.
RESERVED = frozenset({"nouvelle"})


@dataclass(frozen=True, slots=True)
class PageEntry:
    """A page as typed and understood, before the database is asked."""

    entry: Entry
    objectives: tuple[ObjectiveEntry, ...] | None


def create_action(inputs: Inputs, *, user_id: int | None, now: datetime) -> Action:
    """Create an action from its title, period and grant.

    What the settings say of the structure is copied into its identification.

    :raises PageFaultsError: what to correct.
    """
    form = bilan_form()
    fields = tuple(form.field(name) for name in ("title", "period", "grant", "convention"))
    entry = read(form, fields, inputs)
    faults = (*entry.faults, *_no_title(entry))
    if faults:
        raise PageFaultsError(faults)
    values = Values(fields=_settings()).changed(entry.changes)
    with transaction() as session:
        action = Action(slug=_free_slug(values), created_at=now, updated_at=now)
        write_values(action, values)
        session.add(action)
        session.flush()
        _note(session, action, "created", user_id=user_id, now=now, page="")
    return action


def _settings() -> dict[str, Value]:
    known = structure()
    texts = {
        "structure": known.name,
        "address": known.address,
        "email": known.email,
        "phone": known.phone,
        "referent": known.referent,
    }
    return {name: text for name, text in texts.items() if text}


def _free_slug(values: Values) -> str:
    year = f"-{values.year}" if values.year else ""
    base = (slug_from(values.text("title")) or "action")[: SLUG_LENGTH - 5].rstrip("-")
    base = base if base.endswith(year) else base + year
    slug, number = base, 2
    while slug in RESERVED or store.slug_taken(slug):
        slug, number = f"{base}-{number}", number + 1
    return slug


def find_action(slug: str, *, lock: bool = False) -> Action:
    """:raises ActionNotFoundError: no such action."""
    action = store.action_by_slug(slug, lock=lock)
    if action is None:
        raise ActionNotFoundError(slug)
    return action


def page_inputs(action: Action, page: str) -> dict[str, list[str]]:
    """What stands in the inputs of a page."""
    form = bilan_form()
    inputs = fill(form, form.page_fields(page), values_of(action))
    if page == OBJECTIVES_PAGE:
        inputs |= fill_objectives(entries_of(action))
    return inputs


def read_page(page: str, inputs: Inputs) -> PageEntry:
    """Understand a page; :raises PageFaultsError: what to correct."""
    form = bilan_form()
    entry = read(form, form.page_fields(page), inputs)
    faults = entry.faults
    if page == "identification":
        faults += _no_title(entry)
    objectives = None
    if page == OBJECTIVES_PAGE:
        objectives, more = read_objectives(inputs)
        faults += more
    if faults:
        raise PageFaultsError(faults)
    return PageEntry(entry, objectives)


def _no_title(entry: Entry) -> tuple[Fault, ...]:
    if entry.changes.get("title"):
        return ()
    return (Fault("title", "Donnez un intitulé à l’action : c’est son nom dans la liste."),)


def save_page(  # noqa: PLR0913 - who, what, from which state, when
    slug: str,
    page: str,
    inputs: Inputs,
    *,
    revision: int,
    propose: bool = False,
    user_id: int | None,
    now: datetime,
) -> int:
    """Save a page and return the action's new revision.

    :param revision: that of the action when the page was shown.
    :param propose: also write what the data already tell (§1.2, FICHE 4).
    :raises PageFaultsError: what to correct; nothing is saved.
    :raises PageConflictError: the same page was saved since then; nothing is saved.
    """
    typed = read_page(page, inputs)
    with transaction() as session:
        action = find_action(slug, lock=True)
        before = values_of(action)
        after = _merge(before, typed.entry)
        if action.page_revisions.get(page, 0) > revision:
            differences = tuple(_differences(action, page, before, after, typed))
            if differences:
                raise PageConflictError(action.revision, differences)
        if propose:
            after = _propose(after, facts_of(action))
        write_values(action, after)
        if typed.objectives is not None:
            write_objectives(action, typed.objectives)
        action.revision += 1
        action.page_revisions = {**action.page_revisions, page: action.revision}
        action.updated_at = now
        _note(session, action, "saved", user_id=user_id, now=now, page=page)
    return action.revision


def _merge(values: Values, entry: Entry) -> Values:
    merged = values.changed(entry.changes)
    return merged if entry.budget is None else replace(merged, budget=entry.budget)


def _propose(values: Values, facts: Facts) -> Values:
    form = bilan_form()
    values = apply_ticks(values, tick_proposals(form, values, facts))
    return apply_amounts(values, amount_proposals(form, values))


def _differences(
    action: Action, page: str, theirs: Values, mine: Values, typed: PageEntry
) -> Iterator[Difference]:
    """Fields of the page that the database holds otherwise than typed."""
    form = bilan_form()
    for field in form.page_fields(page):
        if field.kind is FieldKind.BUDGET:
            same = theirs.budget == mine.budget
        else:
            same = theirs.fields.get(field.name) == mine.fields.get(field.name)
        if not same:
            yield Difference(field.name, field.label, in_words(field_view(form, theirs, field)))
    if typed.objectives is not None:
        stored = entries_of(action)
        if stored != typed.objectives:
            labels = " / ".join(entry.label for entry in stored)
            yield Difference("objectives", "Objectifs et indicateurs", labels)


def _note(
    session: AnySession,
    action: Action,
    what: str,
    *,
    user_id: int | None,
    now: datetime,
    page: str,
) -> None:
    session.add(
        Event(
            kind=f"action.{what}",
            subject="action",
            subject_id=action.id,
            user_id=user_id,
            at=now,
            data={"page": page} if page else {},
        )
    )
