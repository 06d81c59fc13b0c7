"""The texts that come with the program, in French and in English."""

from __future__ import annotations

from surveyapp.core.letter import LetterKind, Wording

K = LetterKind

DEFAULTS: dict[tuple[LetterKind, str], Wording] = {
    (K.INVITATION, "fr"): Wording(
        "Votre avis : {titre}",
        """Bonjour {prénom},

{structure} vous invite à répondre au questionnaire « {titre} ».
Il vous prendra {durée} environ.

{lien}

Le questionnaire est ouvert jusqu’au {date_clôture}.
Ce lien vous est réservé : ne le transmettez pas.
{anonymat}

Une question ? Écrivez à {contact}.

Merci de votre participation.""",
    ),
    (K.INVITATION, "en"): Wording(
        "Your opinion: {titre}",
        """Hello {prénom},

{structure} invites you to answer the questionnaire “{titre}”.
It takes about {durée}.

{lien}

The questionnaire is open until {date_clôture}.
This link is for you only: please do not pass it on.
{anonymat}

Any question? Write to {contact}.

Thank you for taking part.""",
    ),
    (K.REMINDER, "fr"): Wording(
        "Rappel : {titre}",
        """Bonjour {prénom},

Nous n’avons pas encore reçu votre réponse au questionnaire « {titre} ». Votre avis compte.
Il vous prendra {durée} environ.

{lien}

Le questionnaire est ouvert jusqu’au {date_clôture}.
{anonymat}

Si vous venez de répondre, merci, et ignorez ce message.
Une question ? Écrivez à {contact}.""",
    ),
    (K.REMINDER, "en"): Wording(
        "Reminder: {titre}",
        """Hello {prénom},

We have not received your answer to the questionnaire “{titre}” yet. Your opinion matters.
It takes about {durée}.

{lien}

The questionnaire is open until {date_clôture}.
{anonymat}

If you have just answered, thank you: please ignore this message.
Any question? Write to {contact}.""",
    ),
    (K.RECEIPT, "fr"): Wording(
        "Nous avons bien reçu vos réponses : {titre}",
        """Bonjour,

Nous avons bien reçu vos réponses au questionnaire « {titre} », le {date_envoi}.

Votre référence : {numéro}. Rappelez-la si vous nous contactez.

Une erreur, une question ? Écrivez à {contact}.""",
    ),
    (K.RECEIPT, "en"): Wording(
        "We have received your answers: {titre}",
        """Hello,

We received your answers to the questionnaire “{titre}” on {date_envoi}.

Your reference: {numéro}. Please quote it if you contact us.

A mistake, a question? Write to {contact}.""",
    ),
    (K.RESUME, "fr"): Wording(
        "Reprendre plus tard : {titre}",
        """Bonjour,

Voici le lien pour reprendre le questionnaire « {titre} » là où vous l’avez laissé :

{lien}

Vos réponses sont gardées {conservation}.
Le questionnaire ferme le {date_clôture}.

Ce lien ouvre vos réponses : ne le transmettez à personne. Si vous ne l’avez pas demandé, \
ignorez ce message.""",
    ),
    (K.RESUME, "en"): Wording(
        "Continue later: {titre}",
        """Hello,

Here is the link to continue the questionnaire “{titre}” where you left it:

{lien}

Your answers are kept for {conservation}.
The questionnaire closes on {date_clôture}.

This link opens your answers: do not pass it on. If you did not ask for it, please ignore \
this message.""",
    ),
    (K.DIGEST, "fr"): Wording(
        "De nouvelles réponses sont arrivées",
        """Bonjour,

Depuis le dernier résumé, de nouvelles réponses sont arrivées :

{liste}

{lien}

Ce résumé part une fois par jour au plus, quand il y a du nouveau.""",
    ),
    (K.DIGEST, "en"): Wording(
        "New answers have arrived",
        """Hello,

New answers have arrived since the last summary:

{liste}

{lien}

This summary is sent once a day at most, when there is something new.""",
    ),
    (K.THANKS, "fr"): Wording(
        "Merci de votre réponse : {titre}",
        """Bonjour,

Le questionnaire « {titre} » est maintenant fermé. Merci d’y avoir répondu : votre réponse \
nous aide à agir.

Une question sur la suite ? Écrivez à {contact}.""",
    ),
    (K.THANKS, "en"): Wording(
        "Thank you for your answer: {titre}",
        """Hello,

The questionnaire “{titre}” is now closed. Thank you for answering it: your answer helps us \
to act.

A question about what comes next? Write to {contact}.""",
    ),
}


def default_wording(kind: LetterKind, language: str) -> Wording:
    """The text that comes with the program; French when the language is not known."""
    return DEFAULTS.get((kind, language)) or DEFAULTS[kind, "fr"]
