"""Spellings made equal for comparing: what disappears, what stays, and digits of any script."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from small_flows import examples

from flows.folding import fold, plain_digits, whole_number

EQUAL = [
    ("¡Ayúdame, por favor!", "ayudame por favor"),
    ("  DERECHOS \n", "derechos"),
    ("Right's", "rights"),
    ("Right’s", "rights"),
    ("обʼєкт", "об'єкт"),
    ("обʼєкт", "об’єкт"),
    ("O'Brien", "obrien"),
    ("wi-fi", "wi fi"),
    ("a . b", "a b"),
    ("ＳＴＯＰ", "stop"),
    ("𝐒𝐓𝐎𝐏", "stop"),
    ("ﬁne", "fine"),
    ("Straße", "strasse"),
    ("Đà Nẵng", "da nang"),
    ("không", "khong"),
    ("łódź", "lodz"),
    ("İstanbul", "istanbul"),
    ("ılık", "ilik"),
    ("ǿ", "o"),
    ("a ـ b", "a b"),
    ("اـٓ", "آ"),
    ("n\u0303o", "ño"),
    ("\u200f٣\u200e", "٣"),
    ("st\u00adop", "stop"),
    ("st\u200bop", "stop"),
    ("stop\0", "stop"),
    ("s\ufe0ft", "st"),
    ("👍🏽", "👍"),
    ("✔\ufe0f", "✔"),
    ("مَرْحَبًا", "مرحبا"),
    ("مـرحـبا", "مرحبا"),
    ("ΣΊΣΥΦΟΣ", "σισυφος"),
    ("a\u00a0b\u2003c\td\ne", "a b c d e"),
    ("«oui»", "oui"),
    ("yes…", "yes"),
    ("？！", ""),
    ("", ""),
]


@pytest.mark.parametrize(("written", "meant"), EQUAL)
def test_two_spellings_of_one_word_are_equal(written, meant):
    assert fold(written) == fold(meant)


@pytest.mark.parametrize(
    "word",
    ["हिन्दी", "नेपाली", "ગુજરાતી", "မြန်မာ", "አማርኛ", "한국어", "中文", "ไทย", "а", "👍", "1 + 1"],
)
def test_letters_of_other_scripts_keep_their_signs(word):
    """A vowel sign is a letter there: without it the word would be another."""
    assert len(fold(word)) == len(unicodedata.normalize("NFC", unicodedata.normalize("NFKC", word)))


DIFFERENT = [("हाँ", "ह"), ("कि", "की"), ("a", "b"), ("1", "2"), ("+", "-"), ("👍", "👎")]


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different_words_stay_different(one, other):
    assert fold(one) != fold(other)


@examples(500)
@example("ǿ")
@example("a ـ b")
@example("اـٓ")
@given(st.text() | st.text(alphabet="aÁñİıßﬁ'ʼ’\u0301\u0345\u1e9b\u0323Σςـأٓ ͅǰŉﷺΐ½²①👍🏽 -\n"))
def test_folding_twice_changes_nothing_more(text):
    assert fold(fold(text)) == fold(text)


@examples(300)
@given(st.text())
def test_folding_sees_neither_case_nor_form(text):
    """Composed or not, with spaces or signs around: it is the same word."""
    assert fold(unicodedata.normalize("NFD", text)) == fold(text)
    assert fold(unicodedata.normalize("NFC", text)) == fold(text)
    assert fold(f" «{text}»! ") == fold(text)


@examples(300)
@given(st.text())
def test_what_is_folded_holds_no_space_at_its_ends_and_none_doubled(text):
    assert fold(text) == " ".join(fold(text).split())


@examples(300)
@given(st.text(alphabet=st.characters(codec="ascii")))
def test_folding_english_is_no_more_than_lower_case(text):
    """Letters and digits stay as they are, in their order."""
    kept = [char for char in fold(text) if char.isalnum()]
    assert kept == [char for char in text.lower() if char.isalnum()]


@examples(300)
@given(st.text())
def test_plain_digits_of_plain_digits_are_the_same(text):
    assert plain_digits(plain_digits(text)) == plain_digits(text)


DIGITS = [
    "0123456789",
    "٠١٢٣٤٥٦٧٨٩",
    "۰۱۲۳۴۵۶۷۸۹",
    "०१२३४५६७८९",
    "૦૧૨૩૪૫૬૭૮૯",
    "၀၁၂၃၄၅၆၇၈၉",
    "０１２３４５６７８９",
    "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗",
]


@pytest.mark.parametrize("digits", DIGITS)
def test_digits_of_any_script_are_digits(digits):
    assert plain_digits(f"x {digits} ") == "x 0123456789"
    assert whole_number(digits[3]) == 3
    assert whole_number(digits[1] + digits[0]) == 10


NUMBERS = [
    ("3", 3), (" 3 ", 3), ("3.", 3), ("3)", 3), ("(3)", 3), ("#3", 3), ("# 3", 3), ("03", 3),
    ("③", 3), ("⒊", 3), ("⑶", 3), ("⑩", 10), ("3️⃣", 3), ("1️⃣0️⃣", 10), ("\u200f3\u200f", 3),
    ("\u202b٣\u202c", 3), ("³", 3), ("፫", 3), ("三", 3), ("３", 3), ("３）", 3), ("3\ufe0f", 3),
    ("", None), ("x", None), ("3x", None), ("1 3", None), ("1,3", None), ("-3", None), ("3.5", None),
    ("½", None), ("3 4", None), ("#", None), (".", None), ("1234567890", None), ("🔟", None), ("three", None),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "number"), NUMBERS)
def test_the_place_in_a_list_is_typed_in_many_ways(typed, number):
    assert whole_number(typed) == number


@pytest.mark.parametrize("typed", ["1\n3", "1\t3", "1\r\n3", "1\u20283"])
def test_two_numbers_are_not_one(typed):
    """A line break or a tab parts numbers as a space does."""
    assert whole_number(typed) is None


@pytest.mark.parametrize("typed", [".5", "-.5", "0.5"])
def test_what_is_no_whole_number_is_none(typed):
    """“.5” is a half, not the fifth."""
    assert whole_number(typed) != 5


@examples(500)
@given(st.text() | st.text(max_size=1))
def test_any_text_is_a_whole_number_or_none(text):
    number = whole_number(text)
    assert number is None or (isinstance(number, int) and number >= 0)


@examples(200)
@given(
    st.integers(0, 999_999_999),
    st.sampled_from(DIGITS),
    st.sampled_from(["{}", "{}.", "#{}", "({})", "\u200f{})"]),
)
def test_every_number_is_read_in_every_script(number, digits, form):
    typed = form.format("".join(digits[int(digit)] for digit in str(number)))
    assert whole_number(typed) == number
