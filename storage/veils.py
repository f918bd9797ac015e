"""What masks cover, in code points: in the answer itself, and in other texts that repeat it. Reads and keeps nothing.

The blocks are always the same: nobody learns from them how long a name is.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import regex

from flows.talking.hearing import without_done
from storage.finding import Place, merged, places, recurring, widened

BLOCKS = "█" * 5
SHORT = 4  # below it a passage is covered elsewhere only as a word of its own
UNSPACED = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]"
CUT = ("...", "…")  # how the bot ends what it does not say back whole


@dataclass(frozen=True)
class Hidden:
    """One mask: its place when it was made, and its words. An empty place: the words have left the answer."""

    start: int
    stop: int
    words: str

    @property
    def settled(self) -> bool:
        return self.start == self.stop

    def places(self, text: str) -> list[Place]:
        """Where it lies in ``text``: where it was, else wherever its words are now; empty when they are gone."""
        if not self.settled and text[self.start : self.stop] == self.words:
            return [(self.start, self.stop)]
        return places(text, self.words)


@dataclass(frozen=True)
class Veil:
    """All masks of one answer over its ``text``. ``lost``: one is not in it, and nobody knows what to hide instead."""

    text: str
    places: tuple[Place, ...]
    needles: tuple[str, ...]
    lost: bool

    def covered(self) -> str:
        """The answer as it is read by who may not see behind its masks."""
        return BLOCKS if self.lost else cover(self.text, self.places)

    def piece(self, told: str, languages: tuple[str, ...]) -> list[Place] | None:
        """What is covered in a message that this answer was told by; None when the answer does not hold it as it is."""
        bare = told.strip()
        before_done = without_done(bare, languages)[0].strip()
        if not before_done:
            return []
        for one in dict.fromkeys((bare, before_done)):
            found = places(self.text, one)
            if found and self.text[slice(*found[0])] == one:
                ahead = told.find(one)
                return [
                    (ahead + max(start, begin) - begin, ahead + min(stop, end) - begin)
                    for begin, end in found
                    for start, stop in self.places
                    if start < end and begin < stop
                ]
        return None

    def echoes(self, other: str) -> list[Place]:
        """Where another text says again what is masked here, also where it breaks off in the middle of it."""
        found = [place for needle in self.needles for place in _again(other, needle)]
        return found + [place for end in CUT for place in self._broken_off(other, end)]

    def _broken_off(self, other: str, end: str) -> Iterable[Place]:
        at = other.find(end)
        while at >= 0:
            begun = other[:at]
            for length in range(min(len(self.text), at), 0, -1):
                if begun.endswith(self.text[:length]):
                    base = at - length
                    yield from (
                        (base + start, base + min(stop, length))
                        for start, stop in self.places
                        if start < length
                    )
                    break
            at = other.find(end, at + 1)


def veil(text: str, masks: Sequence[Hidden]) -> Veil:
    """The veil of these masks over an answer's words."""
    found, needles, lost = [], [], False
    for mask in masks:
        here = [widened(text, *place) for place in mask.places(text)]
        lost |= bool(text) and not here and not mask.settled
        found += here
        needles += _needles(mask.words)
        needles += [part for place in here for part in _needles(_whole_words(text, place))]
    return Veil(text, tuple(merged(found)), tuple(dict.fromkeys(needles)), lost)


def cover(text: str, hidden: Iterable[Place]) -> str:
    """``text`` with blocks over these places."""
    parts, last = [], 0
    for start, stop in merged([widened(text, *place) for place in hidden]):
        parts += [text[last:start], BLOCKS]
        last = stop
    return "".join([*parts, text[last:]])


def covered_line(told: str, veils: Iterable[tuple[Veil, bool]], languages: tuple[str, ...]) -> str:
    """A message as it is read. With each veil: whether the message was heard as a part of its answer."""
    hidden: list[Place] = []
    for one, told_it in veils:
        found = one.piece(told, languages) if told_it and not one.lost else None
        if told_it and found is None and told.strip():
            return (
                BLOCKS  # an earlier version of what is masked: nobody has looked what in it to hide
            )
        hidden += [*(found or ()), *one.echoes(told)]
    return cover(told, hidden)


def _again(text: str, needle: str) -> list[Place]:
    short = len(needle) < SHORT and not regex.search(UNSPACED, needle)
    return recurring(text, needle) if short else places(text, needle)


def _needles(words: str) -> list[str]:
    """What to look for elsewhere: the passage, and each of its lines, for lines come as messages of their own."""
    lines = [line.strip() for line in words.splitlines()]
    return [one for one in dict.fromkeys((words.strip(), *lines)) if one]


def _whole_words(text: str, place: Place) -> str:
    """The passage with the rest of the words that it begins and ends in."""
    start, stop = place
    before = regex.search(r"[\p{L}\p{M}\p{N}]*$", text[:start])
    after = regex.match(r"[\p{L}\p{M}\p{N}]*", text[stop:])
    return text[start - len(before[0]) : stop + len(after[0])]
