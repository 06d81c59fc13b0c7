"""A year in the life of a CPTS that does not exist, to try the product with.

Everything is fictional and the same at every loading, but for the dates, which run up to
the day of the loading.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import sqlalchemy as sa

from surveyapp.models import Structure, User
from surveyapp.models.base import db
from surveyapp.services import catalogue
from surveyapp.services.demo.bilan import play_action
from surveyapp.services.demo.collect import ZONE, play
from surveyapp.services.demo.directory import play_directory
from surveyapp.services.demo.dossiers import play_dossiers
from surveyapp.services.demo.invitations import play_invitations
from surveyapp.services.demo.meeting import play_meetings
from surveyapp.services.demo.places import play_places
from surveyapp.services.demo.scenes import SCENES
from surveyapp.services.structure import Description, describe

DEMO_EMAIL = "coordination@demo.example"
STRUCTURE = Description(
    name="CPTS du Val-Fictif",
    address="1 place de l’Exemple\n00000 Val-Fictif",
    email="contact@demo.example",
    phone="02 61 91 00 00",
    referent="Camille Demo, coordinatrice",
    dpo_email="donnees@demo.example",
    timezone="Europe/Paris",
    color="#1d5c63",
    hour_cents=3000,
    kilometre_mills=529,
    membership_url="https://cpts.demo.example/adherer",
)


class DemoError(Exception):
    """The installation holds something else; the message is a French sentence."""


def load_demo(*, today: date) -> None:
    """Load what is missing of the demonstration; a second call changes nothing.

    :raises DemoError: when the installation already describes another structure.
    """
    known = db.session.get(Structure, 1)
    if known is not None and known.name not in ("", STRUCTURE.name):
        raise DemoError(
            "Cette installation contient déjà les données d’une structure : chargez la "
            "démonstration dans un dossier vide (variable SURVEYAPP_INSTANCE)."
        )
    author_id = db.session.scalar(sa.select(User.id).where(User.email == DEMO_EMAIL))
    now = datetime.combine(today, time(8), ZONE).astimezone(UTC)
    if known is None or not known.name:
        describe(STRUCTURE, author_id=author_id, now=now)
    for name in sorted({scene.form for scene in SCENES}):
        catalogue.publish_file(name, author_id=author_id)
    for scene in SCENES:
        play(scene, today=today, author_id=author_id)
    play_directory(today=today, author_id=author_id, now=now)
    play_invitations(today=today, now=now)
    play_dossiers(today=today, author_id=author_id)
    play_places(author_id=author_id, now=now)
    play_action(today=today, author_id=author_id, now=now)
    play_meetings(today=today, author_id=author_id, now=now)
