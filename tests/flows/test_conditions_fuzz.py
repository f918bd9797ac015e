"""Conditions of any kind on facts of any kind: a condition is compiled or refused, and then never raises."""

import string
import warnings
from datetime import date
from decimal import Decimal

import pytest
from condition_scope import SCOPE
from hypothesis import given
from hypothesis import strategies as st
from small_flows import examples

from flows.language.compiling import compile_expression
from flows.language.expressions import (
    CODE,
    CODES,
    DATE,
    NUMBER,
    TEXT,
    Expression,
    ExpressionError,
    Facts,
)

NAMES = [*SCOPE, "housing", "police", "none", "no", "nobody"]
PIECES = [
    *NAMES,
    "and",
    "or",
    "not",
    "in",
    "not in",
    "is",
    "==",
    "!=",
    "<",
    "<=",
    ">",
    ">=",
    "+",
    "-",
]
PIECES += [
    "*",
    "/",
    "**",
    "%",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ".",
    ":",
    "count(",
    "length(",
    "today()",
]
PIECES += [
    "answered(",
    "'housing'",
    "'2026-01-01'",
    "'x'",
    "1",
    "0",
    "1e400",
    "2.5",
    "True",
    "lambda",
    "if",
]

KINDS = {
    TEXT: st.text(max_size=5),
    NUMBER: st.integers(-(10**15), 10**15)
    | st.decimals(allow_nan=False, allow_infinity=False, places=3),
    DATE: st.dates(),
    CODE: st.sampled_from(["housing", "police", "none", "yes", "no", "1", "2", "3rd"]),
    CODES: st.lists(st.sampled_from(["housing", "police", "other-one", "none"]), unique=True).map(
        tuple
    ),
}
right_facts = st.fixed_dictionaries(
    {}, optional={name: KINDS[known.kind] for name, known in SCOPE.items()}
)
any_value = st.one_of(
    *KINDS.values(),
    st.none(),
    st.booleans(),
    st.decimals(allow_nan=False),
    st.just(Decimal("-Infinity")),
)
any_facts = st.fixed_dictionaries({}, optional=dict.fromkeys(SCOPE, any_value))


def terms(kind: str) -> st.SearchStrategy[str]:
    """Texts of one kind of value that a condition may hold."""
    named = [name for name, known in SCOPE.items() if known.kind == kind]
    literals = {
        TEXT: ["'x'"],
        NUMBER: ["0", "1", "2.5", "1e400"],
        DATE: ["today()"],
        CODE: ["main"],
    }
    base = st.sampled_from(named + literals.get(kind, []))
    if kind != NUMBER:
        return base
    count = st.just("count(issues)") | st.just("length(name)")
    return st.recursive(
        base | count,
        lambda inner: (
            st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda x: f"({' '.join(x)})")
            | inner.map("(-{})".format)
        ),
        max_leaves=5,
    )


ORDER = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])
EQUAL = st.sampled_from(["==", "!="])
comparisons = st.one_of(
    st.tuples(terms(NUMBER), ORDER, terms(NUMBER)),
    st.tuples(terms(NUMBER), ORDER, terms(NUMBER), ORDER, terms(NUMBER)),
    st.tuples(terms(DATE), ORDER, terms(DATE) | st.just("'2026-05-31'")),
    st.tuples(terms(TEXT), EQUAL, terms(TEXT)),
    st.tuples(st.just("main"), EQUAL, st.sampled_from(["housing", "'none'"])),
    st.tuples(st.sampled_from(["housing", "'none'", "main"]), st.sampled_from(["in", "not in"]), st.just("issues")),
    st.tuples(st.just("main"), st.just("in"), st.just("[housing, police]")),
    st.tuples(st.sampled_from([f"answered({name})" for name in SCOPE] + ["name", "issues"])),
).map(" ".join)  # fmt: skip
good = st.recursive(
    comparisons,
    lambda inner: (
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda x: f"({' '.join(x)})")
        | inner.map("not ({})".format)
    ),
    max_leaves=8,
)


@examples(300)
@given(
    st.text()
    | st.text(string.printable)
    | st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join)
)
def test_any_text_is_compiled_or_refused(source):
    try:
        expression = compile_expression(source, SCOPE)
    except ExpressionError as error:
        column = error.column
    else:
        column = 0
        assert isinstance(expression, Expression)
        assert expression.uses <= set(SCOPE)
    assert 0 <= column <= max(len(source), 1)


@examples(300)
@given(good, right_facts, st.dates())
def test_a_good_condition_comes_to_true_false_or_unknown(source, values, today):
    """On any answers that the questions can have, and with any of them missing."""
    expression = compile_expression(source, SCOPE)
    facts = Facts(values, today)
    value = expression.value(facts)
    assert value is True or value is False or value is None
    assert (expression.holds(facts), expression.fails(facts)) == (value is True, value is False)


@examples(300)
@given(good, any_facts)
def test_a_condition_never_raises(source, values):
    """Not even on answers of another kind than the question has: an older version of the flow may have left them."""
    value = compile_expression(source, SCOPE).value(Facts(values, date(2026, 5, 31)))
    assert value is None or isinstance(value, bool)


@examples(150)
@given(good, right_facts)
def test_a_condition_is_true_where_its_opposite_is_false(source, values):
    facts = Facts(values, date(2026, 5, 31))
    one, other = (compile_expression(text, SCOPE) for text in (source, f"not ({source})"))
    assert (one.holds(facts), one.fails(facts)) == (other.fails(facts), other.holds(facts))


@examples(150)
@given(good, right_facts, st.sampled_from(sorted(SCOPE)))
def test_what_a_condition_does_not_use_does_not_change_it(source, values, name):
    expression = compile_expression(source, SCOPE)
    without = {key: value for key, value in values.items() if key != name}
    if name not in expression.uses:
        day = date(2026, 5, 31)
        assert expression.value(Facts(values, day)) == expression.value(Facts(without, day))


@pytest.mark.parametrize(
    "source", [r"name == '\d'", "age == 1or name", "1 is 1", "(1)(2)", "age == 0x1for"]
)
def test_no_condition_makes_python_warn(source):
    """An author's slip is told to the author or is none; it is no line in the log of the program."""
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            compile_expression(source, SCOPE)
        except ExpressionError as error:
            warned.extend([] if error.message else [error])
    assert not warned
