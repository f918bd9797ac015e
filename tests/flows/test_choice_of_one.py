"""Which choice a person means: numbers, labels, codes, other words, one typing mistake; and never a guess."""

import pytest
from reading_answers import questions, read, value
from small_flows import TODAY, flow_of, source

from flows import load
from flows.talking.answers import Asked, read_answer

CODES = [choice.code for choice in questions().by_id["home"].choices]

ONE = [
    ("en", "1", "housing"), ("en", "10", "none"), ("en", " 2 ", "police"), ("en", "2.", "police"),
    ("en", "2)", "police"), ("en", "(2)", "police"), ("en", "#2", "police"), ("en", "②", "police"),
    ("en", "2️⃣", "police"), ("en", "1️⃣0️⃣", "none"), ("en", "٢", "police"), ("en", "२", "police"),
    ("en", "２", "police"), ("en", "\u200f2\u200f", "police"), ("en", "two", "police"), ("en", "Ten", "none"),
    ("es", "dos", "police"), ("es", "diez", "none"), ("en", "02", "police"), ("en", "፪", "police"),
    ("en", "Housing or eviction", "housing"), ("en", "HOUSING OR EVICTION!", "housing"),
    ("en", "housing", "housing"), ("en", "rent", "housing"), ("en", " Landlord. ", "housing"),
    ("en", "health doctors", "health"), ("en", "Health, doctors", "health"), ("en", "ｗａｔｅｒ", "water"),
    ("es", "vivienda o desalojo", "housing"), ("es", "Renta", "housing"), ("es", "policia y tribunales", "police"),
    ("es", "salud medicos", "health"), ("es", "SALUD, MÉDICOS", "health"), ("es", "water", "water"),
    ("es", "¿Agua?", "water"), ("en", "no-one", "no_one"), ("en", "no one", "no_one"), ("en", "bus", "bus"),
    ("en", "none of these", "none"), ("en", "none", "none"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text", "code"), ONE)
def test_a_choice_is_told_in_many_ways(language, text, code):
    """By what the list shows, its code, or another word for it; that is read, so it need not be repeated."""
    reading = read("home", text, language)
    assert (reading.value, reading.repeat) == (code, False)
    reading = read("homes", text, language)
    assert (reading.value, reading.repeat) == ((code,), False)


TYPOS = [
    ("en", "watr", "water"), ("en", "wated", "water"), ("en", "waater", "water"), ("en", "watre", "water"),
    ("en", "polcie and courts", "police"), ("en", "Housing or evicton", "housing"), ("en", "landlrod", "housing"),
    ("en", "hosuing or evcition", "housing"), ("es", "ninguan", "none"), ("es", "viviend o desalojo", "housing"),
    ("es", "rentas", "housing"), ("es", "tarjetas", "card"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text", "code"), TYPOS)
def test_one_typing_mistake_is_forgiven_and_said_back(language, text, code):
    """Two in a word of seven letters and more."""
    reading = read("home", text, language)
    assert (reading.value, reading.repeat) == (code, True)


NOTHING = [
    ("en", "", "nothing at all"), ("en", "?!", "signs"), ("en", "\0", "a control character"), ("en", "🤷", "an emoji"),
    ("en", "0", "no line"), ("en", "11", "no line"), ("en", "-1", "no line"), ("en", "1.5", "no line"),
    ("en", "1 or 2", "a doubt"), ("en", "eleven", "no line"), ("en", "dos", "a number of another language"),
    ("en", "agua", "a word of another language"),
    ("en", "hous", "the first letters"), ("en", "Housing or", "the first words"), ("en", "pol", "the first letters"),
    ("en", "eviction", "a part of a label"), ("en", "care", "near cart and card"), ("en", "carz", "near two"),
    ("en", "bas", "near bus, but under four letters"),
    ("en", "but", "near bus, but under four letters"), ("en", "buss", "near a word under four letters"),
    ("en", "not housing", "a denial"), ("en", "no water", "a denial"), ("en", "everything", "nothing of the list"),
    ("en", "wxtxr", "two mistakes in five letters"), ("en", "x" * 10_000, "a flood"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text", "why"), NOTHING)
def test_what_is_unclear_is_never_guessed(language, text, why):
    """Neither by first letters, nor between two, nor in short words."""
    assert read("home", text, language) is None, why
    assert read("homes", text, language) is None, why


def test_yes_and_no_are_never_guessed():
    """A word one letter away from a yes or no may mean the opposite."""
    flow = flow_of(
        "  a: {type: select_one, label: A?, choices:"
        " {y: {label: Yes, accept: [yeah]}, n: {label: No, accept: [nope]}}}"
    )
    asked = Asked(flow, flow.questions[0], "en", TODAY)
    assert [read_answer(asked, text) for text in ("hope", "nopes", "yeap", "yesh")] == [None] * 4
    assert read_answer(asked, "nope").value == "n"


@pytest.mark.parametrize("text", ["unhappy", "illegal"])
def test_a_prefix_that_turns_the_meaning_is_no_typing_mistake(text):
    """The shorter of the two words tells how many mistakes are forgiven: in five letters, one."""
    flow = flow_of("  a: {type: select_one, label: A?, choices: {h: Happy, l: Legal}}")
    assert read_answer(Asked(flow, flow.questions[0], "en", TODAY), text) is None


@pytest.mark.parametrize(
    "text", ["Housing or eviction 2", "police and courts 1", "none of these 1"]
)
def test_a_digit_is_no_typing_mistake(text):
    """It is another choice: which of the two is meant is not clear."""
    assert read("home", text) is None


def test_the_number_of_the_list_wins_over_a_code():
    """The contact sees numbers and never the codes: 1 is the first line, whatever its code."""
    flow = flow_of(
        "  a: {type: select_one, label: A?, choices: {'0': Never, '1': Sometimes, '2': Often}}"
    )
    asked = Asked(flow, flow.questions[0], "en", TODAY)
    assert [read_answer(asked, text).value for text in ("1", "2", "3")] == ["0", "1", "2"]


def test_other_words_fall_back_to_the_source_language():
    """Where a language has none of its own; where it has, only these are meant."""
    assert value("home", "landlord", "es") is None
    assert value("home", "rent", "en") == value("home", "renta", "es") == "housing"
    flow = flow_of("  a: {type: select_one, label: A?, choices: {b: {label: Bee, accept: honey}}}")
    assert read_answer(Asked(flow, flow.questions[0], "es", TODAY), "honey").value == "b"


def test_a_word_of_two_choices_is_never_guessed():
    """A checked flow has none; one that was published before this was checked may."""
    text = source(
        "  a: {type: select_one, label: A?, choices: {b: {label: Bee, accept: same}, c: Same}}"
    )
    flow = load(text, trusted=True)
    asked = Asked(flow, flow.questions[0], "en", TODAY)
    assert [read_answer(asked, word) for word in ("same", "samee")] == [None, None]
