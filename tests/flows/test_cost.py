"""What a flow costs as text messages: the messages that are really sent, counted as Twilio counts them."""

from datetime import timedelta

import pytest
from small_flows import TODAY, flow_of, shipped

from flows import Flow
from flows.cost import LanguageCost, Message, cost
from flows.cost.spelling import SMART, near, smart
from flows.sms import GSM7, UCS2, odd_letters, segments

# our own strings, with the figures that Twilio's calculator (sms-segments-calculator 1.3.0) gave for them
BY_TWILIO = [
    ("á" + "a" * 65 + "👨‍👩‍👧" + "a" * 66, UCS2, 3),
    ("á" + "a" * 65 + "👩🏾‍⚖️" + "a" * 66, UCS2, 3),
    ("á" * 66 + "👨‍🦰" + "á" * 66, UCS2, 3),
    ("á" * 64 + "🧑‍🎄" + "á" * 65, UCS2, 2),
    ("á" * 66 + "🧑🏽" + "á" * 66, UCS2, 3),
    ("á" * 65 + "🦻🏽" + "á" * 65, UCS2, 2),
    ("á" * 66 + "a🏽" + "á" * 65, UCS2, 2),
    ("क" * 65 + "क्ष" + "क" * 66, UCS2, 2),
    ("स्वतंत्र" * 17, UCS2, 3),
    ("બાંગ્લા સ્વતંત્ર " * 9, UCS2, 3),
    ("স্বাধীনতা" * 15, UCS2, 3),
    ("സ്വാതന്ത്ര്യം" * 11, UCS2, 3),
    ("สำหรับ" * 23, UCS2, 3),
    ("လွတ်လပ်ခွင့်" * 11, UCS2, 2),
    ("ភាសាខ្មែរ" * 14, UCS2, 2),
    ("각각" * 36, UCS2, 2),
    ("漢字かな" * 17 + "。", UCS2, 1),
    ("مُحَمَّد " * 15, UCS2, 3),
    ("فارسی‌ها " * 15, UCS2, 3),
    ("Tiếng Việt đường phố " * 7, UCS2, 3),
    ("a\u0301" * 34 + "á" + "a\u0301" * 33, UCS2, 3),
    ("Z\u0351\u036b\u0343" * 34, UCS2, 3),
    ("á" * 66 + "🇺🇸" + "á" * 66, UCS2, 3),
    ("🇺🇸🇲🇽" * 17, UCS2, 3),
    ("1️⃣" * 45, UCS2, 3),
    ("á" * 66 + "\r\n" + "á" * 66, UCS2, 2),
    ("a" * 159 + "\r\n", GSM7, 2),
    ("á" * 69 + "\n\r", UCS2, 2),
    ("a" * 152 + "€" + "a" * 152, GSM7, 3),
    ("a" * 151 + "€" + "a" * 153, GSM7, 2),
    ("[" * 80, GSM7, 1),
    ("{" * 76 + "a" * 9, GSM7, 2),
    ("á" + "[" * 69, UCS2, 1),
    ("á" + "€" * 133, UCS2, 2),
    ("\u200b" * 71, UCS2, 2),
    ("\xad" * 135, UCS2, 3),
    ("á" * 66 + "\u200d" + "á" * 67, UCS2, 2),
    ("á" * 66 + "e\u0301\u0323" + "á" * 66, UCS2, 3),
    ("🏴󠁧󠁢󠁥󠁮󠁧󠁿" * 10, UCS2, 3),
    ("ñ¿¡é" * 40, GSM7, 1),
    ("ñ¿¡é" * 39 + "í", UCS2, 3),
]  # fmt: skip


@pytest.mark.parametrize(("text", "encoding", "count"), BY_TWILIO, ids=range(len(BY_TWILIO)))
def test_segments_are_counted_as_twilio_counts_them(text, encoding, count):
    """Families of pictures, letters with several marks, Indian conjuncts and line ends on the edge of a segment."""
    assert segments(text) == (encoding, count)


def of(flow: Flow, language: str = "en") -> LanguageCost:
    return cost(flow, TODAY).languages[language]


def messages(flow: Flow, language: str = "en") -> dict[str, Message]:
    return {message.name: message for message in of(flow, language).messages if not message.more}


PLAIN = "  a: {type: text, label: A?}\n  b: {type: integer, label: B?}"
AT_FIRST = (
    "At any time you can send BACK to change an answer, SKIP to leave one out, "
    "REPEAT, LANGUAGE, HELP, or STOP to end."
)


def test_every_message_is_counted_as_it_is_sent():
    """The consent with its answers, the first question behind the words on commands, the closing and the no."""
    found = {name: message.text for name, message in messages(flow_of(PLAIN)).items()}
    assert found == {
        "consent": "May we?\n\n1. Yes\n2. No\nEspañol: escriba IDIOMA",
        "a": f"{AT_FIRST}\n\nA?",
        "b": "B?",
        "closing": "Thanks.",
        "declined": "Good bye.",
    }


def test_a_question_counts_with_its_purpose_its_choices_and_how_to_answer():
    pick = "  pick: {type: select_one, label: Which?, purpose: We ask to help., choices: {a: One, b: Two}}"
    told = messages(flow_of(f"{PLAIN}\n{pick}"))["pick"]
    assert told.text == "Which?\n\nWe ask to help.\n\n1. One\n2. Two\nReply with a number."
    assert told.segments == segments(told.text)[1]


def test_what_comes_before_a_question_is_told_apart():
    flow = flow_of(f"  n: {{type: note, label: Hello there.}}\n{PLAIN}")
    assert messages(flow)["a"].before == f"{AT_FIRST}\n\nHello there."
    assert messages(flow)["b"].before == ""


def test_an_answer_that_is_put_in_has_its_longest_expected_value():
    pick = "  pick: {type: select_one, label: Pick, choices: {a: Short, b: Rather long}}"
    flow = flow_of(f"{PLAIN}\n{pick}\n  last: {{type: note, label: '{{a}} and {{pick}}.'}}")
    assert "West End, Atlanta GA and Rather long." in messages(flow)["closing"].text


def test_both_ways_begin_with_the_keyword_and_end_with_the_closing():
    """Sent: consent, a, b, closing. Received: the keyword, yes, and two answers."""
    found = of(flow_of(PLAIN))
    assert (found.likely.sent_messages, found.likely.received_messages) == (4, 4)
    assert (found.longest.sent_messages, found.longest.received_messages) == (4, 4)
    assert found.likely.segments == found.likely.sent_segments + found.likely.received_segments


REPEAT = """  times:
    repeat: Another time?
    max: 4
    relevant: b > 1000000
    questions:
      when: {type: date, label: When?, constraint: when <= today()}
      what: {type: text, multiline: true, label: What?}"""


def test_the_longest_way_asks_everything_and_takes_every_time():
    found = of(flow_of(f"{PLAIN}\n{REPEAT}"))
    times = {(message.name, message.more): message.times for message in found.messages}
    assert times[("when", False)] == times[("what", False)] == times[("what", True)] == 4
    assert times[("times", False)] == 3  # behind the last time it is not asked
    assert times[("declined", False)] == 0
    assert found.longest.sent_messages == sum(times.values())


def test_on_the_likely_way_conditions_decide():
    """A question that hardly anybody is asked is not on it."""
    found = of(flow_of(f"{PLAIN}\n{REPEAT}"))
    assert found.likely.sent_messages == 4


def test_the_likely_contact_is_the_one_in_the_middle():
    """Of those who may choose one of three, about two in three choose what leads no further."""
    pick = "  pick: {type: select_one, label: Pick, choices: {a: A, b: B, c: C}}"
    more = "\n".join(f"  m{n}: {{type: text, label: M?, relevant: pick == a}}" for n in range(5))
    assert of(flow_of(f"{pick}\n{more}")).likely.sent_messages == 3


def test_all_languages_are_held_against_the_same_contact():
    found = cost(shipped("city-testimony"), TODAY).languages
    assert found["en"].likely.sent_messages == found["es"].likely.sent_messages
    assert found["en"].likely.sent_segments < found["es"].likely.sent_segments
    assert found["en"].longest.sent_messages == 21


def test_the_figures_are_the_same_every_time():
    flow = shipped("city-testimony")
    assert cost(flow, TODAY) == cost(flow, TODAY)


@pytest.mark.parametrize(
    "question",
    [
        "{type: integer, label: A?, constraint: a == 77777, required: true}",
        "{type: integer, label: A?, constraint: a == 77777}",
        "{type: media, label: A?, required: true}",
        "{type: email, label: A?, constraint: length(a) > 900, required: true, attempts: 2, then: pause}",
        "{type: text, multiline: true, label: A?, constraint: length(a) == 2, required: true}",
        "{type: phone, label: A?}",
        "{type: geopoint, label: A?}",
        "{type: decimal, label: A?, constraint: a < 1}",
        "{type: range, label: A?, start: -1, end: 1, step: 0.5}",
        "{type: date, label: A?, constraint: years(a) >= 18}",
        "{type: text, label: A?, constraint: length(a) == 5}",
        "{type: consent, label: A?, scope: quote}",
    ],
)
def test_every_question_comes_to_an_end(question):
    """Also one that no typical answer satisfies."""
    found = of(flow_of(f"  a: {question}"))
    assert 3 <= found.likely.sent_messages <= 7
    assert found.longest.sent_messages >= 3


def test_conditions_that_send_a_contact_back_end_too():
    questions = "  a: {type: integer, label: A?}\n  b: {type: integer, label: B?, constraint: a > b, required: true}"
    assert of(flow_of(questions)).likely.sent_messages >= 4


def test_a_date_far_back_is_typed_as_a_person_types_it():
    """So the reply that says it back is counted."""
    questions = "  born: {type: date, label: Born?}\n  b: {type: text, label: B?}"
    assert "We understood: " in messages(flow_of(questions))["b"].before


SPANISH = "  a: {type: text, label: {en: Where?, es: '¿Dónde vive aquí? LONG'}}".replace(
    "LONG", "x" * 70
)


def test_the_letters_that_cost_are_named_with_their_word_and_their_place():
    odd = messages(flow_of(SPANISH), "es")["a"]
    assert odd.encoding == UCS2
    assert [(one.letter, one.word, one.where) for one in odd.letters] == [
        ("ó", "Dónde", "questions.a.label"),
        ("í", "aquí", "questions.a.label"),
    ]
    assert messages(flow_of(SPANISH))["a"].letters == ()


def test_a_letter_in_a_choice_in_a_shared_list_and_in_a_group_has_its_place():
    flow = flow_of(
        "  pick: {type: select_one, label: P, choices: shared}\n"
        "  more: {questions: {b: {type: text, label: 'Qué allí'}}}",
        choice_lists="{shared: {here: Aquí, there: There}}",
    )
    found = messages(flow)
    assert [one.where for one in found["pick"].letters] == ["choice_lists.shared.here"]
    assert [one.where for one in found["b"].letters] == ["questions.more.questions.b.label"]


def test_a_spelling_is_suggested_with_what_it_saves():
    saving = messages(flow_of(SPANISH), "es")["a"].saving
    assert saving is not None
    assert saving.words == (("Dónde", "Donde"), ("aquí", "aqui"))
    told = messages(flow_of(SPANISH), "es")["a"]
    spelled = told.text.replace("Dónde", "Donde").replace("aquí", "aqui")
    assert told.segments - segments(spelled)[1] == saving.saved > 0


def test_a_spelling_that_saves_nothing_is_not_suggested():
    assert (
        messages(flow_of("  a: {type: text, label: A?}\n  b: {type: text, label: Aquí}"))[
            "b"
        ].saving
        is None
    )


@pytest.mark.parametrize("language", ["vi", "ig", "yo"])
def test_where_marks_carry_meaning_no_spelling_is_suggested(language):
    flow = flow_of(
        f"  a: {{type: text, label: {{en: Where?, {language}: '{'á' * 90}'}}}}",
        languages=f"[en, {language}]", title="Small",
    )  # fmt: skip
    told = messages(flow, language)["a"]
    assert (told.encoding, told.saving) == (UCS2, None)


@pytest.mark.parametrize("text", ["ሰላም" * 60, "Привет " * 40, "你好" * 60, "👍" * 40])
def test_other_scripts_have_no_near_spelling(text):
    assert near(text, "en") == text
    flow = flow_of(f"  a: {{type: text, label: A?}}\n  b: {{type: text, label: '{text}'}}")
    assert messages(flow)["b"].saving is None


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("“It’s” – so…", '"It\'s" - so...'), ("aquí, más, ÍNDICE", "aqui, mas, INDICE"), ("n\u0303", "ñ"),
        ("e\u0301", "é"), ("a\u0301", "a"), ("cœur, Œuvre", "coeur, OEuvre"), ("a\xa0b", "a b"), ("é ñ ü à", "é ñ ü à"),
        ("ça, você, não", "ca, voce, nao"), ("łódź", "lodz"), ("½ «x»", '1/2 "x"'), ("1️⃣", "1️⃣"), ("a🏽", "a🏽"),
    ],
)  # fmt: skip
def test_a_near_spelling_changes_only_what_is_outside_gsm_7(text, spelled):
    assert near(text, "es") == spelled


def test_smart_encoding_changes_marks_and_no_letters():
    assert smart("“¿Qué?” – aquí…\xa0½") == '"¿Qué?" - aquí...  1/2'
    assert not any(odd_letters(written) for written in SMART.values())


def test_smart_encoding_is_a_second_figure():
    flow = flow_of(f"  a: {{type: text, label: A?}}\n  b: {{type: text, label: '“{'x' * 100}”'}}")
    told = messages(flow)["b"]
    assert (told.encoding, told.segments, told.smart) == (UCS2, 2, 1)
    assert of(flow).longest.sent_smart == of(flow).longest.sent_segments - 1
    assert told.saving is not None
    assert told.saving.saved == 1


def test_what_people_write_is_estimated_in_the_letters_of_their_language():
    """A story in Spanish takes more segments than one in English, because its letters do."""
    story = "  a: {type: text, multiline: true, label: {en: Tell us all., es: Cuéntenos qué pasó aquí.}}"
    english, spanish = of(flow_of(story)), of(flow_of(story), "es")
    assert english.likely.received_messages == spanish.likely.received_messages
    assert english.likely.received_segments < spanish.likely.received_segments


def test_the_day_only_moves_the_dates():
    flow = shipped("city-testimony")
    assert cost(flow, TODAY) == cost(flow, TODAY + timedelta(days=400))
