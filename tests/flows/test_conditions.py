"""Conditions that are good, and what they come to: true, false, or unknown."""

import pytest
from condition_scope import FACTS, SCOPE, result
from small_flows import TODAY

from flows.language.compiling import compile_expression
from flows.language.expressions import MAX_LENGTH, Facts

TRUE = [
    "age == 30",
    "age != 31",
    "age > 29 and age < 31",
    "29 < age <= 30 < 31",
    "age >= 30 or born < moved",
    "rent == 850.5",
    "rent > 850",
    "-age < 0",
    "- - age == 30",
    "age + 1 == 31",
    "age - 40 == -10",
    "age * 2 == 60",
    "age / 4 == 7.5",
    "0.1 + 0.2 == 0.3",
    "1 / 3 * 3 <= 1",
    "1_000 == 1000",
    "(age + rent) * 2 > 1761 - 0.5",
    "name == 'Sam'",
    'name == "Sam"',
    "name != 'sam'",
    "name in ['Sam', 'Pat']",
    "name not in ['Pat']",
    "name",
    "issues",
    "moved == '2026-05-03'",
    "moved < today()",
    "moved >= '2026-01-01'",
    "'2026-01-01' <= moved",
    "today() == '2026-05-31'",
    "moved in ['2026-05-03']",
    "main == housing",
    "main == 'housing'",
    "housing == main",
    "main != police",
    "main in [housing, 'none']",
    "main in (police, housing)",
    "main in {housing}",
    "main not in [police, none]",
    "level == '2'",
    "level in ['2', '3rd']",
    "housing in issues",
    "'housing' in issues",
    "police not in issues",
    "'other-one' not in issues",
    "main in issues",
    "ok == no",
    "ok != 'yes'",
    "not (police in issues)",
    "not police in issues",
    "answered(age)",
    "answered(issues) and answered(moved) and answered(name) and answered(main)",
    "not answered(born)",
    "count(issues) == 2",
    "count(issues) > 1 and housing in issues",
    "length(name) == 3",
    "length(name) + count(issues) == 5",
    "age in [29, 30]",
    "age == 30 or 1 / 0 > 1",
    "  age == 30  ",
    "(((age == 30)))",
]


@pytest.mark.parametrize("source", TRUE)
def test_a_condition_that_is_true(source):
    """And its opposite is false."""
    assert result(source) is True
    assert result(f"not ({source})") is False


UNKNOWN = [
    "born < moved",
    "born == '2026-01-01'",
    "not (born < moved)",
    "not not (born < moved)",
    "yes",
    "not yes",
    "length(yes) > 0",
    "born < moved and age == 30",
    "born < moved or age == 31",
    "not (born < moved and age == 30)",
    "moved < today() < born",
    "born in ['2026-01-01']",
    "1 / 0 == 1",
    "1 / 0 != 1",
    "age / (age - 30) > 0",
    "-(1 / 0) > 0",
    "0 * 1e999 > 0",
]


@pytest.mark.parametrize("source", UNKNOWN)
def test_a_condition_that_is_unknown(source):
    """Neither it nor its opposite holds, and neither of them refuses an answer."""
    for asked in (source, f"not ({source})"):
        expression = compile_expression(asked, SCOPE)
        facts = Facts(FACTS, TODAY)
        assert expression.value(facts) is None
        assert not expression.holds(facts)
        assert not expression.fails(facts)


THREE = {"T": "age == 30", "F": "age == 31", "U": "born < moved"}
VALUES = {"T": True, "F": False, "U": None}


@pytest.mark.parametrize(
    ("one", "two", "both", "either"),
    [
        "TTTT", "TFFT", "TUUT",
        "FTFT", "FFFF", "FUFU",
        "UTUT", "UFFU", "UUUU",
    ],
)  # fmt: skip
def test_unknown_spreads_as_kleene_has_it(one, two, both, either):
    """One false makes an “and” false and one true an “or” true, whatever is unknown beside it."""
    assert result(f"{THREE[one]} and {THREE[two]}") is VALUES[both]
    assert result(f"{THREE[one]} or {THREE[two]}") is VALUES[either]


@pytest.mark.parametrize(("one", "opposite"), ["TF", "FT", "UU"])
def test_unknown_goes_through_not(one, opposite):
    assert result(f"not {THREE[one]}") is VALUES[opposite]


@pytest.mark.parametrize("source", TRUE)
def test_without_any_answer_a_condition_on_answers_is_unknown(source):
    """Only what no answer changes is known: the day, plain numbers, and answered() itself."""
    expression = compile_expression(source, SCOPE)
    known = not expression.uses or "answered" in source
    assert (expression.value(Facts({}, TODAY)) is not None) == known


@pytest.mark.parametrize(
    ("source", "facts", "expected"),
    [
        ("not answered(issues) or not (none in issues)", {"issues": None}, True),
        ("not answered(issues) or not (none in issues)", {"issues": ("none",)}, False),
        ("not answered(issues) or not (none in issues)", {"issues": ("police",)}, True),
        ("issues and not (none in issues)", {"issues": ("police",)}, True),
        ("issues and not (none in issues)", {"issues": None}, None),
        ("issues", {"issues": ()}, False),
        ("name", {"name": ""}, False),
        ("count(issues)== 0", {"issues": ()}, True),
        ("count(issues) == 0", {"issues": None}, None),
        ("housing in issues and (count(issues) == 1 or main == housing)", {"main": None}, None),
        ("housing in issues and (count(issues) == 1 or main == housing)", {"issues": ("housing",)}, True),
        ("length(name) > 2", {"name": "Ño"}, False),
        ("age > 17", {"age": -5}, False),
        ("ok == 'yes'", {"ok": "yes"}, True),
    ],
)  # fmt: skip
def test_conditions_as_authors_write_them(source, facts, expected):
    assert result(source, **facts) is expected


@pytest.mark.parametrize(
    ("source", "uses"),
    [
        ("age > 3 and (main == housing or answered(name))", {"age", "main", "name"}),
        ("housing in issues", {"issues"}),
        ("today() > '2026-01-01'", set()),
        ("count(issues) + length(name) > 1", {"issues", "name"}),
    ],
)
def test_a_condition_tells_which_questions_it_looks_at(source, uses):
    """Codes are no questions."""
    assert compile_expression(source, SCOPE).uses == uses


def test_a_condition_may_be_as_long_as_the_limit():
    source = "age == 30 or ".ljust(MAX_LENGTH - 9) + "age == 30"
    assert result(source) is True


def test_one_condition_equals_another_by_its_text():
    """Two loadings of one flow are equal."""
    assert compile_expression(" age > 1", SCOPE) == compile_expression("age > 1", SCOPE)
