"""No word may start one flow and mean something in another that is published beside it."""

import pytest
from small_flows import flow_of

from flows.checks.catalog import clashes

COLORS = (
    "  color: {type: select_one, label: Which?, choices: {red: Red, blue: {en: Blue, es: Azul}}}"
)


def one(keywords="{en: [SMALL]}", questions="  name: {type: text, label: Your name?}", **head):
    return flow_of(questions, keywords=keywords, **head)


def two(keywords="{en: [OTHER]}", questions="  name: {type: text, label: Your name?}"):
    return flow_of(questions, keywords=keywords, flow="other")


def test_flows_with_words_of_their_own_do_not_clash():
    assert list(clashes(one(), [two()])) == []


@pytest.mark.parametrize("keywords", ["{en: [small]}", "{es: [Small]}", "{en: [A, SMALL, B]}"])
def test_a_keyword_of_both_is_told_however_it_is_written(keywords):
    assert list(clashes(one(), [two(keywords)])) == ["the keyword “small” also starts other"]


def test_a_keyword_that_is_an_answer_elsewhere_is_told():
    (told,) = clashes(one("{es: [AZUL]}"), [two(questions=COLORS)])
    assert told == "the keyword “azul” is an answer in other"


def test_an_answer_that_is_a_keyword_elsewhere_is_told():
    (told,) = clashes(one(questions=COLORS), [two("{en: [RED]}")])
    assert told == "the answer “red” is a keyword that starts other"


def test_an_earlier_version_of_the_same_flow_is_no_other():
    assert list(clashes(one(), [one(questions=COLORS)])) == []


def test_the_same_answers_may_stand_in_two_flows():
    assert list(clashes(one(questions=COLORS), [two(questions=COLORS)])) == []
