"""Reference figures: published results that a local one may be set beside (domain.md A.4.5).

They are data, in ``reports/reference_figures.yaml``::

    figures:
      fatigue:
        value: 64            # as printed by the study, in ``unit``
        unit: "%"            # or /10, /6 …: points of a scale
        n: 48985             # null when the source does not say
        year: 2023
        study: who published it
        wording: the exact words of the source
        comparator: what the source sets beside it, else ""
        comparability: what a reader must know before comparing
        doubtful: false      # true is shown « à vérifier »

Every key is mandatory, so that no figure is ever shown without its origin.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from surveyapp.core.french import NBSP, number
from surveyapp.core.issues import DefinitionError
from surveyapp.core.reading import Fields, Node, Report, parse_yaml

_KEY = re.compile(r"[a-z][a-z0-9_]{0,25}")
_VALUE = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6})?")
_UNIT = re.compile(r"%|/[1-9][0-9]{0,2}")
_YEARS = range(1990, 2100)
_KEYS = (
    "value",
    "unit",
    "n",
    "year",
    "study",
    "wording",
    "comparator",
    "comparability",
    "doubtful",
)


@dataclass(frozen=True, slots=True)
class ReferenceFigure:
    """One published figure and where it comes from.

    ``value`` is a ratio in [0, 1] when ``unit`` is ``"%"`` (64 % is 0.64), else points of
    the scale (7 for « 7/10 », unit ``"/10"``). ``n`` is ``None`` when the source does not
    give it. ``doubtful`` figures are always shown with the words « à vérifier ».
    """

    key: str
    value: float
    unit: str
    n: int | None
    year: int
    study: str
    wording: str
    comparator: str
    comparability: str
    doubtful: bool

    @property
    def source(self) -> str:
        """« repère national (enquête déclarative, N = 48 985, 2023) », never « moyenne »."""
        size = "N non précisé" if self.n is None else f"N{NBSP}={NBSP}{number(self.n)}"
        mark = ", à vérifier" if self.doubtful else ""
        return f"repère national (enquête déclarative, {size}, {self.year}){mark}"


def load_figures(path: Path) -> dict[str, ReferenceFigure]:
    """The figures of a file by key, in its order.

    :raises DefinitionError: with every fault of the file, each with its line.
    """
    report = Report(str(path))
    node = _parse(path, report)
    figures = {} if node is None else _figures(node, report)
    if report.issues:
        raise DefinitionError(report.issues)
    return figures


def _parse(path: Path, report: Report) -> Node | None:
    try:
        return parse_yaml(path.read_text(encoding="utf-8"), report)
    except OSError:
        report.error(1, "unreadable", "le fichier des repères ne peut pas être lu")
    except UnicodeDecodeError:
        report.error(1, "encoding", "le fichier n’est pas enregistré en UTF-8")
    return None


def _figures(node: Node, report: Report) -> dict[str, ReferenceFigure]:
    top = Fields(node, report, "un fichier de repères")
    inner = top.fields("figures", "« figures »")
    if inner is None:
        top.error("figures", "missing_key", "il manque « figures », les repères par clé")
    top.finish()
    if inner is None:
        return {}
    found = {}
    for key, child in inner.nodes.items():
        if not _KEY.fullmatch(key):
            inner.error(
                key,
                "name",
                f"« {key} » n’est pas un nom correct : des minuscules sans accent, des chiffres "
                "et « _ », 26 signes au plus, en commençant par une lettre",
            )
        found[key] = _figure(key, Fields(child, report, f"le repère « {key} »"))
    return found


def _figure(key: str, fields: Fields) -> ReferenceFigure:
    for name in _KEYS:
        if name not in fields.nodes and fields.nodes:
            fields.error(name, "missing_key", f"il manque « {name} » pour {fields.what}")
    unit = fields.text("unit")
    if unit and not _UNIT.fullmatch(unit):
        fields.error("unit", "unit", f"« unit » attend % ou une échelle comme /10, pas « {unit} »")
    figure = ReferenceFigure(
        key=key,
        value=_value(fields, unit),
        unit=unit,
        n=_size(fields),
        year=_year(fields),
        study=_words(fields, "study"),
        wording=_words(fields, "wording"),
        comparator=fields.text("comparator"),
        comparability=_words(fields, "comparability"),
        doubtful=fields.flag("doubtful"),
    )
    fields.finish()
    return figure


def _value(fields: Fields, unit: str) -> float:
    """The figure in its unit; a percentage becomes a ratio."""
    text = fields.text("value")
    if "value" not in fields.nodes:
        return 0.0
    if not _VALUE.fullmatch(text):
        fields.error(
            "value",
            "value",
            f"« value » attend un nombre écrit avec un point (56.9), pas « {text} »",
        )
        return 0.0
    highest = int(unit[1:]) if _UNIT.fullmatch(unit) and unit != "%" else 100
    if float(text) > highest:
        fields.error("value", "value", f"« value » dépasse {highest}, le maximum de son unité")
    return float(text) / 100 if unit == "%" else float(text)


def _size(fields: Fields) -> int | None:
    size = fields.whole("n", 0)
    if not size and fields.text("n"):
        fields.error("n", "size", "« n » attend un nombre de réponses, ou null s’il est inconnu")
    return size or None


def _year(fields: Fields) -> int:
    year = fields.whole("year", 0)
    if "year" in fields.nodes and year not in _YEARS:
        fields.error("year", "year", "« year » attend une année à quatre chiffres")
    return year


def _words(fields: Fields, key: str) -> str:
    """A text that may not be empty (its absence is noted elsewhere)."""
    text = fields.text(key)
    if key in fields.nodes and not text:
        fields.error(key, "empty", f"« {key} » ne peut pas rester vide")
    return text
