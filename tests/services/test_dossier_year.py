"""A year of a CPTS, day by day: everything at its date, exactly once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import yaml
from flask import Flask

from surveyapp.jobs import JobRun
from surveyapp.models import Dossier, DossierAct, DossierFile, Invitation, Job, Message, db
from surveyapp.services.dossiers.making import make_letters
from tests import journey_year as year
from tests.journey_year import Done, Story
from tests.journey_year.figures import equal_a_hand_count

JOURNEYS = Path(__file__).parents[2] / "forms" / "journeys"
#: Written after the run, for whoever wants to read it.
TABLE = "dossier-year.txt"


def _subjects() -> dict[str, dict[str, str]]:
    found = {}
    for name in year.JOURNEYS:
        said = yaml.safe_load((JOURNEYS / f"{name}.yaml").read_text(encoding="utf-8"))
        found[name] = {mail["name"]: mail["subject"] for mail in said["mails"]}
    return found


def _seen(dossier_id: int) -> list[Done]:
    rows = db.session.scalars(sa.select(DossierAct).where(DossierAct.dossier_id == dossier_id))
    return sorted(Done(r.kind, r.name, r.on, r.at.date(), r.muted) for r in rows)


def _addresses(story: Story, who: str) -> list[str]:
    if who == "person":
        return [f"personne{story.number}@demo.example"]
    if who.startswith("ambassador:"):
        return [f"personne{who.partition(':')[2]}@demo.example"]
    if who == "referent":
        return ["referent1@demo.example", "referent2@demo.example"]
    return ["coordination1@demo.example"]


def _mails_due(story: Story, subjects: dict[str, str]) -> Counter[tuple[str, str, date]]:
    found: Counter[tuple[str, str, date]] = Counter()
    for done, item in year.expected(story):
        name = item.mail if item.kind == "reminder" else item.name
        if done.muted or item.kind not in ("mail", "reminder", "invitation") or not name:
            continue
        said = "invitation" if item.kind == "invitation" else _plain(subjects[name])
        for who in item.to:
            for address in _addresses(story, who):
                found[said, address, done.at] += 1
    return found


def _mails_seen(dossier_id: int) -> Counter[tuple[str, str, date]]:
    """Every mail about a dossier; those of the journey by their subject, others by their kind."""
    rows = db.session.scalars(sa.select(Message).where(Message.dossier_id == dossier_id))
    return Counter(
        (
            _plain(r.subject) if r.kind == "dossier.mail" else r.kind,
            r.recipient,
            r.created_at.date(),
        )
        for r in rows
    )


def _plain(subject: str) -> str:
    """Whatever blanks it has."""
    return " ".join(subject.split()).casefold()


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
def test_a_year_brings_each_thing_once_at_its_date(
    app: Flask, database_url: str, tmp_path: Path
) -> None:
    whole = database_url.startswith("sqlite")
    world = year.build(1 if whole else 6)
    year.live(world)

    subjects, kinds = _subjects(), Counter[tuple[str, str, str]]()
    wrong = []
    for story in world.stories:
        label = f"{story.journey} {story.number}"
        due = sorted(done for done, _ in year.expected(story))
        seen, mails = _seen(story.id), _mails_seen(story.id)
        promised = _mails_due(story, subjects[story.journey])
        wrong += [f"{label}: {sign} {done}" for sign, done in _difference(due, seen)]
        wrong += [f"{label}: {sign} {mail}" for sign, mail in _difference(promised, mails)]
        kinds.update((story.journey, done.kind, "dû") for done in due)
        kinds.update((story.journey, done.kind, "fait") for done in seen)
        kinds[story.journey, "courriel", "dû"] += promised.total()
        kinds[story.journey, "courriel", "fait"] += mails.total()
    assert wrong == []
    _no_more_than_that(world)
    if whole:
        _letters_are_made_once()
        equal_a_hand_count()
    _write(kinds, world, tmp_path)


def _difference(due: Iterable[Any], seen: Iterable[Any]) -> list[tuple[str, Any]]:
    """What lacks and what is too much."""
    wanted: Counter[Any] = Counter(due)
    found: Counter[Any] = Counter(seen)
    lacking = [("manque", thing) for thing in (wanted - found).elements()]
    return lacking + [("de trop", thing) for thing in (found - wanted).elements()]


def _no_more_than_that(world: year.World) -> None:
    """Nothing outside of what the acts say: no second document or invitation, no other mail."""
    count = db.session.scalar
    due = [(story.id, done) for story in world.stories for done, _ in year.expected(story)]
    invited = sum(done.kind == "invitation" for _, done in due)
    assert count(sa.select(sa.func.count(Dossier.id))) == len(world.stories)
    assert count(sa.select(sa.func.count(Invitation.id))) == invited
    promised = Counter((key, done.name) for key, done in due if done.kind == "document")
    jobs = db.session.scalars(sa.select(Job).where(Job.kind == "dossier_document")).all()
    asked = Counter((job.payload["dossier_id"], job.payload["name"]) for job in jobs)
    assert asked == promised
    assert promised.total() > 0
    assert set(db.session.scalars(sa.select(Message.kind))) == {"dossier.mail", "invitation"}
    about_none = sa.select(sa.func.count(Message.id)).where(Message.dossier_id.is_(None))
    assert count(about_none) == 0


def _letters_are_made_once() -> None:
    """A letter of each kind, by a worker that is called twice, in Word and as PDF."""
    jobs = db.session.scalars(
        sa.select(Job).where(Job.kind == "dossier_document").order_by(Job.id)
    ).all()
    one = {job.payload["name"]: JobRun(job.id, job.kind, dict(job.payload), 1) for job in jobs}
    for run in one.values():
        make_letters(run)
        make_letters(run)
    made = [(file.dossier_id, file.name) for file in db.session.scalars(sa.select(DossierFile))]
    wanted = {(run.payload["dossier_id"], name): 2 for name, run in one.items()}
    assert Counter(made) == wanted
    assert len(wanted) == 3


def _write(kinds: Counter[tuple[str, str, str]], world: year.World, folder: Path) -> None:
    sizes = Counter(story.journey for story in world.stories)
    lines = [f"{'parcours':16}{'dossiers':>9}{'quoi':>12}{'attendus':>10}{'faits':>8}"]
    for journey, kind in sorted({(j, k) for j, k, _ in kinds}):
        due, done = kinds[journey, kind, "dû"], kinds[journey, kind, "fait"]
        lines.append(f"{journey:16}{sizes[journey]:>9}{kind:>12}{due:>10}{done:>8}")
    text = "\n".join(lines) + "\n"
    (folder / TABLE).write_text(text, encoding="utf-8")
    print(text)


def test_the_year_holds_what_it_is_there_for() -> None:
    """Things that came late because nobody ran the worker, and reminders that fell silent."""
    world = year.build()
    sizes = Counter(story.journey for story in world.stories)
    assert dict(sizes) == year.SIZES
    found = [done for story in world.stories for done, _ in year.expected(story)]
    assert len(found) > 1_000
    assert sum(done.at > done.on for done in found) > 50
    assert any(done.muted for done in found)
