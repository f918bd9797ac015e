"""The program's own texts and words: what the bot says beside a flow, and the commands it understands.

One YAML file a language beside this module. A language without a file speaks English. Only whole messages are heard:
a command inside what a person tells is none.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path

from flows.folding import fold
from flows.notation.reading import read

FALLBACK = "en"
SHIPPED = tuple(sorted(path.stem for path in Path(__file__).parent.glob("*.yaml")))
LONGEST_STOP = (
    100  # letters: who wants no more messages says so in a line, and the rest need not be looked at
)


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
    CODE = "code"
    LEAVE = "leave"


EVERYWHERE = (
    Command.STOP,
    Command.HELP,
    Command.LEAVE,
    Command.LANGUAGE,
)  # heard in every language there is, whatever a flow speaks


@dataclass(frozen=True)
class Phrasebook:
    """One language's phrases, command words, yes, no and numbers; all words folded.

    ``stops`` are whole messages that mean STOP in more words than one; ``polite`` are words that may stand around them.
    """

    language: str
    phrases: Mapping[str, str]
    commands: Mapping[str, Command]
    stops: frozenset[str]
    polite: frozenset[str]
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
    words, commands, wordings = data["words"], data["commands"], data["wordings"]
    return Phrasebook(
        language=name,
        phrases=data["phrases"],
        commands={fold(word): Command(key) for key, said in commands.items() for word in said},
        stops=frozenset(map(fold, wordings["stop"])),
        polite=frozenset(map(fold, wordings["polite"])),
        shown={key: said[0] for key, said in commands.items()},
        yes=frozenset(map(fold, words["yes"])),
        no=frozenset(map(fold, words["no"])),
        numbers={fold(word): number for number, word in enumerate(words["numbers"])},
        joiners=frozenset(map(fold, words["and"])),
    )


def command(text: str, languages: Iterable[str]) -> Command | None:
    """The command that the whole message is, in one of ``languages`` or in English; else None.

    STOP, LEAVE and LANGUAGE are heard in every language there is a phrasebook of, STOP in any usual wording of it.
    """
    folded = fold(text)
    steer = commands(tuple(languages)).get(folded)
    return steer or (Command.STOP if _asks_to_stop(folded) else None)


def is_said(steer: Command, text: str) -> bool:
    """Whether the whole message is a word for ``steer`` in any language there is a phrasebook of."""
    return fold(text) in _words_for(steer)


@cache
def _words_for(steer: Command) -> frozenset[str]:
    books = [phrasebook(language).commands.items() for language in SHIPPED]
    return frozenset(word for book in books for word, meant in book if meant is steer)


def _asks_to_stop(folded: str) -> bool:
    """Whether the whole message is a STOP said politely, again and again, with pictures, or letter by letter."""
    if len(folded) > LONGEST_STOP:
        return False
    bare = folded
    if not folded.replace(" ", "").isalnum():
        bare = "".join(" " if unicodedata.category(char)[0] == "S" else char for char in folded)
    ways = dict.fromkeys((" ".join(bare.split()), " ".join(dict.fromkeys(bare.split()))))
    return any(_closed(form) in _stops() for said in ways for form in _plainer(said))


def _plainer(said: str) -> Iterator[str]:
    """A message without the polite words at its end, then without one after the other of those before."""
    before, after = _courtesies()
    rest, said = after.sub("", said), ""
    while rest != said:
        yield rest
        said, rest = rest, before.sub("", rest)


def _closed(folded: str) -> str:
    """A message by its letters alone, for "s t o p" and where spaces are set at will, as in Korean."""
    return folded.replace(" ", "")


@cache
def _stops() -> frozenset[str]:
    """Every word and wording of every language that means STOP, without its spaces, and with no word twice."""
    books = [phrasebook(language) for language in SHIPPED]
    said = {wording for book in books for wording in book.stops}
    said |= {word for word, steer in commands(()).items() if steer is Command.STOP}
    once = {" ".join(dict.fromkeys(one.split())) for one in said}
    return frozenset(map(_closed, said | once))


@cache
def _courtesies() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """A polite word that opens a message, and all that end it; no space parts Chinese ones from the rest."""
    words = {word for language in SHIPPED for word in phrasebook(language).polite}
    polite = "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
    before = re.compile(rf"^(?:{polite})(?: |(?<=[一-鿿]))")
    return before, re.compile(rf"(?:(?: |(?=[一-鿿]))(?:{polite}))+$")


@lru_cache(maxsize=64)
def commands(languages: tuple[str, ...]) -> Mapping[str, Command]:
    """Every folded word that is a command in one of ``languages`` or in English, and those of EVERYWHERE in all."""
    heard: dict[str, Command] = {}
    for language in (FALLBACK, *reversed(languages)):  # where two differ, the first is meant
        heard |= phrasebook(language).commands
    for language in SHIPPED:
        said = phrasebook(language).commands.items()
        heard |= {word: steer for word, steer in said if steer in EVERYWHERE}
    return heard
