"""What the checker says of words of care and quiet words: they must be found in danger, and rarely else."""

import pytest
from small_flows import cures, mistakes, source
from translators import entries, take, translated

from flows import examine, load
from flows.checks.catalog import clashes
from flows.language.texts import holds_words
from flows.translating.sheet import Row

KIND = "  kind: {type: select_one, label: Which?, choices: {threats: Threats made, rent: The rent}}"
SENSITIVE = "  papers: {type: text, label: Which papers?, sensitive: true}"
GOOD = "{danger: {words: {en: [he has a gun], es: [tiene un arma]}, label: {en: Call 911., es: Llame.}}}"


def care(english: str, spanish: str = "[tiene un arma]", label: str = "Call 911.") -> str:
    return f"{{danger: {{words: {{en: {english}, es: {spanish}}}, label: {label}}}}}"


def warnings(about: str, questions: str = KIND, **changed: str) -> list[str]:
    """The warnings that quote something, of a flow without mistakes."""
    text = source(questions, keywords="{en: [SMALL], es: [BREVE]}", **changed)
    assert mistakes(text) == []
    return [one.message for one in examine(text).warnings if about in one.message]


def test_good_words_are_not_spoken_of():
    text = source(KIND, keywords="{en: [SMALL], es: [BREVE]}", care=GOOD, leave="[pizza night]")
    told = [one.message for one in examine(text).findings]
    assert not [one for one in told if "gun" in one or "pizza" in one or "danger" in one]


@pytest.mark.parametrize(
    ("word", "why"),
    [
        ("gun", "alone is in many a sentence"),
        ("Kill!", "alone is in many a sentence"),
        ("死", "alone is in many a sentence"),
        ("help", "is the command HELP"),
        ("parar", "is the command STOP"),
        ("wrong number", "breaks off already"),
        ("small", "is a keyword of this flow"),
        ("threats", "is an answer to “kind”"),
        ("the rent", "is an answer to “kind”"),
        ("yes", "is an answer"),
        ("911", "is an answer"),
    ],
)
def test_a_word_that_would_come_up_all_the_time_is_warned_of(word, why):
    (told,) = warnings(f"“{word}”", care=care(f"['{word}']"))
    assert told.startswith(f"“{word}” {why}")


@pytest.mark.parametrize(
    "word", ["suicide", "he has a gun", "杀我", "قتلني", "my rent", "call 911"]
)
def test_long_words_and_several_words_are_not_warned_of(word):
    assert warnings(f"“{word}”", care=care(f"['{word}']")) == []


def test_words_are_wanted_in_every_language():
    assert warnings("no words", care=care("[he has a gun]", "[]")) == [
        "there are no words for “danger” in es"
    ]
    assert warnings("no words", care="{danger: {words: he has a gun, label: Call.}}") == [
        "there are no words for “danger” in es"
    ]


def test_a_help_without_words_is_a_mistake():
    message = "9:8: nobody gets this help: there are no words for “danger”"
    assert mistakes(source(care="{danger: {label: Call 911.}}")) == [message]
    assert mistakes(source(care=care("[]", "[]"))) == [message]


def test_a_help_says_something_in_the_source_language():
    assert mistakes(source(care=care("[he has a gun]", label="{es: Llame.}"))) == [
        "9:74: the text in en is missing"
    ]
    told = mistakes(source(care="{danger: {words: he has a gun}}"))
    assert told == ["9:16: “label” is missing"]


def test_no_answer_is_put_into_help():
    text = source(care=care("[he has a gun]", label="'Call, {name}.'"))
    assert [one.partition(": ")[2] for one in mistakes(text)] == ["no answer can be put in here"]


def test_a_key_that_does_not_exist_is_told_with_those_that_do():
    text = source(care="{danger: {words: he has a gun, label: Call., lable: Ring.}}")
    assert mistakes(text) == ["9:52: there is no “lable” here"]
    assert cures(text) == ["Did you mean label?"]


def test_the_name_of_a_danger_is_a_plain_word():
    text = source(care="{At home: {words: he has a gun, label: Call.}}")
    assert mistakes(text) == ["9:8: “At home” cannot be the name of a danger"]


def test_words_that_cannot_be_typed_are_a_mistake():
    assert "“!!” cannot be typed as a word" in mistakes(source(care=care("['!!']")))[0]
    assert "“!!” cannot be typed as a word" in mistakes(source(leave="['!!']"))[0]


@pytest.mark.parametrize(
    "word", ["stop", "skip", "wrong number", "SMALL", "threats made", "no", "3"]
)
def test_a_quiet_word_means_nothing_else(word):
    told = mistakes(source(KIND, keywords="[small]", leave=f"{{en: ['{word}']}}"))
    assert len(told) == 1
    assert f"“{word}” " in told[0]


def test_a_quiet_word_starts_no_other_flow():
    one = load(source(keywords="[small]", leave="[pizza]"))
    other = load(source(flow="other", keywords="[pizza]"))
    assert list(clashes(one, [other])) == ["the quiet word “pizza” is a keyword that starts other"]
    assert list(clashes(other, [one])) == ["the keyword “pizza” is the quiet word of small"]


def test_a_warning_without_a_sensitive_question_is_never_said():
    told = "this is never said, because no question is sensitive"
    assert warnings("never said", not_private="true") == [told]
    assert warnings("never said", SENSITIVE, not_private="true") == []
    assert warnings("never said", not_private="false") == []


def test_what_does_not_fit_into_a_message_is_told():
    long = "x" * 1601
    for changed in ({"care": care("[he has a gun]", label=long)}, {"not_private": long}):
        assert "this takes 1601 characters" in mistakes(source(SENSITIVE, **changed))[0]


# translating

TEXT = source(SENSITIVE, care=GOOD, leave="[pizza]", not_private="Others may read this.")


def test_every_text_and_word_goes_to_the_translator():
    ids = [one.id for one in entries(TEXT)]
    assert {"care.danger.words", "care.danger.label", "leave", "not_private"} <= set(ids)
    assert all(one.context for one in entries(TEXT))
    assert "not_private" not in {
        one.id for one in entries(TEXT.replace("Others may read this.", "true"))
    }


def test_translations_come_back_into_their_places():
    flow = load(translated(TEXT))
    (danger,) = flow.care
    assert danger.words["vi"] == ("từ he has a gun",)
    assert (danger.label["vi"], danger.label["es"]) == ("Dịch: Call 911.", "Llame.")
    assert flow.leave == {"en": ("pizza",), "vi": ("từ pizza",)}
    assert flow.not_private["vi"] == "Dịch: Others may read this."


@pytest.mark.parametrize("code", ["accept", "leave", "words", "keywords"])
def test_a_choice_may_have_a_code_that_is_a_key_elsewhere(code):
    """Its text is a text then, and comes back as one."""
    text = source(
        f"  pick: {{type: select_one, label: Which?, choices: {{{code}: This, b: That}}}}"
    )
    row = Row(f"questions.pick.choices.{code}", "This", "Cái này")
    flow = load(take(row, text=text).source)
    assert flow.by_id["pick"].choices[0].label["vi"] == "Cái này"


def test_which_places_hold_words():
    assert holds_words(("questions", "a", "choices", "b", "accept"))
    assert holds_words(("choice_lists", "a", "b", "accept"))
    assert not holds_words(("choice_lists", "a", "accept"))
    assert not holds_words(("care", "words", "label"))
