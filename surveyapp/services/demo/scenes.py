"""The campaigns of the demonstration: which, when, how many answers."""

from __future__ import annotations

from dataclasses import dataclass

from surveyapp.services.demo import anonymous, named
from surveyapp.services.demo.invent import Recipe


@dataclass(frozen=True, slots=True)
class Scene:
    """One campaign. Days count from today; ``opened`` is ``None`` for a draft.

    ``closing`` is the date announced, ``closed`` says that the coordination closed it then.
    ``reviewed`` says that its open answers were read already, ``previous`` is the address of
    the wave before, ``archived`` says that it was put away since.
    """

    form: str
    title: str
    slug: str
    recipe: Recipe
    answers: int = 0
    drafts: int = 0
    opened: int | None = None
    closing: int | None = None
    closed: bool = False
    audience: int | None = None
    listed: bool = True
    reviewed: bool = False
    previous: str = ""
    archived: bool = False


SCENES: tuple[Scene, ...] = (
    Scene(
        "enquete-annuelle-adherents",
        "Votre CPTS et vous : l’enquête annuelle",
        "enquete-annuelle",
        anonymous.ANNUAL,
        answers=47,
        drafts=4,
        opened=-16,
        closing=5,
        audience=214,
    ),
    Scene(
        "bien-etre-soignants",
        "Prendre soin de celles et ceux qui soignent : première enquête",
        "bien-etre-premiere",
        anonymous.WELLBEING,
        answers=236,
        opened=-440,
        closing=-398,
        closed=True,
        audience=1180,
        reviewed=True,
        archived=True,
    ),
    Scene(
        "bien-etre-soignants",
        "Prendre soin de celles et ceux qui soignent",
        "bien-etre-soignants",
        anonymous.WELLBEING,
        previous="bien-etre-premiere",
        answers=300,
        opened=-75,
        closing=-33,
        closed=True,
        audience=1240,
        reviewed=True,
    ),
    Scene(
        "satisfaction-evenement",
        "Soirée « Mieux se connaître pour mieux soigner »",
        "soiree-mieux-se-connaitre",
        anonymous.EVENT,
        answers=60,
        opened=-20,
        closing=-6,
        closed=True,
        audience=85,
    ),
    Scene(
        "candidature-ambassadeur",
        "Devenir ambassadeur ou ambassadrice",
        "devenir-ambassadeur",
        named.APPLICATION,
        answers=14,
        drafts=2,
        opened=-45,
        closing=30,
    ),
    Scene(
        "recueil-installation",
        "Votre projet d’installation chez nous",
        "projet-installation",
        named.INSTALLATION,
        answers=6,
        drafts=1,
        opened=-120,
    ),
    Scene(
        "demande-conciergerie",
        "La conciergerie des soignants",
        "conciergerie",
        named.CONCIERGERIE,
        answers=8,
        opened=-90,
    ),
    Scene(
        "satisfaction-accompagnement",
        "Votre avis sur l’accompagnement reçu",
        "avis-accompagnement",
        named.SUPPORT,
        answers=9,
        opened=-150,
        audience=12,
        listed=False,
    ),
    Scene(
        "satisfaction-evenement",
        "Formation « Repérer les fragilités »",
        "formation-fragilites",
        anonymous.EVENT,
        audience=30,
    ),
)
