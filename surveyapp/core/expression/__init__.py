"""The expression language of questionnaires: ``relevant``, ``constraint``, ``calculation``.

A subset of XLSForm's XPath. :func:`parse` turns a text into an :class:`Expression` whose
syntax tree is plain JSON; :func:`evaluate` interprets it here, and ``static/expression.js``
interprets the same tree in the browser (``tests/core/expression_vectors.json`` runs on both).

Meaning, where XPath, JavaRosa and Enketo differ:

- what is not answered is the empty text ``''``; ``number('')`` is NaN, and NaN is neither
  equal to, nor less or greater than anything: ``${age} != 0`` is true when nothing is answered;
- a sum in which an item was skipped is NaN: write ``coalesce(${x}, 0)``;
- a date is the text ``AAAA-MM-JJ``; as a number it is the count of days since 1970-01-01;
- several choices, and the values of a repeat seen from outside, are a list; as a text it is
  its items joined by a space;
- ``regex(value, pattern)`` finds the pattern anywhere in the value, letters and digits of
  ``\\w`` and ``\\d`` are ASCII, and it always ends in a time proportional to the value;
- evaluation never raises: an impossible operation gives NaN, an empty text or false.
"""

from surveyapp.core.expression.evaluate import (
    Env,
    Value,
    as_answer,
    evaluate,
    truth,
)
from surveyapp.core.expression.link import Scope, link
from surveyapp.core.expression.syntax import (
    FUNCTIONS,
    MAX_DEPTH,
    MAX_SOURCE,
    Ast,
    Expression,
    ExpressionError,
    parse,
    references,
    to_text,
    walk,
)

__all__ = [
    "FUNCTIONS",
    "MAX_DEPTH",
    "MAX_SOURCE",
    "Ast",
    "Env",
    "Expression",
    "ExpressionError",
    "Scope",
    "Value",
    "as_answer",
    "evaluate",
    "link",
    "parse",
    "references",
    "to_text",
    "truth",
    "walk",
]
