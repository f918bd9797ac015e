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
    return _kept(text) if len(text) <= LONGEST_KEPT else fold_once(text)


def fold_once(text: str) -> str:
    """The same, without remembering the text: for those of many people, which are met once."""
    if text.isascii():
        return " ".join(text.translate(_ASCII).split())
    return _whole(text)


def fold_with_places(text: str) -> tuple[str, list[tuple[int, int]]]:
    """``text`` folded character by character, and for each letter of it where in ``text`` it came from, and the end."""
    import regex  # which knows what people take for one character, and the command line starts without it

    letters: list[str] = []
    places: list[tuple[int, int]] = []
    for found in regex.finditer(r"\X", text):
        for letter in unicodedata.normalize("NFC", _marked(found[0]).translate(_PLAIN)):
            if letter != " " or (letters and letters[-1] != " "):
                letters.append(letter)
                places.append(found.span())
    return "".join(letters), places


def _whole(text: str) -> str:
    for _ in range(4):  # what is dropped can bring letters together that fold again
        folded = _fold(text)
        if folded == text or folded.isascii():
            return folded
        text = folded
    return text


_kept = lru_cache(maxsize=4096)(fold_once)


def _fold(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(_marked(text).translate(_PLAIN).split()))


def _marked(text: str) -> str:
    return unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).casefold())


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
_ASCII = {
    point: _plain(chr(point).lower()) for point in range(128)
}  # a plain table, which is quicker


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
