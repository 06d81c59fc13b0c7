"""Who may accompany somebody: the order in which ambassadors are offered."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from surveyapp.models import Dossier, db
from surveyapp.services.dossiers import acts
from surveyapp.services.dossiers.ambassadors import candidates
from tests import dossiers
from tests.dossiers import DAY, at
from tests.web.test_dossier_page import mandate

ONE = timedelta(days=1)


def ambassador(number: int, commune: str, profession: str) -> int:
    """The person of a mandate that began on :data:`DAY`."""
    key = dossiers.begin(
        "ambassadeur",
        name="Ambassade-Demo",
        number=number,
        commune=commune,
        profession=profession,
    )
    mandate(key, DAY)
    return db.session.get_one(Dossier, key).person_id or 0


def test_neighbours_and_peers_come_first_then_the_least_busy(app: Flask) -> None:
    dossiers.in_service("ambassadeur", "accompagnement")
    far = ambassador(11, "Ailleurs-Demo", "10")
    busy = ambassador(12, "lons-demo", "10")
    peer = ambassador(13, "Ailleurs-Demo", "60")
    both = ambassador(14, "Lons-Demo", "60")
    key = dossiers.begin("accompagnement", commune="Lons-Demo", profession="60")
    other = dossiers.begin("accompagnement", number=2)
    acts.assign(other, viewer=dossiers.COORDINATION, today=DAY, now=at(DAY), ambassador_id=busy)
    found = candidates(db.session, db.session.get_one(Dossier, key))
    assert [one.person_id for one in found] == [both, peer, busy, far]
    assert [(one.same_commune, one.same_profession) for one in found] == [
        (True, True),
        (False, True),
        (True, False),
        (False, False),
    ]
    assert [one.load for one in found] == [0, 0, 1, 0]
    assert found[0].name == "Prénom14 Ambassade-Demo"
    assert found[0].until == DAY.replace(year=DAY.year + 1)


def test_a_mandate_that_ended_is_offered_only_to_keep_it(app: Flask) -> None:
    dossiers.in_service("ambassadeur", "accompagnement")
    person = ambassador(11, "Lons-Demo", "60")
    key = dossiers.begin("accompagnement")
    acts.assign(key, viewer=dossiers.COORDINATION, today=DAY, now=at(DAY), ambassador_id=person)
    own = db.session.scalars(db.select(Dossier).where(Dossier.person_id == person)).one().id
    dossiers.event(own, "retrait_annonce", on=DAY + ONE)
    row = db.session.get_one(Dossier, key)
    assert candidates(db.session, row)[0].until == DAY + 16 * ONE
    dossiers.move(own, "terminer", on=DAY + 2 * ONE)
    found = candidates(db.session, db.session.get_one(Dossier, key))
    assert [(one.chosen, one.until) for one in found] == [(True, None)]
    acts.assign(key, viewer=dossiers.COORDINATION, today=DAY, now=at(DAY), ambassador_id=None)
    assert candidates(db.session, db.session.get_one(Dossier, key)) == []
