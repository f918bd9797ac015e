"""Words that tell of danger, found in what people write: whole words one after the other, however they are spelled.

It knows words, and neither judges what they mean nor says what follows from them.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from flows.folding import fold

# scripts that put no blanks between words: there a phrase is found wherever its signs stand
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"
)
Alarm = tuple[str, str]  # what is told of, and the language of the words that told it


def is_unspaced(phrase: str) -> bool:
    """Whether a phrase is written, at least in part, in a script that puts no blanks between words."""
    return _UNSPACED.search(phrase) is not None


@dataclass
class Alarms:
    """The phrases to listen for, laid out so that a text is gone through once, however many of them there are."""

    spaced: dict[str, list[Alarm]] = field(default_factory=dict)
    lengths: dict[str, set[int]] = field(default_factory=dict)  # in words, by the first of them
    unspaced: list[tuple[str, Alarm]] = field(default_factory=list)

    @classmethod
    def of(cls, topics: Iterable[tuple[str, Mapping[str, Iterable[str]]]]) -> "Alarms":
        """Made of each topic's words by language."""
        alarms = cls()
        for topic, words in topics:
            for language, phrases in words.items():
                for phrase in filter(None, map(fold, phrases)):
                    alarms.add(phrase, (topic, language))
        return alarms

    def add(self, phrase: str, alarm: Alarm) -> None:
        if is_unspaced(phrase):
            self.unspaced.append((phrase, alarm))
            return
        words = phrase.split(" ")
        self.spaced.setdefault(phrase, []).append(alarm)
        self.lengths.setdefault(words[0], set()).add(len(words))

    def told(self, text: str) -> Mapping[str, str]:
        """What ``text`` tells of: each topic, and the language of the words that tell of it first."""
        found: dict[str, str] = {}
        if self.spaced or self.unspaced:
            for topic, language in self._found(fold(text)):
                found.setdefault(topic, language)
        return found

    def _found(self, folded: str) -> Iterator[Alarm]:
        words = folded.split(" ")
        for place, word in enumerate(words):
            for length in self.lengths.get(word, ()):
                yield from self.spaced.get(" ".join(words[place : place + length]), ())
        if self.unspaced and not folded.isascii():
            yield from (alarm for phrase, alarm in self.unspaced if phrase in folded)
