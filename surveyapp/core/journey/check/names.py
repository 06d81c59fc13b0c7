"""Rules on names: well formed, unique, and those that are used exist."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from surveyapp.core.check.names import FORM_NAME, NAME
from surveyapp.core.issues import Issue
from surveyapp.core.journey.check.plan import Plan
from surveyapp.core.journey.definition import FactKind
from surveyapp.core.reading import suggestion


def journey_name(plan: Plan) -> Iterator[Issue]:
    name = plan.journey.name
    if name and not FORM_NAME.fullmatch(name):
        message = (
            f"« {name} » n’est pas un nom de parcours : des minuscules sans accent, des chiffres "
            "et des tirets, 40 signes au plus"
        )
        yield plan.error(plan.line("name"), "journey_name", message)


def well_formed(plan: Plan) -> Iterator[Issue]:
    for thing in plan.journey.named():
        if thing.name and not NAME.fullmatch(thing.name):
            message = (
                f"« {thing.name} » n’est pas un nom correct : une minuscule, puis des minuscules "
                "sans accent, des chiffres et « _ », 26 signes au plus"
            )
            yield plan.error(thing.line, "name", message)


def unique(plan: Plan) -> Iterator[Issue]:
    """One name, one thing: ``after: visite`` must not have two meanings."""
    seen: dict[str, int] = {}
    for thing in plan.journey.named():
        if thing.name in seen:
            message = f"le nom « {thing.name} » est déjà pris (ligne {seen[thing.name]})"
            yield plan.error(thing.line, "duplicate_name", message)
        elif thing.name:
            seen[thing.name] = thing.line


def stages(plan: Plan) -> Iterator[Issue]:
    journey = plan.journey
    known = list(plan.stages)
    for transition in journey.transitions:
        for word in (*transition.sources, transition.target):
            yield from _unknown(plan, transition.line, word, known, "l’étape", "unknown_stage")
    things = (*journey.events, *journey.tasks, *journey.deadlines, *journey.followers)
    for thing in things:
        for word in thing.during or ():
            yield from _unknown(plan, thing.line, word, known, "l’étape", "unknown_stage")


def marks(plan: Plan) -> Iterator[Issue]:
    """What ``after``, ``until`` and ``needs`` name leaves a mark."""
    journey, known = plan.journey, list(plan.markers)
    used = [(t.line, word) for t in journey.transitions for word in t.needs]
    used += [(d.line, word) for d in journey.deadlines for word in (*d.after, *d.until)]
    used += [(f.line, word) for f in journey.followers for word in f.after]
    used += [(e.line, e.about) for e in journey.events]
    used += [(e.line, e.noted_by[0]) for e in journey.events if e.noted_by]
    for line, word in used:
        what = "l’étape, l’événement ou le formulaire"
        yield from _unknown(plan, line, word, known, what, "unknown_mark")


def others(plan: Plan) -> Iterator[Issue]:
    """Transitions that deadlines take, mails of reminders, the entry."""
    journey = plan.journey
    transitions = [t.name for t in journey.transitions]
    mails = [m.name for m in journey.mails]
    tasks = [t.name for t in journey.tasks]
    for deadline in journey.deadlines:
        if deadline.take:
            name = deadline.take
            code = "unknown_transition"
            yield from _unknown(plan, deadline.line, name, transitions, "le passage", code)
        for reminder in deadline.reminders:
            if reminder.mail:
                name, line = reminder.mail, reminder.line
                yield from _unknown(plan, line, name, mails, "le courriel", "unknown_mail")
    line = plan.line("entry_task")
    if journey.entry_task:
        yield from _unknown(plan, line, journey.entry_task, tasks, "le formulaire", "unknown_task")


def events(plan: Plan) -> Iterator[Issue]:
    """What records that an invitation was answered is an event."""
    known = [event.name for event in plan.journey.events]
    for rule in plan.journey.invitations:
        yield from _unknown(plan, rule.line, rule.answered, known, "l’événement", "unknown_mark")


def assigned(plan: Plan) -> Iterator[Issue]:
    """A dossier has one ambassador and one colleague in charge."""
    for kind in (FactKind.AMBASSADOR, FactKind.COLLEAGUE):
        for fact in [fact for fact in plan.journey.facts if fact.kind is kind][1:]:
            message = (
                f"une seule donnée est de « kind: {kind} », et « {fact.name} » en est une autre"
            )
            yield plan.error(fact.line, "several_people", message)


def shared(plan: Plan) -> Iterator[Issue]:
    journey = plan.journey
    if journey.sharing is not None:
        line, shared = journey.sharing.line, journey.sharing
        tasks = [t.name for t in journey.tasks]
        facts, events = [f.name for f in journey.facts], [e.name for e in journey.events]
        for words, known, what, code in (
            (shared.tasks, tasks, "le formulaire", "unknown_task"),
            (shared.facts, facts, "la donnée", "unknown_fact"),
            (shared.events, events, "l’événement", "unknown_mark"),
        ):
            for word in words:
                yield from _unknown(plan, line, word, known, what, code)


def forms(plan: Plan) -> Iterator[Issue]:
    if plan.forms is None:
        return
    known = list(plan.forms)
    used = [(task.line, task.form) for task in plan.journey.tasks]
    used += [(rule.line, rule.form) for rule in plan.journey.invitations]
    for line, name in used:
        yield from _unknown(plan, line, name, known, "le questionnaire", "unknown_form")


def _unknown(
    plan: Plan, line: int, word: str, known: Iterable[str], what: str, code: str
) -> Iterator[Issue]:
    names = list(known)
    if word and word not in names:
        yield plan.error(line, code, f"{what} « {word} » n’existe pas{suggestion(word, names)}")


RULES = (journey_name, well_formed, unique, stages, marks, others, events, assigned, shared, forms)
