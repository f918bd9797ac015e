"""The code of a meeting begins its survey as a keyword does, and is neither a word nor a number nor another code."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from phone import Phone
from small_flows import examples, flow_of, mistakes, source

from flows import SHIPPED, Status, command
from flows.folding import whole_number
from flows.talking.codes import code_in
from flows.talking.invitations import SHAPE, meeting_code

CODES = st.tuples(*(st.sampled_from(signs) for signs in SHAPE)).map("".join)
SMALL = flow_of(keywords="{en: [SMALL]}")
HALL = flow_of(flow="hall", title="{en: Hall}", keywords="{en: [HALL]}")


@pytest.fixture
def phone() -> Phone:
    return Phone({"small": SMALL, "hall": HALL}, language="en")


@given(CODES)
@examples(200)
def test_no_code_means_anything_else(code):
    assert meeting_code(code) == code
    assert command(code, SHIPPED) is None
    assert whole_number(code) is None
    assert code_in(code) is None


@pytest.mark.parametrize(
    "typed", ["K4T7R", "k4t7r", " k4t7r. ", "K4T 7R", "K4T-7R", "“K4T7R”", "K٤T٧R", "Ｋ4Ｔ7Ｒ"]
)
def test_a_code_is_read_however_it_is_typed(typed):
    assert meeting_code(typed) == "K4T7R"


@pytest.mark.parametrize("typed", ["", "K4T7", "K4T7RR", "KATER", "47474", "K4T7R please", "O0I1L"])
def test_what_is_not_the_whole_of_a_code_is_none(typed):
    assert meeting_code(typed) is None


def test_a_keyword_of_that_form_is_refused():
    (told,) = mistakes(source(keywords="{en: [K4T7R]}"))
    assert "“K4T7R” has the form of a meeting's code" in told


def test_it_begins_the_flow_of_the_meeting(phone):
    outcome = phone.send("K4T7R", invited="hall")
    assert outcome.interviews[0].flow is HALL
    assert outcome.invited


def test_without_a_meeting_it_is_a_word_like_any_other(phone):
    assert not phone.send("K4T7R").invited


def test_it_begins_behind_a_start_button_too(phone):
    outcome = phone.send("/start K4T7R", begin=True, flow="K4T7R", invited="hall")
    assert outcome.interviews[0].flow is HALL
    assert outcome.invited


def test_another_interview_is_put_aside_as_by_a_keyword(phone):
    phone.hears("SMALL", "yes")
    first, aside = phone.send("K4T7R", invited="hall").interviews
    assert (first.flow, aside.flow, aside.state.status) == (HALL, SMALL, Status.PAUSED)


def test_who_had_told_something_before_goes_on_and_did_not_come_by_the_meeting(phone):
    phone.hears("HALL", "yes")
    outcome = phone.send("K4T7R", invited="hall")
    assert outcome.reply.text.startswith("Welcome back")
    assert not outcome.invited


def test_who_wants_no_messages_gets_none(phone):
    phone.hears("SMALL", "STOP")
    assert phone.send("K4T7R", invited="hall").reply is None
