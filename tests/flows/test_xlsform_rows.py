"""Row by row: what a form says in its own way is asked in the nearest way, or left out, and always told."""

from datetime import date

import pytest
from xlsforms import book, flow_of, form, imported, told

from flows.xlsform import FormError
from flows.xlsform.importing import import_form
from flows.xlsform.told import CHANGED, LEFT

ROWS = {
    "time": "“time” is asked in words",
    "dateTime": "“dateTime” is asked as a date, without the time",
    "geotrace": "“geotrace” is asked as one place",
    "barcode": "“barcode” is asked in words",
    "acknowledge": "“acknowledge” is shown as a note, which nobody has to confirm",
    "rank yn": "“rank yn” is asked as many choices, without their order",
    "select_one_from_file towns.csv": "“select_one_from_file towns.csv” reads its choices from a file; "
    "it is asked in words",
}


@pytest.mark.parametrize(("kind", "said"), ROWS.items(), ids=ROWS)
def test_a_type_that_messages_do_not_know_is_asked_in_the_nearest_way_and_told(kind, said):
    data = form(
        ["text", "a", "A?"], [kind, "b", "B?"], choices=[["yn", "y", "Aye"], ["yn", "n", "Nay"]]
    )
    assert imported(data).by_id["b"]
    assert told(data, CHANGED)[0] == f"survey row 3: {said}"


LEFT_OUT = {
    "an unknown type": (
        ["hologram", "b", "B?"],
        "“hologram” has no equivalent; the question is left out",
    ),
    "no list": (
        ["select_one nowhere", "b", "B?"],
        "the question is left out: there is no list “nowhere” on the choices sheet",
    ),
    "no type": ([None, "b", "B?"], "a row without a type (it says: label, name)"),
    "an empty calculate": (["calculate", "b"], "a calculate without a calculation"),
    "an end of nothing": (["end_group"], "“end_group” ends nothing"),
    "a group that does not end": (
        ["begin_group", "g", "G"],
        "it is never ended; it was taken to end with the sheet",
    ),
}


@pytest.mark.parametrize(("row", "said"), LEFT_OUT.values(), ids=LEFT_OUT)
def test_a_row_that_cannot_be_asked_is_left_out_and_told(row, said):
    data = form(["text", "a", "A?"], row)
    assert [question.id for question in imported(data).questions] == ["a"]
    assert told(data, LEFT)[0] == f"survey row 3: {said}"


def test_a_condition_that_cannot_be_said_leaves_its_question_asked_of_everyone():
    data = form(
        [*["type", "name", "label"], "relevant", "constraint", "constraint_message"],
        ["text", "a", "A?"],
        ["text", "b", "B?", "regex(${a}, '^x')", "string-length(.) mod 2 = 0", "An even one."],
    )
    made = import_form(data, "small")
    question = flow_of(made).by_id["b"]
    assert question.relevant is None
    assert question.constraint is None
    assert question.constraint_message == {}
    assert [str(one).split("\n")[0] for one in made.told if one.kind == LEFT] == [
        "survey row 3, relevant: asked of everyone, because of “regex(${a}, '^x')”: regex() has no equivalent",
        "survey row 3, constraint: every answer is taken, because of “string-length(.) mod 2 = 0”: "
        "the rest of a division (mod) has no equivalent",
        "survey row 3, constraint_message: nothing is left that it could explain; left out",
    ]
    assert all(
        one.cure
        for one in made.told
        if one.where in ("survey row 3, relevant", "survey row 3, constraint")
    )


def test_ids_and_codes_are_made_valid_and_each_its_own():
    data = form(
        ["text", "Q1", "A?"],
        ["text", "q1", "B?"],
        ["text", "2nd name", "C?"],
        ["text", "class", "D?"],
        ["text", "status", "E?"],
        ["text", "año", "F?"],
        ["text", "名前", "G?"],
        ["text", None, "What now?"],
        ["select_one odd", "pick", "Pick"],
        choices=[
            ["odd", "don't know", "Unsure"],
            ["odd", "don t know", "Unclear"],
            ["odd", "ok", "Fine"],
        ],
    )
    flow = imported(data)
    assert [question.id for question in flow.questions] == [
        *("q1", "q1_2", "q_2nd_name", "class_question", "status_question", "ano", "question"),
        *("what_now", "pick"),
    ]
    assert [one.code for one in flow.by_id["pick"].choices] == ["don_t_know", "don_t_know_2", "ok"]
    names = "Q1 → q1, q1 → q1_2, 2nd name → q_2nd_name, class → class_question, "
    names += "status → status_question, año → ano, 名前 → question, (row 9) → what_now"
    assert told(data, CHANGED)[0].startswith(f"survey, name ({names}):")


def test_a_list_that_two_questions_use_is_shared():
    data = form(
        ["select_one yn", "a", "A?"],
        ["select_one yn", "b", "B?"],
        ["select_multiple yn or_other", "c", "C?"],
        choices=[["yn", "y", "Aye"], ["yn", "n", "Nay"]],
    )
    flow = imported(data)
    assert [flow.by_id[one].choice_list for one in "abc"] == ["yn", "yn", ""]
    assert [choice.code for choice in flow.by_id["c"].choices] == ["y", "n", "other"]


def test_a_repeat_within_a_repeat_is_asked_once_each_time_and_told():
    data = form(
        ["begin repeat", "house", "House"],
        ["text", "street", "Street?"],
        ["begin repeat", "room", "Room"],
        ["text", "door", "Door?"],
        ["end repeat"],
        ["end repeat"],
        ["calculate", "houses", None, "count(${house})"],
    )
    flow = imported(data)
    assert flow.by_id["door"].groups == ("house", "room")
    assert [question.id for question in flow.questions if question.type == "repeat"] == ["house"]
    assert told(data, CHANGED)[0] == (
        "survey row 4: a repeat within a repeat; its questions are asked once each time"
    )


def test_a_reference_to_what_is_not_answered_yet_does_not_stand_in_a_text():
    data = form(
        ["text", "a", "Hello ${b}?"],
        ["text", "b", "And ${a}, {yes}?"],
        ["select_one yn", "c", "C?"],
        choices=[["yn", "y", "As ${a}"], ["yn", "n", "Nay"]],
    )
    flow = imported(data)
    assert flow.by_id["a"].label == {"en": "Hello ...?"}
    assert flow.by_id["b"].label == {"en": "And {a}, {{yes}}?"}
    assert flow.by_id["c"].choices[0].label == {"en": "As ..."}
    assert told(data, LEFT) == [
        "survey row 2, label: ${b} cannot stand in this text; it shows “...” instead",
        "choices row 2: ${a} cannot stand in this text; it shows “...” instead",
    ]


def test_odd_sheets_are_read_as_far_as_they_say_something():
    """A title above the headings, blank rows, blanks around words, a column without a heading, old spellings."""
    data = book(
        Survey=[
            ["My survey"],
            [None, None],
            ["Type ", " Name", "Label", None, "relevance", "label"],
            ["select one from  yn", " a ", " A? ", "a remark"],
            [],
            ["integer", "b", "B?", None, "${a} = 'y'"],
        ],
        Choices=[["list name", "value", "caption"], ["yn", "y", "Aye"], [], ["yn", "n", "Nay"]],
        Notes=[["To do"]],
    )
    flow = imported(data)
    assert [question.id for question in flow.questions] == ["a", "b"]
    assert flow.by_id["b"].relevant.source == "a == y"
    assert told(data, LEFT) == [
        "Survey (row 1, column D): what stands under no heading of its own",
        "sheets (Notes): sheets that are not read",
    ]


def test_numbers_and_days_in_cells_are_read_as_they_are_shown():
    data = form(
        [*["type", "name", "label"], "relevant", "required"],
        ["integer", "a", 3.0, None, True],
        ["note", "b", date(2026, 5, 31), "${a} > 1.5"],
    )
    flow = imported(data)
    assert flow.by_id["a"].label == {"en": "3"}
    assert flow.by_id["a"].required
    assert flow.by_id["b"].label == {"en": "2026-05-31"}


def test_a_row_that_is_turned_off_is_told():
    data = form(
        ["type", "name", "label", "disabled"], ["text", "a", "A?"], ["text", "b", "B?", "yes"]
    )
    assert [question.id for question in imported(data).questions] == ["a"]
    assert told(data, LEFT) == ["survey, disabled (3): rows that are turned off"]


def test_a_consent_that_is_only_a_question_stays_one():
    """Where yes and no cannot be told apart, nothing is guessed."""
    data = form(
        ["select_one how", "consent", "How?"],
        ["text", "b", "B?"],
        choices=[["how", "a", "Fully"], ["how", "b", "Partly"]],
    )
    assert [question.id for question in imported(data).questions] == ["consent_question", "b"]


def test_what_only_those_see_who_did_not_agree_is_left_out():
    data = form(
        ["type", "name", "label", "relevant"],
        ["acknowledge", "consent_given", "I agree."],
        ["text", "why_not", "Why not?", "not(${consent_given} = 'OK')"],
        ["text", "b", "B?", "${consent_given} = 'OK'"],
    )
    flow = imported(data)
    assert flow.consent.label == {"en": "I agree."}
    assert [question.id for question in flow.questions] == ["b"]
    assert told(data, LEFT) == [
        "survey row 3: it is asked only of those who did not agree, and so of no one; left out"
    ]


def test_a_form_without_a_question_is_no_flow():
    with pytest.raises(FormError, match="There is no question in this form"):
        import_form(form(["start", "start"], ["begin_group", "g", "G"], ["end_group"]), "small")
