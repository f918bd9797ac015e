"""The form of a flow: which keys there are, what each holds, and what is said when it does not."""

import pytest
from small_flows import HEAD, ONE_QUESTION, cures, mistakes, source

TEXT = "this must be a text"
WORDS = "this must be words"
CHOICE = "  pick: {type: select_one, label: Pick, choices: "


def test_the_smallest_flow_is_good():
    """The tables below change one thing each in a flow without a mistake."""
    assert mistakes(source()) == []


@pytest.mark.parametrize(
    "text", ["", "# nothing\n", "hello", "- flow: small", "'flow: small'", "~"]
)
def test_a_file_without_keys_is_no_flow(text):
    assert [line.split(": ", 1)[1] for line in mistakes(text)] == ["this holds no flow"]


@pytest.mark.parametrize("key", HEAD)
def test_every_part_of_the_head_is_needed(key):
    """What is missing is said where the file begins."""
    begins = "2:1" if key == "flow" else "1:1"
    assert mistakes(source(**{key: None})) == [f"{begins}: “{key}” is missing"]
    assert cures(source(**{key: None})) == [f"Add a line: {key}: ..."]


HEADS = {
    "an unknown key": ({"langauges": "[en]"}, "9:1: there is no “langauges” here"),
    "the name is a list": ({"flow": "[small]"}, "1:7: “flow” must be a text"),
    "the name is left out": ({"flow": ""}, "1:6: “flow” must be a text"),
    "a title of numbers of nothing": ({"title": "{en: }"}, f"2:8: {TEXT}"),
    "a title that is a list": ({"title": "[a, b]"}, f"2:8: {TEXT}"),
    "a title that is empty": ({"title": "{}"}, f"2:8: {TEXT}"),
    "a title of titles": ({"title": "{en: {en: Small}}"}, f"2:8: {TEXT}"),
    "a language alone": ({"languages": "en"}, "3:12: “languages” must be a list"),
    "no language": ({"languages": "[]"}, "3:12: “languages” is empty"),
    "a language of languages": ({"languages": "[en, [es]]"}, "3:17: “1” must be a text"),
    "a contact left out": ({"contact": "~"}, f"4:10: {TEXT}"),
    "a consent in one word": (
        {"consent": "May we?"},
        "5:10: “consent” needs keys and values under it",
    ),
    "a consent without a no": ({"consent": "{label: May we?}"}, "5:10: “declined” is missing"),
    "a key too many in the consent": (
        {"consent": "{label: May we?, declined: No., decline: No.}"},
        "5:42: there is no “decline” here",
    ),
    "keywords of numbers of words": ({"keywords": "{en: {a: b}}"}, f"9:11: {WORDS}"),
    "a keyword that is a list": ({"keywords": "[[a]]"}, f"9:11: {WORDS}"),
    "keywords left out": ({"keywords": "~"}, f"9:11: {WORDS}"),
}


@pytest.mark.parametrize(("changed", "expected"), HEADS.values(), ids=HEADS)
def test_a_mistake_in_the_head(changed, expected):
    assert mistakes(source(**changed)) == [expected]


QUESTIONS = {
    "no question": ("  {}", ["8:3: “questions” is empty"]),
    "a list of questions": ("  - type: text", ["8:3: “questions” needs keys and values under it"]),
    "a question in one word": (
        "  name: Your name?",
        ["8:9: “name” needs keys and values under it"],
    ),
    "no type": ("  name: {label: Your name?}", ["8:9: “type” is missing"]),
    "no label": ("  name: {type: text}", ["8:9: “label” is missing"]),
    "neither": ("  name: {}", ["8:9: “type” is missing", "8:9: “label” is missing"]),
    "an unknown key": (
        "  name: {type: text, label: Name?, relevent: a == 1}",
        ["8:36: there is no “relevent” here"],
    ),
    "an unknown type": ("  name: {type: texts, label: Name?}", ["8:16: there is no type “texts”"]),
    "an unknown scope": (
        "  name: {type: consent, scope: quotes, label: May we?}",
        ["8:32: there is no scope “quotes”"],
    ),
    "a flag in other words": (
        "  name: {type: text, label: Name?, required: yes}",
        ["8:46: “yes” is neither true nor false"],
    ),
    "a condition that is a list": (
        "  name: {type: text, label: Name?, relevant: [a]}",
        ["8:46: “relevant” must be a text"],
    ),
    "a label left out": ("  name:\n    type: text\n    label:", [f"10:11: {TEXT}"]),
    "choices as a list": (CHOICE + "[a, b]}", ["8:50: “choices” needs keys and values under it"]),
    "a choice without a label": (CHOICE + "{a: }}", [f"8:54: {TEXT}"]),
    "a choice of other keys": (
        CHOICE + "{a: {label: A, acept: [b]}}}",
        ["8:65: there is no “acept” here"],
    ),
    "words of a choice that are none": (
        CHOICE + "{a: {label: A, accept: {en: ~}}}}",
        [f"8:73: {WORDS}"],
    ),
}


@pytest.mark.parametrize(("questions", "expected"), QUESTIONS.values(), ids=QUESTIONS)
def test_a_mistake_in_the_questions(questions, expected):
    assert mistakes(source(questions)) == expected


def test_the_short_forms():
    """A text or words without a language are in the first; a choice's label alone is a choice; flags have two words."""
    short = (
        "  a: {type: select_one, label: A?, required: True, choices: {b: B, c: {en: C, es: Ce}}}"
    )
    long = "{label: {en: C, es: Ce}, accept: {en: see, es: [ce, se]}}"
    assert mistakes(source(short, keywords="SMALL")) == []
    assert mistakes(source(short, keywords="{en: SMALL, es: [BREVE, CORTO]}")) == []
    assert mistakes(source(short.replace("{en: C, es: Ce}", long))) == []


CURES = {
    "title": (source(titel="x"), "Did you mean title?"),
    "label": (source("  a: {type: text, lable: A?}"), "Did you mean label?"),
    "declined": (
        source(consent="{label: A?, declined: B., declinde: C.}"),
        "Did you mean declined?",
    ),
    "accept": (source(CHOICE + "{a: {label: A, acept: [b]}}}"), "Did you mean accept?"),
    "select_one": (source("  a: {type: select one, label: A?}"), "Did you mean select_one?"),
    "follow_up": (
        source("  a: {type: consent, label: A?, scope: followup}"),
        "Did you mean follow_up?",
    ),
    "what else": (
        source(consent="{label: A?, declined: B., zzz: C.}"),
        "What can stand here: label, declined.",
    ),
    "which type": (
        source("  a: {type: zzz, label: A?}"),
        "Choose one of: note, text, integer, decimal, range, date, select_one, "
        "select_multiple, geopoint, media, phone, email, consent, calculate, group, repeat.",
    ),
    "empty": (source(languages="[]"), "Add at least one."),
    "flag": (source("  a: {type: text, label: A?, required: on}"), "Write true or false."),
    "text": (source(contact="[a]"), "Write a text, or one for each language: {en: ..., es: ...}."),
}


@pytest.mark.parametrize(("text", "cure"), CURES.values(), ids=CURES)
def test_a_mistake_of_form_says_how_to_mend_it(text, cure):
    """The nearest known word is offered where there is one, all of them where there is none."""
    assert cure in cures(text)


def test_all_mistakes_of_form_are_told_at_once():
    """In the order of their lines, whatever the order they are found in."""
    text = source(
        "  a: {type: texts, label: A?}\n  b: {label: [b]}\n" + ONE_QUESTION,
        contact="~",
        languages="[]",
        tilte="x",
        title=None,
    )
    assert mistakes(text) == [
        "1:1: “title” is missing",
        "3:12: “languages” is empty",
        f"4:10: {TEXT}",
        "8:13: there is no type “texts”",
        "9:6: “type” is missing",
        f"9:14: {TEXT}",
        "11:1: there is no “tilte” here",
    ]


def test_mistakes_of_form_and_of_meaning_are_told_together():
    """A key too many hides nothing of what else is wrong in its question or in the others."""
    text = source(
        "  a: {type: texts, label: A?}\n"
        "  b:\n"
        "    type: integer\n"
        "    label: And {nobody}?\n"
        "    lable: B\n"
        "  c: {type: text, label: 'A {d}', relevant: nothing > 1}\n",
        flow="Small",
    )
    assert mistakes(text) == [
        "1:7: “Small” cannot be a flow's name",
        "8:13: there is no type “texts”",
        "11:16: there is no question “nobody”",
        "12:5: there is no “lable” here",
        "13:29: there is no question “d”",
        "13:45: there is no earlier question “nothing”",
    ]


def test_what_was_guessed_to_read_on_is_not_held_against_the_author():
    """A condition on a question of an unknown type may be good: it is not judged before the type is mended."""
    text = source(
        "  age: {type: intger, label: Age?}\n"
        "  b: {type: text, label: 'At {age}?', relevant: age > 3 and nothing == 1}\n"
    )
    assert "8:15: there is no type “intger”" in mistakes(text)
    assert [line for line in mistakes(text) if "age" in line] == []


@pytest.mark.parametrize("key", ["relevant", "constraint", "label", "choices", "type"])
def test_a_code_or_language_may_be_spelt_like_a_key(key):
    """What stands there is judged as a code or a language, not as that key."""
    assert mistakes(source(CHOICE + f"{{{key}: Stop}}}}")) == [
        "8:51: “stop” is also the command STOP"
    ]
    assert mistakes(source(f"  a: {{type: text, label: {{en: A, {key}: B}}}}")) == [
        f"8:34: “{key}” is not a language of this flow"
    ]


@pytest.mark.parametrize("name", ["languages", "title", "questions"])
def test_a_question_may_be_spelt_like_a_part_of_the_head(name):
    """A mistake in it hides none elsewhere."""
    text = source(f"  {name}: {{type: texts, label: A?}}", title="{es: Breve}", keywords="[HELP]")
    assert mistakes(text) == [
        "2:8: the text in en is missing",
        f"8:{len(name) + 12}: there is no type “texts”",
        "9:11: “HELP” is a command already",
    ]
