"""Rules on deadlines, reminders and what follows an event: that they can ever come."""

from __future__ import annotations

from collections.abc import Iterator

from surveyapp.core.issues import Issue
from surveyapp.core.journey.calendar import Duration
from surveyapp.core.journey.check.plan import Plan
from surveyapp.core.journey.definition import Deadline, EventKind, Task


def anchors(plan: Plan) -> Iterator[Issue]:
    """A deadline runs from something that can happen before it or while it runs."""
    for deadline in plan.journey.deadlines:
        stays = plan.journey.stays(deadline.during)
        for name in deadline.after:
            if name in plan.markers and not plan.leads(plan.where(name), stays):
                message = (
                    f"l’échéance « {deadline.name} » court depuis « {name} », qui n’arrive jamais "
                    "avant elle"
                )
                yield plan.error(deadline.line, "never_happens", message)


def followed(plan: Plan) -> Iterator[Issue]:
    for follower in plan.journey.followers:
        for name in follower.after:
            starts = plan.where(name)
            if name not in plan.markers:
                continue
            if not starts:
                message = f"« {follower.name} » suit « {name} », qui n’arrive jamais"
                yield plan.error(follower.line, "never_happens", message)
            elif follower.during and not plan.leads(starts, follower.during):
                message = f"« {follower.name} » suit « {name} », trop tard pour ses étapes"
                yield plan.error(follower.line, "never_happens", message)


def met(plan: Plan) -> Iterator[Issue]:
    """What meets a deadline can happen while it runs."""
    for deadline in plan.journey.deadlines:
        stays = set(plan.journey.stays(deadline.during))
        for name in deadline.until:
            thing = plan.markers.get(name)
            if isinstance(thing, EventKind | Task) and not plan.where(name) & stays:
                message = (
                    f"« {name} » ne peut pas arriver pendant que court l’échéance "
                    f"« {deadline.name} »"
                )
                yield plan.error(deadline.line, "never_met", message)


def taken(plan: Plan) -> Iterator[Issue]:
    """The transition that a deadline takes leaves from wherever the deadline runs."""
    for deadline in plan.journey.deadlines:
        transition = plan.journey.transition(deadline.take)
        if transition is None:
            continue
        missing = [s for s in plan.journey.stays(deadline.during) if s not in transition.sources]
        if missing:
            message = (
                f"l’échéance « {deadline.name} » prend « {transition.name} », qui ne part pas de "
                f"« {missing[0]} » : précisez « during »"
            )
            yield plan.error(deadline.line, "take", message)


def reminders(plan: Plan) -> Iterator[Issue]:
    for deadline in plan.journey.deadlines:
        seen = set()
        for reminder in deadline.reminders:
            if reminder.before and _longer(reminder.offset, deadline):
                message = (
                    f"la relance {reminder.offset} avant l’échéance « {deadline.name} » tombe "
                    f"avant ce qui la fait courir (« plus: {deadline.plus} »)"
                )
                yield plan.error(reminder.line, "early_reminder", message)
            key = (str(reminder.offset), reminder.before, reminder.to)
            if key in seen:
                message = f"l’échéance « {deadline.name} » a deux fois la même relance"
                yield plan.error(reminder.line, "duplicate_reminder", message)
            seen.add(key)
            if deadline.working_days and reminder.offset.months:
                message = "les relances d’une échéance en jours ouvrés se comptent en jours"
                yield plan.error(reminder.line, "working_days", message)


def _longer(offset: Duration, deadline: Deadline) -> bool:
    """Whether it certainly is; a month counts for its shortest length, then its longest."""
    return offset.months * 28 + offset.days > deadline.plus.months * 31 + deadline.plus.days


def unused_mails(plan: Plan) -> Iterator[Issue]:
    used = {r.mail for deadline in plan.journey.deadlines for r in deadline.reminders}
    for mail in plan.journey.mails:
        if not mail.after and mail.name not in used:
            message = f"le courriel « {mail.name} » ne suit rien et aucune relance ne l’envoie"
            yield plan.warning(mail.line, "unused_mail", message)


def retention(plan: Plan) -> Iterator[Issue]:
    if not 1 <= plan.journey.retention_months <= 120:
        message = "« retention_months » va de 1 à 120 mois après la clôture"
        yield plan.error(plan.line("retention_months"), "retention", message)
    for stage in plan.journey.stages:
        if stage.retention_months is not None and not stage.closed:
            message = (
                f"« retention_months » ne sert qu’à une étape qui clôt le dossier, pas à "
                f"« {stage.name} »"
            )
            yield plan.error(stage.line, "retention", message)


RULES = (anchors, followed, met, taken, reminders, unused_mails, retention)
