"""``fields.yaml`` and ``accounts.yaml`` → :class:`BilanForm`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from surveyapp.core import french
from surveyapp.core.bilan.form import (
    BilanForm,
    Column,
    ColumnKind,
    Condition,
    Field,
    FieldKind,
    FollowUp,
    Option,
    Page,
    Section,
    Sheet,
    Source,
    When,
)
from surveyapp.core.budget import Account, Chart, Group, Line, Side
from surveyapp.core.indicator import IndicatorKind

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_FIELD_KEYS = (
    "name kind label source note help required required_when printed multiple layout heading "
    "options follow_up columns row_name add_label empty_rows limit empty "
    "indicator_kind legend signatories"
)


class BilanFormError(Exception):
    """The description of the form is wrong; the message says where."""


def load_form(folder: Path) -> BilanForm:
    """Read the form of a folder that holds ``fields.yaml`` and ``accounts.yaml``.

    :raises BilanFormError: unknown or missing key, name used twice, unknown page.
    """
    document = _read(folder / "fields.yaml")
    _only(document, "name version supertitle title pages sheets", "fields.yaml")
    try:
        form = BilanForm(
            name=document["name"],
            version=str(document["version"]),
            supertitle=typographic(document["supertitle"]),
            title=typographic(document["title"]),
            pages=tuple(_page(p) for p in document["pages"]),
            sheets=tuple(_sheet(s) for s in document["sheets"]),
            chart=load_chart(folder / "accounts.yaml"),
        )
    except KeyError as error:
        raise BilanFormError(f"fields.yaml: key {error} is missing") from error
    _check(form)
    return form


def load_chart(path: Path) -> Chart:
    """Read a chart of accounts: two sides, charges first."""
    document = _read(path)
    _only(document, "note sides", path.name)
    charges, produits = (_side(side) for side in document["sides"])
    chart = Chart(note=typographic(document["note"]), charges=charges, produits=produits)
    keys = [line.key for line in chart.lines()]
    if len(keys) != len(set(keys)):
        raise BilanFormError(f"{path.name}: an account code is used twice")
    return chart


def typographic(text: str) -> str:
    """Put French no-break spaces and apostrophes where the author typed ordinary ones."""
    return french.typeset(" ".join(text.split()).replace("'", "’"))


def _read(path: Path) -> dict[str, Any]:
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(document, dict):
        raise BilanFormError(f"{path.name}: a mapping is expected")
    return document


def _only(data: Mapping[str, Any], keys: str, where: str) -> None:
    unknown = set(data) - set(keys.split())
    if unknown:
        raise BilanFormError(f"{where}: unknown key {', '.join(sorted(unknown))}")


def _page(data: dict[str, Any]) -> Page:
    _only(data, "name title intro", "pages")
    return Page(data["name"], typographic(data["title"]), typographic(data.get("intro", "")))


def _sheet(data: dict[str, Any]) -> Sheet:
    _only(data, "name heading title sections", str(data.get("name")))
    sections = tuple(_section(s) for s in data["sections"])
    heading, title = typographic(data.get("heading", "")), typographic(data["title"])
    return Sheet(data["name"], heading, title, sections)


def _section(data: dict[str, Any]) -> Section:
    _only(data, "name number title page layout fields", str(data.get("name")))
    return Section(
        name=data["name"],
        number=str(data.get("number", "")),
        title=typographic(data.get("title", "")),
        page=data["page"],
        layout=data.get("layout", ""),
        fields=tuple(_field(f) for f in data["fields"]),
    )


def _field(data: dict[str, Any]) -> Field:
    where = str(data.get("name"))
    _only(data, _FIELD_KEYS, where)
    values = dict(data)
    for key in ("label", "note", "help", "row_name", "add_label", "heading", "legend"):
        if key in values:
            values[key] = typographic(values[key])
    values["kind"] = FieldKind(data["kind"])
    values["source"] = Source(data["source"])
    values["options"] = _options(data.get("options", ()))
    values["columns"] = tuple(_column(c) for c in data.get("columns", ()))
    values["signatories"] = tuple(typographic(s) for s in data.get("signatories", ()))
    if "follow_up" in data:
        values["follow_up"] = _follow_up(data["follow_up"])
    if "required_when" in data:
        values["required_when"] = _condition(data["required_when"])
    if "indicator_kind" in data:
        values["indicator_kind"] = IndicatorKind(data["indicator_kind"])
    return Field(**values)


def _options(items: Any) -> tuple[Option, ...]:
    return tuple(_option(item) for item in items)


def _option(data: dict[str, Any]) -> Option:
    _only(data, "name label text exclusive options", str(data.get("name")))
    return Option(
        name=data["name"],
        label=typographic(data["label"]),
        text=data.get("text", False),
        exclusive=data.get("exclusive", False),
        children=_options(data.get("options", ())),
    )


def _column(data: dict[str, Any]) -> Column:
    _only(data, "name label kind width options required help", str(data.get("name")))
    return Column(
        name=data["name"],
        label=typographic(data["label"]),
        kind=ColumnKind(data.get("kind", "text")),
        width=data.get("width", 25),
        options=_options(data.get("options", ())),
        required=data.get("required", False),
        help=typographic(data.get("help", "")),
    )


def _follow_up(data: dict[str, Any]) -> FollowUp:
    _only(data, "when label required", "follow_up")
    return FollowUp(When(data["when"]), typographic(data["label"]), data.get("required", True))


def _condition(data: dict[str, Any]) -> Condition:
    _only(data, "field any column", "required_when")
    return Condition(data["field"], tuple(data["any"]), data.get("column", ""))


def _side(data: dict[str, Any]) -> Side:
    _only(data, "name title total grand_total groups in_kind", str(data.get("name")))
    return Side(
        name=data["name"],
        title=typographic(data["title"]),
        total=typographic(data["total"]),
        grand_total=typographic(data["grand_total"]),
        groups=tuple(_group(g) for g in data["groups"]),
        in_kind=_group(data["in_kind"]),
    )


def _group(data: dict[str, Any]) -> Group:
    _only(data, "name title accounts", str(data.get("name")))
    accounts = tuple(_account(a) for a in data["accounts"])
    return Group(data["name"], typographic(data["title"]), accounts)


def _account(data: dict[str, Any]) -> Account:
    code = str(data["code"])
    _only(data, "code printed label lines", code)
    label = typographic(data["label"])
    lines = tuple(_line(code, line) for line in data.get("lines", ()))
    own = not lines
    return Account(
        code=code,
        printed=str(data.get("printed", code)),
        label=label,
        lines=lines or (Line(key=code, label=label),),
        own=own,
    )


def _line(code: str, data: dict[str, Any]) -> Line:
    _only(data, "name label precise grant volunteering", code)
    values = dict(data, key=f"{code}_{data['name']}", label=typographic(data["label"]))
    del values["name"]
    return Line(**values)


def _check(form: BilanForm) -> None:
    names = [field.name for field in form.fields()]
    for name in names:
        if names.count(name) > 1:
            raise BilanFormError(f"field {name} stands twice")
        if not _NAME.fullmatch(name):
            raise BilanFormError(f"field {name}: small letters, digits and _ only")
    pages = {page.name for page in form.pages}
    for section in form.sections():
        if section.page not in pages:
            raise BilanFormError(f"section {section.name}: unknown page {section.page}")
    for field in form.fields():
        if field.required_when:
            _check_condition(form, field, field.required_when)


def _check_condition(form: BilanForm, field: Field, condition: Condition) -> None:
    if condition.field not in {f.name for f in form.fields()}:
        raise BilanFormError(f"field {field.name}: unknown field {condition.field}")
    target = form.field(condition.field)
    if condition.column:
        column = target.column(condition.column)
        known = {o.name for o in column.options} if column else set()
    else:
        known = {o.name for o in target.all_options()}
    if not set(condition.any_of) <= known:
        raise BilanFormError(f"field {field.name}: unknown option in required_when")
