"""Numbers as people type them: signs, thousands, decimals, words, and the digits of any script."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading_answers import read, value
from small_flows import examples

BOTH = [
    ("3", "3"), (" 3 ", "3"), ("3.", "3"), ("3)", "3"), ("#3", "3"), ("0", "0"), ("007", "7"), ("-3", "-3"),
    ("+3", "3"), ("\u22123", "-3"), ("3.0", "3"), ("3,0", "3"), ("-3.", "-3"), ("1200", "1200"), ("1 200", "1200"),
    ("1\u00a0200", "1200"), ("1'200", "1200"), ("1,200,300", "1200300"), ("1.200.300", "1200300"),
    ("1 200 300", "1200300"), ("1,200.00", "1200"), ("1.200,00", "1200"), ("12 345 678", "12345678"),
    ("٣", "3"), ("١٢", "12"), ("१२", "12"), ("၁၂", "12"), ("１２", "12"), ("③", "3"), ("3️⃣", "3"), ("1️⃣2️⃣", "12"),
    ("\u200f12\u200f", "12"), ("\u202a-12\u202c", "-12"), ("፫", "3"), ("三", "3"), ("three", "3"), ("Ten.", "10"),
    ("zero", "0"), ("$950", "950"), ("1,200 €", "1200"), ("999999999999999", "999999999999999"),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "number"), BOTH)
def test_a_whole_number_is_typed_in_many_ways(typed, number):
    """Both as an integer and as a decimal, in English and in Spanish but for the words."""
    assert value("integer", typed) == int(number)
    assert isinstance(value("integer", typed), int)
    assert value("decimal", typed) == Decimal(number)
    assert isinstance(value("decimal", typed), Decimal)
    assert read("integer", typed).repeat is False
    if not typed.strip(".").isalpha() or typed == "三":
        assert value("integer", typed, "es") == int(number)


@pytest.mark.parametrize(("typed", "number"), [("tres", 3), ("Cero", 0), ("DIEZ", 10), ("dós", 2)])
def test_number_words_are_those_of_the_language(typed, number):
    assert value("integer", typed, "es") == number
    assert value("integer", typed, "en") is None


DECIMALS = [
    ("3.5", "3.5"), ("3,5", "3.5"), ("0.5", "0.5"), (".5", "0.5"), ("-0.5", "-0.5"), ("-.5", "-0.5"),
    ("850.50", "850.50"), ("850,50", "850.50"), ("1,250.50", "1250.50"), ("1.250,50", "1250.50"),
    ("1 250,50", "1250.50"), ("1'250.50", "1250.50"), ("1,200,300.25", "1200300.25"), ("1.200.300,25", "1200300.25"),
    ("0,125", "0.125"), ("3.125", "3.125"), ("0.125", "0.125"), ("٣.٥", "3.5"), ("３．５", "3.5"),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "number"), DECIMALS)
def test_a_decimal_is_typed_with_a_point_or_a_comma(typed, number):
    assert value("decimal", typed) == value("decimal", typed, "es") == Decimal(number)


@pytest.mark.parametrize(
    "typed",
    [
        "3.5",
        "3,5",
        "0.5",
        ".5",
        "-.5",
        "3.14159",
        "1,250.50",
        "1.250,75",
        "12,34",
        "½",
        "0,500",
        "0.500",
    ],
)
def test_a_decimal_is_no_whole_number(typed):
    """It is asked again and never rounded."""
    assert value("integer", typed) is None


@pytest.mark.parametrize(
    ("typed", "number"), [("1,200", 1200), ("1.200", 1200), ("12.000", 12000), ("-1,200", -1200)]
)
def test_a_sign_before_three_digits_parts_thousands_of_a_whole_number(typed, number):
    assert value("integer", typed) == number


@pytest.mark.parametrize(("typed", "number"), [("1,200.5", "1200.5"), ("1.200,5", "1200.5")])
def test_the_last_of_two_different_signs_is_the_decimal_one(typed, number):
    assert value("decimal", typed) == Decimal(number)


NONE = [
    "", " ", "\0", "x", "many", "3 people", "3x", "about 3", "3-4", "3 4", "3/4", "3 or 4", "1e5", "0x10", "--3", "3-",
    "1,2,3", "1,20,300", "1,200,30", "1.2.3", "12:30", "3%", "nan", "inf", "Infinity", "+", "-", ".", ",", "½ 3",
    "1\n3", "1\t3", "1234567890123456", "9" * 10_000, "🔟", "3🙂", "1,200.300,4",
]  # fmt: skip


@pytest.mark.parametrize("typed", NONE)
def test_what_is_no_number_is_never_guessed(typed):
    assert value("integer", typed) is None
    assert value("decimal", typed) is None


@examples(300)
@given(st.text() | st.text(alphabet="0123456789.,' +-#()x٣½"), st.sampled_from(["en", "es", "vi"]))
def test_any_text_is_a_number_or_none(text, language):
    """A whole number is a decimal too, of the same value where no sign parts its digits."""
    whole, decimal = value("integer", text, language), value("decimal", text, language)
    assert whole is None or (type(whole) is int and abs(whole) < 10**15)
    assert decimal is None or (type(decimal) is Decimal and decimal.is_finite())
    if whole is not None and not {".", ","} & set(text):
        assert decimal == whole


@examples(200)
@given(st.integers(-(10**14) + 1, 10**14 - 1))
def test_every_whole_number_is_read(number):
    assert value("integer", str(number)) == value("decimal", str(number)) == number


@examples(200)
@given(st.decimals(-(10**9), 10**9, places=2), st.sampled_from(".,"))
def test_every_amount_is_read_with_either_sign(number, point):
    assert value("decimal", str(number).replace(".", point)) == number


@examples(200)
@given(st.integers(0, 999_999_999), st.sampled_from([" ", "'", "\u00a0", "\u202f"]))
def test_thousands_are_parted_by_spaces_or_apostrophes(number, sign):
    typed = f"{number:,}".replace(",", sign)
    assert value("integer", typed) == value("decimal", typed) == number
