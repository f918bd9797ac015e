"""How wide text will be, and where its lines break, without the fonts it will be drawn with.

The widths are Arial's, with room for the widest of the system fonts; other scripts have one width each.
"""

import re
import unicodedata
from bisect import bisect
from collections.abc import Iterator
from functools import lru_cache

from flows.sms import graphemes

ROOM = 1.15  # DejaVu Sans and Verdana are so much wider than Arial
BOLD = 1.1
MONO_WIDTH = 0.61  # of each letter of a typewriter's font, in em
_WIDTHS = {
    191: "'", 222: "ijl", 260: "|", 278: " !,./:;I[\\]ft", 333: "-()`r", 334: "{}", 355: '"', 389: "*", 469: "^",
    500: "Jcksvxyz", 556: "#$0123456789?L_abdeghnopqu", 584: "+<=>~", 611: "FTZ", 667: "&ABEKPSVXY",
    722: "CDHNRUw", 778: "GOQ", 833: "Mm", 889: "%", 944: "W", 1015: "@",
}  # fmt: skip
_OF = {char: width / 1000 for width, chars in _WIDTHS.items() for char in chars}
# from which code point on letters are so wide
_SCRIPTS = (
    (0x0000, 0.56), (0x0250, 0.6), (0x0590, 0.58), (0x0900, 0.68), (0x0E00, 0.6), (0x0F00, 0.7), (0x1000, 0.8),
    (0x10A0, 0.62), (0x1100, 1.0), (0x1200, 0.8), (0x13A0, 0.7), (0x1780, 0.8), (0x1800, 0.7), (0x1E00, 0.58),
    (0x2000, 0.6), (0x2014, 1.0), (0x2018, 0.33), (0x2026, 1.0), (0x2030, 0.7), (0xFB50, 0.58), (0x1F000, 1.3),
)  # fmt: skip
_STARTS = [start for start, _ in _SCRIPTS]
_NOT_FIRST = frozenset("、。，．・：；？！）」』】〉》〕］｝〟’”ー々%,.!?;:)]}")
_PIECE = re.compile(r"[^\S\u00a0]+|\u200b|(?:[^\s\u200b]|\u00a0)+")


@lru_cache(maxsize=4096)
def _letter(char: str) -> float:
    """The width of one character in em."""
    if char in _OF:
        return _OF[char]
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me", "Cf", "Cc"):
        return 0.0
    if unicodedata.east_asian_width(char) in "WF":
        return 1.3 if ord(char) >= 0x1F000 else 1.0
    base = unicodedata.normalize("NFD", char)[0]
    return _OF.get(base) or _SCRIPTS[bisect(_STARTS, ord(char)) - 1][1]


def width(text: str, size: float) -> float:
    """About how wide ``text`` will be in letters of this size."""
    return sum(map(_letter, text)) * size * ROOM


def lines(text: str, size: float, room: float, most: int = 99) -> list[str]:
    """``text`` in lines that fit: broken at blanks, by character where there are none; cut after the ``most``-th."""
    found: list[str] = []
    for paragraph in text.splitlines():
        found += _broken(paragraph, size, room)
    if len(found) > most:
        found = [*found[: most - 1], f"{found[most - 1][:-2].rstrip()}…"]
    return found


def _broken(paragraph: str, size: float, room: float) -> Iterator[str]:
    line, length = "", 0.0
    for piece in _pieces(paragraph, size, room):
        wide = width(piece, size)
        if line and length + width(piece.rstrip(), size) > room and piece not in _NOT_FIRST:
            yield line.rstrip()
            line, length = "", 0.0
        if line or not piece.isspace():
            line, length = line + piece, length + wide
    if line.strip():
        yield line.rstrip()


def _pieces(paragraph: str, size: float, room: float) -> Iterator[str]:
    """What is not broken: words with the blank before the next, and single characters of East Asia."""
    for piece in _PIECE.findall(paragraph):
        if piece.isspace() or piece == "\u200b":
            yield " " if piece.isspace() else ""
        elif width(piece, size) > room or any(map(_of_east_asia, piece)):
            yield from _by_character(piece, size, room)
        else:
            yield piece


def _by_character(word: str, size: float, room: float) -> Iterator[str]:
    held = ""
    for cluster in graphemes(word):
        wide = _of_east_asia(cluster[0])
        if held and (wide or width(held + cluster, size) > room):
            yield held
            held = ""
        if wide:
            yield cluster
        else:
            held += cluster
    if held:
        yield held


def _of_east_asia(char: str) -> bool:
    """Where a line may end behind any character; Korean parts its words by blanks."""
    hangul = "\uac00" <= char <= "\ud7a3"
    return unicodedata.east_asian_width(char) in "WF" and ord(char) < 0x1F000 and not hangul


def right_to_left(text: str) -> bool:
    """Whether the first letter that has a direction runs from the right."""
    for char in text:
        direction = unicodedata.bidirectional(char)
        if direction in ("L", "R", "AL"):
            return direction != "L"
    return False
