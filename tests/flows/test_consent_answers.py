"""Yes and no: in the person's own language or by number, never nearly; and free text, which is kept as it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading_answers import read, value
from small_flows import examples

from flows import NO, YES
from flows.phrases import SHIPPED, phrasebook
from flows.talking.answers import read_consent

EN_YES = [
    "yes",
    "YES",
    "Yes.",
    "yes!!",
    " y ",
    "yeah",
    "yep",
    "ok",
    "OKAY",
    "sure",
    "1",
    "1.",
    "①",
    "1️⃣",
    "１",
    "👍",
    "👍🏿",
    "✅",
    "✔️",
]
EN_NO = ["no", "No!", "n", "nope", "nah", "2", "2)", "②", "٢", "👎", "👎🏻", "❌"]
ES_YES = [
    "sí",
    "si",
    "SÍ",
    "Si.",
    "¡Sí!",
    "s",
    "claro",
    "vale",
    "de acuerdo",
    "Por supuesto",
    "ok",
    "1",
    "👍🏽",
]
ES_NO = ["no", "NO", "n", "nada", "2", "❌"]
CASES = [
    *(("en", text, YES) for text in EN_YES),
    *(("en", text, NO) for text in EN_NO),
    *(("es", text, YES) for text in ES_YES),
    *(("es", text, NO) for text in ES_NO),
]


@pytest.mark.parametrize(("language", "text", "expected"), CASES)
def test_yes_and_no_have_many_spellings(language, text, expected):
    assert value("quote", text, language) == expected
    assert read_consent(text, language).value == expected


UNCLEAR = [
    *(
        ("en", text)
        for text in [
            "",
            "?",
            "0",
            "3",
            "12",
            "1 2",
            "yes no",
            "yes please",
            "yes but who are you",
            "maybe",
        ]
    ),
    *(
        ("en", text)
        for text in [
            "yess",
            "yse",
            "noo",
            "nop",
            "ye",
            "not",
            "know",
            "yesterday",
            "sí",
            "claro",
            "👍👎",
        ]
    ),
    *(
        ("es", text)
        for text in [
            "yes",
            "sip",
            "y",
            "e",
            "noo",
            "sino",
            "si no",
            "quizás",
            "claros",
            "-1",
            "no sé",
        ]
    ),
]


@pytest.mark.parametrize(("language", "text"), UNCLEAR)
def test_consent_is_never_guessed(language, text):
    """No typing mistake is forgiven, no first letters count, and no other language's words."""
    assert read("quote", text, language) is None


@pytest.mark.parametrize("language", [*SHIPPED, "vi"])
def test_the_words_on_the_buttons_are_understood(language):
    """What the bot itself shows as yes and no, it also takes as yes and no."""
    phrases = phrasebook(language).phrases
    assert read_consent(phrases[YES], language).value == YES
    assert read_consent(phrases[NO], language).value == NO


@pytest.mark.parametrize("language", SHIPPED)
def test_no_word_is_both_yes_and_no(language):
    book = phrasebook(language)
    assert not book.yes & book.no
    assert not (book.yes | book.no) & set(book.commands)


@examples(300)
@given(st.text(), st.sampled_from(["en", "es", "xx"]))
def test_any_text_is_yes_no_or_unclear(text, language):
    reading = read_consent(text, language)
    assert reading is None or reading.value in (YES, NO)


@pytest.mark.parametrize(
    "text",
    [
        "Atlanta",
        " two  spaces ",
        "line\nline",
        "O'Brien <b>&amp;</b>",
        "1",
        "👍",
        "مرحبا",
        "x" * 10_000,
    ],
)
def test_free_text_is_kept_letter_by_letter(text):
    assert value("text", text) == text


@pytest.mark.parametrize("text", ["", " ", "\n\t ", "\0", " \0\r\n"])
def test_nothing_but_spaces_is_no_text(text):
    assert read("text", text) is None
