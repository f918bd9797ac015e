"""What a text costs as SMS: its alphabet, its limits, and what is never parted between two segments."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_flows import examples

from flows.sms import GSM7, UCS2, odd_letters, segments

GSM = [
    ("", 1), ("a", 1), ("a" * 160, 1), ("a" * 161, 2), ("a" * 306, 2), ("a" * 307, 3), ("a" * 459, 3), ("a" * 460, 4),
    ("€", 1), ("€" * 80, 1), ("€" * 81, 2), ("a" * 158 + "€", 1), ("a" * 159 + "€", 2), ("[" * 76 + "a", 1),
    ("€" * 152, 2), ("€" * 153, 3), ("a" * 152 + "€" + "a" * 151, 2), ("a" * 152 + "€" + "a" * 152, 3),
    ("a" * 151 + "€" + "a" * 153, 2), ("\n" * 160, 1), ("ñ" * 160, 1), ("¿¡àèéìòùäöüÄÖÜÑÉÇß§£¥¤", 1), ("Δ" * 160, 1),
    ("@$_ΦΓΛΩΠΨΣΘΞÆæØøÅå", 1), ("{}[]~\\|^€\f" * 8, 1), ("x" * 10_000, 66),
]  # fmt: skip
UCS = [
    ("á", 1), ("á" * 70, 1), ("á" * 71, 2), ("á" * 134, 2), ("á" * 135, 3), ("a" * 69 + "á", 1), ("a" * 70 + "á", 2),
    ("ç" * 70, 1), ("`", 1), ("\t", 1), ("’", 1), ("…" * 71, 2), ("漢" * 70, 1), ("漢" * 71, 2), ("م" * 135, 3),
    ("😀" * 35, 1), ("😀" * 36, 2), ("😀" * 66, 2), ("😀" * 67, 3), ("a" * 66 + "😀" + "a" * 66, 3),
    ("a" * 65 + "😀" + "a" * 67, 2), ("👍🏽" * 17, 1), ("👍🏽" * 18, 2), ("👨‍👩‍👧" * 8, 1),
    ("👨‍👩‍👧" * 9, 2), ("👨‍👩‍👧" * 17, 3),
    ("n\u0303" * 35, 1), ("n\u0303" * 36, 2), ("a" * 66 + "n\u0303" + "a" * 66, 3), ("a" * 66 + "\r\n" + "á" * 66, 2),
    ("\ud800", 1), ("\x00" * 71, 2), ("हि" * 33 + "a", 1), ("🇺🇸" * 17, 1),
]  # fmt: skip


@pytest.mark.parametrize(("text", "count"), GSM, ids=range(len(GSM)))
def test_the_letters_of_gsm_7(text, count):
    """160 in one segment, 153 in each of several; those of the extension count twice and are not parted."""
    assert segments(text) == (GSM7, count)
    assert odd_letters(text) == frozenset()


@pytest.mark.parametrize(("text", "count"), UCS, ids=range(len(UCS)))
def test_one_other_letter_makes_all_of_it_ucs_2(text, count):
    """70 units in one segment, 67 in each of several; no pair and no letter with its accent is parted."""
    assert segments(text) == (UCS2, count)
    assert odd_letters(text)


def test_the_letters_that_cost_are_named():
    """So that an author can do without them."""
    assert odd_letters("¿Cuánto pagó usted? “10 €”") == set("áó“”")


@examples(300)
@given(st.text())
def test_a_text_costs_no_less_than_its_parts_need(text):
    encoding, count = segments(text)
    units = len(text.encode("utf-16-be", "surrogatepass")) // 2
    low = units / 67 if encoding == UCS2 else len(text) / 153
    assert count >= max(1, low if count > 1 else 1)
    assert segments(text + "a")[1] >= count


@examples(200)
@given(st.text(), st.text())
def test_two_texts_together_cost_no_more_than_one_segment_above_their_sum(one, other):
    """In one alphabet; another alphabet makes both dearer."""
    if bool(odd_letters(one)) == bool(odd_letters(other)):
        assert segments(one + other)[1] <= segments(one)[1] + segments(other)[1] + 1
