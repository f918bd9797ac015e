"""Which word an author may have meant: one nearest word, or none."""

from collections.abc import Collection
from itertools import islice

from rapidfuzz import fuzz, process

NEAR = 60  # of 100: how alike two words must be
MOST = 2_000  # words that are looked at: a mistake is told in bounded time


def nearest(word: str, words: Collection[str]) -> str:
    """The word of ``words`` that is most like ``word``; "" when none is like it."""
    found = process.extractOne(
        word[:80], list(islice(words, MOST)), scorer=fuzz.ratio, score_cutoff=NEAR
    )
    return str(found[0]) if found else ""


def did_you_mean(word: str, words: Collection[str], otherwise: str) -> str:
    """The cure of a misspelt word, or ``otherwise``."""
    close = nearest(word, words)
    return f"Did you mean {close}?" if close else otherwise
