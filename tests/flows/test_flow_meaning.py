"""What the parts of a flow mean to each other: names, keys at their types, words with two meanings, conditions."""

import pytest
from small_flows import ONE_QUESTION, cures, mistakes, source

PICK = "  pick: {type: select_one, label: Pick, choices: "
LONG = "x" * 63


@pytest.mark.parametrize("name", ["Small", "my flow", "a_b", "-a", "ñ", "a" * 64, "small.yaml"])
def test_a_flow_has_a_plain_name(name):
    assert mistakes(source(flow=f"'{name}'")) == [f"1:7: “{name}” cannot be a flow's name"]


@pytest.mark.parametrize("name", ["a", "2026", "city-testimony", LONG])
def test_a_good_name_of_a_flow(name):
    assert mistakes(source(flow=name)) == []


@pytest.mark.parametrize(
    ("languages", "expected"),
    [
        ("[en, xx]", "3:17: “xx” is not the code of a language"),
        ("[en, spanish]", "3:17: “spanish” is not the code of a language"),
        ("[en, es, en]", "3:21: “en” stands here twice"),
        ("[en, '']", "3:17: “” is not the code of a language"),
    ],
)
def test_languages_have_their_codes_and_stand_once(languages, expected):
    assert mistakes(source(languages=languages, title="Small")) == [expected]


@pytest.mark.parametrize("code", ["en", "es", "vi", "ht", "am", "so", "zh", "ko", "ar", "my"])
def test_languages_of_many_countries_are_known(code):
    assert mistakes(source(languages=f"[{code}]", title="Small")) == []


@pytest.mark.parametrize("name", ["Name", "my-name", "1st", "_x", "año", "a" * 64, "a b", ""])
def test_a_question_has_a_plain_id(name):
    text = source(f"  '{name}': {{type: text, label: Name?}}")
    assert mistakes(text) == [f"8:3: “{name}” cannot be a question's id"]


RESERVED = ["consent", "interview", "flow", "version", "language", "channel", "status"]
RESERVED += ["started_at", "completed_at", "if", "not", "in", "lambda", "class"]


@pytest.mark.parametrize("name", RESERVED)
def test_an_id_has_no_other_meaning(name):
    """Not that of the consent, of a column of the exports or of a word that a condition cannot name."""
    text = source(f"  {name}: {{type: text, label: Name?}}")
    assert mistakes(text) == [f"8:3: “{name}” has a meaning of its own"]


@pytest.mark.parametrize("code", ["a b", "año", "-a", "_a", "a.b", "a" * 64])
def test_a_choice_has_a_plain_code(code):
    assert mistakes(source(PICK + f"{{'{code}': A}}}}")) == [f"8:51: “{code}” cannot be a code"]


@pytest.mark.parametrize("code", ["a", "A1", "3rd", "a-b", "a_b", "class", LONG])
def test_a_good_code_of_a_choice(code):
    assert mistakes(source(PICK + f"{{{code}: A}}}}")) == []


PARTS = {
    "one choice of none": ("  a: {type: select_one, label: A?}", "8:3: select_one needs choices"),
    "many choices of none": (
        "  a: {type: select_multiple, label: A?, choices: {}}",
        "8:3: select_multiple needs choices",
    ),
    "a consent to nothing": ("  a: {type: consent, label: A?}", "8:3: a consent needs its scope"),
    "choices of a text": (
        "  a: {type: text, label: A?, choices: {b: B}}",
        "8:30: “choices” means nothing at this text question",
    ),
    "choices of a consent": (
        "  a: {type: consent, scope: quote, label: A?, choices: {b: B}}",
        "8:47: “choices” means nothing at this consent question",
    ),
    "the scope of a text": (
        "  a: {type: text, label: A?, scope: quote}",
        "8:30: “scope” means nothing at this text question",
    ),
    "a message of no constraint": (
        "  a: {type: text, label: A?, constraint_message: No.}",
        "8:30: “constraint_message” means nothing at this text question",
    ),
    "the constraint of a note": (
        "  a: {type: note, label: A., constraint: 1 > 2}",
        "8:30: “constraint” means nothing at this note question",
    ),
    "a note that must be answered": (
        "  a: {type: note, label: A., required: true}",
        "8:30: “required” means nothing at this note question",
    ),
    "the hint of a note": (
        "  a: {type: note, label: A., hint: B}",
        "8:30: “hint” means nothing at this note question",
    ),
}


@pytest.mark.parametrize(("questions", "expected"), PARTS.values(), ids=PARTS)
def test_a_key_belongs_to_its_type(questions, expected):
    assert mistakes(source(questions)) == [expected]


def test_a_question_fits_a_text_message():
    """Counted with its choices, in each language; 1600 characters are the most that can be sent."""
    good = source("  a: {type: text, label: " + "x" * 1600 + "}")
    assert mistakes(good) == []
    bad = source("  a: {type: text, label: {en: Short?, es: " + "x" * 1601 + "}}")
    assert mistakes(bad) == ["8:3: this takes 1601 characters in es; a text message holds 1600"]
    choices = ", ".join(f"c{n}: {'y' * 60}{n:02}" for n in range(30))
    many = mistakes(source(PICK + "{" + choices + "}}"))
    assert many == [
        f"8:3: this takes {4 + 30 * 66} characters in {language}; a text message holds 1600"
        for language in ("en", "es")
    ]


@pytest.mark.parametrize("place", ["consent", "declined", "closing", "constraint_message"])
def test_every_other_text_fits_a_text_message(place):
    long = "x" * 1601
    if place == "closing":
        text = source(closing=long)
    elif place == "constraint_message":
        question = (
            f"  a: {{type: integer, label: A?, constraint: a > 0, constraint_message: {long}}}"
        )
        text = source(question)
    else:
        label, declined = (long, "No.") if place == "consent" else ("May we?", long)
        text = source(consent=f"{{label: {label}, declined: {declined}}}")
    assert mistakes(text) != []


CONDITIONS = {
    "plain": (
        "relevant: name == 'a' and nane == 'b'",
        "12:31: there is no earlier question “nane”",
    ),
    "in quotes": ("relevant: \"name == 'a' and x\"", "12:32: there is no earlier question “x”"),
    "at its beginning": ("relevant: nane == 'a'", "12:15: there is no earlier question “nane”"),
    "of itself": ("relevant: age > 3", "12:15: there is no earlier question “age”"),
    "not readable": ("relevant: name == = 'a'", "12:23: the condition cannot be read"),
    "of a constraint": ("constraint: age > b", "12:23: there is no earlier question “b”"),
    "of nothing": ("relevant: ''", "12:16: the condition cannot be read"),
}


@pytest.mark.parametrize(("line", "expected"), CONDITIONS.values(), ids=CONDITIONS)
def test_a_mistake_in_a_condition_has_its_own_place(line, expected):
    """The column is that of the word in the condition, with or without quotes around it."""
    question = f"  age:\n    type: integer\n    label: Age?\n    {line}"
    assert mistakes(source(f"{ONE_QUESTION}\n{question}")) == [expected]


def test_a_condition_left_empty_is_none():
    assert (
        mistakes(source(f"{ONE_QUESTION}\n  age:\n    type: text\n    label: Age?\n    relevant:"))
        == []
    )


def test_a_condition_sees_only_what_is_asked_before():
    """Not itself, not what comes later, not a note; a constraint sees its own question too."""
    text = source(
        "  a: {type: integer, label: A?, relevant: b > 1, constraint: a > 1}\n"
        "  n: {type: note, label: N.}\n"
        "  b: {type: integer, label: B?, relevant: answered(n), constraint: a > b}"
    )
    assert mistakes(text) == [
        "8:43: there is no earlier question “b”",
        "10:52: there is no earlier question “n”",
    ]


CURES = {
    "flow": (
        source(flow="Small"),
        "Use small letters, digits and hyphens, such as city-testimony.",
    ),
    "pick": (
        source(
            "  pik: {type: integer, label: A?}\n  b: {type: text, label: B?, relevant: pick > 1}"
        ),
        "Did you mean pik?",
    ),
    "housing": (
        source(PICK + "{housing: H}}\n  b: {type: text, label: B?, relevant: pick == hosing}"),
        "Did you mean housing?",
    ),
    "anwered": (
        source(f"{ONE_QUESTION}\n  b: {{type: text, label: B?, relevant: anwered(name)}}"),
        "Did you mean answered? The functions are: answered, count, length, today, years.",
    ),
    "codes": (
        source(PICK + "{a: A1, b: B1}}\n  c: {type: text, label: C?, relevant: pick == zzz}"),
        "The codes are: a, b.",
    ),
}


@pytest.mark.parametrize(("text", "cure"), CURES.values(), ids=CURES)
def test_a_mistake_of_meaning_says_how_to_mend_it(text, cure):
    assert cures(text) == [cure]
