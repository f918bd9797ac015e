"""The picture of a flow: its questions in order, what leaves them out, what is repeated, and where people leave it."""

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_flows import examples, flow_of, shipped

from flows import Flow
from flows.picture import Reached, picture
from flows.picture.measuring import lines, right_to_left, width
from flows.picture.wording import condition

SVG = "{http://www.w3.org/2000/svg}"
GROUPS = """  a: {type: text, label: A?}
  outer:
    label: About you
    relevant: answered(a)
    questions:
      b: {type: integer, label: B?}
      inner:
        relevant: b > 1
        questions:
          c: {type: text, label: C?, relevant: b < 9}
          d: {type: text, label: D?}
  times:
    repeat: Another time?
    max: 4
    relevant: b == 5
    questions:
      when: {type: date, label: When?}
  z: {type: text, label: Z?}"""


def drawn(
    flow: Flow, language: str = "en", funnel: Mapping[str, Reached] | None = None
) -> ElementTree.Element:
    return ElementTree.fromstring(picture(flow, language, funnel))  # noqa: S314 - our own


def words(
    flow: Flow, language: str = "en", funnel: Mapping[str, Reached] | None = None
) -> list[str]:
    """Every text of the picture in the order it is read, its lines joined."""
    found = drawn(flow, language, funnel).iter(f"{SVG}text")
    return [" ".join(span.text or "" for span in text).replace("\xa0", " ") for text in found]


def test_everything_is_in_it_in_order():
    """The title, the languages, the consent and its no, the questions with their kinds, the closing."""
    flow = flow_of(
        "  n: {type: note, label: Hello.}\n"
        "  a: {type: text, label: Where?, required: true}\n"
        "  born: {type: date, label: Born?, sensitive: true}\n"
        "  age: {type: calculate, calculation: years(born)}\n"
        "  pick: {type: select_multiple, label: Which?, choices: {x: One, y: Two}}"
    )
    assert words(flow)[2:] == [
        "English", "Español", "consent", "asked first", "May we?", "Good bye.", "no", "yes",
        "n", "said, not asked", "Hello.", "1  a", "in words · must be answered", "Where?",
        "2  born", "a date · sensitive", "Born?", "age = years(born)", "worked out · sensitive",
        "3  pick", "any of 2", "Which?", "One · Two", "closing", "the end", "Thanks.",
    ]  # fmt: skip


def test_the_texts_are_in_the_language_asked_for():
    found = words(shipped("city-testimony"), "es")
    assert found[0] == "Derechos humanos en nuestra ciudad"
    assert "¿Qué debe cambiar?" in found


def test_a_condition_stands_before_what_it_leaves_out():
    flow = flow_of("  a: {type: integer, label: A?}\n  b: {type: text, label: B?, relevant: a > 2}")
    told = words(flow)
    assert told.index("only if a is more than 2") == told.index("2  b") - 1
    dashed = [path for path in drawn(flow).iter(f"{SVG}path") if path.get("stroke-dasharray")]
    assert len(dashed) == 2  # one in the legend, one around the question


def test_a_group_and_a_repeat_are_frames_around_their_questions():
    told = words(flow_of(GROUPS))
    start = told.index("only if a was answered")
    assert told[start:] == [
        "only if a was answered", "outer", "group", "About you", "2  b", "a whole number", "B?",
        "only if b is more than 1", "inner", "group",
        "only if b is less than 9", "3  c", "in words", "C?", "4  d", "in words", "D?",
        "only if b is 5", "times", "repeated, up to 4 times", "5  when", "a date", "When?",
        "6  times", "yes or no", "Another time?", "yes", "no",
        "7  z", "in words", "Z?", "closing", "the end", "Thanks.",
    ]  # fmt: skip


def boxes(svg: ElementTree.Element) -> list[tuple[float, float, float, float]]:
    """The edges of every box: left, top, right, bottom; without the paper."""
    found = []
    for box in list(svg.iter(f"{SVG}rect"))[1:]:
        x, y, wide, high = (float(box.get(name, "0")) for name in ("x", "y", "width", "height"))
        found.append((x, y, x + wide, y + high))
    return found


@pytest.mark.parametrize(
    "flow", [flow_of(GROUPS), shipped("city-testimony")], ids=["small", "city"]
)
def test_boxes_stand_apart_or_within_each_other(flow):
    found = boxes(drawn(flow))
    for place, one in enumerate(found):
        for other in found[place + 1 :]:
            apart = (
                one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
            )
            assert apart or within(one, other) or within(other, one)


def within(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] >= other[0] and one[1] >= other[1] and one[2] <= other[2] and one[3] <= other[3]


@pytest.mark.parametrize(
    "flow", [flow_of(GROUPS), shipped("city-testimony")], ids=["small", "city"]
)
def test_everything_is_on_the_paper(flow):
    svg = drawn(flow)
    wide, high = float(svg.get("width", "0")), float(svg.get("height", "0"))
    assert svg.get("viewBox") == f"0 0 {svg.get('width')} {svg.get('height')}"
    assert all(
        0 <= left < right <= wide and 0 <= top < low <= high for left, top, right, low in boxes(svg)
    )


FUNNEL = {
    "consent": Reached(1200, 1000, 150, 20),
    "name": Reached(1000, 900, 40, 60),
}


def test_a_funnel_is_drawn_on_the_questions():
    found = words(flow_of(), funnel=FUNNEL)
    assert "1,200 reached · 1,000 agreed · 150 declined · 30 still waiting · 20 left" in found
    assert "1,000 reached · 900 answered · 40 refused · 60 left" in found
    assert found.count("most leave here") == 1
    assert found.index("most leave here") > found.index("1  name")


def test_the_bars_are_parts_of_all_who_were_asked_first():
    bars = {}
    for box in drawn(flow_of(), funnel=FUNNEL).iter(f"{SVG}rect"):
        if box.get("height") == "7" and (box.get("class") or "").startswith("f-answered"):
            bars[len(bars)] = float(box.get("width", "0"))
    assert bars[1] == pytest.approx(bars[0] * 0.9, abs=0.2)


def test_a_funnel_may_be_empty_or_name_other_questions():
    assert "1  name" in words(flow_of(), funnel={})
    nobody = words(flow_of(), funnel={"name": Reached(0, 0, 0, 0), "gone": Reached(5, 5, 0, 0)})
    assert "0 reached" in nobody


HOSTILE = [
    "</text><script>alert(1)</script>",
    "\"&<>'",
    "]]>",
    "&amp;",
    "a\x00b\x1fc\ufffe",
    "<!-- -->",
    "{{x}}",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_text_is_never_a_part_of_the_drawing(text):
    flow = flow_of()
    questions = tuple(replace(question, label={"en": text}) for question in flow.questions)
    svg = drawn(replace(flow, questions=questions, title={"en": text}))
    tags = {element.tag.removeprefix(SVG) for element in svg.iter()}
    assert tags <= {"svg", "title", "desc", "style", "rect", "path", "polygon", "text", "tspan"}


def test_there_is_no_script_and_nothing_from_outside():
    svg = picture(shipped("city-testimony"), "en")
    assert not re.search(r"<script|javascript:|\bon\w+=|href|url\(|@import|style=", svg)
    assert re.findall(r"https?://[^\"]+", svg) == ["http://www.w3.org/2000/svg"]


def test_it_can_be_read_aloud():
    svg = drawn(shipped("city-testimony"))
    assert svg.get("role") == "img"
    assert svg.get("aria-labelledby") == "title desc"
    assert svg.findtext(f"{SVG}title") == "Human rights in our city"
    assert "18 questions in order, 11 of them with a condition" in (
        svg.findtext(f"{SVG}desc") or ""
    )


def test_it_is_whole_without_its_style():
    """Where styles are forbidden every shape still has its colour; the style only makes it dark."""
    for element in drawn(shipped("city-testimony")).iter():
        if element.tag in (f"{SVG}rect", f"{SVG}text", f"{SVG}polygon", f"{SVG}path"):
            assert element.get("fill")


def test_the_same_flow_gives_the_same_picture():
    assert picture(flow_of(GROUPS), "en", FUNNEL) == picture(flow_of(GROUPS), "en", FUNNEL)


def test_a_text_from_the_right_begins_at_the_right():
    flow = flow_of(
        "  a: {type: text, label: {en: Where?, ar: في أي مدينة تعيش؟}}",
        languages="[en, ar]",
        title="Small",
    )
    texts = {text[0].text: text for text in drawn(flow, "ar").iter(f"{SVG}text")}
    arabic, english = texts["في أي مدينة تعيش؟"], texts["May we?"]
    assert (arabic.get("direction"), arabic.get("lang")) == ("rtl", "ar")
    assert english.get("direction") is None
    assert float(arabic[0].get("x", "0")) > float(english[0].get("x", "0")) + 200


def test_lines_break_at_blanks_and_in_chinese_behind_any_letter():
    assert lines("one two three", 10, width("one two", 10) + 1) == ["one two", "three"]
    assert lines("我们可以问您", 10, width("我们可", 10) + 1) == ["我们可", "以问您"]
    assert lines("您好吗？好", 10, width("您好吗", 10) + 1) == ["您好吗？", "好"]
    assert lines("한국어 문장", 10, width("한국어", 10) + 1) == ["한국어", "문장"]


def test_a_word_that_is_too_long_is_parted_and_too_many_lines_are_cut():
    assert "".join(lines("x" * 50, 10, 60)) == "x" * 50
    assert len(lines("word " * 50, 10, 60, most=3)) == 3
    assert lines("word " * 50, 10, 60, most=3)[-1].endswith("…")


@examples(200)
@given(st.text(max_size=200), st.floats(40, 400))
def test_no_line_is_wider_than_its_room(text, room):
    """But for one letter, or a mark that may not begin a line."""
    for line in lines(text, 12, room):
        assert width(line, 12) <= room + 40


@pytest.mark.parametrize(
    ("text", "rtl"), [("abc", False), ("123 مرحبا", True), ("שלום abc", True), ("…", False)]
)
def test_the_first_letter_with_a_direction_decides(text, rtl):
    assert right_to_left(text) is rtl


CONDITIONS = [
    ("pick == x", "pick is “One”"),
    ("pick != x", "pick is not “One”"),
    ("x == pick", "pick is “One”"),
    ("x in many", "many includes “One”"),
    ("x not in many", "many does not include “One”"),
    ("not (x in many)", "many does not include “One”"),
    ("not (pick == x)", "pick is not “One”"),
    ("pick in [x, 'y']", "pick is “One” or “Two”"),
    ("count(many) > 1", "more than 1 chosen in many"),
    ("count(many) == 1", "exactly 1 chosen in many"),
    ("answered(n)", "n was answered"),
    ("not answered(n)", "n was not answered"),
    ("many", "many was answered"),
    ("adult", "adult is true"),
    ("n >= 18 and n < 65", "n is at least 18 and n is less than 65"),
    ("n > 1 and (pick == x or pick == y)", "n is more than 1 and (pick is “One” or pick is “Two”)"),
    ("not (n > 1 and n < 5)", "not (n is more than 1 and n is less than 5)"),
    ("born < '2000-01-01'", "born is before “2000-01-01”"),
    ("born <= today()", "born is not after today"),
    ("years(born) >= 18", "years since born is at least 18"),
    ("length(t) > 3", "the length of t is more than 3"),
    ("agree == yes", "agree is yes"),
    ("1 < n < 5", "1 < n < 5"),
    ("n + 1 > 2", "n + 1 is more than 2"),
]
SCOPE = """  pick: {type: select_one, label: P, choices: {x: One, y: Two}}
  many: {type: select_multiple, label: M, choices: {x: One, y: Two}}
  n: {type: integer, label: N}
  t: {type: text, label: T}
  born: {type: date, label: B}
  agree: {type: consent, scope: quote, label: A}
  adult: {type: calculate, calculation: n >= 18}"""


@pytest.mark.parametrize(("source", "told"), CONDITIONS, ids=[source for source, _ in CONDITIONS])
def test_a_condition_is_told_in_words(source, told):
    flow = flow_of(f'{SCOPE}\n  z: {{type: text, label: Z, relevant: "{source}"}}')
    assert condition(flow, source, "en") == told
    assert f"only if {told}" in words(flow)
