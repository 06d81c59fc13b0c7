"""What the report says about how to read it. Wording only."""

from __future__ import annotations

from collections.abc import Sequence

from surveyapp.charts.parts import HIDDEN
from surveyapp.core.definition import FormDefinition, Mode
from surveyapp.core.french import NBSP, number, typeset
from surveyapp.core.summary import Shape, Summary

MODES = {
    Mode.ANONYMOUS: (
        "Anonyme. Les réponses ne contiennent ni nom, ni adresse, ni heure d’envoi, et rien ne "
        "permet de les relier à une personne."
    ),
    Mode.CONFIDENTIAL: (
        "Confidentielle. La coordination lit les réponses\u00a0; ce rapport ne montre que des "
        "résultats d’ensemble."
    ),
    Mode.NOMINATIVE: (
        "Nominative. Chaque réponse porte le nom de son auteur\u00a0; ce rapport ne montre que "
        "des résultats d’ensemble."
    ),
}

Rule = tuple[str, tuple[str, ...]]


def reading_rules(
    form: FormDefinition, summaries: Sequence[Summary], *, k: int
) -> tuple[Rule, ...]:
    """The paragraphs of « Comment lire ces résultats » that this report needs."""
    rules = [_numbers(summaries), _LIVE if form.live else _small(form, k)]
    if any(summary.benchmarks for summary in summaries):
        rules.append(_REFERENCES)
    if any(summary.shape is Shape.TEXT for summary in summaries):
        rules.append(_OPEN)
    return tuple(rules)


def _numbers(summaries: Sequence[Summary]) -> Rule:
    texts = [
        f"N est le nombre de réponses à la question. «{NBSP}Sans réponse{NBSP}» compte les "
        "personnes à qui la question a été posée et qui l’ont passée ; une question qui ne "
        "concernait pas quelqu’un ne lui a pas été posée.",
        "Les pourcentages portent sur N et sont arrondis à l’unité : leur somme peut s’écarter "
        f"un peu de 100{NBSP}%.",
    ]
    if any(summary.shape is Shape.MULTIPLE for summary in summaries):
        texts.append(
            "Quand plusieurs réponses étaient possibles, chaque pourcentage est la part des "
            f"personnes qui ont choisi cette réponse : leur somme dépasse souvent 100{NBSP}%."
        )
    texts.append(
        "Les personnes qui ont répondu l’ont fait volontairement : ces résultats décrivent "
        "leurs réponses, pas celles de tous les professionnels du territoire."
    )
    return "Les nombres et les pourcentages", tuple(_set(text) for text in texts)


def _small(form: FormDefinition, k: int) -> Rule:
    texts = [
        f"Chaque pourcentage et chaque moyenne porte sur {number(k)}{NBSP}réponses au moins, au "
        "total et dans chaque sous-groupe. En dessous, on pourrait deviner qui a répondu quoi ; "
        "un 0 % ou un 100 % ne font pas exception. Dans un groupe assez grand, une réponse rare "
        "est comptée comme les autres.",
        "Un chiffre qui permettrait d’en retrouver un autre par soustraction est lui aussi "
        f"remplacé par «{NBSP}{HIDDEN}{NBSP}».",
    ]
    if form.anonymous:
        texts.append(
            "Les résultats avancent par paliers, pour que personne ne puisse isoler la réponse "
            "qui vient d’arriver : ils peuvent compter un peu moins de réponses que la collecte "
            "n’en a reçu."
        )
    return "Les petits effectifs", tuple(_set(text) for text in texts)


_LIVE: Rule = (
    "Un sondage en séance",
    (
        typeset(
            "Les participants ont voté sur leur téléphone et ont vu les résultats à l’écran : "
            "ceux-ci sont donnés même quand ils portent sur peu de réponses. Aucune question ne "
            "touche à la santé."
        ),
        typeset(
            "Les mots qui se ressemblent (majuscules, accents, pluriels) sont comptés ensemble, "
            "sous leur forme la plus fréquente ; une personne compte une fois pour un mot."
        ),
    ),
)
_REFERENCES: Rule = (
    "Les repères nationaux",
    (
        "Un losange marque un repère national, tiré d’une enquête publiée à laquelle des "
        "professionnels ont répondu volontairement. Il aide à situer un résultat\u00a0; il n’est "
        "ni un objectif, ni une valeur représentative de la profession.",
        "La formulation, l’échelle ou la période de l’enquête diffèrent parfois de celles du "
        "questionnaire\u00a0: la note sous chaque graphique le précise. La mention «\u00a0à\u00a0"
        "vérifier\u00a0» signale un repère dont la source reste à confirmer.",
    ),
)
_OPEN: Rule = (
    "Les réponses libres",
    (
        "Elles ont été relues par la coordination, qui masque les noms et écarte ce qui "
        "permettrait de reconnaître quelqu’un. Elles sont reproduites telles quelles, dans le "
        "désordre et sans lien avec les autres réponses.",
    ),
)


def _set(text: str) -> str:
    """No-break spaces of French punctuation."""
    return typeset(text).replace(" %", f"{NBSP}%")
