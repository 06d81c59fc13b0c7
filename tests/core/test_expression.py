"""Reading expressions: what is accepted, what is refused, and how it is said."""

from __future__ import annotations

import sys
import time
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveyapp.core.expression import (
    FUNCTIONS,
    MAX_DEPTH,
    MAX_SOURCE,
    Env,
    Expression,
    ExpressionError,
    Scope,
    as_answer,
    evaluate,
    link,
    parse,
    references,
    to_text,
    truth,
)

TODAY = date(2026, 11, 22)

# ---- laws -----------------------------------------------------------------------------------

_names = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True).filter(
    lambda name: name not in ("or", "and", "div", "mod")
)
_texts = st.text(
    st.characters(blacklist_characters="'‘’“”\"", blacklist_categories=["Cs"]), max_size=12
)
_numbers = st.one_of(
    st.integers(0, 10**9),
    st.floats(0, 1e9, allow_nan=False).filter(lambda x: x != int(x) and "e" not in repr(x)),
)
_leaves = st.one_of(
    _numbers.map(lambda n: ("num", n)),
    _texts.map(lambda t: ("str", t)),
    _names.map(lambda n: ("var", n)),
    _names.map(lambda n: ("attr", n)),
    st.just(("self",)),
)
_CHAINED = ("or", "and", "+", "-", "*")
_OTHERS = ("=", "!=", "<", "<=", ">", ">=", "div", "mod")


def _operation(symbol: str, operands: list[Any]) -> tuple[Any, ...]:
    """As the parser builds it: a chain of one operator is one node."""
    if symbol not in _CHAINED:
        operands = operands[:2]
    first = operands[0]
    if symbol in _CHAINED and first[:2] == ("op", symbol):
        return (*first, *operands[1:])
    return ("op", symbol, *operands)


def _calls(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    def call(name: str) -> st.SearchStrategy[Any]:
        least, most = FUNCTIONS[name]
        arguments = st.lists(children, min_size=least, max_size=least + 2 if most is None else most)
        return arguments.map(lambda found: ("call", name, *found))

    return st.sampled_from(sorted(set(FUNCTIONS) - {"regex"})).flatmap(call)


_trees = st.recursive(
    _leaves,
    lambda children: st.one_of(
        st.builds(
            _operation,
            st.sampled_from(_CHAINED + _OTHERS),
            st.lists(children, min_size=2, max_size=4),
        ),
        children.map(lambda child: ("neg", child)),
        _calls(children),
    ),
    max_leaves=12,
)


@given(_trees)
def test_a_tree_written_is_read_back(tree: Any) -> None:
    assert parse(to_text(tree)).ast == tree


@given(_trees, st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
))  # fmt: skip
def test_evaluation_never_raises(tree: Any, answer: Any) -> None:
    names = references(Expression("", tree))
    env = Env(dict.fromkeys(names, answer), TODAY, self_value=answer, row={"a": answer})
    value = evaluate(Expression("", tree), env)
    assert isinstance(value, str | float | bool | list)
    assert as_answer(value) is None or isinstance(as_answer(value), str | int | float)
    assert isinstance(truth(Expression("", tree), env), bool)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_in_french(text: str) -> None:
    try:
        parse(text)
    except ExpressionError as error:
        assert 0 <= error.position <= len(text)
        assert error.message


@given(st.lists(st.sampled_from(["${a}", "'x'", "1", "(", ")", ",", "and", "=", "-", ".", "not("])))
def test_any_sequence_of_words_is_read_or_refused(words: list[str]) -> None:
    try:
        tree = parse(" ".join(words)).ast
    except ExpressionError:
        return
    assert parse(to_text(tree)).ast == tree


# ---- reading --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("1 + 2 * 3", ("op", "+", ("num", 1), ("op", "*", ("num", 2), ("num", 3)))),
        ("a-b", ("attr", "a-b")),
        ("${a} - ${b}", ("op", "-", ("var", "a"), ("var", "b"))),
        ("a or b or c", ("op", "or", ("attr", "a"), ("attr", "b"), ("attr", "c"))),
        ("a or (b or c)", ("op", "or", ("attr", "a"), ("op", "or", ("attr", "b"), ("attr", "c")))),
        ("- . + 1", ("op", "+", ("neg", ("self",)), ("num", 1))),
        ("position(..)", ("call", "position", ("parent",))),
        ("not( ${ a } )", ("call", "not", ("var", "a"))),
        ("“a”", ("str", "a")),
        ("‘d’accord'", None),
    ],
)
def test_trees(text: str, tree: Any) -> None:
    if tree is None:
        with pytest.raises(ExpressionError):
            parse(text)
    else:
        assert parse(text).ast == tree


@pytest.mark.parametrize(
    ("text", "code", "position", "words"),
    [
        ("", "empty", 0, "vide"),
        ("   ", "empty", 0, "vide"),
        ("1 +", "end", 3, "incomplète"),
        ("(1", "open_parenthesis", 2, "parenthèse"),
        ("1)", "syntax", 1, "« ) »"),
        ("1 2", "syntax", 2, "« 2 »"),
        ("'a", "open_quote", 0, "guillemet"),
        ("1 == 2", "operator", 3, "="),
        ("1 && 2", "operator", 2, "and"),
        ("1 || 2", "operator", 2, "or"),
        ("1 / 2", "operator", 2, "div"),
        ("!a", "operator", 0, "not"),
        ("1 # 2", "character", 2, "#"),
        ("${a", "character", 0, "$"),
        ("${a b}", "reference", 0, "${a b}"),
        ("${}", "reference", 0, "nom de question"),
        ("selectd(${a}, 'b')", "unknown_function", 0, "selected()"),
        ("pulldata('a')", "unknown_function", 0, "n’existe pas"),
        ("selected(${a})", "arguments", 0, "2"),
        ("today(1)", "arguments", 0, "0"),
        ("coalesce()", "arguments", 0, "au moins 1"),
        ("round(1, 2, 3)", "arguments", 0, "1 à 2"),
        ("regex(., ${a})", "pattern", 0, "toutes lettres"),
        ("regex(., '(')", "pattern", 0, "parenthèse"),
        ("regex(., '(?=a)')", "pattern", 0, "accepté"),
        ("9" * 31, "number", 0, "trop long"),
        ("and", "syntax", 0, "and"),
    ],
)
def test_refusals(text: str, code: str, position: int, words: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert caught.value.code == code
    assert caught.value.position == position
    assert words in caught.value.message


def test_length_and_depth_are_limited() -> None:
    with pytest.raises(ExpressionError, match="dépasse"):
        parse("1" + " " * MAX_SOURCE)
    for deep in (
        "(" * 2000 + "1" + ")" * 2000,
        "-" * 2000 + "1",
        "not(" * 500 + "1" + ")" * 500,
        "1 - 1 + " * 500 + "1",
        "1 = " * 500 + "1",
    ):
        with pytest.raises(ExpressionError) as caught:
            parse(deep)
        assert caught.value.code == "too_deep"


def test_the_deepest_expression_is_evaluated_in_a_small_stack() -> None:
    depth = MAX_DEPTH - 1
    nested = parse("if(true(), " * depth + "1" + ", 0)" * depth)
    limit = sys.getrecursionlimit()
    frames = 0
    frame = sys._getframe()
    while frame.f_back is not None:
        frame, frames = frame.f_back, frames + 1
    sys.setrecursionlimit(frames + 8 * MAX_DEPTH)
    try:
        assert evaluate(nested, Env({}, TODAY)) == 1
        assert parse(to_text(nested.ast)).ast == nested.ast
    finally:
        sys.setrecursionlimit(limit)


def test_a_long_chain_is_not_deep() -> None:
    chain = " or ".join(f"${{a}} = '{i}'" for i in range(400))
    assert evaluate(parse(chain), Env({"a": "399"}, TODAY)) is True


def test_references_are_named_once_in_order() -> None:
    assert references(parse("${b} + ${a} + ${b} + string-length(${c})")) == ("b", "a", "c")


def test_texts_stay_bounded() -> None:
    long = "x" * 20_000
    value = evaluate(parse("concat(${a}, ${a}, ${a})"), Env({"a": long}, TODAY))
    assert value == long


def test_no_expression_is_true() -> None:
    assert truth(None, Env({}, TODAY)) is True


@pytest.mark.parametrize(
    ("value", "stored"),
    [(3.0, 3), (2.5, 2.5), (float("nan"), None), (float("inf"), None), ("", None), ("a", "a"),
     (True, "true"), (["a", "b"], "a b"), ([], None), (1e300, 1e300)],
)  # fmt: skip
def test_what_a_calculation_stores(value: Any, stored: Any) -> None:
    assert as_answer(value) == stored
    assert type(as_answer(value)) is type(stored)


def test_dates_given_as_dates_are_read() -> None:
    assert evaluate(parse("${d} + 1"), Env({"d": date(1970, 1, 2)}, TODAY)) == 2


def test_linking() -> None:
    scope = Scope({"age": "enfants"}, {"v": (("a", "A"),)})
    assert link(parse("sum(${age}) + ${x}"), scope).ast == (
        "op", "+", ("call", "sum", ("each", "enfants", "age")), ("var", "x"),
    )  # fmt: skip
    inside = link(parse("${age}"), Scope({"age": "enfants"}, inside="enfants"))
    assert inside.ast == ("var", "age")
    named = link(parse("jr:choice-name(${v}, '${v}')"), scope)
    assert named.ast[3] == ("labels", ("a", "A"))
    assert named.source == "jr:choice-name(${v}, '${v}')"


def test_speed_of_a_usual_expression() -> None:
    """A guard against something quadratic, ten times above what is measured."""
    expression = parse("${a} >= 18 and selected(${b}, 'x') or not(${c} = '')")
    env = Env({"a": 20, "b": ["y"], "c": ""}, TODAY)
    start = time.perf_counter()
    for _ in range(1_000):
        evaluate(expression, env)
    assert time.perf_counter() - start < 0.5
