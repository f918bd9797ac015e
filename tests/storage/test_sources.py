"""The mark by which a printed link tells where it was printed."""

import pytest

from storage.sources import LONGEST_START, MOST, POSTER, marked, unmarked


@pytest.mark.parametrize("flow", ["a", "city-testimony", "a" * 56])
def test_what_was_marked_is_read_again(flow: str) -> None:
    assert unmarked(marked(flow, POSTER)) == (flow, POSTER)
    assert len(marked(flow, POSTER)) <= LONGEST_START


def test_a_name_too_long_for_a_mark_goes_without() -> None:
    assert marked("a" * 63, POSTER) == "a" * 63


@pytest.mark.parametrize("told", ["", "city", "city__landlord", "__", "city__", "7F3K9QRT"])
def test_nobody_adds_a_source_of_their_own(told: str) -> None:
    assert unmarked(told) == (told, None)


def test_there_is_room_for_the_code_of_a_meeting() -> None:
    assert len("meeting:OAK-STREET-LIBRARY") <= MOST
