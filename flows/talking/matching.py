"""Which choice a person means: by number, label, code, another word for it, or one typing mistake.

Never by the first letters, and never a guess between two: what is not clear is asked again.
"""

import unicodedata
from collections.abc import Iterable, Sequence

from rapidfuzz.distance import OSA

from flows.folding import fold, plain_digits, whole_number
from flows.language.model import Flow, Question
from flows.phrases import Phrasebook

SEPARATORS = ",;/+&\n،、"


def words_for(flow: Flow, question: Question, language: str) -> dict[str, set[str]]:
    """Every folded word that means a choice, and the codes it means, in ``language``."""
    found: dict[str, set[str]] = {}
    for choice in question.choices:
        said = [choice.code, flow.say(choice.label, language)]
        said += choice.accept.get(language) or choice.accept.get(flow.source_language) or ()
        for word in said:
            if folded := fold(word):
                found.setdefault(folded, set()).add(choice.code)
    return found


class Matcher:
    """The choices of one question in one language."""

    def __init__(self, flow: Flow, question: Question, book: Phrasebook, language: str) -> None:
        self.codes = [choice.code for choice in question.choices]
        self.words = words_for(flow, question, language)
        self.numbers = book.numbers
        self.joiners = book.joiners
        self.plain = book.yes | book.no

    def one(self, text: str) -> tuple[str | None, bool]:
        """The code that ``text`` means, or None; and whether a typing mistake was forgiven."""
        if code := self.exact(text):
            return code, False
        return self.nearly(fold(text)), True

    def exact(self, text: str) -> str | None:
        folded = fold(text)
        number = whole_number(text)
        if number is None:
            number = self.numbers.get(folded)
        if number is not None and 1 <= number <= len(self.codes):
            return self.codes[number - 1]
        codes = self.words.get(folded, set())
        return next(iter(codes)) if len(codes) == 1 else None

    def nearly(self, folded: str) -> str | None:
        """One mistake in 4-6 letters, two in 7 and more, and one winner only.

        Never where a slip could turn the meaning: digits, yes and no, or a syllable put before a word (unhappy).
        """
        reach = 0 if len(folded) < 4 else 1 if len(folded) < 7 else 2
        if not reach or folded in self.plain or any(char.isdigit() for char in folded):
            return None
        near: set[str] = set()
        for word, codes in self.words.items():
            if (
                len(word) < 4
                or word in self.plain
                or folded.endswith(word)
                or word.endswith(folded)
            ):
                continue
            if OSA.distance(folded, word, score_cutoff=reach) <= reach:
                near |= codes
        return near.pop() if len(near) == 1 else None

    def many(self, text: str) -> tuple[tuple[str, ...] | None, bool]:
        """All codes that ``text`` names, in the question's order, or None when a part is unclear."""
        pieces = split(text)
        if whole := self.exact(text):
            return (whole,), False
        if codes := self.run(plain_digits(" ".join(pieces)).split()):
            return self.ordered(codes), False
        if whole := self.nearly(fold(text)):
            return (whole,), True
        forgiven, found = False, set()
        for piece in pieces:
            codes, mistyped = self.piece(piece)
            if codes is None:
                return None, False
            found |= set(codes)
            forgiven |= mistyped
        return self.ordered(found), forgiven

    def ordered(self, found: Iterable[str]) -> tuple[str, ...] | None:
        return tuple(code for code in self.codes if code in set(found)) or None

    def piece(self, piece: str) -> tuple[Sequence[str] | None, bool]:
        whole, mistyped = self.one(piece)
        if whole:
            return [whole], mistyped
        return self.joined(plain_digits(piece).split()), True

    def joined(self, tokens: Sequence[str]) -> Sequence[str] | None:
        """Words with "and" between them, each with at most a typing mistake."""
        groups: list[list[str]] = [[]]
        for token in tokens:
            if fold(token) in self.joiners:
                groups.append([])
            else:
                groups[-1].append(token)
        codes = [self.one(" ".join(group))[0] for group in groups if group]
        return None if None in codes else [code for code in codes if code]

    def run(self, tokens: Sequence[str]) -> Sequence[str] | None:
        """Words one after the other, "1 3" or "housing and police": the longest choice at each place."""
        codes: list[str] = []
        start = 0
        while start < len(tokens):
            for end in range(len(tokens), start, -1):
                if code := self.exact(" ".join(tokens[start:end])):
                    codes.append(code)
                    start = end
                    break
            else:
                if fold(tokens[start]) not in self.joiners:
                    return None
                start += 1
        return codes or None


def split(text: str) -> list[str]:
    """``text`` at its commas and other signs that stand between choices."""
    text = unicodedata.normalize("NFKC", text)
    for sign in SEPARATORS:
        text = text.replace(sign, ",")
    return [piece.strip() for piece in text.split(",") if piece.strip(" .")]
