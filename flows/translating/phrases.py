"""The program's own phrases, translated by the same files as a flow: the English phrasebook into another one.

Here is what there is to translate; ``phrasebooks`` takes it back.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from flows.checks.staleness import Completeness, counted
from flows.language.entries import Entry, fingerprint, id_of, state_of
from flows.language.model import Path
from flows.language.piping import pipes
from flows.language.shape import TranslationShape
from flows.notation.reading import read
from flows.phrases import FALLBACK, phrasebook
from flows.translating.telling import longest, note

NAME = "phrases"  # what the commands call them
RECORD = "translation"  # the key of a phrasebook under which its sources are noted
PARTS = ("words", "commands", "wordings", "phrases")
CONTEXTS = {
    "words": "Words that people answer with.",
    "commands": "Words for the command {}. The first one is shown to people.",
    "wordings": "Whole messages of people who want no more messages, and polite words around them.",
    "retry_": "Said when an answer cannot be used: what to send instead.",
    "choose_": "How to answer a question.",
    "poster_": "On the printed poster.",
    "web_": "On the page where people write in the browser.",
    "phrases": "Said by the program.",
}
SHOWN = {
    "start": "a number, the lower end of a scale",
    "end": "a number, the upper end of a scale",
    "example": "a date",
    "answer": "what was understood",
    "name": "the name of a language",
    "number": "a number, or a phone number",
    "contact": "who runs the survey, and their number",
    "keyword": "the word that starts the survey",
}
PUT_IN = "put in by the program"
IN_ORDER = "Eleven words, from nought to ten, in this order."


def phrases_told(english: str, text: str, language: str) -> tuple[Entry, ...]:
    """What the English phrasebook has to translate; ``text`` is that of ``language``, "" when there is none."""
    return tuple(_entries(data_of(english), data_of(text), language))


def data_of(text: str) -> Mapping[str, Any]:
    data = read(text, NAME).data if text else None
    return data if isinstance(data, dict) else {}


def _entries(english: Mapping[str, Any], own: Mapping[str, Any], language: str) -> Iterator[Entry]:
    recorded = frozenset(TranslationShape.model_validate(own.get(RECORD) or {}).sources) or None
    for part in PARTS:
        for key, written in english[part].items():
            words = part != "phrases"
            source = ", ".join(written) if words else written.strip()
            said = (own.get(part) or {}).get(key) or ""
            translation = ", ".join(said) if isinstance(said, list) else said.strip()
            path: Path = (part, key)
            mark = fingerprint(path, source)
            state = state_of(translation, mark, recorded)
            entry = Entry(id_of(path), path, source, translation, state, words=words)
            yield _tell(replace(entry, fingerprint=mark), language)


def _tell(entry: Entry, language: str) -> Entry:
    part, key = map(str, entry.path)
    about = CONTEXTS.get(f"{key.partition('_')[0]}_", CONTEXTS[part])
    if part == "commands":
        about = about.format(key.upper())
    names = () if entry.words else dict.fromkeys(name for name, _ in pipes(entry.source))
    return replace(
        entry,
        context=f"{about} ({key})",
        placeholders={name: _shown(name, entry.source) for name in names},
        longest=0 if entry.words else longest(entry, language),
        note=IN_ORDER if entry.id == "words.numbers" else note(entry, language),
    )


def _shown(name: str, source: str) -> str:
    """What a placeholder of a phrase will be replaced with."""
    commands = phrasebook(FALLBACK).shown
    is_end = name == "start" and "{end}" in source  # the command START, or where a scale starts
    return (
        f"the command {commands[name]}"
        if name in commands and not is_end
        else SHOWN.get(name, PUT_IN)
    )


def phrases_completeness(english: str, text: str, language: str) -> Completeness:
    """How far the phrasebook of ``language`` is."""
    return counted(phrases_told(english, text, language), reviewed=is_read(data_of(text)))


def is_read(own: Mapping[str, Any]) -> bool:
    return TranslationShape.model_validate(own.get(RECORD) or {}).reviewed
