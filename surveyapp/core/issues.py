"""What is wrong in a questionnaire file, and where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from surveyapp.core.french import NBSP, typeset


class Severity(StrEnum):
    """An error forbids to publish; a warning asks to look again."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Issue:
    """One fault: ``message`` is a French sentence, ``code`` a stable name for programs."""

    file: str
    line: int
    code: str
    message: str
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        prefix = "" if self.severity is Severity.ERROR else f"avertissement{NBSP}: "
        return f"{self.file}:{self.line}: {prefix}{self.message}"


class DefinitionError(Exception):
    """A questionnaire cannot be used; ``issues`` holds every fault, sorted."""

    def __init__(self, issues: Iterable[Issue]) -> None:
        self.issues = tuple(sorted(set(issues)))
        super().__init__("\n".join(str(issue) for issue in self.issues))


def sentence(text: str) -> str:
    """A message as it is shown: no-break spaces, a capital, a full stop."""
    text = typeset(text)
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?")) else ".")


def errors(issues: Iterable[Issue]) -> list[Issue]:
    """The issues that forbid to publish."""
    return [issue for issue in issues if issue.severity is Severity.ERROR]
