"""The funded action of the demonstration, entered as the coordinatrice would.

A few things are left to complete on purpose: the page that lists them has something to show.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, datetime

from surveyapp.core.bilan import Inputs
from surveyapp.core.french import MONTHS
from surveyapp.core.indicator import Comparison, Target
from surveyapp.services import actions
from surveyapp.services.actions import Source
from surveyapp.services.measure import Measure, MeasureKind
from surveyapp.store import actions as store
from surveyapp.store.campaigns import campaign_by_slug

TITLE = "Accueillir et fidéliser les professionnels de santé"
_Page = Mapping[str, str | list[str]]

#: Which campaign an indicator is measured on, and what is aimed at.
_SOURCES: dict[str, tuple[str, Measure, Target]] = {
    "Candidatures d’ambassadeurs reçues": (
        "devenir-ambassadeur",
        Measure(MeasureKind.COUNT),
        Target(Comparison.AT_LEAST, 10, "candidatures", ambition=15),
    ),
    "Demandes de conciergerie traitées": (
        "conciergerie",
        Measure(MeasureKind.COUNT),
        Target(Comparison.AT_LEAST, 6, "demandes"),
    ),
    "Note moyenne des professionnels accompagnés": (
        "avis-accompagnement",
        Measure(MeasureKind.MEAN, "note_globale"),
        Target(Comparison.OVER, 4, "/5"),
    ),
    "Note de la soirée de rencontre": (
        "soiree-mieux-se-connaitre",
        Measure(MeasureKind.MEAN, "note_globale"),
        Target(Comparison.AT_LEAST, 5, "/6"),
    ),
    "Participants qui reviendraient": (
        "soiree-mieux-se-connaitre",
        Measure(MeasureKind.SHARE, "revenir", choices=("oui",)),
        Target(Comparison.AT_LEAST, 70, "%"),
    ),
    "Réponses à l’enquête bien-être": (
        "bien-etre-soignants",
        Measure(MeasureKind.COUNT),
        Target(Comparison.AT_LEAST, 250, "réponses"),
    ),
}


def play_action(*, today: date, author_id: int | None, now: datetime) -> None:
    """Create the action with its pages, indicators and sources, unless it exists."""
    if any(action.title == TITLE for action in store.actions()):
        return
    start, end = _period(today)
    first = {
        "title": TITLE,
        "period-start": start,
        "period-end": end,
        "grant": "48 000",
        "convention": "FIR-DEMO-012",
    }
    slug = actions.create_action(_inputs(first), user_id=author_id, now=now).slug
    for page, typed in _pages(first).items():
        action = actions.find_action(slug)
        known = dict(actions.page_inputs(action, page))
        actions.save_page(
            slug,
            page,
            {**known, **_inputs(typed)},
            revision=action.revision,
            user_id=author_id,
            now=now,
        )
    _measure(slug, author_id=author_id, now=now)


def _measure(slug: str, *, author_id: int | None, now: datetime) -> None:
    action = actions.find_action(slug)
    rows = [(row.id, row.label) for o in action.objectives for row in o.indicators]
    for row_id, label in rows:
        if label not in _SOURCES:
            continue
        campaign_slug, measure, target = _SOURCES[label]
        campaign = campaign_by_slug(campaign_slug)
        assert campaign is not None
        actions.set_source(
            slug,
            row_id,
            target=target,
            source=Source(campaign.id, measure),
            revision=actions.find_action(slug).revision,
            user_id=author_id,
            now=now,
        )


def _period(today: date) -> tuple[str, str]:
    """Twelve whole months that end with this one."""
    last = today.replace(day=monthrange(today.year, today.month)[1])
    month, year = (last.month % 12 + 1, last.year - (last.month != 12))
    return f"{month:02d}/{year}", f"{last.month:02d}/{last.year}"


def _inputs(typed: _Page) -> Inputs:
    return {name: [text] if isinstance(text, str) else text for name, text in typed.items()}


def _table(name: str, columns: tuple[str, ...], *rows: tuple[str | list[str], ...]) -> _Page:
    """Inputs of a table."""
    cells = {
        f"{name}-{number}-{column}": cell
        for number, row in enumerate(rows)
        for column, cell in zip(columns, row, strict=True)
    }
    return {f"{name}-rows": str(len(rows)), **cells}


def _objective(
    number: int,
    label: str,
    process: tuple[tuple[str, ...], ...],
    results: tuple[tuple[str, ...], ...],
) -> _Page:
    columns = ("label", "expected", "typed", "comment")
    path = f"objectives-{number}"
    return {
        f"{path}-label": label,
        **_table(f"{path}-process", columns, *process),
        **_table(f"{path}-result", columns, *results),
    }


def _pages(first: Mapping[str, str]) -> dict[str, _Page]:
    return {
        "identification": {
            **first,
            "themes": ["autres"],
            "themes-text-autres": "Attractivité et exercice coordonné",
            **_table(
                "grant_details",
                ("purpose", "amount"),
                ("Accueil des nouveaux installés", "33 000"),
                ("Soirées et enquêtes", "15 000"),
            ),
        },
        "evaluation": {
            "conduct": ["self"],
            "self_date": f"{MONTHS[0]} {int(first['period-end'][-4:]) + 1}",
            "tools": ["surveys", "dashboards", "interviews"],
            "people": ["beneficiaries", "partners"],
            "manner": ["survey", "meetings"],
        },
        "avancement": {
            "progress": ["partial"],
            "progress_reasons": (
                "Le guide du nouvel installé est prêt, son impression est reportée de deux mois."
            ),
            **_CALENDAR,
        },
        "modalites": {
            "typology": ["accueil", "reseau", "formation"],
            "techniques": ["conference", "parole", "temoignages"],
            "materials": ["multimedia", "papier"],
            "why": (
                "Un nouvel installé retient surtout un visage : l’accueil par un pair passe avant "
                "les documents."
            ),
            "relevant": ["oui"],
        },
        "public": {
            "ages": ["adultes"],
            "publics": ["professionnels"],
            "reached": ["oui"],
            "beneficiaries_planned": "60",
            "beneficiaries_actual": "74",
            "beneficiaries_gap": "La soirée a attiré plus de monde que prévu.",
            "location": ["communes"],
            "location-text-communes": "Val-Fictif, Port-Modèle, Mont-Exemple",
            "location_relevant": ["oui"],
            "settings": ["travail"],
            "places": "Maison de santé de Mont-Exemple, salle des fêtes de Val-Fictif",
        },
        "objectifs": _OBJECTIVES,
        "partenariat": {
            **_table(
                "partners",
                ("name", "type", "roles"),
                ("Agence régionale de santé", ["public"], ["facilitateur"]),
                ("Caisse d’assurance maladie", ["public"], ["facilitateur", "operateur"]),
                ("Centre hospitalier de Port-Modèle", ["public"], ["operateur"]),
                ("Communes du territoire", ["public"], ["facilitateur"]),
                ("Maison de santé de Mont-Exemple", ["prive"], ["operateur"]),
            ),
            "partners_mobilised": ["oui"],
            "partners_unforeseen": ["oui"],
            "partners_unforeseen-follow": "Une agence immobilière, pour les logements temporaires.",
            "beneficiaries_involved": ["oui"],
        },
        "moyens": {
            "means": "Bureau partagé, vidéoprojecteur, logiciel d’enquête, véhicule de service.",
            "means_mobilised": ["oui"],
            "staff_mobilised": ["non"],
            "staff_mobilised-follow": "Le poste de conciergerie a été pourvu en mars seulement.",
            **_table(
                "team",
                ("role", "count", "hours", "status", "steps"),
                ("Coordinatrice", "1", "420", ["s"], "Toutes"),
                ("Chargée de conciergerie", "1", "310", ["s"], "Accueil, logement, emploi"),
                ("Ambassadeurs", "5", "145", ["b"], "Premier contact, parrainage"),
                ("Animatrice de soirée", "1", "12", ["p"], "Soirée de rencontre"),
            ),
            "communicated": ["oui"],
            "communicated-follow": "Lettre aux adhérents, presse locale, affiches dans les écoles.",
        },
        "synthese": {
            "impact": (
                "Neuf professionnels accompagnés, dont cinq installés et trois en cours "
                "d’installation."
            ),
            "strengths": "L’écoute des ambassadeurs, la rapidité des réponses de la conciergerie.",
            "obstacles": "Peu de logements à louer ; l’emploi des conjoints reste difficile.",
            "improve": "Levier : un guide imprimé. Frein : le temps disponible des ambassadeurs.",
            **_table(
                "proposals",
                ("what", "who", "when", "how"),
                (
                    "Appeler chaque installé à trois, six et douze mois",
                    "Ambassadeurs et coordination",
                    "Dès le prochain semestre",
                    "Rappels automatiques",
                ),
            ),
        },
        "budget": {
            **_BUDGET,
            "allocation_rules": "Charges fixes réparties selon les heures passées sur l’action.",
        },
    }


_CALENDAR = _table(
    "calendar",
    ("step", "planned", "actual", "comment"),
    ("Recruter les ambassadeurs", "1er trimestre", "1er trimestre", "Quatorze candidatures"),
    ("Ouvrir la conciergerie", "1er trimestre", "2e trimestre", "Recrutement décalé"),
    ("Enquêter sur le bien-être", "2e trimestre", "2e trimestre", ""),
    ("Réunir les professionnels", "3e trimestre", "3e trimestre", "Soixante avis recueillis"),
    ("Imprimer le guide", "4e trimestre", "Reporté", "Devis en cours"),
)

_OBJECTIVES: _Page = {
    "objectives-rows": "3",
    **_objective(
        0,
        "Accueillir chaque nouvel installé par un pair",
        (
            ("Candidatures d’ambassadeurs reçues", "Au moins 10", "", ""),
            ("Ambassadeurs actifs", "3", "5", "Deux de plus que prévu"),
        ),
        (("Note moyenne des professionnels accompagnés", "Plus de 4 sur 5", "", ""),),
    ),
    **_objective(
        1,
        "Faciliter l’installation au quotidien",
        (("Demandes de conciergerie traitées", "Au moins 6", "", ""),),
        (("Familles logées à leur arrivée", "4", "3", "Une location annulée"),),
    ),
    **_objective(
        2,
        "Prendre soin des professionnels et les faire se rencontrer",
        (("Réponses à l’enquête bien-être", "Au moins 250", "", ""),),
        (
            ("Note de la soirée de rencontre", "Au moins 5 sur 6", "", ""),
            ("Participants qui reviendraient", "Au moins 70 %", "", ""),
        ),
    ),
}

_BUDGET: _Page = {
    f"budget-{line}-{side}": amount
    for line, amounts in {
        "60_services": ("6 500", "6 120"),
        "60_autres": ("1 200", "1 340,50"),
        "61_locations": ("2 400", "2 400"),
        "62_publicite": ("1 900", "2 210"),
        "62_deplacements": ("1 500", "1 129,50"),
        "64_remunerations": ("24 000", "22 300"),
        "64_sociales": ("9 500", "8 900"),
        "ind1": ("3 000", "3 000"),
        "74_ars": ("48 000", "48 000"),
        "75_756": ("2 000", "2 150"),
        "86_864": ("3 600", "4 350"),
        "87_870": ("3 600", "4 350"),
    }.items()
    for side, amount in zip(("planned", "actual"), amounts, strict=True)
}
