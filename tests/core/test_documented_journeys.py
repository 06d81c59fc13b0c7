"""What docs/parcours.md says is what a journey file may say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from surveyapp.core.journey.check import check
from surveyapp.core.journey.definition import MAIL_FIELDS, Actor, FactKind, StageKind
from surveyapp.core.journey.loader import load, loads
from surveyapp.core.reading import Fields, Node
from tests.core.journeys import JOURNEYS, NAMES

GUIDE = (Path(__file__).parents[2] / "docs" / "parcours.md").read_text(encoding="utf-8")
CODE = " ".join(re.findall(r"`([^`\n]+)`", GUIDE))


def test_the_example_of_the_guide_is_right() -> None:
    example = re.search(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
    assert example is not None
    assert [str(issue) for issue in check(loads(example[1]))] == []


def test_every_key_that_is_read_is_in_the_guide(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: set[str] = set()
    get = Fields.get

    def record(fields: Fields, key: str) -> Node | None:
        asked.add(key)
        return get(fields, key)

    monkeypatch.setattr(Fields, "get", record)
    for name in NAMES:
        load(JOURNEYS / f"{name}.yaml")
    assert len(asked) > 30
    assert [key for key in sorted(asked) if not re.search(rf"\b{key}\b", CODE)] == []


def test_every_word_is_in_the_guide() -> None:
    words = [*StageKind, *FactKind, *(actor for actor in Actor if actor is not Actor.SYSTEM)]
    assert [word for word in words if not re.search(rf"\b{word}\b", CODE)] == []
    assert [word for word in MAIL_FIELDS if f"{{{word}}}" not in GUIDE] == []
