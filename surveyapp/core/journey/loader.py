"""YAML → :class:`Journey`.

Reading goes on after a fault, as in :mod:`surveyapp.core.loader`: what a file says wrongly in
its form is found here, all at once, in French, with file and line; what it says wrongly in its
meaning is found by :mod:`surveyapp.core.journey.check`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from surveyapp.core.issues import DefinitionError, Issue, errors
from surveyapp.core.journey.calendar import Duration
from surveyapp.core.journey.definition import (
    Actor,
    Column,
    Deadline,
    Document,
    EventKind,
    Fact,
    FactKind,
    InvitationRule,
    Journey,
    Mail,
    Meeting,
    Reminder,
    Sharing,
    Stage,
    StageKind,
    Task,
    Transition,
)
from surveyapp.core.journey.reading import actors, duration, guard
from surveyapp.core.loader import file_text
from surveyapp.core.reading import Fields, Node, Report, parse_yaml

_Thing = TypeVar("_Thing")
_COORDINATION = (Actor.COORDINATION,)


def load(path: Path) -> Journey:
    """Read one journey; raise :class:`DefinitionError` with every fault of its form."""
    journey, issues = read_file(path)
    if journey is None or errors(issues):
        raise DefinitionError(issues)
    return journey


def read_file(path: Path) -> tuple[Journey | None, list[Issue]]:
    """What can be understood of a file, and every fault of its form; never raises."""
    report = Report(str(path))
    text = file_text(path, report)
    if text is None:
        return None, report.issues
    journey, issues = read(text, source=str(path))
    if journey is not None and journey.name and journey.name != path.stem:
        message = f"le nom du parcours est « {journey.name} », celui du fichier « {path.stem} »"
        report.error(journey.lines.get("name", 1), "file_name", message)
    return journey, issues + report.issues


def loads(text: str, *, source: str = "") -> Journey:
    """Read a journey from a text; raise :class:`DefinitionError` with every fault."""
    journey, issues = read(text, source=source)
    if journey is None or errors(issues):
        raise DefinitionError(issues)
    return journey


def read(text: str, *, source: str = "") -> tuple[Journey | None, list[Issue]]:
    """Like :func:`read_file`, from a text."""
    report = Report(source)
    node = parse_yaml(text, report)
    return (None if node is None else _journey(node, report)), report.issues


def _journey(node: Node, report: Report) -> Journey:
    fields = Fields(node, report, "un parcours")
    journey = Journey(
        name=fields.needed("name"),
        title=fields.needed("title"),
        version=fields.needed("version"),
        description=fields.text("description"),
        entry_task=fields.needed("entry_task"),
        retention_months=fields.whole("retention_months", 24),
        stages=_each(fields, "stages", "une étape", _stage),
        facts=_each(fields, "facts", "une donnée du dossier", _fact),
        events=_each(fields, "events", "un événement", _event),
        tasks=_each(fields, "tasks", "un formulaire à remplir", _task),
        transitions=_each(fields, "transitions", "un passage", _transition),
        deadlines=_each(fields, "deadlines", "une échéance", _deadline),
        mails=_each(fields, "mails", "un courriel", _mail),
        documents=_each(fields, "documents", "un document", _document),
        invitations=_each(fields, "invitations", "une invitation", _invitation),
        meetings=_each(fields, "meetings", "un rendez-vous périodique", _meeting),
        columns=_each(fields, "columns", "une colonne du tableau", _column),
        sharing=_sharing(fields),
        source=report.source,
        lines={key: child.line for key, child in fields.nodes.items()},
    )
    fields.finish()
    return journey


def _each(
    fields: Fields, key: str, what: str, build: Callable[[Fields], _Thing]
) -> tuple[_Thing, ...]:
    """What ``build`` makes of each item of a list; a key that it does not ask for is noted."""
    found = []
    for node in fields.sequence(key):
        inner = Fields(node, fields.report, f"{what} (« {key} »)")
        if inner.nodes:
            found.append(build(inner))
            inner.finish()
    return tuple(found)


def _named(f: Fields) -> dict[str, Any]:
    return {"name": f.needed("name"), "label": f.needed("label"), "line": f.line}


def _stage(f: Fields) -> Stage:
    return Stage(
        **_named(f),
        kind=f.member("kind", StageKind, StageKind.ACTIVE),
        hint=f.text("hint"),
        retention_months=f.whole("retention_months", 0) or None,
    )


def _fact(f: Fields) -> Fact:
    choices = _each(f, "choices", "un choix", lambda c: (c.needed("name"), c.needed("label")))
    kind = f.member("kind", FactKind, FactKind.TEXT)
    if (kind is FactKind.CHOICE) != bool(choices):
        f.error("kind", "fact_choices", "« kind: choice » et « choices » vont ensemble")
    return Fact(**_named(f), kind=kind, choices=choices)


def _event(f: Fields) -> EventKind:
    return EventKind(
        **_named(f),
        by=actors(f, "by", _COORDINATION),
        during=f.words("during"),
        when=guard(f, "when"),
        repeated=f.flag("repeated"),
        about=f.text("about"),
        noted_by=_answer(f, "noted_by"),
        hint=f.text("hint"),
    )


def _task(f: Fields) -> Task:
    return Task(
        **_named(f),
        form=f.needed("form"),
        by=actors(f, "by", _COORDINATION),
        during=f.words("during"),
        when=guard(f, "when"),
        repeated=f.flag("repeated"),
        date=f.text("date"),
        hint=f.text("hint"),
    )


def _transition(f: Fields) -> Transition:
    sources = f.words("from")
    if not sources:
        f.error("from", "missing_key", "il manque « from », les étapes d’où part le passage")
    found = Transition(
        **_named(f),
        sources=sources,
        target=f.needed("to"),
        by=actors(f, "by", _COORDINATION),
        guard=guard(f, "guard"),
        guard_message=f.text("guard_message"),
        needs=f.words("needs"),
        reason=f.flag("reason"),
        caution=f.text("caution"),
    )
    if (found.guard is None) == bool(found.guard_message):
        message = "« guard » et « guard_message » vont ensemble : une condition, et quoi faire"
        f.error("guard", "guard_message", message)
    return found


def _deadline(f: Fields) -> Deadline:
    found = Deadline(
        **_named(f),
        after=_after(f),
        plus=duration(f, "plus"),
        working_days=f.flag("working_days"),
        during=f.words("during"),
        until=f.words("until"),
        by=actors(f, "by", _COORDINATION),
        when=guard(f, "when"),
        take=f.text("take"),
        each=f.flag("each"),
        at=_answer(f, "at"),
        reminders=_each(f, "reminders", "une relance", _reminder),
    )
    if found.working_days and found.plus.months:
        message = "des jours ouvrés se comptent en jours : écrivez par exemple P10D"
        f.error("working_days", "working_days", message)
    return found


def _answer(f: Fields, key: str) -> tuple[str, str] | None:
    """The date in an answer that a key names."""
    text = f.text(key)
    task, point, question = text.partition(".")
    if text and not (task and point and question):
        f.error(key, key, f"« {key} » désigne une date dans une réponse : « tâche.question »")
        return None
    return (task, question) if text else None


def _reminder(f: Fields) -> Reminder:
    said = [key for key in ("before", "after") if f.text(key)]
    if len(said) != 1:
        message = "une relance dit « before » ou « after », l’un des deux (P0D : le jour même)"
        f.report.error(f.line, "reminder", message)
    key = said[0] if said else "before"
    return Reminder(
        offset=duration(f, key, Duration()),
        before=key == "before",
        to=actors(f, "to", _COORDINATION),
        mail=f.text("mail"),
        line=f.line,
    )


def _after(f: Fields) -> tuple[str, ...]:
    words = f.words("after")
    if not words:
        f.error("after", "missing_key", f"il manque « after » pour {f.what}")
    return words


def _follows(f: Fields) -> dict[str, Any]:
    """What mails, documents and invitations share."""
    during = f.words("during")
    return {
        "plus": duration(f, "plus", Duration()),
        "during": during or None,
        "when": guard(f, "when"),
        "line": f.line,
    }


def _mail(f: Fields) -> Mail:
    to = actors(f, "to")
    if not to and not f.text("to"):
        f.error("to", "missing_key", "il manque « to », à qui le courriel est envoyé")
    return Mail(
        name=f.needed("name"),
        subject=f.needed("subject"),
        text=f.needed("text"),
        to=to,
        after=f.words("after"),
        **_follows(f),
    )


def _document(f: Fields) -> Document:
    formats = f.words("formats") or ("pdf",)
    for word in formats:
        if word not in ("pdf", "docx"):
            f.error("formats", "value", f"« {word} » n’est pas un format (pdf, docx)")
    return Document(
        name=f.needed("name"),
        label=f.needed("label"),
        template=f.needed("template"),
        after=_after(f),
        formats=formats,
        **_follows(f),
    )


def _invitation(f: Fields) -> InvitationRule:
    return InvitationRule(
        name=f.needed("name"),
        label=f.needed("label"),
        form=f.needed("form"),
        after=_after(f),
        to=actors(f, "to", (Actor.PERSON,)),
        answered=f.text("answered"),
        **_follows(f),
    )


def _meeting(f: Fields) -> Meeting:
    words = f.words("months")
    months = tuple(int(word) for word in words if word.isdigit() and 1 <= int(word) <= 12)
    if len(months) != len(words):
        f.error("months", "value", "« months » attend des nombres de 1 à 12")
    said = bool(f.text("every"))
    every = duration(f, "every", Duration()) if said else None
    if said == bool(words) or every == Duration() or (words and f.flag("once")):
        message = "un rendez-vous dit « every » (par exemple P3M) ou « months », l’un des deux"
        f.report.error(f.line, "meeting", message)
    return Meeting(**_named(f), every=every, once=f.flag("once"), months=tuple(sorted(months)))


def _column(f: Fields) -> Column:
    show, _, question = f.needed("show").partition(".")
    other, _, answer = f.text("or").partition(".")
    instead = (other, answer) if other else None
    return Column(f.needed("label"), show, question, f.flag("all"), instead, line=f.line)


def _sharing(fields: Fields) -> Sharing | None:
    f = fields.fields("sharing", "le partage avec un partenaire (« sharing »)")
    if f is None:
        return None
    f.needed("when")
    when = guard(f, "when")
    found = None
    words = {key: f.words(key) for key in ("tasks", "facts", "events")}
    if when is not None:
        found = Sharing(when, **words, line=f.line)
    f.finish()
    return found
