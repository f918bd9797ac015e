"""Small counts are hidden, and nothing that is shown tells them: not by adding up, nor by being nearly alone."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.small_counts import THRESHOLD, suppressed, suppressed_list, with_sums

TABLES = st.integers(1, 4).flatmap(
    lambda width: st.lists(
        st.lists(st.integers(0, 12), min_size=width, max_size=width), min_size=1, max_size=4
    )
)


def test_large_counts_are_shown_with_their_sums() -> None:
    assert suppressed([[10, 40], [20, 30]]) == [[10, 40, 50], [20, 30, 50], [30, 70, 100]]


def test_where_nobody_is_looks_like_where_few_are() -> None:
    assert suppressed_list([0, 10]) == [None, 10, 10]
    assert suppressed_list([3]) == suppressed_list([0]) == [None, None]


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ([7, 9], [7, 9, 16]),
        ([0, 0], [None, None, None]),
        ([2, 7, 9], [None, None, 9, 18]),
        ([2, 4, 9], [None, None, 9, 15]),
        ([1, 2, 9], [None, None, None, 12]),
        ([2, 0], [None, None, None]),
        ([2, 7], [None, None, 9]),
        ([3], [None, None]),
    ],
)
def test_in_a_list_a_small_count_takes_the_next_smallest_along(
    counts: list[int], shown: list[int | None]
) -> None:
    assert suppressed_list(counts) == shown


def test_in_a_table_the_company_stands_in_its_row_and_in_its_column() -> None:
    shown = suppressed([[2, 20, 30], [40, 6, 50], [60, 70, 80]])
    assert shown[0][:2] == [None, None]
    assert shown[1][:2] == [None, None]
    assert shown[2] == [60, 70, 80, 210]


def test_the_threshold_itself_is_shown() -> None:
    assert suppressed_list([5, 5]) == [5, 5, 10]
    assert suppressed_list([5, 5, 30], 6) == [None, None, 30, 40]


@given(TABLES)
def test_what_is_shown_is_true_and_never_small(counts: list[list[int]]) -> None:
    for row, shown in zip(with_sums(counts), suppressed(counts), strict=True):
        for count, told in zip(row, shown, strict=True):
            assert told in (None, count)
            assert told is None or told >= THRESHOLD


@given(TABLES)
def test_no_hidden_count_follows_from_what_is_shown(counts: list[list[int]]) -> None:
    whole, shown = with_sums(counts), suppressed(counts)
    unknown = [
        (row, column)
        for row, line in enumerate(shown)
        for column, count in enumerate(line)
        if count is None
    ]
    height, width = len(shown), len(shown[0])
    lines = [[(row, column) for column in range(width)] for row in range(height)]
    lines += [[(row, column) for row in range(height)] for column in range(width)]
    equations = [[Fraction(place in line) for place in unknown] for line in lines]
    rank = rank_of(equations)
    for number, (row, column) in enumerate(unknown):
        if not whole[row][column]:
            continue  # that nobody is there may follow
        alone = [Fraction(place == number) for place in range(len(unknown))]
        assert rank_of([*equations, alone]) == rank + 1, unknown[number]


@given(TABLES)
def test_what_a_shown_sum_leaves_open_is_never_a_handful(counts: list[list[int]]) -> None:
    whole, shown = with_sums(counts), suppressed(counts)
    for row, line in zip(whole, shown, strict=True):
        missing = sum(
            count for count, told in zip(row[:-1], line[:-1], strict=True) if told is None
        )
        assert line[-1] is None or missing == 0 or missing >= THRESHOLD


def rank_of(rows: list[list[Fraction]]) -> int:
    """The rank of a matrix, by elimination."""
    rows, rank = [list(row) for row in rows], 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((place for place in range(rank, len(rows)) if rows[place][column]), None)
        if pivot is None:
            continue
        rows[rank], rows[pivot] = rows[pivot], rows[rank]
        for place in range(len(rows)):
            if place != rank and rows[place][column]:
                times = rows[place][column] / rows[rank][column]
                rows[place] = [a - times * b for a, b in zip(rows[place], rows[rank], strict=True)]
        rank += 1
    return rank
