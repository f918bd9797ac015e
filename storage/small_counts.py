"""Counts that may be shown to who may see no testimony: small ones are left out, with all that would reveal them.

Pure: a table of counts in, the same with its sums out, and None for what is not shown. A small count is hidden because
a neighbourhood recognises a group of two, and zero is left out as well: else a place that tells nothing would tell
that somebody is there. Sums tell what is missing from them, so a hidden count needs company:
seen as a graph, in which every row and column is a point and every hidden place a line between two of them, a
hidden place can be worked out from what is shown exactly when its line is part of no circle.
"""

import heapq
from collections.abc import Iterator, Sequence

THRESHOLD = 5  # the smallest count that is shown

Place = tuple[int, int]
Point = tuple[str, int]
Shown = list[list[int | None]]


def with_sums(counts: Sequence[Sequence[int]]) -> list[list[int]]:
    """The table with a column of sums at its right and a row of sums below."""
    rows = [[*row, sum(row)] for row in counts]
    return [*rows, [sum(column) for column in zip(*rows, strict=True)]]


def suppressed(counts: Sequence[Sequence[int]], threshold: int = THRESHOLD) -> Shown:
    """The table with its sums, as it may be shown. Whatever is left out is None.

    Every count from 1 up to below ``threshold`` is hidden, and as many others, the smallest that serve, as are needed
    so that no hidden small count follows from the sums, nor the hidden of one row or column add up to less than
    ``threshold``. Zeros look like what is hidden, though they may follow from the sums. Other tables about the same
    people are not known here: show a reader one cut of them.
    """
    table = with_sums(counts)
    hidden = {place for place in _places(table) if 0 < _at(table, place) < threshold}
    before = -1
    while before != len(hidden):
        before = len(hidden)
        for place in sorted(hidden):
            hidden |= _company(table, hidden, place)
        for line in _lines(table):
            hidden |= _weight(table, hidden, line, threshold)
    return [
        [None if (row, column) in hidden else count or None for column, count in enumerate(counted)]
        for row, counted in enumerate(table)
    ]


def suppressed_list(counts: Sequence[int], threshold: int = THRESHOLD) -> list[int | None]:
    """The same for a single list of counts; its sum comes last."""
    return suppressed([counts], threshold)[0]


def _places(table: Sequence[Sequence[int]]) -> Iterator[Place]:
    return ((row, column) for row, line in enumerate(table) for column in range(len(line)))


def _at(table: Sequence[Sequence[int]], place: Place) -> int:
    return table[place[0]][place[1]]


def _lines(table: Sequence[Sequence[int]]) -> Iterator[list[Place]]:
    """Every row and every column, its sum last."""
    rows, columns = range(len(table)), range(len(table[0]))
    yield from ([(row, column) for column in columns] for row in rows)
    yield from ([(row, column) for row in rows] for column in columns)


def _company(table: Sequence[Sequence[int]], hidden: set[Place], place: Place) -> set[Place]:
    """The cheapest places that close a circle with ``place``; what is hidden already costs nothing.

    A zero costs most: where nobody is, there is nobody to be recognised, and hiding it tells readers less.
    """
    start, goal = ("row", place[0]), ("column", place[1])
    dear = sum(map(sum, table)) + 1
    queue: list[tuple[int, Point, frozenset[Place]]] = [(0, start, frozenset())]
    seen: set[Point] = set()
    while queue:
        cost, point, way = heapq.heappop(queue)
        if point == goal:
            return set(way)
        if point in seen:
            continue
        seen.add(point)
        for other, between in _beside(table, point):
            if between != place and other not in seen:
                price = 0 if between in hidden else _at(table, between) or dear
                heapq.heappush(queue, (cost + price, other, way | {between}))
    return set()


def _beside(table: Sequence[Sequence[int]], point: Point) -> Iterator[tuple[Point, Place]]:
    kind, number = point
    if kind == "row":
        yield from ((("column", column), (number, column)) for column in range(len(table[0])))
    else:
        yield from ((("row", row), (row, number)) for row in range(len(table)))


def _weight(
    table: Sequence[Sequence[int]], hidden: set[Place], line: list[Place], threshold: int
) -> set[Place]:
    """One place more, where the sum is shown and what is hidden of it is so little that it tells who it is."""
    *parts, total = line
    missing = sum(_at(table, place) for place in parts if place in hidden)
    if total in hidden or not 0 < missing < threshold:
        return set()
    left = [place for place in parts if place not in hidden and _at(table, place)]
    return {min(left, key=lambda place: _at(table, place), default=total)}
