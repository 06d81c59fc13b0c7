"""What docs/questionnaires.md says is what the language does."""

from __future__ import annotations

import re
from pathlib import Path

from surveyapp.core.check import check
from surveyapp.core.check.structure import APPEARANCES, PARAMETERS
from surveyapp.core.definition import Kind
from surveyapp.core.expression import FUNCTIONS
from surveyapp.core.loader import loads

GUIDE = (Path(__file__).parents[2] / "docs" / "questionnaires.md").read_text(encoding="utf-8")
CODE = " ".join(re.findall(r"`([^`\n]+)`", GUIDE))


def test_the_example_of_the_guide_is_right() -> None:
    example = re.search(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
    assert example is not None
    assert [str(issue) for issue in check(loads(example[1]))] == []


def test_every_type_function_appearance_and_parameter_is_in_the_guide() -> None:
    words = [kind.value for kind in Kind] + [f"{name}(" for name in FUNCTIONS]
    words += [word for known in (*APPEARANCES.values(), *PARAMETERS.values()) for word in known]
    assert [word for word in words if word not in CODE] == []


def test_every_function_of_the_guide_exists() -> None:
    section = GUIDE[GUIDE.index("## Les expressions") :]
    called = set(re.findall(r"([a-z][a-z:-]*)\(", " ".join(re.findall(r"`([^`]+)`", section))))
    assert called <= set(FUNCTIONS)
