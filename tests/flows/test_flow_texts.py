"""Texts of a flow: every language where it should stand, and answers piped only into what comes after them."""

import pytest
from small_flows import cures, mistakes, source

LATER = "  later: {type: text, label: Later?}"
FIRST = "  first: {type: text, label: First?}"


def question(*lines: str, kind: str = "integer") -> str:
    """A question in the block form: its type in line 9, the lines from line 10 on."""
    return "\n".join(["  age:", f"    type: {kind}", *(f"    {line}" for line in lines)])


LANGUAGES = {
    "of the title": (
        {"title": "{en: Small, fr: Petit}"},
        "2:20: “fr” is not a language of this flow",
    ),
    "of the contact": (
        {"contact": "{en: Us, fr: Nous}"},
        "4:19: “fr” is not a language of this flow",
    ),
    "of the closing": (
        {"closing": "{en: Bye, fr: Salut}"},
        "6:20: “fr” is not a language of this flow",
    ),
    "of the keywords": (
        {"keywords": "{en: [A], fr: [B]}"},
        "9:21: “fr” is not a language of this flow",
    ),
    "of the consent": (
        {"consent": "{label: {en: Ok?, fr: Oui?}, declined: No.}"},
        "5:28: “fr” is not a language of this flow",
    ),
    "of its no": (
        {"consent": "{label: Ok?, declined: {en: No., fr: Non.}}"},
        "5:43: “fr” is not a language of this flow",
    ),
}


@pytest.mark.parametrize(("changed", "expected"), LANGUAGES.values(), ids=LANGUAGES)
def test_a_text_is_in_the_languages_of_its_flow(changed, expected):
    assert mistakes(source(**changed)) == [expected]


def test_a_question_is_in_the_languages_of_its_flow():
    """Its label, hint, message and choices, and the other words for these."""
    text = source(
        "  pick:\n"
        "    type: select_one\n"
        "    label: {en: Pick, fr: Choix}\n"
        "    hint: {en: Any, fr: Tous}\n"
        "    constraint: pick == a\n"
        "    constraint_message: {en: No., fr: Non.}\n"
        "    choices:\n"
        "      a: {en: A1, fr: Le A}\n"
        "      b: {label: {en: B1, fr: Le B}, accept: {en: [bee], fr: [abeille]}}\n"
    )
    wrong = "“fr” is not a language of this flow"
    places = ["10:23", "11:21", "13:35", "15:19", "16:27", "16:58"]
    assert mistakes(text) == [f"{place}: {wrong}" for place in places]


def test_the_first_language_is_the_one_that_must_be_there():
    """The others fall back to it; keywords and other words for choices need not be in it."""
    text = source(
        "  pick:\n"
        "    type: select_one\n"
        "    label: {es: Elija}\n"
        "    choices:\n"
        "      a: {es: La A}\n"
        "      b: {label: B1, accept: {es: [be]}}\n",
        title="{es: Breve}",
        closing="{en: '', es: Gracias.}",
        keywords="{es: [BREVE]}",
    )
    missing = "the text in en is missing"
    places = ["2:8", "6:10", "10:12", "12:10"]
    assert mistakes(text) == [f"{place}: {missing}" for place in places]


EMPTY = {
    "a title": source(title="''"),
    "a consent": source(consent="{label: '', declined: No.}"),
    "a closing of spaces": source(closing="{en: '  ', es: Gracias.}"),
    "a label": source("  age: {type: integer, label: ''}"),
    "a label of spaces": source("  age: {type: integer, label: {en: ' '}}"),
    "a label of a choice": source("  pick: {type: select_one, label: A?, choices: {a: ''}}"),
}


@pytest.mark.parametrize("text", EMPTY.values(), ids=EMPTY)
def test_a_text_that_is_said_is_never_empty(text):
    """Else the contact would be sent a message without a word, or a number without a label."""
    assert mistakes(text) != []


PIPES = {
    "of nothing": ("label: Is {} right?", "10:15: a brace stands alone"),
    "a brace alone": ("label: 'Smile :-}'", "10:21: a brace stands alone"),
    "an opening brace alone": ("label: Is {first right?", "10:15: a brace stands alone"),
    "of no question": ("label: Hi {fisrt}!", "10:15: there is no question “fisrt”"),
    "of no question, in quotes": ('label: "Hi {fisrt}!"', "10:16: there is no question “fisrt”"),
    "of a later one": ("label: Hi {later}!", "10:15: “later” is not asked before this"),
    "of itself": ("label: Hi {age|you}!", "10:15: “age” is not asked before this"),
    "of the consent": ("label: Hi {consent}!", "10:15: there is no question “consent”"),
    "of a note": ("label: Hi {note}!", "10:15: there is no question “note”"),
    "in a language": ("label: {en: Hi, es: '¡{nadie}!'}", "10:27: there is no question “nadie”"),
    "two of them": ("label: Hi {a}{b}!", "10:15: there is no question “a”"),
}


@pytest.mark.parametrize(("label", "expected"), PIPES.values(), ids=PIPES)
def test_a_text_pipes_in_only_what_was_asked_before(label, expected):
    note = "  note: {type: note, label: Hear this.}"
    text = source("\n".join([question(label), FIRST, note, LATER]))
    assert mistakes(text)[0] == expected


def test_pipes_in_the_other_texts_of_a_question():
    """A hint and a message may pipe earlier answers too, but not the answer that is asked for."""
    lines = [
        "label: Age, {first}?",
        "hint: Like {first|others}.",
        "constraint: age > 0",
        "constraint_message: No, {first}, not {age}.",
    ]
    text = source(FIRST + "\n" + question(*lines))
    assert mistakes(text) == ["14:42: “age” is not asked before this"]


def test_the_closing_pipes_in_any_answer():
    assert mistakes(source(FIRST + "\n" + LATER, closing="'Bye {first} and {later|x}'")) == []
    assert mistakes(source(FIRST, closing="Bye {frist}")) == ["6:14: there is no question “frist”"]


NO_PIPES = {
    "the title": (source(FIRST, title="A {first}"), "2:10"),
    "the contact": (source(FIRST, contact="A {first}"), "4:12"),
    "the consent": (source(FIRST, consent="{label: 'Is {first}', declined: No.}"), "5:22"),
    "its no": (source(FIRST, consent="{label: Ok?, declined: 'No {first}'}"), "5:37"),
    "a choice": (
        source(FIRST + "\n  b: {type: select_one, label: B?, choices: {c: 'C {first}'}}"),
        "9:52",
    ),
    "a choice with a label": (
        source(FIRST + "\n  b: {type: select_one, label: B?, choices: {c: {label: 'C {first}'}}}"),
        "9:60",
    ),
}


@pytest.mark.parametrize(("text", "place"), NO_PIPES.values(), ids=NO_PIPES)
def test_some_texts_take_no_answer(text, place):
    """They are said before anything is asked, or stand in lists that are matched word by word."""
    assert mistakes(text) == [f"{place}: no answer can be put in here"]


def test_doubled_braces_are_braces():
    assert mistakes(source(question("label: Is {{this}} fine?"), closing="'{{}}'")) == []


CURES = {
    "a near language": (source(title="{en: A, ess: B}"), "Did you mean es?"),
    "a strange language": (
        source(title="{en: A, zz: B}"),
        "Add it to languages, or remove it here.",
    ),
    "a near question": (source(FIRST, closing="Bye {frist}"), "Did you mean {first}?"),
    "a strange question": (
        source(FIRST, closing="Bye {xyz}"),
        "Name a question that is asked before.",
    ),
    "a brace": (source(FIRST, closing="Bye }"), "Write {{ or }} for a brace."),
    "a missing text": (
        source(title="{es: B}"),
        "Write it in en: the other languages fall back to it.",
    ),
}


@pytest.mark.parametrize(("text", "cure"), CURES.values(), ids=CURES)
def test_a_mistake_in_a_text_says_how_to_mend_it(text, cure):
    assert cures(text) == [cure]


def test_mistakes_of_every_kind_are_told_at_once():
    """Names, texts, pipes, keys, words and conditions of one file, in the order of its lines."""
    text = source(
        "  Age:\n"
        "    type: integer\n"
        "    label: Age, {nobody}?\n"
        "    relevant: nothing > 1\n"
        "    scope: quote\n"
        "  pick:\n"
        "    type: select_one\n"
        "    label: {es: Elija}\n"
        "    choices: {a: Stop, b: Go}\n",
        flow="Small",
        languages="[en, es, xx]",
        keywords="[HELP]",
    )
    assert mistakes(text) == [
        "1:7: “Small” cannot be a flow's name",
        "3:21: “xx” is not the code of a language",
        "8:3: “Age” cannot be a question's id",
        "10:17: there is no question “nobody”",
        "11:15: there is no earlier question “nothing”",
        "12:5: “scope” means nothing at this integer question",
        "15:12: the text in en is missing",
        "16:15: “stop” is also the command STOP",
        "17:11: “HELP” is a command already",
    ]
