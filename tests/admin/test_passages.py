"""Passages: marked where they lie, and found again however they were chosen."""

import re
from collections.abc import Iterator
from html import unescape

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from admin import interface
from admin.passages import Chosen, Kind, NotChosen, Span, chosen, marked

STORY = "The lock broke.\nThe lock is mine."


@pytest.fixture(autouse=True, scope="module")
def _in_a_request() -> Iterator[None]:
    app = Flask(__name__)
    interface.speak(app)
    with app.test_request_context():
        yield


def plain(shown: str) -> str:
    """What stands in the page, without what is said to screen readers alone."""
    without = re.sub(r"<span class=.hidden-text. data-aside>.*?</span>", "", shown)
    return unescape(re.sub(r"<[^>]+>", "", without))


SPANS = st.lists(
    st.builds(Span, st.integers(0, 30), st.integers(0, 30), st.sampled_from(list(Kind)))
)


@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.just("\r") | st.just("<")), SPANS
)
def test_marks_never_change_the_words(text: str, spans: list[Span]) -> None:
    assert plain(marked(text, spans)) == text


def test_passages_may_overlap() -> None:
    spans = [Span(0, 8, Kind.MASK), Span(4, 14, Kind.QUOTE, label="for the report")]
    shown = marked("The lock broke.", spans)
    assert "<mark class='passage of-mask'>The </mark>" in shown
    assert "<mark class='passage of-mask of-quote'>lock</mark>" in shown
    assert "<mark class='passage of-quote'> broke</mark>" in shown
    assert "[masked: " in shown
    assert "[for the report: " in shown


def test_a_word_that_stands_in_an_answer_ten_thousand_times_is_marked_there_too() -> None:
    """Each passage is looked at where it stands, not for every other: the page of a long answer would never come."""
    spans = [Span(at * 8 + 2, at * 8 + 7, Kind.MASK) for at in range(10_000)]
    assert marked("a night " * 10_000, spans).count("</mark>") == 10_000


def test_words_cannot_become_a_part_of_the_page() -> None:
    shown = marked("<script>alert(1)</script>", [Span(1, 7, Kind.HIT, label="<b>")])
    assert "<script" not in shown
    assert "<b>" not in shown


def test_a_passage_is_chosen_by_its_place() -> None:
    form = {"answer": "7", "start": "20", "end": "24", "passage": "lock"}
    assert chosen(form, {7: STORY}) == Chosen(7, 20, 24)


def test_a_passage_over_a_line_end_is_chosen_as_forms_send_it() -> None:
    form = {"answer": "7", "start": "9", "end": "19", "passage": "broke.\r\nThe"}
    assert chosen(form, {7: STORY}) == Chosen(7, 9, 19)


def test_a_passage_is_found_by_its_words() -> None:
    assert chosen({"passage": "is MINE"}, {7: STORY}) == Chosen(7, 25, 32)


def test_words_that_were_changed_by_hand_count_more_than_the_place() -> None:
    form = {"answer": "7", "start": "0", "end": "3", "passage": "mine"}
    assert chosen(form, {7: STORY, 8: "mine"}) == Chosen(7, 28, 32)


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({}, "Select the words"),
        ({"passage": "  "}, "Select the words"),
        ({"passage": "the lock"}, "more than once"),
        ({"passage": "the key"}, "not in the answers"),
        ({"answer": "7", "start": "9", "end": "99", "passage": ""}, "Select the words"),
        ({"answer": "8", "start": "0", "end": "3"}, "Select the words"),
        ({"answer": "²", "start": "-1", "end": "3", "passage": "the key"}, "not in the answers"),
    ],
)
def test_what_is_no_one_passage_is_asked_for_again(form: dict[str, str], said: str) -> None:
    with pytest.raises(NotChosen, match=said):
        chosen(form, {7: STORY})
