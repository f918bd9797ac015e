"""Conditions of a form and conditions of a flow mean the same, also where nothing was answered."""

import pytest
from xlsform_scope import MEANING, OWN, SCOPE

from flows.language.compiling import compile_calculation, compile_expression
from flows.xlsform.pieces import NotCarried

SAID = {
    "${agrees} = 'yes'": "agrees == yes",
    "${agrees}!='yes'": "not answered(agrees) or agrees != yes",
    "not(${agrees} = 'yes')": "not answered(agrees) or agrees != yes",
    "${agrees} = “yes”": "agrees == yes",
    "'yes' = ${agrees}": "agrees == yes",
    "/data/group/agrees = 'yes'": "agrees == yes",
    "../agrees = 'yes'": "agrees == yes",
    "${Your Age} >= 18": "age >= 18",
    "18 <= ${age}": "age >= 18",
    "${age} = '18'": "age == 18",
    "${age} != ''": "answered(age)",
    "${age} = ''": "not answered(age)",
    "string-length(${name}) > 0": "length(name) > 0",
    "${age} = ${people}": "age == people",
    "${age} + 1 > ${people} * 2": "age + 1 > people * 2",
    "(${age} - 1) div 2 > 3": "(age - 1) / 2 > 3",
    "selected(${issues}, 'rent')": "rent in issues",
    "selected(${issues}, 'lead pipe')": "lead_pipe in issues",
    "selected(${agrees}, 'yes')": "agrees == yes",
    "selected(${issues}, 'rent') = true()": "rent in issues",
    "not(selected(${issues}, 'rent'))": "not answered(issues) or rent not in issues",
    "count-selected(${issues}) > 1": "count(issues) > 1",
    "count-selected(${issues}) <= 1": "not answered(issues) or count(issues) <= 1",
    "${issues} = 'none'": "none in issues and count(issues) == 1",
    "${born} <= today()": "born <= today()",
    "${born} < now()": "born <= today()",
    "${born} > date('2020-01-31')": "born > '2020-01-31'",
    "${day} - ${born} > 30": "today() - born > 30",
    "int((today() - ${born}) div 365.25) >= 18": "years(born) >= 18",
    "floor((today() - date(${born})) div 365) < 3": "years(born) < 3",
    "count(${child}) > 2": "count(child) > 2",
    "${consent} = '1' and ${age} > 3": "age > 3",
    "${consent} = '0' or ${age} > 3": "age > 3",
    "if(${age} > 3, ${agrees} = 'yes', ${agrees} = 'no')": (
        "(age > 3 and agrees == yes) or ((not answered(age) or age <= 3) and agrees == no)"
    ),
    "coalesce(${age}, 0) > 3": "(age if answered(age) else 0) > 3",
}


@pytest.mark.parametrize(("xpath", "said"), SAID.items(), ids=range(len(SAID)))
def test_a_condition_is_said_in_the_words_of_a_flow(xpath, said):
    assert MEANING.condition(xpath) == said
    compile_expression(said, SCOPE)


def test_what_the_consent_settles_is_no_condition_any_more():
    assert MEANING.condition("${consent} = '1'") is True
    assert MEANING.condition("selected(${consent}, '0')") is False
    assert MEANING.condition("${consent} != ''") is True


def test_a_constraint_speaks_of_its_own_question():
    assert OWN.condition(". >= 18 and . <= 120") == "age >= 18 and age <= 120"
    assert OWN.condition("not(. = 7) or . != 8") == "age != 7 or age != 8"
    assert OWN.condition(". = '' or . > ${people}") == "age > people"
    assert OWN.condition(". != ''") is True
    assert OWN.condition(". != '' and . > ${people}") == "age > people"


CALCULATIONS = {
    "if(${agrees} = 'yes', 1, 0)": "1 if answered(agrees) and agrees == yes else 0",
    "int((today() - ${born}) div 365.25)": "years(born)",
    "count-selected(${issues}) * 10": "(count(issues) if answered(issues) else 0) * 10",
    "${agrees} = 'yes'": "answered(agrees) and agrees == yes",
    "coalesce(${age}, ${people})": "age if answered(age) else people",
    "if(${age} > 3, 'old', if(${age} > 1, 'young', 'new'))": (
        "'old' if answered(age) and age > 3 else 'young' if answered(age) and age > 1 else 'new'"
    ),
    "-${age} + 2.5": "-age + 2.5",
}


@pytest.mark.parametrize(("xpath", "said"), CALCULATIONS.items(), ids=range(len(CALCULATIONS)))
def test_a_calculation_is_said_in_the_words_of_a_flow(xpath, said):
    assert MEANING.calculation(xpath) == said
    compile_calculation(said, SCOPE)


NOT_SAID = {
    "regex(${name}, '[0-9]+')": "regex() has no equivalent",
    "pulldata('towns', 'name', 'key', ${age}) = 'x'": "pulldata() has no equivalent",
    "position(..) > 1": "position() has no equivalent",
    "once(${age}) > 1": "once() has no equivalent",
    "round(${age}, 1) > 1": "round() has no equivalent",
    "int(${age} div 2) > 1": "int() has no equivalent: numbers are not rounded",
    "${age} mod 2 = 0": "the rest of a division (mod) has no equivalent",
    "${later} = 'x'": "there is no answer to “later” at this place",
    "${school} = 'x'": "“school” is asked inside the repeat child (as “school == 'x'”)",
    "${agrees} = 'maybe'": "“maybe” is not a choice of “agrees”",
    "${age} = 'many'": "“many” is not a number",
    "${born} > 3": "a date cannot be compared with a number (as “born > 3”)",
    "${age} + 3": "this is a value, not a condition",
    ". > 3": "“.” means the question itself, which has no answer yet",
    "instance('towns')/root/item[name = ${name}]/label = 'x'": (
        "it looks things up in the XML of a form or in a table"
    ),
    "${age} > ": "something is missing at its end",
    "${age} == 3": "“=” cannot stand here",
    "(${age} > 3": "the end stands where “)” is expected",
    "${age} > 3 ${age}": "“age” stands where nothing can",
    "${age} > 3; drop": "“; drop” cannot be read",
    "${a} | ${b}": "“|” joins parts of an XML document, which a flow is not",
    "(" * 99: "the expression is nested too deeply",
    "-" * 3000 + "1 = 1": "the expression is nested too deeply",
    "1" + " + 1" * 500 + " = 3": "the expression is too long",
    "x" * 5000: "the expression is too long",
    "selected(${name}, 'x')": "selected() needs a question with choices",
    "count-selected() > 1": "one question is expected between the brackets",
}


@pytest.mark.parametrize(("xpath", "why"), NOT_SAID.items(), ids=range(len(NOT_SAID)))
def test_what_a_flow_cannot_say_is_refused_with_its_reason(xpath, why):
    with pytest.raises(NotCarried) as refused:
        MEANING.condition(xpath)
    assert refused.value.message == why
    assert refused.value.cure


def test_a_long_chain_of_conditions_is_read_without_going_deep():
    assert MEANING.condition(" or ".join(["${age} = 1"] * 40)).count("age == 1") == 40
    with pytest.raises(NotCarried, match="the expression is too long"):
        MEANING.condition(" or ".join(["${age} = 1"] * 300))
