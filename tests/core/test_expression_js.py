"""The browser's interpreter gives what the server's gives."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

import surveyapp
from tests.core.expression_cases import Case, plain, random_cases, same, vectors

NODE = shutil.which("node")
SCRIPT = Path(surveyapp.__file__).parent / "static" / "expression.js"

pytestmark = pytest.mark.skipif(
    NODE is None, reason="node is not installed: static/expression.js was not compared"
)

_RUNNER = """
require(process.argv[1]);
const cases = JSON.parse(require("fs").readFileSync(0, "utf8"));
const plain = (v) => Array.isArray(v) ? v.map(plain)
  : typeof v === "number" && !Number.isFinite(v) ? "#" + v : v;
console.log(JSON.stringify(cases.map((c) => {
  try { return plain(SurveyExpression.evaluate(...c)); }
  catch (error) { return {error: String(error.stack)}; }
})));
"""


def _javascript(cases: list[Case]) -> list[Any]:
    done = subprocess.run(
        [str(NODE), "-e", _RUNNER, str(SCRIPT)],
        input=json.dumps([case.for_javascript() for case in cases]),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    results: list[Any] = json.loads(done.stdout)
    return results


def test_vectors() -> None:
    cases = list(vectors())
    wrong = [
        (case.group, case.source, case.expected, result)
        for case, result in zip(cases, _javascript(cases), strict=True)
        if not same(result, case.expected)
    ]
    assert not wrong


def test_random_expressions_agree_with_python() -> None:
    cases = list(random_cases(seed=2, count=10_000))
    wrong = [
        (case.source, case.values, case.self_value, plain(case.run()), result)
        for case, result in zip(cases, _javascript(cases), strict=True)
        if not same(case.run(), result)
    ]
    assert not wrong[:5]


def test_what_is_stored_and_what_is_true() -> None:
    script = (
        "require(process.argv[1]); const S = SurveyExpression;"
        "console.log(JSON.stringify([S.asAnswer(NaN), S.asAnswer(-0), S.asAnswer(''),"
        "S.asAnswer(['a','b']), S.asAnswer(true), S.truth(null), S.truth(['str','']),"
        "S.truth(['var','a'], {a: 'x'})]))"
    )
    done = subprocess.run(
        [str(NODE), "-e", script, str(SCRIPT)], capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == [None, 0, None, "a b", "true", True, False, True]
