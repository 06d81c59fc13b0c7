"""Rules on what a questionnaire may ask and keep (domain.md D.1)."""

from __future__ import annotations

from collections.abc import Iterator

from surveyapp.core.check.outline import Outline
from surveyapp.core.definition import Kind, Mode
from surveyapp.core.issues import Issue
from surveyapp.core.reading import suggestion

#: Smallest base of an anonymous result, and from which k on answers are about health.
SMALLEST_K = 5
WELLBEING_K = 10
_MOST_PROFILE = 3
_MOST_DRAFT_DAYS = 365
_IDENTITY_HINTS = ("name", "email", "tel", "address", "bday", "username")


def smallest_base(outline: Outline) -> Iterator[Issue]:
    definition = outline.definition
    if definition.anonymous and definition.k < SMALLEST_K and not definition.live:
        message = f"un questionnaire anonyme demande k = {SMALLEST_K} ou plus"
        yield outline.error(outline.line("k"), "k", message)
    elif definition.k < 1:
        yield outline.error(outline.line("k"), "k", "« k » vaut au moins 1")


def identifying_questions(outline: Outline) -> Iterator[Issue]:
    if not outline.definition.anonymous:
        return
    for entry, question in outline.questions:
        identity = question.kind in (Kind.EMAIL, Kind.TEL) or "rpps" in question.appearance
        hints = any(word in question.autocomplete for word in _IDENTITY_HINTS)
        if identity or hints or question.private:
            message = f"« {question.name} » identifie la personne dans un questionnaire anonyme"
            yield outline.error(entry.line, "identifying", message)


def identity(outline: Outline) -> Iterator[Issue]:
    definition = outline.definition
    questions = {question.name: question for _, question in outline.questions if question}
    for name in definition.identity_questions:
        if name not in questions:
            message = f"la question « {name} » n’existe pas{suggestion(name, list(questions))}"
            yield outline.error(outline.line("identity_questions"), "unknown_reference", message)
    if definition.anonymous and definition.identity_questions:
        message = "un questionnaire anonyme n’a pas de « identity_questions »"
        yield outline.error(outline.line("identity_questions"), "identifying", message)
    if definition.mode is Mode.NOMINATIVE and not definition.identity_questions:
        message = "sans « identity_questions », les réponses n’ont pas de titre dans les listes"
        yield outline.warning(outline.line("mode"), "identity_questions", message)


def address(outline: Outline) -> Iterator[Issue]:
    definition = outline.definition
    line = outline.line("email_question")
    if not definition.email_question:
        if definition.mode is Mode.NOMINATIVE:
            message = "sans « email_question », la personne ne reçoit ni copie ni lien de reprise"
            yield outline.warning(outline.line("mode"), "email_question", message)
        return
    if definition.mode is not Mode.NOMINATIVE:
        message = "« email_question » ne sert qu’à un questionnaire nominatif"
        yield outline.error(line, "identifying", message)
    question = definition.question(definition.email_question)
    if question is None or question.kind is not Kind.EMAIL:
        message = f"« {definition.email_question} » n’est pas une question de type email"
        yield outline.error(line, "email_question", message)
    elif not question.required:
        message = f"« {question.name} » est facultative : sans elle, pas de copie des réponses"
        yield outline.warning(question.line, "email_question", message)


def changes(outline: Outline) -> Iterator[Issue]:
    """Only an answer whose author is known can be found again and changed."""
    definition = outline.definition
    if definition.edit_until_close and definition.mode is not Mode.NOMINATIVE:
        message = (
            "« edit_until_close » ne sert qu’à un questionnaire nominatif : ailleurs personne ne "
            "retrouve une réponse pour la modifier"
        )
        yield outline.error(outline.line("edit_until_close"), "identifying", message)


def freedom_to_skip(outline: Outline) -> Iterator[Issue]:
    """Nobody is obliged to answer on one's health."""
    definition = outline.definition
    if not (definition.anonymous and definition.k >= WELLBEING_K):
        return
    for entry, question in outline.questions:
        if question.required:
            message = (
                f"« {question.name} » est obligatoire : dans un questionnaire sur la santé, "
                "chacun doit pouvoir passer chaque question"
            )
            yield outline.warning(entry.line, "required", message)
    if not definition.safety_box:
        message = "un questionnaire sur la santé affiche où trouver de l’aide (« safety_box »)"
        yield outline.warning(outline.line("k"), "safety_box", message)


def profile_size(outline: Outline) -> Iterator[Issue]:
    """Few coarse traits, or a combination of them points at somebody."""
    traits = [entry for entry, question in outline.questions if question.profile]
    if outline.definition.anonymous and len(traits) > _MOST_PROFILE:
        message = (
            f"{len(traits)} questions de profil permettent de reconnaître quelqu’un : "
            f"gardez-en {_MOST_PROFILE} au plus"
        )
        yield outline.warning(traits[_MOST_PROFILE].line, "profile_size", message)


def private_profiles(outline: Outline) -> Iterator[Issue]:
    for entry, question in outline.questions:
        if question.private and question.profile:
            message = (
                f"« {question.name} » ne peut être à la fois « private », hors des résultats, et "
                "« profile », pour les croiser"
            )
            yield outline.error(entry.line, "profile", message)


def retention(outline: Outline) -> Iterator[Issue]:
    definition = outline.definition
    line = outline.line("retention_months")
    if definition.retention_months is None and "retention_months" in definition.lines:
        if definition.mode is Mode.NOMINATIVE:
            message = "des réponses nominatives ne se gardent pas sans limite : donnez une durée"
            yield outline.error(line, "retention", message)
        elif definition.mode is Mode.CONFIDENTIAL:
            message = "des réponses confidentielles se gardent pour une durée limitée"
            yield outline.warning(line, "retention", message)
    if not 1 <= definition.draft_retention_days <= _MOST_DRAFT_DAYS:
        message = f"« draft_retention_days » va de 1 à {_MOST_DRAFT_DAYS} jours"
        yield outline.error(outline.line("draft_retention_days"), "retention", message)


def notice(outline: Outline) -> Iterator[Issue]:
    found = outline.definition.notice
    line = found.line or outline.line("notice")
    if not found.contact:
        message = "la notice ne dit pas à qui s’adresser (« contact »)"
        yield outline.warning(line, "notice", message)
    if not outline.definition.anonymous and found.rights and "CNIL" not in found.rights:
        message = "la notice ne dit pas que l’on peut saisir la CNIL (« rights »)"
        yield outline.warning(line, "notice", message)


def open_questions(outline: Outline) -> Iterator[Issue]:
    if not outline.definition.anonymous:
        return
    for entry, question in outline.questions:
        if question.multiline and not question.hint:
            message = (
                f"la question ouverte « {question.name} » gagne à rappeler de ne citer personne "
                "(« hint »)"
            )
            yield outline.warning(entry.line, "open_question", message)


RULES = (
    smallest_base,
    identifying_questions,
    identity,
    address,
    changes,
    freedom_to_skip,
    profile_size,
    private_profiles,
    retention,
    notice,
    open_questions,
)
