"""YAML → :class:`FormDefinition`.

Reading goes on after a fault, so that an author sees every one at once. What a single file
says wrongly in its form is found here; what it says wrongly in its meaning is found by
:mod:`surveyapp.core.check`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from surveyapp.core.building import Survey
from surveyapp.core.definition import (
    Choice,
    FormDefinition,
    Mode,
    Notice,
    Prerequisite,
    Unit,
)
from surveyapp.core.expression import Expression
from surveyapp.core.issues import DefinitionError, Issue, errors, sentence
from surveyapp.core.linking import link_definition
from surveyapp.core.reading import UNREADABLE, Fields, Node, Report, parse_yaml, suggestion

__all__ = [
    "DefinitionError",
    "build",
    "file_text",
    "load",
    "load_directory",
    "load_lists",
    "loads",
    "read",
    "read_file",
]

#: Folder of the shared choice lists, beside the questionnaires or up to two folders above.
LISTS = "lists"
UNLIMITED = "unlimited"
MAX_BYTES = 2_000_000

_LIST_NAME = re.compile(r"[a-z][a-z0-9_-]{0,40}")
_NOTICE_PARTS = ("controller", "purpose", "legal_basis", "recipients", "retention", "rights")
ChoiceLists = dict[str, tuple[Choice, ...]]


def load(path: Path) -> FormDefinition:
    """Read one questionnaire; raise :class:`DefinitionError` with every fault of its form."""
    definition, issues = read_file(path)
    if definition is None or errors(issues):
        raise DefinitionError(issues)
    return definition


def load_directory(path: Path) -> list[FormDefinition]:
    """Read every questionnaire of a folder, by name; the faults of all come in one error."""
    results = [read_file(file) for file in sorted(path.glob("*.yaml"))]
    issues = [issue for _, found in results for issue in found]
    if errors(issues):
        raise DefinitionError(issues)
    return [definition for definition, _ in results if definition is not None]


def loads(text: str, *, source: str = "", lists: Path | None = None) -> FormDefinition:
    """Read a questionnaire from a text. ``lists`` is the folder of the shared choice lists."""
    definition, issues = read(text, source=source, lists=lists)
    if definition is None or errors(issues):
        raise DefinitionError(issues)
    return definition


def load_lists(path: Path) -> ChoiceLists:
    """The choice lists of a file of shared lists; raise :class:`DefinitionError` on a fault."""
    report = Report(str(path))
    text = file_text(path, report)
    node = parse_yaml(text, report) if text is not None else None
    lists = _choice_lists(Fields(node, report, "un fichier de listes communes")) if node else {}
    if errors(report.issues):
        raise DefinitionError(report.issues)
    return lists


def read_file(path: Path) -> tuple[FormDefinition | None, list[Issue]]:
    """What can be understood of a file, and every fault of its form; never raises."""
    report = Report(str(path))
    text = file_text(path, report)
    if text is None:
        return None, report.issues
    definition, issues = read(text, source=str(path), lists=_lists_folder(path))
    if definition is not None and definition.name and definition.name != path.stem:
        message = (
            f"le nom du questionnaire est « {definition.name} », celui du fichier « {path.stem} »"
        )
        report.error(definition.lines.get("name", 1), "file_name", message)
    return definition, issues + report.issues


def read(
    text: str, *, source: str = "", lists: Path | None = None
) -> tuple[FormDefinition | None, list[Issue]]:
    """Like :func:`read_file`, from a text."""
    report = Report(source)
    node = parse_yaml(text, report)
    if node is None:
        return None, report.issues
    return build(node, report, lists=lists), report.issues


def _lists_folder(path: Path) -> Path:
    near = [folder / LISTS for folder in path.parents[:3]]
    return next((folder for folder in near if folder.is_dir()), near[0])


def file_text(path: Path, report: Report) -> str | None:
    """The text of a file of definitions; None, and a fault noted, when it is none."""
    try:
        data = path.read_bytes()
        if len(data) > MAX_BYTES:
            report.error(1, "too_large", "le fichier dépasse 2 Mo")
            return None
        return data.decode("utf-8-sig")
    except OSError:
        report.error(1, "unreadable", "le fichier ne peut pas être lu")
    except UnicodeDecodeError:
        report.error(1, "encoding", "le fichier n’est pas enregistré en UTF-8")
    return None


def build(node: Node, report: Report, *, lists: Path | None = None) -> FormDefinition:
    """Build a questionnaire from a tree; what is wrong is noted in ``report``."""
    fields = Fields(node, report, "un questionnaire")
    lists_found, files = _lists(fields, lists)
    survey = Survey(report, lists_found)
    definition = FormDefinition(
        name=fields.needed("name"),
        title=fields.needed("title"),
        version=fields.needed("version"),
        mode=_mode(fields),
        k=fields.whole("k", 5),
        notice=_notice(fields),
        sections=survey.sections(fields),
        description=fields.text("description"),
        introduction=fields.text("introduction"),
        language=fields.text("language", "fr"),
        unit=fields.member("unit", Unit, Unit.PERSON),
        live=fields.flag("live"),
        duration_minutes=fields.whole("duration_minutes", 0) or None,
        retention_months=_retention(fields),
        draft_retention_days=fields.whole("draft_retention_days", 90),
        thanks=fields.text("thanks"),
        submit_label=fields.text("submit_label", "Envoyer mes réponses"),
        safety_box=fields.text("safety_box"),
        prerequisites=_prerequisites(fields),
        email_question=fields.text("email_question"),
        identity_questions=fields.words("identity_questions"),
        edit_until_close=fields.flag("edit_until_close"),
        again=fields.flag("again"),
        choice_lists={
            name: choices
            for name, choices in lists_found.items()
            if name in survey.used or files[name] == report.source
        },
        source=report.source,
        lines={key: child.line for key, child in fields.nodes.items()},
        list_files=files,
    )
    fields.finish()
    return link_definition(definition)


def _mode(fields: Fields) -> Mode:
    fields.needed("mode")
    return fields.member("mode", Mode, Mode.CONFIDENTIAL)


def _retention(fields: Fields) -> int | None:
    text = fields.needed("retention_months")
    if text in ("", UNLIMITED):
        return None
    months = fields.whole("retention_months", 1)
    if months == 0:
        fields.error("retention_months", "value", "« retention_months » va de 1 mois à unlimited")
    return months or 1


def _notice(fields: Fields) -> Notice:
    inner = fields.fields("notice", "la notice d’information (« notice »)")
    if inner is None:
        fields.error("notice", "missing_key", "il manque « notice », l’information des personnes")
        return Notice("", "", "", "", "", "")
    parts = {part: inner.needed(part) for part in _NOTICE_PARTS}
    notice = Notice(
        **parts, contact=inner.text("contact"), optional=inner.text("optional"), line=inner.line
    )
    inner.finish()
    return notice


def _prerequisites(fields: Fields) -> tuple[Prerequisite, ...]:
    found: list[Prerequisite] = []
    for node in fields.sequence("prerequisites"):
        inner = Fields(node, fields.report, "une condition préalable (« prerequisites »)")
        expression = inner.expression("expression")
        if expression is None:
            inner.needed("expression")
            expression = Expression("true()", UNREADABLE, inner.line)
        found.append(
            Prerequisite(
                expression=expression,
                label=inner.needed("label"),
                message=inner.needed("message"),
                section=inner.needed("section"),
                line=inner.line,
            )
        )
        inner.finish()
    return tuple(found)


def _lists(fields: Fields, folder: Path | None) -> tuple[ChoiceLists, dict[str, str]]:
    """The choice lists of the questionnaire and of the files it names, and where each is from."""
    found: ChoiceLists = {}
    files: dict[str, str] = {}
    own = (fields.report.source, _choice_lists(fields), fields.line_of("choices"))
    for file, lists, line in [own, *_shared_lists(fields, folder)]:
        for name, choices in lists.items():
            if name in found:
                message = f"la liste de choix « {name} » existe aussi dans {files[name]}"
                fields.report.issues.append(Issue(file, line, "duplicate_list", sentence(message)))
                continue
            found[name], files[name] = choices, file
    return found, files


def _shared_lists(fields: Fields, folder: Path | None) -> Iterable[tuple[str, ChoiceLists, int]]:
    """File and lists of each name in ``lists``; the faults of those files are noted too."""
    for name in fields.words("lists"):
        path = folder / f"{name}.yaml" if folder and _LIST_NAME.fullmatch(name) else None
        if path is None or not path.is_file():
            known = [file.stem for file in sorted(folder.glob("*.yaml"))] if folder else []
            message = f"il n’y a pas de listes communes « {name} »{suggestion(name, known)}"
            fields.error("lists", "unknown_file", message)
            continue
        report = Report(str(path))
        text = file_text(path, report)
        node = parse_yaml(text, report) if text is not None else None
        if node is not None:
            inner = Fields(node, report, "un fichier de listes communes")
            yield str(path), _choice_lists(inner), inner.line_of("choices")
            inner.finish()
        fields.report.issues.extend(report.issues)


def _choice_lists(fields: Fields) -> ChoiceLists:
    inner = fields.fields("choices", "« choices »")
    if inner is None:
        return {}
    return {name: tuple(_choices(inner, name)) for name in inner.nodes}


def _choices(fields: Fields, name: str) -> Iterable[Choice]:
    for node in fields.sequence(name):
        inner = Fields(node, fields.report, f"un choix de « {name} »")
        if not inner.nodes:
            continue
        own = ("name", "label", "exclusive")
        yield Choice(
            name=inner.needed("name"),
            label=inner.needed("label"),
            exclusive=inner.flag("exclusive"),
            attributes={key: inner.text(key) for key in inner.nodes if key not in own},
            line=inner.line,
        )
