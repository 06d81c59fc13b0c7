"""Rules on deadlines, reminders and what follows an event: that they can ever come."""

from __future__ import annotations

from collections.abc import Iterator

from surveyapp.core.definition import Kind
from surveyapp.core.issues import Issue
from surveyapp.core.journey.calendar import Duration
from surveyapp.core.journey.check.plan import Plan
from surveyapp.core.journey.definition import Deadline, EventKind, Task
from surveyapp.core.reading import suggestion


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


def each(plan: Plan) -> Iterator[Issue]:
    """What meets the deadline of each mark says which mark it is about."""
    for deadline in plan.journey.deadlines:
        if not deadline.each or not deadline.until:
            continue
        found = [plan.journey.event(name) for name in deadline.until if name in plan.markers]
        known = [event.about if event is not None else "" for event in found]
        words = [name for name in deadline.after if name in plan.markers]
        if not all(about in deadline.after for about in known):
            message = (
                f"« each » : ce qui remplit « {deadline.name} » est un événement qui dit « about: »"
                f" et l’une des traces de « after »"
            )
            yield plan.error(deadline.line, "each", message)
        elif known and not all(word in known for word in words):
            message = f"« each » : aucun événement de « until » ne concerne « {words[-1]} »"
            yield plan.error(deadline.line, "each", message)


def agreed(plan: Plan) -> Iterator[Issue]:
    """The date in an answer that a deadline takes is a date, of a form that can be filled."""
    for deadline in plan.journey.deadlines:
        if deadline.at is not None:
            message = _wrong_date(plan, deadline, *deadline.at)
            if message:
                yield plan.error(deadline.line, "at", f"« at » : {message}")


def _wrong_date(plan: Plan, deadline: Deadline, task_name: str, name: str) -> str:
    task = plan.journey.task(task_name)
    if task is None:
        hint = suggestion(task_name, [t.name for t in plan.journey.tasks])
        return f"« {task_name} » n’est pas un formulaire du parcours{hint}"
    if deadline.each and set(deadline.after) != {task_name}:
        return (
            f"avec « each », la date est celle du formulaire de « after », pas de « {task_name} »"
        )
    if not plan.leads(plan.where(task_name), plan.journey.stays(deadline.during)):
        return f"« {task_name} » est rempli trop tard pour l’échéance « {deadline.name} »"
    return _no_date(plan, task, name)


def _no_date(plan: Plan, task: Task, name: str) -> str:
    """What is wrong when the form of a task asks for no such date."""
    form = plan.forms.get(task.form) if plan.forms else None
    if form is None:
        return ""
    dates = [
        q.name for section in form.sections for q in section.questions() if q.kind is Kind.DATE
    ]
    if name in dates:
        return ""
    hint = suggestion(name, dates)
    return f"« {name} » n’est pas une question de date du questionnaire « {task.form} »{hint}"


def dated(plan: Plan) -> Iterator[Issue]:
    """What dates a filling is a date that its form asks for."""
    for task in plan.journey.tasks:
        message = _no_date(plan, task, task.date) if task.date else ""
        if message:
            yield plan.error(task.line, "date", f"« date » : {message}")


def noted(plan: Plan) -> Iterator[Issue]:
    """An event is noted by a date of a form that is filled while it can happen."""
    for event in plan.journey.events:
        if event.noted_by is None:
            continue
        task = plan.journey.task(event.noted_by[0])
        message = ""
        if event.about:
            message = f"« {event.name} » concerne « {event.about} » : quelqu’un doit dire lequel"
        elif task is not None and not plan.where(task.name) & plan.where(event.name):
            message = f"« {task.name} » ne se remplit à aucune étape de « {event.name} »"
        elif task is not None:
            message = _no_date(plan, task, event.noted_by[1])
        if message:
            yield plan.error(event.line, "noted_by", f"« noted_by » : {message}")


def answered(plan: Plan) -> Iterator[Issue]:
    """The event of an answer can happen once the invitation went out."""
    for rule in plan.journey.invitations:
        starts = [stage for name in rule.after for stage in plan.where(name)]
        known = starts and plan.journey.event(rule.answered)
        if known and not plan.leads(starts, plan.where(rule.answered)):
            message = f"« {rule.answered} » ne peut pas arriver après « {rule.name} »"
            yield plan.error(rule.line, "never_happens", message)


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


RULES = (
    *(anchors, followed, met, each, agreed, dated, noted, answered, taken, reminders, unused_mails),
    retention,
)
