"""Make two spellings of the same word equal: for matching only, never for keeping.

Case, accents, punctuation, look-alike apostrophes, directional marks and emoji variants disappear; vowel signs of
Indic and Burmese scripts stay, because they are letters there.
"""

import unicodedata
from functools import lru_cache

_DROPPED = {"Cf", "Me", "Cc"}
_LETTERS = str.maketrans({"đ": "d", "ð": "d", "ł": "l", "ø": "o", "ı": "i", "ـ": None})
_SKIN = range(0x1F3FB, 0x1F400)
_HARAKAT = range(0x064B, 0x0653)
_ACCENTS = range(0x0300, 0x0370)
MOST_KEPT = 10_000
LONGEST_KEPT = 200  # letters: words and labels are compared again and again, stories are not


def fold(text: str) -> str:
    """``text`` as it is compared: "¡Ayúdame, por favor!" becomes "ayudame por favor"."""
    return _kept(text) if len(text) <= LONGEST_KEPT else _whole(text)


def _whole(text: str) -> str:
    for _ in range(4):  # what is dropped can bring letters together that fold again
        folded = _fold(text)
        if folded == text:
            break
        text = folded
    return text


_kept = lru_cache(maxsize=4096)(_whole)


def _fold(text: str) -> str:
    marked = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).casefold())
    return unicodedata.normalize("NFC", " ".join(marked.translate(_PLAIN).split()))


class _Plain(dict[int, str | None]):
    """What becomes of each character, worked out when it is first met: most texts have few different ones."""

    def __missing__(self, point: int) -> str | None:
        plain = _plain(chr(point))
        if len(self) < MOST_KEPT:
            self[point] = plain
        return plain


def _plain(char: str) -> str | None:
    point, category = ord(char), unicodedata.category(char)
    if point in _ACCENTS or point in _HARAKAT or point in _SKIN or char in "'’‘ʼ\ufe0f":
        return None
    if char.isspace() or category[0] in "PZ":
        return " "
    return None if category in _DROPPED else char.translate(_LETTERS) or None


_PLAIN = _Plain()


def plain_digits(text: str) -> str:
    """Any script's digits, circled and keycap ones too, as 0-9; the rest unchanged and trimmed."""
    text = unicodedata.normalize("NFKC", text)
    shown = []
    for char in text:
        if char.isspace():
            shown.append(" ")
            continue
        if unicodedata.category(char) in _DROPPED or char == "\ufe0f":
            continue
        digit = unicodedata.decimal(char, None)
        shown.append(char if digit is None else str(digit))
    return "".join(shown).strip()


def whole_number(text: str) -> int | None:
    """The whole number that a list position is typed as: "3", "#3", "3)", "③", "፫"; else None."""
    bare = plain_digits(text).lstrip(" #(").rstrip(" .)")
    if bare.isascii() and bare.isdigit() and len(bare) < 10:
        return int(bare)
    number = unicodedata.numeric(bare, None) if len(bare) == 1 else None
    return int(number) if number is not None and number == int(number) else None
