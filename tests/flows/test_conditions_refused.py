"""Conditions that are refused: what is said, and at which column; and the power of Python that they do not have."""

import sys

import pytest
from condition_scope import SCOPE
from small_flows import TODAY

from flows.language.compiling import compile_expression
from flows.language.expressions import MAX_LENGTH, Expression, ExpressionError, Facts


def refusal(source: str) -> ExpressionError:
    with pytest.raises(ExpressionError) as caught:
        compile_expression(source, SCOPE)
    return caught.value


COMPARED = "cannot be compared with"
BAD = [
    ("agee == 3", 0, "there is no earlier question “agee”"),
    ("age == 3 and hous in issues", 13, "“hous” is not a choice of that question"),
    ("'é' == name and agee > 1", 16, "there is no earlier question “agee”"),
    ("main == polise", 8, "“polise” is not a choice of that question"),
    ("main == 'polise'", 8, "“polise” is not a choice of that question"),
    ("main in [housing, polise]", 18, "“polise” is not a choice of that question"),
    ("'x' in issues", 0, "“x” is not a choice of that question"),
    ("level == '3'", 9, "“3” is not a choice of that question"),
    ("ok == yes", 6, "“yes” is a question and a code"),
    ("age", 0, "this is a number, not a condition"),
    ("moved", 0, "this is a date, not a condition"),
    ("main", 0, "this is a choice, not a condition"),
    ("age > 1 and main", 12, "this is a choice, not a condition"),
    ("not age", 4, "this is a number, not a condition"),
    ("1", 0, "this is a number, not a condition"),
    ("today()", 0, "this is a date, not a condition"),
    ("age == 'thirty'", 0, f"a number {COMPARED} a text"),
    ("name == 3", 0, f"a text {COMPARED} a number"),
    ("moved > 3", 0, f"a date {COMPARED} a number"),
    ("(age > 1) == 1", 0, f"a condition {COMPARED} a number"),
    ("issues == 3", 0, f"a list of choices {COMPARED} a number"),
    ("issues == issues", 0, "a list of choices has no single value"),
    ("name > 'A'", 0, "a text has no order"),
    ("main < 'police'", 0, "a choice has no order"),
    ("moved > 'May 3'", 8, "“May 3” is not a date"),
    ("moved == '2026-02-30'", 9, "“2026-02-30” is not a date"),
    ("housing in main", 11, "a choice holds no choices"),
    ("'a' in name", 7, "a text holds no choices"),
    ("1 in age", 5, "a number holds no choices"),
    ("1 in issues", 0, "a number cannot be in a list of choices"),
    ("age in issues", 0, "a number cannot be in a list of choices"),
    ("age in [1, 'two']", 11, "this is not a number"),
    ("age is 3", 0, "“is” is not allowed"),
    ("age is not 3", 0, "“is” is not allowed"),
    ("age + name > 1", 0, "only numbers can be added, taken away, multiplied or divided"),
    ("moved * 2 > moved", 0, "only numbers can be added, taken away, multiplied or divided"),
    ("30 - moved > moved", 0, "only numbers can be added, taken away, multiplied or divided"),
    ("age ** 2 > 1", 0, "only numbers can be added, taken away, multiplied or divided"),
    ("age % 2 == 1", 0, "only numbers can be added, taken away, multiplied or divided"),
    ("age // 2 == 1", 0, "only numbers can be added, taken away, multiplied or divided"),
    ("-name == 1", 0, "a sign belongs before a number"),
    ("+age == 1", 0, "a sign belongs before a number"),
    ("~age == 1", 0, "a sign belongs before a number"),
    ("ok == True", 6, "“True” has no meaning here"),
    ("ok == None", 6, "“None” has no meaning here"),
    ("age == ...", 7, "“Ellipsis” has no meaning here"),
    ("age == 1j", 7, "“1j” has no meaning here"),
    ("name == b'a'", 8, "“b'a'” has no meaning here"),
    ("counted(issues)", 0, "there is no function “counted”"),
    ("name.upper()", 0, "there is no function “this”"),
    ("count(issues=1)", 0, "there is no function “count”"),
    ("count() > 1", 0, "count() takes one question between its brackets"),
    ("count(issues, main) > 1", 0, "count() takes one question between its brackets"),
    ("today(1) > moved", 0, "today() takes nothing between its brackets"),
    ("count('issues') > 1", 6, "count() takes the name of a question"),
    ("count(age) > 1", 6, "count() cannot take a number"),
    ("length(issues) > 1", 7, "length() cannot take a list of choices"),
    ("count(isues) > 1", 6, "there is no earlier question “isues”"),
    ("answered(housing)", 9, "there is no earlier question “housing”"),
    ("age == = 3", 7, "the condition cannot be read"),
    ("age > 1 && ok", 9, "the condition cannot be read"),
    ("age == 1; ok", 8, "the condition cannot be read"),
    ("'unclosed == 1", 0, "the condition cannot be read"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "column", "message"), BAD)
def test_a_bad_condition_is_refused_at_its_column(source, column, message):
    """The column counts characters from 0 in the condition's own text."""
    error = refusal(source)
    assert (error.message, error.column) == (message, column)


@pytest.mark.parametrize(
    ("source", "cure"),
    [
        ("agee == 3", "Did you mean age?"),
        ("xyzzy == 3", "Name a question that is asked before."),
        ("polise == 3", "Did you mean police?"),
        ("main == polise", "Did you mean police?"),
        ("main == xyzzy", "The codes are: housing, police, none."),
        ("ok == yes", "Put the code in quotes: 'yes'."),
        ("age", "Write a comparison, such as name == code or number > 0."),
        ("cuont(issues) > 1", "Did you mean count? The functions are: answered, count, length, today, years."),
        ("age is 3", "Use == or !=."),
        ("name > 'A'", "Use == or !=."),
        ("moved > 'May 3'", "Write '2026-05-31'."),
        ("issues == issues", "Write: code in name."),
        ("'a' in name", "Right of “in” stands a select_multiple question or a list in brackets."),
        ("ok == None", "Use a number or 'a text'."),
        ("age = 3", "Compare with two signs: evicted == yes."),
    ],
)  # fmt: skip
def test_a_refusal_says_how_to_mend_it(source, cure):
    assert refusal(source).cure == cure


HOSTILE = [
    "__import__('os').system('true')",
    "name.__class__.__mro__[1].__subclasses__()",
    "().__class__",
    "(lambda: 1)() == 1",
    "[c for c in issues] == 1",
    "{c for c in issues}",
    "{1: 2}[1] == 2",
    "(c for c in issues)",
    "any(c == 'a' for c in issues)",
    "f'{name}' == 'a'",
    "f'{name.__class__}'",
    "'%s' % name == 'a'",
    "(age := 3) == 3",
    "age if ok else 3",
    "issues[0] == 'housing'",
    "name[0:1] == 'S'",
    "print(name)",
    "eval('1')",
    "open('/etc/passwd')",
    "await name",
    "yield",
    "*issues",
    "age == 1 \n import os",
    "9 ** 9 ** 9 ** 9 > 1",
    "1 << 999999999 > 1",
    "'a' * 999999999 == name",
    "age @ age == 1",
    "name in [*issues]",
    "name in {**issues}",
    "count(*issues) > 1",
    "count(**issues) > 1",
    "True and False",
    "...",
    "",
    " ",
    "# age",
    "\0",
    "age\0 == 1",
    "age == 1 # \0",
    "\ud800",
    "é" * 100,
    "𝒶ge.real",
]


@pytest.mark.parametrize("source", HOSTILE)
def test_the_power_of_python_is_refused(source):
    assert refusal(source).message


DEEP = {
    "brackets": "(" * 240 + "age" + ")" * 240 + " > 1",
    "lists": "age in " + "[" * 240 + "]" * 240,
    "signs": "-" * 480 + "age > 1",
    "denials": "not " * 120 + "name",
    "sums": "+".join(["age"] * 120) + " > 1",
    "calls": "count(" * 70 + ")" * 70,
    "attributes": "name" + ".a" * 240,
    "comparisons": "age" + " < age" * 80,
    "digits": "9" * 490 + " > age",
    "decimals": "1e" + "9" * 480 + " > age",
    "powers": "9" + "**9" * 160,
}


@pytest.mark.parametrize("source", DEEP.values(), ids=DEEP)
def test_depth_and_size_never_end_the_program(source):
    """A condition of any depth and of huge numbers is refused or evaluated like every other."""
    assert len(source) <= MAX_LENGTH
    assert_total(source)


def test_depth_never_ends_the_program_from_deep_within_it():
    """A web server calls from further down the stack than a test does."""

    def deeper(levels: int) -> None:
        if levels:
            deeper(levels - 1)
        else:
            assert_total("-" * 400 + "age > 1")

    deeper(min(400, sys.getrecursionlimit() // 2))


def assert_total(source: str) -> None:
    try:
        expression = compile_expression(source, SCOPE)
    except ExpressionError:
        return
    assert isinstance(expression, Expression)
    assert expression.value(Facts({"age": 3, "name": "Sam"}, TODAY)) in (True, False, None)


def test_a_condition_over_the_limit_is_refused_unread():
    error = refusal("age > 1 or ".ljust(MAX_LENGTH) + "age > 2")
    assert (error.message, error.column) == ("the condition is too long", 0)
    assert error.cure == "Keep it under 500 characters."
