"""Where words stand in a text, in code points. Plain functions: nothing is read or kept here."""

from itertools import pairwise

import regex

Place = tuple[int, int]


def places(text: str, words: str) -> list[Place]:
    """Every place of ``words`` in ``text``: as they are written, else whatever their spaces, case and line ends.

    Overlapping ones too: who asks whether a passage is the only one must hear of each.
    """
    if not words.strip():
        return []
    exact = regex.escape(words, special_only=True)
    parts = (regex.escape(part, special_only=True) for part in words.split())
    for pattern in (exact, r"\s+".join(parts)):
        found = regex.finditer(
            pattern, text, regex.IGNORECASE * (pattern is not exact), overlapped=True
        )
        if spans := [one.span() for one in found]:
            return spans
    return []


def recurring(text: str, words: str) -> list[Place]:
    """Where ``words`` come again as words of their own: "Ann" is not in "Annual"."""
    parts = (regex.escape(part, special_only=True) for part in words.split())
    pattern = r"\s+".join(parts)
    if not pattern:
        return []
    before = r"(?<![\p{L}\p{M}\p{N}])" if regex.match(r"[\p{L}\p{N}]", words.strip()) else ""
    after = r"(?![\p{L}\p{M}\p{N}])" if regex.search(r"[\p{L}\p{M}\p{N}]$", words.strip()) else ""
    found = regex.finditer(f"{before}{pattern}{after}", text, regex.IGNORECASE)
    return [one.span() for one in found]


def widened(text: str, start: int, stop: int) -> Place:
    """The passage, widened to whole characters as people see them: no accent is left without its letter."""
    edges = [0, *(one.end() for one in regex.finditer(r"\X", text))]
    for first, last in pairwise(edges):
        start = first if first < start < last else start
        stop = last if first < stop < last else stop
    return start, stop


def merged(places: list[Place]) -> list[Place]:
    """The places in order, those that touch or overlap as one."""
    found: list[Place] = []
    for start, stop in sorted(one for one in places if one[0] < one[1]):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(stop, found[-1][1])
        else:
            found.append((start, stop))
    return found
