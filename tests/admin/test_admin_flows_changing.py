"""The difference of two texts: every line is in it once, and what differs is marked."""

import pytest
from town import STREET
from workshop import BETTER

from admin.flows.changing import LONGEST, lines, meaning
from flows import load

TEXTS = [
    ("", ""),
    ("a", "b"),
    ("a\nb\nc", "a\nB\nc"),
    ("a\nb\nc", "a\nc"),
    ("a\nc", "a\nb\nc"),
    ("a\n" * 30 + "b\n" + "c\n" * 30, "a\n" * 30 + "x\ny\n" + "c\n" * 30),
    ("a", "a\n"),
    ("a\u2028b", "a\u2028c"),
    ("é" * 3000, "e" * 3000),
    (STREET, BETTER),
    (BETTER, STREET),
    ("", STREET),
]


def text_of(rows, kind):
    """The lines of one side, of a difference without gaps."""
    return ["".join(text for text, _ in row.pieces) for row in rows if row.kind in ("same", kind)]


@pytest.mark.parametrize(("old", "new"), TEXTS)
def test_each_side_can_be_put_together_again(old, new):
    rows = lines(old, new)
    before, after = old.split("\n"), new.split("\n")
    for row in rows:
        text = "".join(piece for piece, _ in row.pieces)
        assert row.old is None or before[row.old - 1] == text
        assert row.new is None or after[row.new - 1] == text
    gaps = sum(int(row.pieces[0][0].split()[0]) for row in rows if row.kind == "gap")
    if old != new:
        assert len(text_of(rows, "gone")) + gaps == len(before)
        assert len(text_of(rows, "new")) + gaps == len(after)


@pytest.mark.parametrize("text", ["", "a", STREET])
def test_the_same_text_has_no_difference(text):
    assert lines(text, text) == []


def test_the_words_that_differ_are_marked():
    gone, new = lines("en: In which city?", "en: In what city?")
    assert [text for text, differs in gone.pieces if differs] == ["which"]
    assert [text for text, differs in new.pieces if differs] == ["what"]


def test_lines_with_little_in_common_are_not_taken_apart():
    gone, new = lines("title: Bus stops", "--- 12345 ???")
    assert [len(row.pieces) for row in (gone, new)] == [1, 1]


def test_very_long_texts_show_all_between_the_first_and_the_last_change():
    old = [f"line {number}" for number in range(LONGEST + 1)]
    new = [*old[:10], "new", *old[11:20], "more", *old[20:]]
    rows = lines("\n".join(old), "\n".join(new))
    assert [row.old for row in rows if row.kind == "gone"] == list(range(11, 21))
    assert [row.new for row in rows if row.kind == "new"] == list(range(11, 22))


def test_what_it_means_is_told_by_question_and_language():
    told = meaning(load(STREET), load(BETTER), STREET, BETTER)
    assert (told.added, told.changed, told.gone) == (("floor",), ("street", "issues"), ("people",))
    assert told.texts == {"en": 2, "es": 1}


def test_all_of_a_first_version_is_new():
    told = meaning(None, load(STREET), "", STREET)
    assert told.added == ("street", "people", "issues", "since", "quote")
    assert told.changed == told.gone == ()


def test_an_earlier_text_that_cannot_be_read_any_more_is_no_fault():
    assert meaning(load(STREET), load(BETTER), "}{", BETTER).texts == {"en": 12, "es": 10}
