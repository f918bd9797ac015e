"""What is searched for, found in a text: whatever the case and the accents. Pure; nothing is opened here.

Several words are all looked for, each at the beginning of a word; words in quotes as they stand there. In scripts that
do not part their words by spaces, or grow them at both ends, a word is found anywhere.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from flows.folding import fold_once, fold_with_places

MOST = 200  # letters of a query; what is longer is cut
MOST_TERMS = 12
BEFORE, AFTER = 80, 200  # letters around what was found
_QUOTES = '"“”„«»'
_TERM = re.compile(rf"[{_QUOTES}]([^{_QUOTES}]*)[{_QUOTES}]|([^\s{_QUOTES}]+)")
_SPACED = ("LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "DIGIT")


@dataclass(frozen=True)
class Piece:
    """A part of a text, and whether it is what was looked for."""

    text: str
    found: bool


class Sought:
    """A query made ready to be looked for in many texts; without terms it is found nowhere."""

    def __init__(self, query: str) -> None:
        terms = dict.fromkeys(_terms(query[:MOST]))
        self._needles = list(terms)[:MOST_TERMS]
        # the rarest is likely the longest: most texts are done with after one look for it
        self._quick = sorted({one.strip() for one in self._needles}, key=len, reverse=True)

    def __bool__(self) -> bool:
        return bool(self._needles)

    def found_in(self, text: str) -> bool:
        """Whether all that is looked for is in the text."""
        folded = fold_once(text)
        for needle in self._quick:
            if needle not in folded:
                return False
        framed = f" {folded} "
        return bool(self._needles) and all(needle in framed for needle in self._needles)

    def meets(self, text: str) -> bool:
        """Whether anything that is looked for is in the text."""
        framed = f" {fold_once(text)} "
        return any(needle in framed for needle in self._needles)

    def excerpt(self, text: str) -> tuple[Piece, ...]:
        """The surroundings of the first place that was found, with every place in them marked."""
        spans = sorted(self._spans(text))
        first = spans[0][0] if spans else 0
        start, end = _window(text, first)
        pieces, at = [Piece("…" if start else "", False)], start
        for begin, stop in spans:
            begin, stop = max(begin, at), min(stop, end)
            if begin < stop:
                pieces += [Piece(text[at:begin], False), Piece(text[begin:stop], True)]
                at = stop
        pieces += [Piece(text[at:end], False), Piece("…" if end < len(text) else "", False)]
        return tuple(piece for piece in pieces if piece.text)

    def _spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Where in the text something stands that is looked for."""
        folded, places = fold_with_places(text)
        framed = f" {folded} "
        for needle in self._needles:
            bare, at = needle.strip(), framed.find(needle)
            while at >= 0:
                begin = at + len(needle) - len(needle.lstrip()) - 1
                yield places[begin][0], places[begin + len(bare) - 1][1]
                at = framed.find(needle, at + 1)


def _terms(query: str) -> Iterator[str]:
    """What is to stand in a folded text with a space before and after it."""
    for found in _TERM.finditer(query):
        quoted, word = found.groups()
        folded = fold_once(quoted if word is None else word)
        if quoted is not None and folded:
            yield _needle(folded, end=" ")
        elif word is not None:
            yield from (_needle(part) for part in folded.split())


def _needle(folded: str, end: str = "") -> str:
    spaced = unicodedata.name(folded[0], "").startswith(_SPACED)
    return f" {folded}{end}" if spaced else folded


def _window(text: str, first: int) -> tuple[int, int]:
    """Where an excerpt begins and ends: between words, where there are any."""
    start = max(0, first - BEFORE)
    end = min(len(text), first + AFTER)
    if start:
        start = max(text.find(" ", start, first), start - 1) + 1
    if end < len(text):
        space = text.rfind(" ", first + 1, end)
        end = space if space > first + AFTER // 2 else end
    return start, end
