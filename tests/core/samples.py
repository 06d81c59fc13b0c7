"""Small questionnaires for tests: each says where its faults are.

A comment ``# ! code`` expects an error of this code on its line, ``# ? code`` a warning;
several are separated by spaces.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from surveyapp.core.check import check
from surveyapp.core.definition import FormDefinition
from surveyapp.core.issues import Issue, Severity
from surveyapp.core.loader import loads, read

HEAD = {
    "name": "name: essai",
    "title": "title: Essai",
    "version": 'version: "1"',
    "mode": "mode: confidential",
    "retention_months": "retention_months: 12",
    "notice": "notice: {controller: a, purpose: b, legal_basis: c, recipients: d, retention: e,"
    " rights: Réclamation à la CNIL, contact: f}",
    "choices": "choices: {on: [{name: oui, label: Oui}, {name: non, label: Non}]}",
}
_MARK = re.compile(r"# ([!?]) ([a-z_ ]+)")


def text(body: str, *, without: tuple[str, ...] = ()) -> str:
    """A whole questionnaire: what ``body`` does not say comes from :data:`HEAD`."""
    said = set(re.findall(r"^([a-z_]+):", body, re.MULTILINE))
    if "survey" in said and not re.search(r"(select_one|select_multiple|rank) on\b", body):
        said.add("choices")
    head = [line for key, line in HEAD.items() if key not in said and key not in without]
    if "survey" not in said and "survey" not in without:
        head.append(
            "survey: [{type: group, name: page, label: Page, items: ["
            "{type: select_one on, name: avis, label: Avis}]}]"
        )
    return "\n".join([*head, body.strip("\n")]) + "\n"


def read_cases(path: Path) -> Iterator[tuple[str, str]]:
    """Names and bodies of a file of cases, which « === name » starts."""
    for block in path.read_text(encoding="utf-8").split("\n=== ")[1:]:
        name, _, body = block.partition("\n")
        yield name, body


def page(*items: str) -> str:
    """The ``survey`` of one page, an item per line."""
    lines = ["survey:", "  - type: group", "    name: page", "    label: Page", "    items:"]
    return "\n".join([*lines, *(f"      - {item}" for item in items)])


def form(body: str) -> FormDefinition:
    return loads(text(body), source="essai.yaml")


def expected(source: str) -> set[tuple[int, str, Severity]]:
    found = set()
    for line, content in enumerate(source.splitlines(), 1):
        for mark, codes in _MARK.findall(content):
            severity = Severity.ERROR if mark == "!" else Severity.WARNING
            found |= {(line, code, severity) for code in codes.split()}
    return found


def issues(source: str, *, lists: Path | None = None) -> list[Issue]:
    definition, found = read(source, source="essai.yaml", lists=lists)
    return found if definition is None else found + check(definition, figures={"fatigue"})


def located(found: list[Issue]) -> set[tuple[int, str, Severity]]:
    return {(issue.line, issue.code, issue.severity) for issue in found}
