"""Every command in every language the program speaks, by that language's own word: in dialogues, and as it is typed.

To write down anew what the bot says:
UPDATE_TRANSCRIPTS=1 python -m pytest tests/flows/test_commands_in_every_language.py
"""

import os
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from dialogues import told_in
from phone import Phone
from small_flows import TODAY, TRANSCRIPTS

import flows.phrases
from flows import (
    Answer,
    Command,
    Given,
    Interview,
    Outcome,
    Said,
    Standing,
    State,
    converse,
    load_file,
)
from flows.notation.reading import read
from flows.phrases import SHIPPED, phrasebook
from flows.rehearsing.playing import play
from flows.rehearsing.transcripts import write

FOLDER = TRANSCRIPTS / "commands"
BOOKS = Path(flows.phrases.__file__).parent
EVERYONE = {"everyone": load_file(FOLDER / "everyone.yaml")}
RECEIPT = "7F3K-9QRT"  # a code that nobody has yet, as every message brings one along


class ForgettingPhone(Phone):
    """A phone of which nothing is left when all is erased."""

    def send(self, text: str, **said: object) -> Outcome:
        return super().send(text, receipt=RECEIPT, **said)

    def keep(self, outcome: Outcome) -> Outcome:
        if outcome.erase:
            self.interviews, self.language = {}, None
            outcome = replace(outcome, interviews=(), turn=None)
        return super().keep(outcome)


@pytest.mark.parametrize("language", SHIPPED)
def test_the_bot_says_what_the_transcript_of_a_language_tells(language):
    """Played with everything dumped and loaded again between two messages."""
    path = FOLDER / f"{language}.txt"
    told = told_in(path)
    found = write(play(told, EVERYONE, ForgettingPhone(EVERYONE, told.today)))
    if os.environ.get("UPDATE_TRANSCRIPTS"):
        path.write_text(found, encoding="utf-8")
        return
    assert found == write(told)


@pytest.mark.parametrize("language", SHIPPED)
def test_a_transcript_plays_every_command_by_the_word_that_is_shown(language):
    told = told_in(FOLDER / f"{language}.txt")
    said = {one.message.text for one in told.exchanges}
    assert set(phrasebook(language).shown.values()) <= said


def written(language: str) -> Iterator[tuple[str, Command]]:
    """Each word of each command as it stands in the phrasebook, with its accents."""
    path = BOOKS / f"{language}.yaml"
    commands = read(path.read_text(encoding="utf-8"), path.name).data["commands"]
    for steer, words in commands.items():
        for word in words:
            yield word, Command(steer)


def typed(word: str) -> set[str]:
    """The ways in which a word is typed: its accents left out or put together, in capitals or not."""
    bare = "".join(
        one for one in unicodedata.normalize("NFD", word) if not "\u0300" <= one < "\u0370"
    )
    forms = {word, unicodedata.normalize("NFC", bare), unicodedata.normalize("NFD", word)}
    cased = {f(form) for form in forms for f in (str.upper, str.lower, str.title, str.capitalize)}
    return cased | {f" {word}. ", f"{word}!"}


@pytest.mark.parametrize("language", SHIPPED)
def test_a_command_is_heard_however_it_is_typed_in_an_interview_held_in_its_language(language):
    """It does what the word does that is shown."""
    told = {
        "street": Answer(Given.ANSWERED, words="Elm"),
        "story": Answer(Given.OPEN, words="Dark"),
    }
    state = State(language, asked="story")
    standing = Standing(language, current=Interview(EVERYONE["everyone"], state, told, 1))
    for word, steer in written(language):
        shown = Said(phrasebook(language).shown[steer])
        expected = converse(EVERYONE, standing, shown, TODAY)
        assert expected != converse(EVERYONE, standing, Said("Bright"), TODAY)
        for text in typed(word):
            assert converse(EVERYONE, standing, Said(text), TODAY) == expected, (text, steer)
