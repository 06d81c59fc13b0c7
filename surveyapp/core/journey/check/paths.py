"""Rules on the path: one beginning, every stage reached, every stage left."""

from __future__ import annotations

from collections.abc import Iterator

from surveyapp.core.issues import Issue
from surveyapp.core.journey.check.plan import Plan
from surveyapp.core.journey.definition import StageKind


def ends(plan: Plan) -> Iterator[Issue]:
    """Exactly one beginning, and at least one end."""
    line = plan.line("stages")
    entries = [s for s in plan.journey.stages if s.kind is StageKind.ENTRY]
    if not entries:
        yield plan.error(line, "no_entry", "aucune étape n’est l’entrée (« kind: entry »)")
    for stage in entries[1:]:
        message = f"un parcours n’a qu’une entrée, et « {stage.name} » en est une seconde"
        yield plan.error(stage.line, "several_entries", message)
    if not any(stage.closed for stage in plan.journey.stages):
        message = "aucune étape ne clôt le dossier (« kind: won » ou « kind: lost »)"
        yield plan.error(line, "no_end", message)


def unreachable(plan: Plan) -> Iterator[Issue]:
    if not plan.reachable:
        return
    for stage in plan.journey.stages:
        if stage.name not in plan.reachable:
            message = f"aucun passage ne mène à l’étape « {stage.name} » depuis l’entrée"
            yield plan.error(stage.line, "unreachable_stage", message)


def dead_ends(plan: Plan) -> Iterator[Issue]:
    """Out of every open stage a way leads to an end."""
    closed = {stage.name for stage in plan.journey.stages if stage.closed}
    left = {name for transition in plan.journey.transitions for name in transition.sources}
    for stage in plan.journey.stages:
        if stage.closed or not closed:
            continue
        if stage.name not in left:
            message = f"aucun passage ne part de l’étape « {stage.name} » : un dossier y resterait"
            yield plan.error(stage.line, "dead_end", message)
        elif not plan.following[stage.name] & closed:
            message = f"de l’étape « {stage.name} », un dossier ne peut jamais être clos"
            yield plan.error(stage.line, "no_way_out", message)


def needs(plan: Plan) -> Iterator[Issue]:
    """What a transition asks for can have happened by then."""
    for transition in plan.journey.transitions:
        for name in transition.needs:
            known = name in plan.markers and plan.reachable & set(transition.sources)
            if known and not plan.leads(plan.where(name), transition.sources):
                message = (
                    f"le passage « {transition.name} » demande « {name} », qui ne peut pas être "
                    "fait avant lui"
                )
                yield plan.error(transition.line, "impossible_need", message)


def entry_task(plan: Plan) -> Iterator[Issue]:
    """The form that opens a dossier is asked in its first stage."""
    journey = plan.journey
    task = journey.task(journey.entry_task)
    entries = {s.name for s in journey.stages if s.kind is StageKind.ENTRY}
    if task is not None and entries and not entries & set(journey.stays(task.during)):
        message = f"le formulaire d’entrée « {task.name} » n’est pas demandé à l’étape d’entrée"
        yield plan.error(task.line, "entry_task", message)


RULES = (ends, unreachable, dead_ends, needs, entry_task)
