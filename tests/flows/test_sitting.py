"""What somebody writes down for a person: the same questions, readers and rules as by message, and no commands."""

import pytest
from small_flows import TODAY, flow_of

from flows import Given, Heard, Status
from flows.talking import sitting
from flows.talking.sitting import Fault, Written

QUESTIONS = """
  city: {type: text, label: Which city?}
  home: {type: select_one, label: "Your home in {city}?", choices: {rented: Rented, own: Owned}}
  note: {type: note, relevant: home == rented, label: Now the rent.}
  rent:
    type: integer
    relevant: home == rented
    required: true
    label: How much?
    constraint: rent < 9000
    constraint_message: That is a lot.
  story: {type: text, multiline: true, label: What happened?}
  fights:
    repeat: Another one?
    max: 3
    questions:
      when: {type: date, label: When?}
"""
FLOW = flow_of(QUESTIONS)


def sheet(**written: str | Written):
    on_it = {
        slot.replace("_", "/"): one if isinstance(one, Written) else Written(one)
        for slot, one in written.items()
    }
    return sitting.read_sheet(FLOW, "en", "paper", on_it, TODAY)


def begun():
    opened = sitting.open_at(FLOW, "en", "interview", TODAY).interview
    return sitting.agree(opened, True, TODAY).turn.interview


def said(interview, *answers):
    for answer in answers:
        interview = sitting.answer(interview, answer, TODAY).turn.interview
    return interview


def test_a_sheet_is_read_in_order_and_comes_to_its_end():
    read = sheet(city="Atlanta", home="1", rent="950", story="He shouted.\n\nTwice.")
    answers = read.turn.interview.answers
    assert read.wrong == {}
    assert read.turn.interview.state.status is Status.COMPLETE
    assert (answers["home"].value, answers["rent"].value) == ("rented", 950)
    assert answers["story"].words == "He shouted.\n\nTwice."
    assert answers["when/1"].given is Given.REFUSED


def test_the_engine_says_what_is_asked():
    assert "rent" not in sheet(home="2").relevant
    assert sheet(home="1").relevant >= {"rent", "when/1"}
    assert sheet(home="1").notes == {"note"}


def test_a_repeat_goes_on_as_often_as_it_was_told():
    assert {"when/1", "when/2"} <= sheet(fights_1="1").relevant
    assert "when/3" not in sheet(fights_1="1").relevant
    assert sheet(fights_1="1", fights_2="1").relevant >= {"when/3"}


def test_what_cannot_be_read_is_named_and_may_be_kept_as_it_stands():
    assert sheet(home="1", rent="too much").wrong["rent"].fault is Fault.UNREAD
    refused = sheet(home="1", rent="9500").wrong["rent"]
    assert (refused.fault, refused.message) == (Fault.REFUSED, "That is a lot.")
    assert sheet(home="1").wrong["rent"].fault is Fault.REQUIRED
    kept = sheet(home="1", rent=Written("too much", kept=True))
    assert kept.wrong == {}
    assert kept.turn.interview.answers["rent"].words == "too much"
    empty = sheet(home="1", rent=Written("", kept=True))
    assert empty.turn.interview.answers["rent"].given is Given.REFUSED


def test_what_stands_where_nothing_was_asked_is_kept_aside():
    read = sheet(home="2", rent="950")
    assert read.turn.interview.answers["rent"].value == 950
    assert read.turn.aside == {"rent"}


def test_labels_are_filled_from_the_sheet():
    assert sitting.labels(sheet(city="Rome"), TODAY)["home"] == "Your home in Rome?"


def test_nothing_is_asked_before_the_consent():
    opened = sitting.open_at(FLOW, "en", "interview", TODAY).interview
    assert sitting.card(opened, TODAY).label == "May we?"
    refused = sitting.agree(opened, False, TODAY).turn.interview
    assert refused.state.status is Status.DECLINED
    assert refused.answers == {}


@pytest.mark.parametrize("word", ["STOP", "back", "SKIP", "delete", "PAUSE", "Help"])
def test_a_word_of_the_person_is_never_a_command(word):
    told = said(begun(), word)
    assert told.answers["city"].words == word
    assert told.state.asked == "home"


def test_a_card_has_the_notes_before_it():
    card = sitting.card(said(begun(), "Rome", "1"), TODAY)
    assert (card.notes, card.label) == (("Now the rent.",), "How much?")


def test_an_answer_that_cannot_be_used_is_asked_for_again_and_kept_at_the_third_try():
    waits = said(begun(), "Rome", "1")
    told = sitting.answer(waits, "a lot", TODAY)
    assert told.turn.heard is Heard.TRY
    assert told.word == "Please send a whole number, such as 3."
    assert sitting.answer(waits, "9500", TODAY).word == "That is a lot."
    kept = said(told.turn.interview, "a lot", "a lot")
    assert kept.answers["rent"].given is Given.KEPT
    assert kept.state.asked == "story"


def test_one_goes_back_and_the_answer_is_still_there():
    waits = sitting.go_back(said(begun(), "Rome"), TODAY).turn.interview
    assert sitting.card(waits, TODAY).given.words == "Rome"
    assert said(waits, "Paris").answers["city"].words == "Paris"
    assert sitting.go_back(begun(), TODAY).word


def test_a_story_told_anew_replaces_the_first():
    told = said(begun(), "Rome", "2", "First.")
    again = sitting.go_back(told, TODAY).turn.interview
    assert said(again, "Second.").answers["story"].words == "Second."


def test_a_question_may_be_refused_unless_the_flow_needs_it():
    assert sitting.refuse(begun(), TODAY).turn.interview.answers["city"].given is Given.REFUSED
    waits = said(begun(), "Rome", "1")
    told = sitting.refuse(waits, TODAY)
    assert told.word
    assert told.turn.interview.state.asked == "rent"


def test_it_is_put_aside_and_taken_up_where_it_was():
    aside = sitting.put_aside(said(begun(), "Rome"), TODAY).turn.interview
    assert aside.state.status is Status.PAUSED
    again = sitting.take_up(aside, TODAY).turn.interview
    assert (again.state.status, again.state.asked) == (Status.WAITING, "home")
