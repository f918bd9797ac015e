"""Finding words in texts: whatever the case and the accents, all of several, and nothing typed does harm."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.folding import fold, fold_once, fold_with_places
from storage.matching import MOST, Sought
from tests.storage.material import examples

STORY = "The landlord, Señor Pérez, came at night. He didn’t say why the door was taken."


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("landlord", STORY),
        ("LANDLORD", STORY),
        ("senor perez", STORY),
        ("PÉREZ señor", STORY),
        ("door landlord", STORY),
        ("didnt", STORY),
        ("didn't", STORY),
        ('"came at night"', STORY),
        ("“Came at NIGHT”", STORY),
        ("land", STORY),
        ("nước bẩn", "Nuoc ban ở đây"),
        ("警察", "昨天警察来了"),
        ("شرطة", "جاءت الشرطة ليلا"),
        ("fuss", "Der Fuß"),
        ("42", "in flat 42b"),
        ("3", "３ people"),
        ('"landlord', STORY),
    ],
)
def test_it_is_found(query: str, text: str) -> None:
    assert Sought(query).found_in(text)
    assert any(piece.found for piece in Sought(query).excerpt(text))


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("lord", STORY),
        ("landlord window", STORY),
        ('"night came"', STORY),
        ('"landlo"', STORY),
        ("rent", "The parent was different"),
        (".*", STORY),
        ("", STORY),
        ("   ", STORY),
        ('""', STORY),
        ("\0", STORY),
        ("...", STORY),
    ],
)
def test_it_is_not_found(query: str, text: str) -> None:
    assert not Sought(query).found_in(text)


def shown(query: str, text: str) -> str:
    """The excerpt, with brackets around what was found."""
    pieces = Sought(query).excerpt(text)
    return "".join(f"[{one.text}]" if one.found else one.text for one in pieces)


def test_every_place_is_marked_as_it_was_written() -> None:
    assert shown("perez didnt", STORY) == STORY.replace("Pérez", "[Pérez]").replace(
        "didn’t", "[didn’t]"
    )
    assert shown("nuoc", "Nước, nước!") == "[Nước], [nước]!"
    assert shown('"at night he"', STORY).count("[at night. He]") == 1


def test_a_long_text_is_cut_between_words() -> None:
    told = shown("needle", "hay " * 500 + "needle " + "hay " * 500)
    assert told.startswith("…hay ")
    assert told.endswith("hay…")
    assert "[needle]" in told
    assert len(told) < 320


def test_a_long_query_is_cut_and_does_no_harm() -> None:
    assert Sought("landlord " * 20_000).found_in(STORY)
    assert not Sought("x" * 100_000).found_in(STORY)
    assert Sought("x" * 100_000).found_in("x" * MOST)


@examples(100)
@given(st.text(), st.text())
def test_whatever_is_typed_a_text_is_shown_as_it_is(query: str, text: str) -> None:
    sought = Sought(query)
    sought.found_in(text)
    told = "".join(piece.text for piece in sought.excerpt(text))
    assert told.strip("…") in text


@examples(100)
@given(st.text(min_size=1, max_size=40))
def test_what_was_written_is_found_by_its_own_words(text: str) -> None:
    sought = Sought(text)
    assert sought.found_in(text) or not sought


@examples(100)
@given(st.text(alphabet=st.characters(max_codepoint=127)))
def test_the_quick_way_of_plain_letters_folds_as_the_slow_one(text: str) -> None:
    assert fold_once(text) == fold_once(text + " é").removesuffix("e").strip()
    assert fold(text) == fold_once(text)


@examples(100)
@given(st.text(alphabet="aé ñ'’.-\nßé警"))
def test_letters_know_where_they_came_from(text: str) -> None:
    folded, places = fold_with_places(text)
    assert folded.strip() == fold(text)
    assert len(folded) == len(places)
    assert all(text[begin:end] for begin, end in places)
