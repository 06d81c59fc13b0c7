"""Actions: created, saved page by page by several people, issued."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from surveyapp import jobs
from surveyapp.core.bilan import Row, Ticks, bilan_view, from_document
from surveyapp.core.indicator import IndicatorKind
from surveyapp.models import Action, Bilan, Document, Event, Structure, WorkState, db
from surveyapp.reports.bilan_form import bilan_form
from surveyapp.services import actions as service
from surveyapp.services.actions import issue
from surveyapp.services.actions.records import write_objectives, write_values
from surveyapp.services.documents import file_of
from surveyapp.services.transaction import transaction
from surveyapp.store import actions as store
from tests import documents
from tests.bilans import complete

NOW = datetime(2026, 2, 16, 9, 30, tzinfo=UTC)
FORM = bilan_form()
Inputs = dict[str, list[str]]


def typed(**texts: str) -> Inputs:
    return {name.replace("__", "-"): [text] for name, text in texts.items()}


@pytest.fixture
def slug(app: Flask) -> str:
    """An action with its title and period."""
    inputs = typed(title="Accueil des installés", period__start="01/2025", period__end="12/2025")
    return service.create_action(inputs, user_id=None, now=NOW).slug


@pytest.fixture
def full(app: Flask) -> str:
    """An action with everything."""
    from surveyapp.core.bilan.objectives import IndicatorEntry, ObjectiveEntry

    values = complete(FORM)
    entries = [
        ObjectiveEntry(
            None,
            objective.label,
            tuple(
                IndicatorEntry(None, i.kind, i.label, i.expected_text, i.obtained, i.comment)
                for kind in IndicatorKind
                for i in objective.of_kind(kind)
            ),
        )
        for objective in values.objectives
    ]
    with transaction() as session:
        action = Action(slug="annee-2025", created_at=NOW, updated_at=NOW)
        write_values(action, values)
        write_objectives(action, entries)
        session.add(action)
    return "annee-2025"


def action_of(slug: str) -> Action:
    db.session.rollback()
    return service.find_action(slug)


def save(slug: str, page: str, inputs: Inputs, revision: int | None = None, **more: bool) -> int:
    seen = action_of(slug).revision if revision is None else revision
    return service.save_page(
        slug, page, inputs, revision=seen, user_id=None, now=NOW, propose=more.get("propose", False)
    )


def page(slug: str, name: str) -> Inputs:
    return service.page_inputs(action_of(slug), name)


# -- creation -----------------------------------------------------------------------------


def test_a_new_action_takes_what_the_settings_say_of_the_structure(app: Flask) -> None:
    with transaction() as session:
        session.merge(Structure(id=1, name="CPTS des Exemples", address="1 place", phone="02"))
    action = service.create_action(typed(title="Kit d’accueil"), user_id=None, now=NOW)
    values = service.values_of(action)
    assert (values.text("structure"), values.text("phone")) == ("CPTS des Exemples", "02")
    assert values.text("title") == "Kit d’accueil"
    assert action.slug == "kit-accueil"


def test_an_address_tells_the_year_and_is_never_taken_twice(app: Flask) -> None:
    inputs = typed(title="Accueil", period__end="12/2025")
    slugs = [service.create_action(inputs, user_id=None, now=NOW).slug for _ in range(3)]
    assert slugs == ["accueil-2025", "accueil-2025-2", "accueil-2025-3"]


def test_no_address_is_that_of_a_page(app: Flask) -> None:
    action = service.create_action(typed(title="Nouvelle"), user_id=None, now=NOW)
    assert action.slug != "nouvelle"


def test_an_action_needs_a_title(app: Flask) -> None:
    with pytest.raises(service.PageFaultsError) as error:
        service.create_action(typed(title=" ", grant="mille"), user_id=None, now=NOW)
    assert {fault.name for fault in error.value.faults} == {"title", "grant"}
    assert store.actions() == []


def test_an_unknown_action_is_said_in_french(app: Flask) -> None:
    with pytest.raises(service.ActionNotFoundError, match="Aucune action"):
        service.find_action("rien")


# -- saving -------------------------------------------------------------------------------


def test_a_page_is_saved_and_shown_again(slug: str) -> None:
    inputs = {
        **page(slug, "avancement"),
        "progress": ["partial"],
        "calendar-rows": ["2"],
        "calendar-1-step": ["Former"],
    }
    assert save(slug, "avancement", inputs) == 1
    values = service.values_of(action_of(slug))
    assert values.ticks("progress") == Ticks(("partial",))
    assert values.rows("calendar") == (Row({"step": "Former"}),)
    assert page(slug, "avancement")["calendar-0-step"] == ["Former"]


def test_saving_a_page_leaves_the_others_alone(full: str) -> None:
    before = service.values_of(action_of(full))
    for name in (p.name for p in FORM.pages):
        save(full, name, page(full, name))
    assert service.values_of(action_of(full)) == before


def test_columns_are_written_and_read(slug: str) -> None:
    inputs = {**page(slug, "identification"), **typed(grant="45 000", convention="FIR-1")}
    save(slug, "identification", inputs)
    action = action_of(slug)
    assert (action.grant_cents, action.convention) == (45_000_00, "FIR-1")
    assert (action.period_start, action.period_end) == (date(2025, 1, 1), date(2025, 12, 31))
    assert "grant" not in action.content


def test_nothing_is_saved_when_something_is_wrong(slug: str) -> None:
    inputs = {**page(slug, "identification"), **typed(structure="CPTS", grant="beaucoup")}
    with pytest.raises(service.PageFaultsError) as error:
        save(slug, "identification", inputs)
    assert [fault.name for fault in error.value.faults] == ["grant"]
    assert action_of(slug).revision == 0
    assert service.values_of(action_of(slug)).text("structure") != "CPTS"


def test_an_action_keeps_its_title(slug: str) -> None:
    with pytest.raises(service.PageFaultsError):
        save(slug, "identification", {**page(slug, "identification"), "title": [""]})


def test_each_save_is_in_the_history(slug: str) -> None:
    save(slug, "synthese", page(slug, "synthese"))
    events = db.session.scalars(sa.select(Event).order_by(Event.id)).all()
    assert [(e.kind, e.data) for e in events] == [
        ("action.created", {}),
        ("action.saved", {"page": "synthese"}),
    ]


# -- two people at once -------------------------------------------------------------------


def test_the_same_page_saved_in_between_is_a_conflict(slug: str) -> None:
    seen = action_of(slug).revision
    save(slug, "synthese", {**page(slug, "synthese"), "impact": ["le sien"]}, seen)
    with pytest.raises(service.PageConflictError) as error:
        save(slug, "synthese", {"impact": ["le mien"], "lasting": ["x"]}, seen)
    found = {d.path: d.theirs for d in error.value.differences}
    assert found == {"impact": "le sien", "lasting": ""}
    assert service.values_of(action_of(slug)).text("impact") == "le sien"
    save(slug, "synthese", {"impact": ["le mien"]}, error.value.revision)
    assert service.values_of(action_of(slug)).text("impact") == "le mien"


def test_two_pages_saved_at_once_do_not_conflict(slug: str) -> None:
    seen = action_of(slug).revision
    save(slug, "synthese", {"impact": ["a"]}, seen)
    save(slug, "moyens", {"means": ["b"]}, seen)
    values = service.values_of(action_of(slug))
    assert (values.text("impact"), values.text("means")) == ("a", "b")


def test_the_same_text_saved_twice_is_no_conflict(slug: str) -> None:
    seen = action_of(slug).revision
    save(slug, "synthese", {"impact": ["a"]}, seen)
    save(slug, "synthese", {"impact": ["a"]}, seen)


def test_objectives_conflict_too(full: str) -> None:
    seen = action_of(full).revision
    inputs = page(full, "objectifs")
    save(full, "objectifs", {**inputs, "objectives-0-label": ["autre"]}, seen)
    with pytest.raises(service.PageConflictError) as error:
        save(full, "objectifs", {**inputs, "objectives-0-label": ["mien"]}, seen)
    assert [d.path for d in error.value.differences] == ["objectives"]
    assert "autre" in error.value.differences[0].theirs


# -- objectives ---------------------------------------------------------------------------


def test_rows_keep_their_identity_when_they_move(full: str) -> None:
    before = {i.label: i.id for o in action_of(full).objectives for i in o.indicators}
    inputs = page(full, "objectifs")
    inputs["objectives-0-process-0-id"], inputs["objectives-0-process-1-id"] = (
        inputs["objectives-0-process-1-id"],
        inputs["objectives-0-process-0-id"],
    )
    save(full, "objectifs", inputs)
    after = {i.label: i.id for o in action_of(full).objectives for i in o.indicators}
    assert after["Kit remis"] == before["Délai d’appel"]
    assert set(after.values()) == set(before.values())


def test_rows_emptied_go_away_and_new_ones_come(full: str) -> None:
    inputs = page(full, "objectifs")
    for name in list(inputs):
        if name.startswith("objectives-1-") and not name.endswith(("-rows", "-id")):
            inputs[name] = [""]
    inputs["objectives-0-result-rows"] = ["2"]
    inputs["objectives-0-result-1-label"] = ["Nouveau"]
    save(full, "objectifs", inputs)
    (objective,) = action_of(full).objectives
    labels = [i.label for i in objective.indicators]
    assert labels == ["Kit remis", "Délai d’appel", "Satisfaction", "Nouveau"]


def test_the_key_of_another_action_takes_nothing_from_it(full: str, slug: str) -> None:
    theirs = action_of(full).objectives[0]
    stolen = {
        "objectives-rows": ["1"],
        "objectives-0-id": [str(theirs.id)],
        "objectives-0-label": ["à moi"],
    }
    save(slug, "objectifs", stolen)
    assert action_of(full).objectives[0].label == "Accueillir"
    assert action_of(slug).objectives[0].id != theirs.id


# -- proposals ----------------------------------------------------------------------------


def test_proposals_are_written_when_they_are_taken(slug: str) -> None:
    save(slug, "identification", {**page(slug, "identification"), **typed(grant="45 000")})
    save(slug, "budget", page(slug, "budget"))
    assert service.values_of(action_of(slug)).budget.empty
    save(slug, "budget", page(slug, "budget"), propose=True)
    assert service.values_of(action_of(slug)).budget["74_ars"].actual == 45_000_00


# -- issuing ------------------------------------------------------------------------------


def test_an_issued_bilan_is_frozen_with_its_file(full: str) -> None:
    bilan = service.issue_bilan(full, user_id=None, now=NOW)
    assert bilan.number == 1
    document = db.session.get_one(Document, bilan.document_id)
    assert document.filename == "bilan-action-2025-accueillir-nouveaux-installes-n1.docx"
    data = file_of(document).read_bytes()
    assert "Camille Exemple" in documents.lines(data)
    save(full, "identification", {**page(full, "identification"), "referent": ["Dominique"]})
    kept = db.session.get_one(Bilan, bilan.id)
    assert service.docx_of(kept) == data
    assert from_document(kept.snapshot).field("referent").text.text == "Camille Exemple"
    assert len(kept.template_sha256) == 64


def test_issued_again_is_a_new_number(full: str) -> None:
    first = service.issue_bilan(full, user_id=None, now=NOW).number
    second = service.issue_bilan(full, user_id=None, now=NOW + timedelta(days=1)).number
    assert (first, second) == (1, 2)
    assert [b.number for b in store.bilans(action_of(full).id)] == [2, 1]


def test_downloads_share_a_number_until_something_changes(full: str) -> None:
    one = service.current_bilan(full, user_id=None, now=NOW).number
    again = service.current_bilan(full, user_id=None, now=NOW + timedelta(hours=1)).number
    save(full, "synthese", {**page(full, "synthese"), "impact": ["autre chose"]})
    changed = service.current_bilan(full, user_id=None, now=NOW + timedelta(hours=2)).number
    assert (one, again, changed) == (1, 1, 2)


def test_a_new_template_makes_a_new_bilan(full: str, monkeypatch: pytest.MonkeyPatch) -> None:
    service.current_bilan(full, user_id=None, now=NOW)
    other = hashlib.sha256(b"autre").hexdigest()
    monkeypatch.setattr(issue, "template_digest", lambda: other)
    assert service.current_bilan(full, user_id=None, now=NOW).number == 2


def test_a_number_taken_meanwhile_is_left_to_whoever_took_it(
    full: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    freeze, late = issue._freeze, []

    def slow(action: Action, *, on: date) -> issue.Frozen:
        frozen = freeze(action, on=on)
        if not late:
            late.append(True)
            service.issue_bilan(full, user_id=None, now=NOW)
        return frozen

    monkeypatch.setattr(issue, "_freeze", slow)
    assert service.issue_bilan(full, user_id=None, now=NOW).number == 2


def test_issuing_is_in_the_history_with_what_was_missing(slug: str) -> None:
    service.issue_bilan(slug, user_id=None, now=NOW)
    (event,) = db.session.scalars(sa.select(Event).where(Event.kind == "bilan.issued")).all()
    assert event.data["number"] == 1
    assert event.data["missing"] == len(service.view_of(action_of(slug)).missing)


def test_the_day_is_that_of_the_structure(full: str) -> None:
    with transaction() as session:
        session.merge(Structure(id=1, name="CPTS", timezone="Indian/Reunion"))
    late = datetime(2026, 2, 16, 22, 0, tzinfo=UTC)  # the 17th on the island
    bilan = service.issue_bilan(full, user_id=None, now=late)
    assert service.issued_day(bilan) == date(2026, 2, 17)


def test_the_worker_makes_the_pdf_once(full: str) -> None:
    bilan_id = service.issue_bilan(full, user_id=None, now=NOW).id
    job_id = service.request_pdf(bilan_id, user_id=None).id
    assert service.request_pdf(bilan_id, user_id=None).id == job_id
    claimed = jobs.claim()
    assert claimed is not None
    jobs.run(claimed)
    db.session.rollback()
    job = db.session.get_one(jobs.Job, job_id)
    assert (job.state, job.error) == (WorkState.DONE, None)
    bilan = db.session.get_one(Bilan, bilan_id)
    document = db.session.get_one(Document, bilan.pdf_id)
    assert document.id == job.document_id
    assert document.filename.endswith("-n1.pdf")
    assert file_of(document).read_bytes().startswith(b"%PDF")
    assert issue.make_pdf(claimed) == document.id


def test_the_pdf_of_a_bilan_that_is_gone_is_not_made(app: Flask) -> None:
    run = jobs.JobRun(1, "bilan_pdf", {"bilan": 404}, 1)
    with pytest.raises(jobs.JobError, match="n’existe plus"):
        issue.make_pdf(run)


def test_the_view_of_an_action_is_that_of_its_values(full: str) -> None:
    action = action_of(full)
    assert service.view_of(action) == bilan_view(FORM, service.values_of(action))
