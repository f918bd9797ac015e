"""What the checker says beside mistakes: translations, words that are mistaken for others, and what people are owed."""

import pytest
from any_texts import texts, trees
from hypothesis import given
from hypothesis import strategies as st
from small_flows import ONE_QUESTION, SURVEYS, TRANSCRIPTS, examples, mistakes, source

from flows import Examined, examine, load, read_source

CONSENT = "{label: {en: %s, es: %s}, declined: {en: Good bye., es: Hasta luego.}}"
GOOD_EN = "The testers ask for a report. STOP ends it. May we?"
GOOD_ES = "The testers preguntan para un informe. STOP termina. ¿Se puede?"
BOTH = {
    "consent": CONSENT % (f"'{GOOD_EN}'", f"'{GOOD_ES}'"),
    "closing": "{en: Thanks., es: Gracias.}",
}
COLOR = "  color: {type: select_one, label: {en: Color?, es: ¿Qué color?}, choices: {red: {en: Red, es: Rojo}}}"


def advice(questions: str = COLOR, **changed: str) -> list[str]:
    """The warnings of a flow whose head deserves none; the flow itself is good."""
    text = source(questions, **(BOTH | changed))
    assert mistakes(text) == []
    return [f"{one.mark.line}: {one.message}" for one in examine(text).warnings]


def pick(choices: str, kind: str = "select_one", more: str = "") -> str:
    return f"  pick: {{type: {kind}, label: {{en: Which?, es: ¿Cuál?}}, choices: {choices}{more}}}"


def test_a_good_flow_gets_no_advice():
    assert advice() == []


@pytest.mark.parametrize("name", ["city-testimony", "tenants", "three-questions"])
def test_the_flows_that_ship_need_no_advice(name):
    file = SURVEYS / f"{name}.yaml"
    assert list(map(str, examine(read_source(file), str(file)).findings)) == []


@pytest.mark.parametrize("name", ["household", "parks"])
def test_flows_of_the_transcripts_are_warned_of_nothing_but_what_they_lack(name):
    """A consent that tells nothing, and a name that is asked for without a reason."""
    file = TRANSCRIPTS / "flows" / f"{name}.yaml"
    told = [one.message for one in examine(read_source(file), str(file)).findings]
    assert all("does not say" in one for one in told)


def test_warnings_stop_nothing():
    text = source("  phone: {type: phone, label: Your phone?}")
    assert examine(text).warnings
    assert examine(text).flow == load(text)


def test_missing_texts_are_told_once_a_language():
    """With their number and the first few places, where the language is declared."""
    questions = "\n".join(
        f"  q{number}: {{type: text, label: Why {number}?}}" for number in range(5)
    )
    place = ", ".join(f"questions.q{number}.label (line {8 + number})" for number in range(3))
    assert advice(questions) == [f"3: 5 texts are missing in es: {place} and 2 more"]
    one = "  a: {type: text, label: {en: Why?, es: ''}}"
    assert advice(one) == ["3: 1 text is missing in es: questions.a.label (line 8)"]


@pytest.mark.parametrize("text", ["'18-24'", "911", "'?'", "'{{ }}'"])
def test_a_text_without_letters_needs_no_translation(text):
    assert advice(f"  a: {{type: note, label: {text}}}") == []


def test_words_of_the_contact_and_of_choices_may_be_in_one_language():
    accept = pick("{a: {label: {en: Alpha, es: Alfa}, accept: [first]}}")
    assert advice(accept, keywords="[SMALL]", contact="The testers") == []


SAME = {
    "a question": ("  a: {type: text, label: {en: What is it?, es: What is it?}}", True),
    "a hint": (
        "  a: {type: text, label: {en: X, es: Y}, hint: {en: Like this, es: Like this}}",
        True,
    ),
    "a name": ("  a: {type: note, label: {en: Human Rights Watch, es: Human Rights Watch}}", False),
    "a word": ("  a: {type: text, label: {en: Hospital?, es: Hospital?}}", False),
    "a choice of many words": (pick("{a: {en: Home and garden, es: Home and garden}}"), True),
    "a choice that is a name": (pick("{a: {en: Medicaid cards, es: Medicaid cards}}"), False),
    "an answer alone": (
        "  a: {type: text, label: {en: X?, es: Y?}}\n  b: {type: note, label: {en: '{a}!', es: '{a}!'}}",
        False,
    ),
}


@pytest.mark.parametrize(("questions", "found"), SAME.values(), ids=SAME)
def test_a_text_that_was_never_translated_is_told_but_not_a_name(questions, found):
    told = advice(questions)
    assert [
        one.partition(":")[2].startswith(" 1 text is the same in es as in en") for one in told
    ] == ([True] if found else [])


NAMES = "  city: {type: text, label: {en: City?, es: ¿Ciudad?}}\n  job: {type: text, label: {en: Job?, es: ¿Oficio?}}\n"


def test_the_same_answers_are_put_into_a_text_in_every_language():
    other = NAMES + "  a: {type: text, label: {en: 'Why {city}?', es: '¿Por qué {job}?'}}"
    assert mistakes(source(other, **BOTH)) == [
        "10:60: {job} is put in here, and not in the text in en"
    ]
    dropped = NAMES + "  a: {type: text, label: {en: 'Why {city}?', es: ¿Por qué?}}"
    assert advice(dropped) == ["10: {city} is left out here, and put into the text in en"]
    moved = NAMES + "  a: {type: text, label: {en: '{city|It}, {job}', es: '{job}, {city|Esto}'}}"
    assert advice(moved) == []


def test_an_answer_that_does_not_exist_is_told_once():
    text = NAMES + "  a: {type: text, label: {en: 'Why {city}?', es: '¿Por qué {ciudad} {city}?'}}"
    assert mistakes(source(text, **BOTH)) == ["10:60: there is no question “ciudad”"]


BY_LANGUAGE = {
    "the same codes": (
        "{en: {a: Red, b: Blue}, es: {a: Rojo, b: Azul}}",
        "this list is written once for each language",
    ),
    "codes that differ": (
        "{en: {a: Red, b: Blue}, es: {a: Rojo, c: Azul}}",
        "this list is written once for each language, and its codes differ: b, c",
    ),
}


@pytest.mark.parametrize(("choices", "expected"), BY_LANGUAGE.values(), ids=BY_LANGUAGE)
def test_codes_do_not_differ_by_language(choices, expected):
    """A list for each language is one mistake, not one for each of its words."""
    text = source(f"  a: {{type: select_one, label: A?, choices: {choices}}}")
    assert mistakes(text) == [f"8:36: {expected}"]
    shared = source(
        "  a: {type: select_one, label: A?, choices: l}", choice_lists=f"{{l: {choices}}}"
    )
    assert mistakes(shared) == [f"9:16: {expected}"]


def test_languages_may_be_choices():
    assert advice(pick("{en: {en: English, es: Inglés}, es: {en: Spanish, es: Español}}")) == []


ALIKE = {
    "one letter": (
        "{a: {en: House, es: Casa}, b: {en: Horse, es: Caballo}}",
        "“house” and “horse”",
    ),
    "two letters changed about": (
        "{a: {en: Trial, es: A}, b: {en: Trail, es: B}}",
        "“trial” and “trail”",
    ),
    "another word for one": (
        "{a: {en: Flat, es: Piso, }, b: {label: {en: Other, es: Otro}, accept: {es: [Peso]}}}",
        "“piso” and “peso”",
    ),
}


@pytest.mark.parametrize(("choices", "both"), ALIKE.values(), ids=ALIKE)
def test_one_typing_mistake_does_not_make_another_choice(choices, both):
    assert advice(pick(choices)) == [f"8: {both} differ by one letter and mean two choices"]


UNLIKE = {
    "numbered": "{a: {en: Ward 1, es: Barrio 1}, b: {en: Ward 2, es: Barrio 2}}",
    "a syllable before it": "{a: {en: East, es: Este}, b: {en: West, es: Oeste}}",
    "short": "{a: {en: Cat, es: Gato}, b: {en: Car, es: Auto}}",
    "the same choice": "{a: {label: {en: School, es: Escuela}, accept: [schools]}}",
    "codes that nobody sees": "{work_day: {en: Hours, es: Horas}, work_pay: {en: Wages, es: Sueldo}}",
}


@pytest.mark.parametrize("choices", UNLIKE.values(), ids=UNLIKE)
def test_choices_that_nobody_takes_for_each_other(choices):
    assert advice(pick(choices)) == []


def test_choices_that_are_the_same_but_for_case_and_accents_are_a_mistake():
    text = source(pick("{a: {en: One, es: Sí}, b: {en: Other, es: si}}"))
    assert mistakes(text) == ["8:71: “si” means both a and b"]


def test_a_word_means_the_same_in_every_language():
    """People mix their languages."""
    mixed = "{a: {label: {en: Rent, es: Alquiler}, accept: {en: [pan], es: [casa]}}, b: {en: Bread, es: Pan}}"
    assert advice(pick(mixed)) == ["8: “pan” means a in en, and b in es"]
    opposite = "{yes: {label: {en: I do, es: Claro}, accept: {en: [nada], es: [lo]}}, no: {en: I do not, es: Nunca}}"
    assert advice(pick(opposite)) == ["8: “nada” means yes, and is no in es"]
    counted = "{a: {en: Uno, es: Carta}, b: {en: Dos, es: Baraja}, c: {en: Uno, es: Carta}}"
    assert "8: “dos” means b, and is 2 in es" not in advice(
        pick(counted.partition(", c:")[0] + "}")
    )
    turned = "{a: {en: Dos, es: Sistema}, b: {en: Windows, es: Ventanas}}"
    assert advice(pick(turned)) == ["8: “dos” means a, and is 2 in es"]


def test_a_number_in_words_stands_at_its_own_number():
    text = source(pick("{none: {en: Nobody, es: Nadie}, one: {en: One, es: Uno}}"))
    assert mistakes(text) == [
        "8:102: “One” stands at number 2: 1 will mean another choice",
        "8:102: “Uno” stands at number 2: 1 will mean another choice",
    ]
    assert advice(pick("{one: {en: One, es: Uno}, two: {en: Two, es: Dos}}")) == []


def test_a_keyword_is_no_number():
    assert advice(keywords="{en: [TEN], es: [BREVE]}") == [
        "9: “TEN” is a number in words: who answers with it begins anew"
    ]


def test_more_than_twelve_choices_are_hard_to_read():
    letters = "abcdefghijklm"
    listed = ", ".join(f"{one}{one}: {{en: {one * 5}, es: {one * 6}}}" for one in letters)
    assert advice(pick(f"{{{listed}}}")) == ["8: 13 choices are hard to read in a text message"]
    assert advice(pick(f"{{{listed.rpartition(', mm')[0]}}}")) == []


def question(name: str, kind: str, label: str, more: str = "") -> str:
    return f"  {name}: {{type: {kind}, label: {{en: '{label}', es: ¿...?}}{more}}}"


PERSONAL = {
    "a phone": (question("tel", "phone", "Where can we call?"), "a phone number"),
    "an address": (question("post", "email", "Where can we write?"), "an e-mail address"),
    "a place": (question("spot", "geopoint", "Where is it?"), "a place"),
    "a name": (question("who", "text", "What is your name?"), "a name"),
    "a name by its id": (question("full_name", "text", "Who are you?"), "a name"),
    "a street": (question("where", "text", "Please send your home address."), "an address"),
    "a number in words": (
        question("reach", "text", "Which phone number is best?"),
        "a phone number",
    ),
    "a birthday": (question("day", "date", "When were you born?"), "a date of birth"),
}


@pytest.mark.parametrize(("asked", "what"), PERSONAL.values(), ids=PERSONAL)
def test_whoever_is_asked_for_details_is_told_what_for(asked, what):
    name = asked.strip().partition(":")[0]
    assert advice(asked) == [f"8: “{name}” asks for {what}, and does not say what for"]
    assert advice(f"{asked[:-1]}, purpose: {{en: To call you., es: Para llamarle.}}}}") == []


IMPERSONAL = [
    question("story", "text", "What happened? Please do not tell us your name or your address."),
    question("city", "text", "Which city or county do you live in?"),
    question("day", "date", "When did it happen?"),
    question("quote", "consent", "May we print it without your name?", ", scope: quote"),
    question(
        "park",
        "select_one",
        "Is there a park near your home address?",
        ", choices: {a: {en: A, es: Á}}",
    ),
]


@pytest.mark.parametrize("asked", IMPERSONAL)
def test_what_asks_for_no_details_needs_no_reason(asked):
    assert advice(asked) == []


def test_a_source_language_has_words_of_its_own():
    text = "  quien: {type: text, label: {es: ¿Cómo se llama?, en: Who?}}"
    found = examine(source(text, languages="[es, en]", title="Breve")).warnings
    assert "“quien” asks for a name, and does not say what for" in [one.message for one in found]


NO_WAY = "this must be answered, and none of its choices is a way to say nothing"
REQUIRED = {
    "a choice": (pick("{a: {en: Aa, es: Áa}}", more=", required: true"), [f"8: {NO_WAY}"]),
    "with a way to refuse": (
        pick(
            "{a: {en: Aa, es: Áa}, z: {en: Prefer not to say, es: Prefiero no decir}}",
            more=", required: true",
        ),
        [],
    ),
    "with a code to refuse": (
        pick("{a: {en: Aa, es: Áa}, refused: {en: Pass it, es: Otra}}", more=", required: true"),
        [],
    ),
    "a consent": (
        question("quote", "consent", "May we?", ", scope: quote, required: true"),
        ["8: a consent cannot be required"],
    ),
    "words": (question("why", "text", "Why?", ", required: true"), []),
}


@pytest.mark.parametrize(("asked", "expected"), REQUIRED.values(), ids=REQUIRED)
def test_there_is_a_way_to_say_nothing(asked, expected):
    assert advice(asked) == expected


def test_not_every_question_must_be_answered():
    both = [question(name, "text", "Why?", ", required: true") for name in ("a", "b")]
    assert advice("\n".join(both)) == ["7: every question must be answered"]
    assert advice("\n".join([*both, question("c", "text", "Why?")])) == []


CONSENTS = {
    "nothing": ("May we?", "who asks and what for and how to stop"),
    "not who": ("We ask for a report, STOP ends it. May we?", "who asks"),
    "not why": ("The testers ask, STOP ends it. May we?", "what for"),
    "not how to stop": ("The testers ask for a report. May we?", "how to stop"),
    "not the word": ("The testers ask for a report to stop evictions.", None),
    "another word that stops": ("The testers ask for a report. CANCEL ends it.", None),
    "at length": (f"The testers ask. STOP ends it. {'So much is told here. ' * 5}", None),
}


@pytest.mark.parametrize(("text", "lacks"), CONSENTS.values(), ids=CONSENTS)
def test_the_consent_says_who_asks_what_for_and_how_to_stop(text, lacks):
    expected = [f"5: the consent in en does not say {lacks}"] if lacks else []
    assert advice(consent=CONSENT % (f"'{text}'", f"'{GOOD_ES}'")) == expected


def test_the_consent_says_so_in_each_language():
    told = advice(consent=CONSENT % (f"'{GOOD_EN}'", "¿Se puede?"))
    assert told == ["5: the consent in es does not say who asks and what for and how to stop"]
    spanish = "'The testers preguntan para un informe. PARAR termina.'"
    assert advice(consent=CONSENT % (f"'{GOOD_EN}'", spanish)) == []


@examples(150)
@given(texts() | trees())
def test_any_text_can_be_examined(text):
    """It may be no flow at all: what is wrong is told, and nothing is raised."""
    examined = examine(text)
    assert isinstance(examined, Examined)
    assert examined.flow is not None or examined.mistakes
    assert list(examined.findings) == sorted(
        examined.findings, key=lambda one: (one.mark.file, one.mark)
    )


@examples(150)
@given(
    st.text(max_size=200) | st.sampled_from([ONE_QUESTION, "flow: x", "[]", "---", "questions: []"])
)
def test_so_can_what_was_never_a_flow(text):
    assert examine(text).mistakes
