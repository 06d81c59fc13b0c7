"""The review and the sheet of a meeting, opened again: what they say, on how many pages."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from docx import Document
from flask import Flask
from pypdf import PdfReader

from surveyapp.core.programme import Period, year_of
from surveyapp.models import Event, MeetingDay, db
from surveyapp.reports.programme import programme_pdf
from surveyapp.reports.programme_docx import programme_docx
from surveyapp.services.programme import meetings, papers
from surveyapp.services.programme.targets import ProgrammeError
from tests import dossiers as world
from tests.services.test_programme import contact, d, drop, person

TODAY = date(2026, 12, 1)
NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)


@pytest.fixture
def programme(app: Flask) -> None:
    world.in_service("accompagnement", "ambassadeur", "installation", "conciergerie")
    ana = person("Ana")
    for number in range(5):
        contact(number, ana, d("02-10"))
    world.begin("conciergerie", on=d("11-02"), number=9)


def test_the_review_says_the_same_in_both_formats(programme: None) -> None:
    drop("temps", True, d("05-01"))
    paper = papers.review(year_of(2026), today=TODAY, now=NOW)
    pdf = programme_pdf(paper, TODAY)
    docx = programme_docx(paper, TODAY)
    assert pdf == programme_pdf(paper, TODAY)
    assert docx == programme_docx(paper, TODAY)
    reader = PdfReader(io.BytesIO(pdf))
    assert reader.metadata is not None
    assert reader.metadata.title == "Revue du dispositif, année 2026"
    printed = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    document = Document(io.BytesIO(docx))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    written = " ".join([*(p.text for p in document.paragraphs), *cells])
    for text in (printed, written):
        assert "Contacts traités par les ambassadeurs" in text
        assert "Pas encore atteinte" in text
        assert "Connaître les aides à l’installation" in text
        assert "À discuter" in text
        assert "Ana" not in text  # it leaves the house: no names
        assert "Année 2025" in text
        assert "rien à compter" in text
        assert "Contacts traités par les ambassadeurs : Parcours accompagnement" in text.replace(
            "\u00a0", " "
        )
        assert "Temps déclaré" not in text  # abandoned


def test_no_document_tells_a_choice_of_few_people(programme: None) -> None:
    for number, source in enumerate(["ars"] * 6 + ["pair", "elu", "elu", "elu", "elu"]):
        world.begin("installation", on=d("11-03"), number=20 + number, source_contact=source)
    meeting = meetings.planned(first=d("12-01"), last=date(2027, 12, 1))[0]
    for paper in (
        papers.review(year_of(2026), today=TODAY, now=NOW),
        papers.sheet(meeting, today=TODAY, now=NOW),
    ):
        tables = [*paper.tables, *(chart.table for chart in paper.charts)]
        told = {table.title: table for table in tables}
        cells = [cells for _, *cells in told["Origine des contacts d’installation"].rows]
        assert cells == [["6 (55\u00a0%)"], ["moins de\u00a05"], ["moins de\u00a05"]]
    chart = papers.review(year_of(2026), today=TODAY, now=NOW).charts[-1]
    assert "moins de\u00a05" in chart.table.note
    alone = papers.review(Period(d("11-02"), d("11-02")), today=TODAY, now=NOW)
    row = next(row for row in alone.rows if row.label.startswith("Demandes"))
    assert (row.value, row.base) == ("1", "demande")


def test_the_first_review_is_of_three_months(programme: None) -> None:
    period = papers.first_months()
    assert period is not None
    assert (period.first, period.last) == (d("01-05"), d("04-04"))
    paper = papers.review(period, today=TODAY, now=NOW)
    assert paper.title == "Revue à 3 mois du dispositif"
    row = next(row for row in paper.rows if row.label.startswith("Contacts"))
    assert (row.value, row.verdict) == ("5", "")  # the target is that of a year


def test_every_sheet_holds_on_one_page(programme: None) -> None:
    found = meetings.planned(first=d("01-01"), last=TODAY)
    labels = {one.label for one in found}
    assert {"Comité de pilotage du CLS", "Soirée des soignants"} & labels
    for one in (found[0], found[-1]):
        paper = papers.sheet(one, today=TODAY, now=NOW)
        reader = PdfReader(io.BytesIO(programme_pdf(paper, TODAY, one_page=True)))
        assert len(reader.pages) == 1
        assert one.label in reader.pages[0].extract_text()


def test_meetings_come_back_and_keep_their_real_day(programme: None) -> None:
    found = [m for m in meetings.planned(first=d("01-01"), last=TODAY) if m.name == "copil_cls"]
    assert found == []
    quarterly = [
        m for m in meetings.planned(first=d("01-01"), last=TODAY) if m.name == "dialogue_gestion"
    ]
    assert [m.on for m in quarterly] == [d("04-05"), d("07-05"), d("10-05")]
    second = quarterly[1]
    meetings.write(
        second.journey,
        second.key,
        on=d("07-20"),
        held=True,
        note="Tenue à la mairie.",
        user_id=None,
        now=NOW,
        today=TODAY,
    )
    meetings.write(
        second.journey,
        second.key,
        on=d("07-20"),
        held=True,
        note="Tenue en visioconférence.",
        user_id=None,
        now=NOW,
        today=TODAY,
    )
    kind = Event.kind == "meeting.changed"
    first, again = db.session.scalars(sa.select(Event).where(kind).order_by(Event.id)).all()
    assert first.data["before"] == {"on": second.on.isoformat(), "held": False, "note": ""}
    assert again.data["before"] == first.data["after"]
    assert again.data["before"]["note"] == "Tenue à la mairie."
    moved = meetings.meeting(second.journey, second.key)
    assert (moved.due, moved.on, moved.held) == (d("07-05"), d("07-20"), True)
    assert meetings.period_before(moved).first == d("04-06")
    assert meetings.period_before(quarterly[2]).first == d("07-21")
    assert meetings.period_before(quarterly[0]).first == d("01-05")
    assert second.key not in {m.key for m in meetings.planned(first=d("07-01"), last=d("07-19"))}
    assert db.session.query(MeetingDay).count() == 1


def test_a_day_that_makes_no_sense_is_refused(programme: None) -> None:
    one = meetings.planned(first=TODAY, last=TODAY + timedelta(days=365))[0]

    def write(**said: object) -> None:
        given = {"on": one.on, "held": False, "note": "", **said}
        meetings.write(one.journey, one.key, user_id=None, now=NOW, today=TODAY, **given)  # type: ignore[arg-type]

    for field, said in (
        ("on", {"on": date(2036, 1, 1)}),
        ("held", {"on": TODAY + timedelta(days=1), "held": True}),
        ("note", {"note": "x" * 2001}),
    ):
        with pytest.raises(ProgrammeError) as caught:
            write(**said)
        assert caught.value.field == field
    with pytest.raises(ProgrammeError):
        meetings.meeting("installation", "meeting:copil_cls:2026-02-30")
