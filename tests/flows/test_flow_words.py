"""No word may mean two things to the bot: choices, commands, keywords and the numbers of a list."""

import pytest
from small_flows import mistakes, source

PICK = "  pick: {type: select_one, label: Pick, choices: "

COLLISIONS = {
    "one label of two": (
        PICK + "{a: Same, b: Same}}",
        ["8:51: “same” means both a and b"],
    ),
    "labels that differ by an accent": (
        PICK + "{a: {en: Papa, es: Papa}, b: {en: Dad, es: Papá}}}",
        ["8:51: “papa” means both a and b"],
    ),
    "the code of another": (
        PICK + "{a: {en: b, es: x}, b: {en: Second, es: y}}}",
        ["8:51: “b” means both a and b"],
    ),
    "another word of two": (
        PICK
        + "{a: {label: A1, accept: [both]}, b: {label: B1, accept: {es: [ambos], en: [Both!]}}}}",
        ["8:51: “both” means both a and b"],
    ),
    "a label that stops": (
        PICK + "{a: {en: Stop!, es: No seguir}}}",
        ["8:51: “stop” is also the command STOP"],
    ),
    "a word of another language that stops": (
        PICK + "{a: {en: Alto, es: Arriba}}}",
        ["8:51: “alto” is also the command STOP"],
    ),
    "English stops in every language": (
        PICK + "{a: {en: Finish, es: End}}}",
        ["8:51: “end” is also the command STOP"],
    ),
    "a word for help": (
        PICK + "{a: {label: Aid, accept: {en: [help]}}}}",
        ["8:51: “help” is also the command HELP"],
    ),
    "a code that goes back": (
        PICK + "{back: {en: Return, es: Devuelta}}}",
        ["8:51: “back” is also the command BACK"],
    ),
    "numbers out of order": (
        PICK + "{two: '2', one: '1'}}",
        [
            "8:51: “2” stands at number 1: 2 will mean another choice",
            "8:61: “1” stands at number 2: 1 will mean another choice",
        ],
    ),
    "another word that is a number of the list": (
        PICK + "{a: {label: A1, accept: {es: ['2.']}}, b: B1}}",
        ["8:51: “2.” stands at number 1: 2 will mean another choice"],
    ),
}


@pytest.mark.parametrize(("questions", "expected"), COLLISIONS.values(), ids=COLLISIONS)
def test_a_word_of_a_choice_has_one_meaning(questions, expected):
    """Two choices, a command or a number of the list must not share a word, in any of the languages."""
    assert mistakes(source(questions)) == expected


@pytest.mark.parametrize(
    "choices", ["{one: '1', two: '2', more: '30'}", "{'0': Never, '1': Often}"]
)
def test_a_label_with_its_own_number_or_one_beyond_the_list_is_good(choices):
    """So is any code: the contact never sees it, and the numbers of the list come first."""
    assert mistakes(source(PICK + choices + "}")) == []


KEYWORDS = {
    "a command": ("[HELP]", ["9:11: “HELP” is a command already"]),
    "a command of a language": ("[Alto]", ["9:11: “Alto” is a command already"]),
    "one word of two languages": (
        "{en: [Rights], es: [rights!]}",
        ["9:11: “rights!” is a keyword of two languages"],
    ),
}


@pytest.mark.parametrize(("keywords", "expected"), KEYWORDS.values(), ids=KEYWORDS)
def test_a_keyword_has_one_meaning(keywords, expected):
    assert mistakes(source(keywords=keywords)) == expected


def test_a_choice_is_no_keyword():
    """A keyword is heard before any answer, so the choice could never be told by that word."""
    assert mistakes(source(PICK + "{a: {en: Rights, es: Otra}}}", keywords="[RIGHTS]")) == [
        "8:51: “rights” is also a keyword of this flow"
    ]


@pytest.mark.parametrize("word", ["YES", "no", "Sí", "1", "2", "10", "①"])
def test_a_keyword_is_no_yes_no_or_number(word):
    """It would never reach the consent: the question would be shown again for ever."""
    assert mistakes(source(keywords=f"{{en: ['{word}']}}")) != []


@pytest.mark.parametrize("word", ["", "!", "..."])
def test_a_keyword_can_be_typed(word):
    """What is nothing but signs is never heard."""
    assert mistakes(source(keywords=f"{{en: ['{word}']}}")) != []
