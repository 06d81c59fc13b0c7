"""What happens to the dossiers of the demonstration, as steps counted in days.

A story is told until today: what would come later has not happened yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from surveyapp.core.journey.definition import Actor

#: In answers, this day: that of the step.
TODAY = "{aujourd’hui}"


@dataclass(frozen=True, slots=True)
class Step:
    """``after`` days from the opening: a form, an event, facts, a transition or an assignment.

    ``answers`` are those of a form; ``about`` is true of an event about the last form.
    """

    after: int
    form: str = ""
    event: str = ""
    move: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    answers: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""
    ambassador: bool = False
    about: bool = False
    actor: Actor = Actor.COORDINATION


def _opinion(after: int, opinion: str = "favorable") -> Step:
    answers = {"referent": "Dominique Référent-Demo", "avis": opinion}
    if opinion == "reserve":
        answers["raisons"] = "Peu de temps disponible cette année."
    return Step(after, form="avis_referent", answers=answers, actor=Actor.REFERENT)


def _interview(after: int) -> tuple[Step, ...]:
    marks = {"empathie": "4", "reactivite": "3", "esprit_equipe": "4", "relationnel": "4"}
    marks |= {"ecosysteme": "3", "vulgarisation": "3", "numerique": "2"}
    answers = {
        "date_entretien": TODAY,
        "mode": "presence",
        "presents": "Camille Demo, Dominique Référent-Demo",
        **marks,
        "conclusion": "adequation",
        "synthese": "Connaît bien le territoire, à l’aise avec ses confrères, libre en soirée.",
    }
    return (
        Step(after, event="entretien_tenu"),
        Step(after + 1, form="grille", answers=answers),
        Step(after + 2, move="conclure_entretien"),
    )


def _statement(
    after: int, minutes: int, kilometres: int, *, settled: bool = True
) -> tuple[Step, ...]:
    answers = {
        "mois": TODAY,
        "activites": [{"activite": "accompagnement", "minutes": minutes}],
        "trajets": [
            {
                "date_trajet": TODAY,
                "parcours": "Val-Fictif – Mont-Exemple",
                "moyen": "voiture",
                "kilometres": kilometres,
            }
        ],
        "exactitude": True,
    }
    sent = Step(after, form="declaration", answers=answers, actor=Actor.PERSON)
    return (sent, Step(after + 4, event="declaration_validee", about=True)) if settled else (sent,)


_MEMBER = Step(2, facts={"adhesion_a_jour": "oui"})
_EXAMINED = (_MEMBER, Step(3, move="instruire"))
_HEARD = (*_EXAMINED, _opinion(8), Step(9, move="proposer_entretien"), *_interview(24))
_TRAINED = Step(
    52,
    form="session",
    answers={"date_session": TODAY, "kit": True, "aides": True, "situations": True},
)
MANDATE = (
    *_HEARD,
    Step(33, move="accepter"),
    _TRAINED,
    Step(53, move="donner_mandat"),
    *_statement(84, 150, 42),
    *_statement(145, 95, 18),
    Step(
        230,
        form="point_etape",
        answers={"date_point": TODAY, "charge": "adaptee", "suite": "continuer"},
    ),
    *_statement(260, 210, 64),
    *_statement(318, 80, 22, settled=False),
)
#: Candidatures that are under way, from the latest to the oldest.
CANDIDATURES: tuple[tuple[Step, ...], ...] = (
    (),
    (_MEMBER,),
    (Step(1, event="cotisation_demandee"),),
    _EXAMINED,
    (*_EXAMINED, _opinion(7)),
    (*_EXAMINED, _opinion(6), _opinion(9, "reserve")),
    (*_EXAMINED, _opinion(6), Step(9, move="proposer_entretien")),
    _HEARD,
    (*_HEARD, Step(30, move="mettre_en_attente", reason="Trois ambassadeurs déjà sur ce secteur.")),
    (*_HEARD, Step(31, move="accepter")),
    (*_EXAMINED, _opinion(10, "reserve"), Step(16, move="refuser", reason="Départ annoncé.")),
)


def _sheet(after: int, *, trouble: str = "") -> Step:
    answers: dict[str, Any] = {
        "date_contact": TODAY,
        "canal": "telephone",
        "besoins": ["demarches", "confreres"],
        "actions": ["ecoute", "orientation"],
        "difficulte": "oui" if trouble else "non",
    }
    if trouble:
        answers["difficulte_texte"] = trouble
    return Step(after, form="fiche", answers=answers, actor=Actor.AMBASSADOR)


def _news(after: int, form: str, state: str = "installe") -> Step:
    answers = {"date_point": TODAY, "resultat": "joint", "situation": state}
    return Step(after, form=form, answers=answers, actor=Actor.AMBASSADOR)


_GIVEN = (Step(2, ambassador=True), Step(2, move="attribuer"))
_MET = (
    *_GIVEN,
    Step(6, event="contact_pris", actor=Actor.AMBASSADOR),
    _sheet(6),
)
_DONE = Step(
    185,
    form="bilan",
    answers={"issue": "installe", "echanges": 7, "questionnaire_annonce": "oui"},
    actor=Actor.AMBASSADOR,
)
#: Accompaniments: how many days ago they were asked for, and what happened.
ACCOMPANIMENTS: tuple[tuple[int, tuple[Step, ...]], ...] = (
    (1, ()),
    (9, ()),
    (12, _GIVEN),
    (30, _MET),
    (44, (*_MET, _sheet(36, trouble="Le local promis n’est plus disponible."))),
    (75, (*_MET, _sheet(40))),
    (100, (*_MET, _news(95, "suivi_3", "en_cours"))),
    (180, (*_MET, _news(98, "suivi_3"))),
    (
        260,
        (
            *_MET,
            _news(97, "suivi_3"),
            _news(184, "suivi_6"),
            _DONE,
            Step(188, move="clore_installe"),
        ),
    ),
    (300, (*_MET, _news(99, "suivi_3"), _DONE, Step(190, move="clore_installe"))),
    (210, (*_GIVEN, Step(20, move="abandonner", reason="A trouvé un poste dans sa région."))),
)

_TALK = {
    "date_entretien": TODAY,
    "duree": 75,
    "horizon": "moyen",
    "exercice": "regroupe",
    "statut": "liberal",
    "motivations": "Exercer en équipe, près de la mer.",
    "locaux": "Deux pièces, accessibles.",
    "conjoint": "Cherche un poste dans l’enseignement.",
    "obligatoires": "Exercice regroupé.",
    "souples": "Le jour de consultation.",
}
_PLACES = {
    "date_croisement": TODAY,
    "lieux": [
        {
            "lieu": "Maison de santé de Mont-Exemple",
            "type_lieu": "msp",
            "canal": ["telephone"],
            "reponse": "interesse",
        },
        {
            "lieu": "Cabinet du centre, Val-Fictif",
            "type_lieu": "cabinet",
            "canal": ["courriel"],
            "reponse": "attente",
        },
    ],
}
_MEETING = (
    Step(3, event="rdv_propose"),
    Step(4, move="fixer_entretien"),
    Step(12, event="entretien_tenu"),
    Step(12, form="fiche_entretien", answers=_TALK),
    Step(13, move="lancer_croisement"),
)
_MATCHED = (
    *_MEETING,
    Step(19, form="releve_croisement", answers=_PLACES),
    Step(20, move="organiser_visites"),
)
_VISIT = (
    Step(34, event="visite"),
    Step(
        34,
        form="compte_rendu",
        answers={
            "lieu": "Maison de santé de Mont-Exemple",
            "date_visite": TODAY,
            "ressenti": "positif",
        },
    ),
    Step(35, form="debriefing", answers={"ressenti": "Équipe accueillante, locaux un peu justes."}),
    Step(
        46,
        form="debriefing_distance",
        answers={"date_echange": TODAY, "canal": "visio", "intention": "oui"},
        actor=Actor.PARTNER,
    ),
    Step(47, move="suivre"),
)
_SETTLED = (
    Step(
        60,
        facts={
            "lieu_installation": "Maison de santé de Mont-Exemple",
            "date_installation": TODAY,
        },
    ),
    Step(60, move="installer"),
    Step(
        122,
        form="suivi_3",
        answers={"date_point": TODAY, "resultat": "joint", "situation": "installe"},
    ),
)
#: Installations of the answers to the form, from the latest to the oldest.
INSTALLATIONS: tuple[tuple[Step, ...], ...] = (
    (),
    (Step(2, event="rdv_propose"),),
    _MEETING,
    _MATCHED,
    (*_MATCHED, *_VISIT),
    (*_MATCHED, *_VISIT, *_SETTLED),
)

_TAKEN = Step(1, move="prendre_en_charge")
_ASKED = (
    _TAKEN,
    Step(2, facts={"partenaire": "Agence de la Place (fictive)", "accord_partenaire": "oui"}),
    Step(2, move="solliciter"),
)
#: Requests to the conciergerie, from the latest to the oldest.
REQUESTS: tuple[tuple[Step, ...], ...] = (
    (),
    (),
    (_TAKEN,),
    _ASKED,
    (_TAKEN, Step(3, event="engagement_signe"), Step(12, move="resoudre")),
    (*_ASKED, Step(4, event="engagement_signe"), Step(20, move="resoudre")),
    (
        _TAKEN,
        Step(15, facts={"motif_echec": "offre"}),
        Step(15, move="clore_non_aboutie", reason="Aucune place avant six mois."),
    ),
    (
        _TAKEN,
        Step(2, event="engagement_signe"),
        Step(9, move="resoudre"),
        Step(60, event="installation_constatee"),
    ),
)
