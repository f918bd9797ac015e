"""The program's own phrases: the same in every language, short enough for SMS, and no word with two meanings."""

import string
from collections import Counter
from pathlib import Path

import pytest
import regex
from small_flows import shipped

import flows.phrases
from flows.folding import fold
from flows.language.model import NO, YES
from flows.phrases import FALLBACK, SHIPPED, Command, command, phrasebook
from flows.sms import UCS2, odd_letters, segments
from flows.talking.answers import read_consent

BOOKS = {language: phrasebook(language) for language in SHIPPED}
PHRASES = [(language, phrase) for language, book in BOOKS.items() for phrase in book.phrases]
PRINTED = [(one, two) for one, two in PHRASES if two.startswith("paper_")]
SENT = [(one, two) for one, two in PHRASES if not two.startswith(("web_", "poster_", "paper_"))]
FOLDER = Path(flows.phrases.__file__).parent
PLAIN = ("en", "es", "ht", "so")  # their letters are those of GSM-7, or phrases can be worded so
SCRIPTS = {"am": "Ethiopic", "ar": "Arabic", "hi": "Devanagari", "ko": "Hangul", "zh": "Han"}
LONG = {"help", "commands", "help_more", "erase_ask", "erase_done"}


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_twelve_languages_ship():
    assert " ".join(SHIPPED) == "am ar en es fr hi ht ko pt so vi zh"


@pytest.mark.parametrize("language", SHIPPED)
def test_a_translation_says_that_it_awaits_a_native_speaker(language):
    text = (FOLDER / f"{language}.yaml").read_text(encoding="utf-8")
    opening = text.partition("words:")[0]
    assert ("Awaiting review by a native speaker." in opening) == (language != FALLBACK)


@pytest.mark.parametrize("language", SHIPPED)
def test_a_phrasebook_is_in_the_script_of_its_language(language):
    words = regex.sub(r"{\w+}", "", " ".join(BOOKS[language].phrases.values()))
    letters = Counter(
        script
        for script in ("Latin", *SCRIPTS.values())
        for _ in regex.finditer(rf"\p{{Script={script}}}", words)
    )
    assert letters.most_common(1)[0][0] == SCRIPTS.get(language, "Latin")


@pytest.mark.parametrize(("language", "phrase"), [one for one in PHRASES if one[0] != FALLBACK])
def test_no_phrase_is_left_in_english(language, phrase):
    said = BOOKS[language].phrases[phrase]
    assert said != BOOKS[FALLBACK].phrases[phrase] or (language, said) == ("es", "No")


@pytest.mark.parametrize("language", SHIPPED)
def test_every_language_has_the_same_phrases_and_commands(language):
    assert BOOKS[language].phrases.keys() == BOOKS[FALLBACK].phrases.keys()
    assert BOOKS[language].shown.keys() == BOOKS[FALLBACK].shown.keys() == set(Command)


@pytest.mark.parametrize(("language", "phrase"), PHRASES)
def test_a_phrase_says_the_same_things_in_every_language(language, phrase):
    """Its placeholders are those of English, and every one can be filled."""
    found = placeholders(BOOKS[language].phrases[phrase])
    assert found == placeholders(BOOKS[FALLBACK].phrases[phrase])
    said = BOOKS[language].say(phrase, **dict.fromkeys(found - set(Command), "X"))
    assert said.strip()
    assert not {"{", "}"} & set(said)


@pytest.mark.parametrize(
    ("language", "phrase"), [one for one in PHRASES if one[0] in PLAIN and one not in PRINTED]
)
def test_a_phrase_keeps_to_the_letters_of_gsm_7(language, phrase):
    """One other letter would more than halve what fits in a text message."""
    assert odd_letters(BOOKS[language].phrases[phrase]) == frozenset()


@pytest.mark.parametrize(("language", "phrase"), SENT)
def test_a_phrase_fits_two_segments(language, phrase):
    """Three for those that tell all commands, where a segment holds 67 units: shorter, they would leave one out.

    What is read on screens and paper has no segments.
    """
    contact = "Human Rights Cities Atlanta, 404-555-0100"
    found = placeholders(BOOKS[language].phrases[phrase]) - set(Command)
    said = BOOKS[language].say(phrase, **dict.fromkeys(found, contact))
    encoding, count = segments(said)
    assert count <= (3 if encoding == UCS2 and phrase in LONG else 2)


def test_no_command_word_means_two_commands():
    """Not even in two languages: a contact may know the word of another one."""
    meanings: dict[str, set[str]] = {}
    for book in BOOKS.values():
        for word, steer in book.commands.items():
            meanings.setdefault(word, set()).add(steer)
    assert {word: found for word, found in meanings.items() if len(found) > 1} == {}


@pytest.mark.parametrize("language", SHIPPED)
def test_no_word_of_an_answer_is_a_command(language):
    """Yes, no, numbers and “and” reach the question, in this language and in the others."""
    book = BOOKS[language]
    for word in (*book.yes, *book.no, *book.numbers, *book.joiners):
        assert command(word, SHIPPED) is None


@pytest.mark.parametrize("language", SHIPPED)
def test_the_words_of_a_phrasebook_can_be_heard(language):
    """Folded as what is typed is folded, none of them empty."""
    book = BOOKS[language]
    heard = (book.yes, book.no, book.numbers, book.joiners, book.commands, book.stops, book.polite)
    for words in heard:
        assert words
        assert all(word and fold(word) == word for word in words)
    assert sorted(book.numbers.values()) == list(range(11))


@pytest.mark.parametrize("language", SHIPPED)
def test_a_yes_is_a_yes_and_a_no_a_no(language):
    """Also as the buttons write them, and never both: a consent hangs on it."""
    book = BOOKS[language]
    assert not book.yes & book.no
    assert read_consent(book.phrases["yes"], language).value == YES
    assert read_consent(book.phrases["no"], language).value == NO


@pytest.mark.parametrize("language", SHIPPED)
@pytest.mark.parametrize("steer", Command)
def test_the_word_that_is_shown_is_understood(language, steer):
    """Also after a switch to English, for the words that the carriers share."""
    assert command(BOOKS[language].shown[steer], [language]) is steer


CARRIER = {
    Command.STOP: "STOP STOPALL UNSUBSCRIBE CANCEL END QUIT REVOKE OPTOUT",
    Command.START: "START UNSTOP",
    Command.HELP: "HELP INFO",
}


@pytest.mark.parametrize("language", [*SHIPPED, "sw", "xx"])
@pytest.mark.parametrize("steer", CARRIER)
def test_the_words_of_the_carriers_are_heard_in_every_language(language, steer):
    for word in CARRIER[steer].split():
        assert command(word, [language]) is steer


def test_yes_is_an_answer_though_carriers_know_it_as_a_start():
    assert command("YES", SHIPPED) is None


def test_a_language_without_phrases_speaks_english():
    assert phrasebook("sw") is not None
    assert phrasebook("sw").phrases == BOOKS[FALLBACK].phrases
    assert phrasebook("sw").language == FALLBACK


@pytest.mark.parametrize("name", ["city-testimony", "household", "parks"])
def test_no_keyword_is_a_word_of_the_program(name):
    for words in shipped(name).keywords.values():
        for word in words:
            assert command(word, SHIPPED) is None
            assert all(fold(word) not in book.yes | book.no for book in BOOKS.values())
