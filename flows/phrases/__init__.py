"""The program's own texts and words: what the bot says beside a flow, and the commands it understands.

One YAML file a language beside this module. A language without a file speaks English.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path

from flows.folding import fold
from flows.notation.reading import read

FALLBACK = "en"
SHIPPED = tuple(sorted(path.stem for path in Path(__file__).parent.glob("*.yaml")))


class Command(StrEnum):
    """Words that steer a conversation. The first three belong to the carriers."""

    STOP = "stop"
    START = "start"
    HELP = "help"
    BACK = "back"
    SKIP = "skip"
    REPEAT = "repeat"
    LANGUAGE = "language"
    DONE = "done"
    ANSWERS = "answers"
    PAUSE = "pause"
    COPY = "copy"
    DELETE = "delete"


@dataclass(frozen=True)
class Phrasebook:
    """One language's phrases, command words, yes, no and numbers; all words folded."""

    language: str
    phrases: Mapping[str, str]
    commands: Mapping[str, Command]
    shown: Mapping[str, str]
    yes: frozenset[str]
    no: frozenset[str]
    numbers: Mapping[str, int]
    joiners: frozenset[str]

    def say(self, phrase: str, **values: str) -> str:
        """The phrase with its values and command words put in."""
        return self.phrases[phrase].format_map({**self.shown, **values})


def phrasebook(language: str) -> Phrasebook:
    """The phrases of ``language`` (a code such as "es"), or of English where there are none."""
    return _book(language if language in SHIPPED else FALLBACK)


@cache
def _book(name: str) -> Phrasebook:
    path = Path(__file__).parent / f"{name}.yaml"
    data = read(path.read_text(encoding="utf-8"), path.name).data
    words, commands = data["words"], data["commands"]
    return Phrasebook(
        language=name,
        phrases=data["phrases"],
        commands={fold(word): Command(key) for key, said in commands.items() for word in said},
        shown={key: said[0] for key, said in commands.items()},
        yes=frozenset(map(fold, words["yes"])),
        no=frozenset(map(fold, words["no"])),
        numbers={fold(word): number for number, word in enumerate(words["numbers"])},
        joiners=frozenset(map(fold, words["and"])),
    )


def command(text: str, languages: Iterable[str]) -> Command | None:
    """The command that the whole message is, in one of ``languages`` or in English; else None.

    STOP is heard in every language there is a phrasebook of.
    """
    return commands(tuple(languages)).get(fold(text))


@lru_cache(maxsize=64)
def commands(languages: tuple[str, ...]) -> Mapping[str, Command]:
    """Every folded word that is a command in one of ``languages`` or in English, and STOP in all there are."""
    heard: dict[str, Command] = {}
    for language in (FALLBACK, *reversed(languages)):  # where two differ, the first is meant
        heard |= phrasebook(language).commands
    for language in SHIPPED:
        said = phrasebook(language).commands.items()
        heard |= {word: steer for word, steer in said if steer is Command.STOP}
    return heard
